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
  leaving_ = leave_when_done();
  owner_ = Ref<TaskCore>(*owner);
  entered_ = true;
  return {};
}

Error TaskGroupCore::refusal_guarded() const {
  if (!entered_) return Error::of(RuntimeError("this TaskGroup was not entered: use with(TaskGroup(), body)"));
  if (scheduler_->closed()) return Error::of(RuntimeError("the scheduler of this TaskGroup is no more"));
  if (exiting_ && live_ == 0) return Error::of(RuntimeError("this TaskGroup is over"));
  if (aborting_) return Error::of(RuntimeError("this TaskGroup is shutting down"));
  return {};
}

void TaskGroupCore::begin_guarded(TaskCore& child) {
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
  children_.emplace_back();
  try {
    child.begin();
  } catch (...) {
    children_.pop_back();
    throw;
  }
  // On threads its first step waits for the guard, and nobody else has a callback on it yet: there is room for ours.
  child.add_callback_guarded(Callback{on_child, Ref<Counted>(*this), true});
  children_.back() = Ref<TaskCore>(child);
  ++live_;
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
    if (children_[i] && !children_[i]->done()) children_[i]->cancel_guarded();
  }
}

/// What leave() waits for: a member of its frame, which the group knows as long as it lives.
class TaskGroupCore::Wait {
 public:
  explicit Wait(TaskGroupCore& group) : group_(group), done_(group.scheduler_, "the tasks of its TaskGroup") {
    const Guard guard(group_.scheduler_);
    needed_ = group_.live_ != 0;
    if (needed_) group_.all_done_ = &done_;
  }
  Wait(const Wait&) = delete;
  Wait& operator=(const Wait&) = delete;
  ~Wait() {
    const Guard guard(group_.scheduler_);
    group_.all_done_ = nullptr;
  }
  [[nodiscard]] bool needed() const noexcept { return needed_; }
  [[nodiscard]] Waiter& done() noexcept { return done_; }

 private:
  TaskGroupCore& group_;
  Waiter done_;
  bool needed_ = false;
};

Coroutine<Unit> TaskGroupCore::leave(Error body_error) noexcept {
  body_error_ = std::move(body_error);
  return std::move(leaving_);
}

Coroutine<Unit> TaskGroupCore::leave_when_done() {
  const Ref<TaskGroupCore> keep(*this);
  Error body_error = std::move(body_error_);
  Error propagate = body_error.is_cancelled() ? body_error : Error();
  {
    const Guard guard(scheduler_);
    exiting_ = true;
    if (body_error && !aborting_) abort_guarded();
  }
  for (;;) {
    // The wait may be cut short by a cancel of the owner, once by our own and any number of times by others'.
    Wait wait(*this);
    if (!wait.needed()) break;
    Error interrupted = co_await WaiterAwaiter(wait.done());
    const Guard guard(scheduler_);
    all_done_ = nullptr;
    if (interrupted && !aborting_) {
      propagate = interrupted;
      abort_guarded();
    }
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
      owner_->cancel_guarded();
    }
    errors = std::move(errors_);
    errors_.clear();
  }
  co_return Error::of(ExceptionGroup("unhandled errors in a TaskGroup", std::move(errors)));
}

}  // namespace lawful
