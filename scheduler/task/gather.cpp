#include "scheduler/task/gather.hpp"

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
    std::vector<FutureCore*> done;
    std::unordered_set<const FutureCore*> many;  // few operands are compared one by one
    for (std::size_t i = 0; i < children_.size(); ++i) {
      FutureCore& child = *children_[i];
      bool named_before = false;
      if (children_.size() > 16) {
        named_before = !many.insert(&child).second;
      } else {
        for (std::size_t j = 0; j < i && !named_before; ++j) named_before = children_[j].get() == &child;
      }
      if (named_before) continue;
      ++distinct_;
      if (child.done()) {
        done.push_back(&child);
      } else {
        child.add_callback_guarded(Callback{on_child, Ref<Counted>(*this), true});
      }
    }
    for (FutureCore* child : done) complete = child_done_guarded(*child) || complete;
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
  Error failed;
  try {
    collect();
  } catch (...) {
    failed = Error::current();
  }
  const Guard guard(scheduler());
  if (failed) {
    settle_guarded(State::failed, std::move(failed));
  } else {
    settle_guarded(State::finished);
  }
}

bool GatherCore::cancellable_guarded() const {
  if (done()) return false;
  for (const Ref<FutureCore>& child : children_) {
    if (child->cancellable_guarded()) return true;
  }
  return false;
}

void GatherCore::take_cancel_guarded(CancelWalk& walk) {
  if (!cancellable_guarded()) return;
  cancel_requested_ = true;
  for (const Ref<FutureCore>& child : children_) walk.then(*child);  // a repeated one as often as it is named
}

}  // namespace lawful
