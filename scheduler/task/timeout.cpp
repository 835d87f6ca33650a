#include "scheduler/task/timeout.hpp"

namespace lawful {

Error TimeoutCore::enter() {
  TaskCore* const task = TaskCore::current();
  if (task == nullptr) return Error::of(RuntimeError("a timeout is entered by a task: use it inside a coroutine that runs in one"));
  const Guard guard(scheduler_);
  if (state_ != State::created) return Error::of(RuntimeError("this Timeout was entered before: make a new one"));
  arm_guarded();
  task_ = Ref<TaskCore>(*task);
  cancelling_ = task->cancelling_guarded();
  state_ = State::active;
  return {};
}

void TimeoutCore::arm_guarded() {
  if (!when_) return;
  // Kept once it is posted: we and a handle that nobody will run would hold each other for ever.
  Ref<Handle> handle = make_counted<Handle>(scheduler_->parallel(), Job(on_deadline, Ref<Counted>(*this)));
  if (*when_ <= scheduler_->now()) {
    scheduler_->post(Handle::job_of(handle));
  } else {
    scheduler_->post_at(*when_, handle);
  }
  handle_ = std::move(handle);
}

void TimeoutCore::disarm_guarded() {
  // The handle's reference to us is not the last one: whoever calls this holds another.
  if (handle_) scheduler_->forget(*handle_);
  handle_ = nullptr;
}

void TimeoutCore::on_deadline(Counted& target, Counted*) {
  auto& timeout = static_cast<TimeoutCore&>(target);
  const Guard guard(timeout.scheduler_);
  // On threads it may have been left, or moved, after its handle was taken.
  if (timeout.state_ != State::active || !timeout.when_ || timeout.scheduler_->now() < *timeout.when_) return;
  timeout.state_ = State::expiring;
  timeout.handle_ = nullptr;
  timeout.request_ = timeout.task_->request_cancel_guarded();
}

Error TimeoutCore::leave(const Error& body_error) {
  const Guard guard(scheduler_);
  disarm_guarded();
  if (state_ == State::active) state_ = State::finished;
  if (state_ != State::expiring) return {};
  state_ = State::expired;
  // Ours is taken back; if others asked for a cancel as well since entry, theirs goes on.
  if (task_->withdraw_guarded(request_) <= cancelling_ && body_error.is_cancelled()) return Error::of(TimeoutError());
  return {};
}

Error TimeoutCore::reschedule(std::optional<TimePoint> when) {
  const Guard guard(scheduler_);
  switch (state_) {
    case State::active:
      break;
    case State::created:
      return Error::of(RuntimeError("this Timeout was not entered: reschedule it inside its block"));
    case State::expiring:
      return Error::of(RuntimeError("this Timeout is expiring: its deadline cannot be moved any more"));
    case State::expired:
      return Error::of(RuntimeError("this Timeout has expired: its deadline cannot be moved any more"));
    case State::finished:
      return Error::of(RuntimeError("this Timeout is finished: its deadline cannot be moved any more"));
  }
  const std::optional<TimePoint> before = std::exchange(when_, when);
  const Ref<Handle> old = std::move(handle_);
  try {
    arm_guarded();
  } catch (...) {
    when_ = before;  // as if it had not been asked for
    handle_ = old;
    throw;
  }
  if (old) scheduler_->forget(*old);
  return {};
}

std::optional<TimePoint> TimeoutCore::when() const {
  const Guard guard(scheduler_);
  return when_;
}

bool TimeoutCore::expired() const {
  const Guard guard(scheduler_);
  return state_ == State::expiring || state_ == State::expired;
}

}  // namespace lawful
