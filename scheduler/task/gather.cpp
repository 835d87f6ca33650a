#include "scheduler/task/gather.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>

namespace lawful {

GatherCore::GatherCore(Scheduler& scheduler, bool return_exceptions, std::vector<Ref<FutureCore>> children)
    : FutureCore(scheduler), return_exceptions_(return_exceptions), children_(std::move(children)) {}

std::string GatherCore::description() const { return "a gather of " + std::to_string(children_.size()); }

void GatherCore::begin() {
  for (const Ref<FutureCore>& child : children_) {
    if (&child->scheduler() != &scheduler()) throw ValueError("gather: its operands belong to different schedulers");
  }
  bool complete = children_.empty();
  {
    const Guard guard(scheduler());
    constexpr std::size_t few = 16;  // are compared one by one
    std::array<FutureCore*, few> once_of_few;
    std::vector<FutureCore*> once_of_many(children_.size() > few ? children_.size() : 0);
    FutureCore** const once = children_.size() > few ? once_of_many.data() : once_of_few.data();
    std::unordered_set<const FutureCore*> named;
    for (const Ref<FutureCore>& child : children_) {
      const bool named_before = children_.size() > few ? !named.insert(child.get()).second
                                                       : std::find(once, once + distinct_, child.get()) != once + distinct_;
      if (!named_before) once[distinct_++] = child.get();
    }
    given_up_ = true;  // if a callback cannot be added, those that were mean nothing
    for (std::size_t i = 0; i < distinct_; ++i) {
      if (!once[i]->done()) once[i]->add_callback_guarded(Callback{on_child, Ref<Counted>(*this), true});
    }
    given_up_ = false;
    for (std::size_t i = 0; i < distinct_; ++i) {
      if (once[i]->done()) complete = child_done_guarded(*once[i]) || complete;
    }
  }
  if (complete) conclude();
}

void GatherCore::on_child(Counted& target, Counted* child) {
  auto& gather = static_cast<GatherCore&>(target);
  bool complete = false;
  {
    const Guard guard(gather.scheduler());
    complete = gather.child_done_guarded(static_cast<FutureCore&>(*child));
  }
  if (complete) gather.conclude();
}

/// Counts one child; true when all have ended and the list of their values is to be made.
bool GatherCore::child_done_guarded(FutureCore& child) {
  if (given_up_) return false;
  ++finished_;
  Error error = child.error();  // also retrieves it: later failures are consumed silently
  if (done()) return false;
  if (error && !return_exceptions_) {
    // A gather is never "cancelled": it fails with CancelledError.
    settle_guarded(State::failed, std::move(error));
    return false;
  }
  if (finished_ != distinct_) return false;
  if (cancel_requested_) {
    settle_guarded(State::failed, Error::cancelled());
    return false;
  }
  return true;
}

void GatherCore::conclude() {
  // Copies values: not under the guard. Nothing can come between: a gather whose children are done cannot be cancelled.
  Error error;
  try {
    collect();
  } catch (...) {
    error = Error::current();
  }
  const Guard guard(scheduler());
  const State state = error ? State::failed : State::finished;
  settle_guarded(state, std::move(error));
}

FutureCore* GatherCore::begin_cancel_guarded() noexcept {
  cancel_effect_ = false;
  cancelling_ = 0;
  return children_.front().get();  // a repeated one is cancelled as often as it is named
}

FutureCore* GatherCore::go_on_cancelling_guarded(bool& effect) noexcept {
  cancel_effect_ = cancel_effect_ || effect;
  if (++cancelling_ != children_.size()) return children_[cancelling_].get();
  effect = cancel_effect_;
  if (effect) cancel_requested_ = true;
  return nullptr;
}

}  // namespace lawful
