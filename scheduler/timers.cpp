#include "scheduler/timers.hpp"

#include <algorithm>

namespace lawful {

void Timers::add(TimePoint when, Ref<Handle> handle) {
  heap_.push_back(Entry{when, added_++, std::move(handle)});
  std::push_heap(heap_.begin(), heap_.end(), after);
}

Ref<Handle> Timers::pop() {
  std::pop_heap(heap_.begin(), heap_.end(), after);
  Ref<Handle> handle = std::move(heap_.back().handle);
  heap_.pop_back();
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

void Timers::clear() {
  std::vector<Entry> dropped = std::move(heap_);
  heap_.clear();
  for (Entry& entry : dropped) entry.handle->forget();
}

}  // namespace lawful
