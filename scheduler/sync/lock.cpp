#include "scheduler/sync/lock.hpp"

namespace lawful {

bool LockAwaiter::await_ready() {
  const Guard guard(lock_.scheduler_);
  if (!lock_.locked_ && !lock_.waiters_.any_live()) {
    lock_.locked_ = true;
    return true;
  }
  lock_.waiters_.push_back(waiter_.emplace(lock_.scheduler_, "a lock"));
  return false;
}

Outcome<void> LockAwaiter::take_outcome() {
  if (!waiter_) return Unit();
  Error incoming = task_->take_incoming();
  const Guard guard(lock_.scheduler_);
  lock_.waiters_.remove(*waiter_);
  if (incoming) {
    // Cancelled, maybe after we were woken: the lock must not be left free with somebody waiting.
    if (!lock_.locked_) lock_.wake_first_guarded();
    return incoming;
  }
  lock_.locked_ = true;
  return Unit();
}

void Lock::wake_first_guarded() {
  // A waiter that is done already has been woken and not gone on yet: it is its turn.
  if (Waiter* first = waiters_.front()) first->settle_guarded(FutureCore::State::finished);
}

void Lock::release_guarded() {
  locked_ = false;
  wake_first_guarded();
}

Error Lock::try_release() {
  const Guard guard(scheduler_);
  if (!locked_) return Error::of(RuntimeError("release of a lock that is not locked"));
  release_guarded();
  return {};
}

bool Lock::locked() const {
  const Guard guard(scheduler_);
  return locked_;
}

}  // namespace lawful
