#include "scheduler/timers.hpp"

#include <algorithm>

namespace lawful {

namespace {
constexpr std::size_t few = 64;  // fewer than these are not worth a pass over the heap
}  // namespace

void Timers::add(TimePoint when, Ref<Handle> handle) {
  // On threads it may have been forgotten on its way here, before we could be told.
  if (handle->claimed()) return;
  handle->place_ = Handle::Place::waiting;
  heap_.push_back(Entry{when, added_++, std::move(handle)});
  std::push_heap(heap_.begin(), heap_.end(), after);
}

void Timers::forgotten(Handle& handle) noexcept {
  if (handle.place_ != Handle::Place::waiting || !handle.claimed()) return;
  handle.place_ = Handle::Place::forgotten;
  ++forgotten_;
  if (heap_.size() > few && forgotten_ > heap_.size() / 2) drop_forgotten();
}

/// Counts out a handle that leaves the heap.
void Timers::let_go(Handle& handle) noexcept {
  if (handle.place_ == Handle::Place::forgotten) --forgotten_;
  handle.place_ = Handle::Place::elsewhere;
}

void Timers::drop_forgotten() noexcept {
  std::erase_if(heap_, [this](const Entry& entry) {
    if (!entry.handle->claimed()) return false;
    let_go(*entry.handle);
    return true;
  });
  std::make_heap(heap_.begin(), heap_.end(), after);
  if (heap_.capacity() / 4 > std::max(heap_.size(), few)) heap_.shrink_to_fit();
}

Ref<Handle> Timers::pop() {
  std::pop_heap(heap_.begin(), heap_.end(), after);
  Ref<Handle> handle = std::move(heap_.back().handle);
  heap_.pop_back();
  let_go(*handle);
  return handle;
}

std::optional<TimePoint> Timers::earliest() {
  while (!heap_.empty() && heap_.front().handle->claimed()) static_cast<void>(pop());
  if (heap_.empty()) return std::nullopt;
  return heap_.front().when;
}

bool Timers::due(TimePoint now) {
  const std::optional<TimePoint> when = earliest();
  return when && *when <= now;
}

Ref<Handle> Timers::take_due(TimePoint now) { return due(now) ? pop() : nullptr; }

Ref<Handle> Timers::take_any() noexcept {
  // A heap without its last element is a heap.
  Ref<Handle> handle = std::move(heap_.back().handle);
  heap_.pop_back();
  let_go(*handle);
  return handle;
}

void Timers::clear() noexcept {
  while (!heap_.empty()) take_any()->forget();
}

}  // namespace lawful
