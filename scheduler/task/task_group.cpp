#include "scheduler/task/task_group.hpp"

namespace lawful {

Error TaskGroup::refusal() const {
  const Guard guard(core_->scheduler());
  return core_->refusal_guarded();
}

Error TaskGroupCore::enter() {
  if (entered_) return Error::of(RuntimeError("this TaskGroup was entered before: make a new one"));
  TaskCore* const owner = TaskCore::current();
  if (owner == nullptr)
    return Error::of(RuntimeError("a TaskGroup is entered by a task: use it inside a coroutine that runs in one"));
  owner_ = Ref<TaskCore>(*owner);
  entered_ = true;
  return {};
}

Error TaskGroupCore::refusal_guarded() const {
  if (!entered_) return Error::of(RuntimeError("this TaskGroup was not entered: use with(TaskGroup(), body)"));
  if (exiting_ && live_ == 0) return Error::of(RuntimeError("this TaskGroup is over"));
  if (aborting_) return Error::of(RuntimeError("this TaskGroup is shutting down"));
  return {};
}

void TaskGroupCore::add_guarded(TaskCore& child) {
  if (children_.size() > 64 && live_ < children_.size() / 2) {
    // Forget the places of those done, in order.
    std::size_t place = 0;
    for (Ref<TaskCore>& old : children_) {
      if (!old) continue;
      old->group_place = static_cast<std::uint32_t>(place);
      if (&children_[place] != &old) children_[place] = std::move(old);
      ++place;
    }
    children_.resize(place);
  }
  child.group_place = static_cast<std::uint32_t>(children_.size());
  children_.emplace_back(child);
  ++live_;
  child.add_callback_guarded(Callback{on_child, Ref<Counted>(*this), true});
}

void TaskGroupCore::on_child(Counted& target, Counted* child) {
  auto& group = static_cast<TaskGroupCore&>(target);
  const Guard guard(group.scheduler_);
  group.child_done_guarded(static_cast<FutureCore&>(*child));
}

void TaskGroupCore::child_done_guarded(FutureCore& child) {
  // The job that called us holds the child: dropping our reference destroys nothing here.
  children_[static_cast<TaskCore&>(child).group_place] = nullptr;
  --live_;
  if (all_done_ && live_ == 0) all_done_->settle_guarded(FutureCore::State::finished);

  Error error = child.error();
  if (!error || error.is_cancelled()) return;
  errors_.push_back(std::move(error));
  if (aborting_ || owner_cancel_requested_) return;
  abort_guarded();
  owner_cancel_requested_ = true;
  owner_request_ = owner_->request_cancel_guarded();
}

void TaskGroupCore::abort_guarded() {
  aborting_ = true;
  for (std::size_t i = 0; i < children_.size(); ++i) {
    if (children_[i] && !children_[i]->done()) static_cast<void>(children_[i]->cancel_guarded());
  }
}

namespace {

class GroupWait final : public FutureCore {
 public:
  using FutureCore::FutureCore;
  [[nodiscard]] std::string description() const override { return "the tasks of its TaskGroup"; }
};

}  // namespace

Coroutine<Unit> TaskGroupCore::leave(Error body_error) {
  const Ref<TaskGroupCore> keep(*this);
  Error propagate = body_error.is_cancelled() ? body_error : Error();
  bool waiting = false;
  {
    const Guard guard(scheduler_);
    exiting_ = true;
    if (body_error && !aborting_) abort_guarded();
    waiting = live_ != 0;
  }
  while (waiting) {
    // The wait may be cut short by a cancel of the owner, once by our own and any number of times by others'.
    Ref<FutureCore> all_done = make_counted<GroupWait>(scheduler_);
    {
      const Guard guard(scheduler_);
      waiting = live_ != 0;
      if (waiting) all_done_ = all_done;
    }
    if (!waiting) break;
    Outcome<void> waited = co_await FutureOutcome<void>(all_done);
    const Guard guard(scheduler_);
    all_done_ = nullptr;  // `all_done` holds it still
    if (!waited.ok() && !aborting_) {
      propagate = waited.error();
      abort_guarded();
    }
    waiting = live_ != 0;
  }

  std::vector<Error> errors;
  {
    const Guard guard(scheduler_);
    if (owner_cancel_requested_ && owner_->withdraw_guarded(owner_request_) == 0) propagate = Error();
    if (propagate && errors_.empty()) co_return propagate;
    if (body_error && !body_error.is_cancelled()) errors_.push_back(std::move(body_error));
    if (errors_.empty()) co_return Unit();
    if (owner_->cancelling_guarded() > 0) {
      // Cancelled from outside as well: the errors go first, and the cancel strikes again at the next await.
      owner_->uncancel_guarded();
      static_cast<void>(owner_->cancel_guarded());
    }
    errors = std::move(errors_);
    errors_.clear();
  }
  co_return Error::of(ExceptionGroup("unhandled errors in a TaskGroup", std::move(errors)));
}

}  // namespace lawful
