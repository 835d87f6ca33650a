#pragma once

#include <concepts>
#include <cstddef>
#include <optional>

#include "scheduler/sync/lock.hpp"

namespace lawful {

/// A lock, and tasks that gave it up to wait for news: asyncio's Condition. Use it by `with(condition, body)`.
/// It may outlive its scheduler: it keeps its state then, with nobody waiting.
class Condition {
 public:
  explicit Condition(Scheduler& scheduler = Scheduler::current()) : scheduler_(scheduler), lock_(own_.emplace(scheduler)) {}
  /// Over a lock that others use too; it must outlive the condition.
  explicit Condition(Lock& lock) : scheduler_(lock.scheduler()), lock_(lock) {}
  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;

  [[nodiscard]] LockAwaiter acquire() noexcept { return lock_.acquire(); }
  void release() { lock_.release(); }
  [[nodiscard]] Error try_release() { return lock_.try_release(); }
  [[nodiscard]] bool locked() const { return lock_.locked(); }

  /// Gives the lock up, waits to be notified, and takes the lock again before it returns, or raises CancelledError.
  /// @throws RuntimeError if the lock is not held
  [[nodiscard]] Coroutine<Unit> wait();
  /// Waits until `predicate()` is true; it is tested before the first wait and after every one.
  template <class Predicate>
  requires std::predicate < std::decay_t<Predicate>
  & > [[nodiscard]] auto wait_for(Predicate&& predicate) -> AnswerGiven<Coroutine<Unit>, Predicate> {
    return wait_until_true<std::decay_t<Predicate>>(std::forward<Predicate>(predicate));
  }
  /// Wakes the `n` who have waited longest, or all there are. @throws RuntimeError if the lock is not held
  void notify(std::size_t n = 1) {
    const Error refused = try_notify(n);
    if (refused) refused.raise();
  }
  void notify_all() {
    const Error refused = try_notify_all();
    if (refused) refused.raise();
  }
  [[nodiscard]] Error try_notify(std::size_t n = 1);
  [[nodiscard]] Error try_notify_all();

  /// For `with`.
  [[nodiscard]] LockAwaiter enter() noexcept { return acquire(); }
  [[nodiscard]] Ready leave(const Error&) { return Ready(try_release()); }

 private:
  template <class Predicate>
  [[nodiscard]] Coroutine<Unit> wait_until_true(Predicate predicate);
  void notify_guarded(std::size_t n);
  const SchedulerLink scheduler_;
  std::optional<Lock> own_;
  Lock& lock_;
  WaiterList waiters_;
};

// implementation

template <class Predicate>
Coroutine<Unit> Condition::wait_until_true(Predicate predicate) {
  while (!predicate()) {
    Outcome<Unit> waited = co_await wait().outcome();
    if (!waited.ok()) co_return waited.error();
  }
  co_return Unit();
}

}  // namespace lawful
