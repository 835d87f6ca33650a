#include "scheduler/sync/semaphore.hpp"

namespace lawful {

bool SemaphoreAwaiter::await_ready() {
  const Guard guard(semaphore_.scheduler_);
  if (!semaphore_.locked_guarded()) {
    --semaphore_.value_;
    return true;
  }
  semaphore_.waiters_.push_back(waiter_.emplace(semaphore_.scheduler_, "a semaphore"));
  return false;
}

Outcome<void> SemaphoreAwaiter::take_outcome() {
  if (!waiter_) return Unit();
  Error incoming = task_->take_incoming();
  const Guard guard(semaphore_.scheduler_);
  semaphore_.waiters_.remove(*waiter_);
  // Cancelled after it was promised a permit: the permit goes back.
  if (incoming && waiter_->state() == FutureCore::State::finished) ++semaphore_.value_;
  // Whoever came meanwhile had to queue behind us, even if permits were free: all who can be served now are.
  while (semaphore_.value_ > 0 && semaphore_.wake_next_guarded()) {
  }
  if (incoming) return incoming;
  return Unit();
}

bool Semaphore::wake_next_guarded() {
  for (Waiter* waiter = waiters_.front(); waiter != nullptr; waiter = WaiterList::after(*waiter)) {
    if (waiter->settle_guarded(FutureCore::State::finished)) {
      --value_;
      return true;
    }
  }
  return false;
}

void Semaphore::release_guarded() {
  ++value_;
  wake_next_guarded();
}

Error Semaphore::try_release() {
  const Guard guard(scheduler_);
  release_guarded();
  return {};
}

bool Semaphore::locked() const {
  const Guard guard(scheduler_);
  return locked_guarded();
}

Error BoundedSemaphore::try_release() {
  const Guard guard(scheduler());
  if (value_guarded() >= bound_) return Error::of(ValueError("release of a BoundedSemaphore that has all its permits"));
  release_guarded();
  return {};
}

}  // namespace lawful
