#include "scheduler/sync/condition.hpp"

namespace lawful {

Coroutine<Unit> Condition::wait() {
  Waiter waiter(scheduler_, "a condition");
  {
    const Guard guard(scheduler_);
    if (!lock_.locked_guarded()) co_return Error::of(RuntimeError("wait on a condition whose lock is not held"));
    lock_.release_guarded();
    waiters_.push_back(waiter);
  }
  Error error = co_await WaiterAwaiter(waiter);
  {
    const Guard guard(scheduler_);
    waiters_.remove(waiter);
  }
  // The lock must be ours again before we leave, however often we are cancelled on the way. The last error wins.
  for (;;) {
    Outcome<void> acquired = co_await lock_.acquire().outcome();
    if (acquired.ok()) break;
    error = acquired.error();
  }
  if (!error) co_return Unit();
  // We may have been notified before we were cancelled: somebody else gets the news.
  const Guard guard(scheduler_);
  notify_guarded(1);
  co_return error;
}

void Condition::notify_guarded(std::size_t n) {
  for (Waiter* waiter = waiters_.front(); waiter != nullptr && n > 0; waiter = WaiterList::after(*waiter)) {
    if (waiter->settle_guarded(FutureCore::State::finished)) --n;
  }
}

Error Condition::try_notify(std::size_t n) {
  const Guard guard(scheduler_);
  if (!lock_.locked_guarded()) return Error::of(RuntimeError("notify on a condition whose lock is not held"));
  notify_guarded(n);
  return {};
}

Error Condition::try_notify_all() { return try_notify(static_cast<std::size_t>(-1)); }

}  // namespace lawful
