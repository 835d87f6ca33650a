#pragma once

#include "scheduler/sync/in_line.hpp"
#include "scheduler/task/with.hpp"

namespace lawful {

class Lock;

/// Waits for a lock. Made by Lock::acquire().
class LockAwaiter : public InLine<LockAwaiter> {
 public:
  explicit LockAwaiter(Lock& lock) noexcept : lock_(lock) {}
  [[nodiscard]] bool await_ready();
  [[nodiscard]] Outcome<void> take_outcome();

 private:
  Lock& lock_;
};

/// Mutual exclusion between tasks: asyncio's Lock. Waiters get it in the order in which they began to wait; it knows no owner and
/// is not re-entrant. Use it by `with(lock, body)`.
/// It may outlive its scheduler: it keeps its state then, with nobody waiting.
class Lock {
 public:
  explicit Lock(Scheduler& scheduler = Scheduler::current()) noexcept : scheduler_(scheduler) {}
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

  /// Suspends until the lock is free and it is this task's turn; not at all if it is free and nobody waits.
  [[nodiscard]] LockAwaiter acquire() noexcept { return LockAwaiter(*this); }
  /// Gives it up, to the first who waits. @throws RuntimeError if it is not locked
  void release() {
    const Error refused = try_release();
    if (refused) refused.raise();
  }
  [[nodiscard]] Error try_release();
  [[nodiscard]] bool locked() const;

  /// For `with`.
  [[nodiscard]] LockAwaiter enter() noexcept { return acquire(); }
  [[nodiscard]] Ready leave(const Error&) { return Ready(try_release()); }

  /// With the scheduler's Guard held.
  [[nodiscard]] bool locked_guarded() const noexcept { return locked_; }
  void release_guarded();
  [[nodiscard]] Scheduler& scheduler() const noexcept { return scheduler_; }

 private:
  friend class LockAwaiter;
  void wake_first_guarded();
  const SchedulerLink scheduler_;
  WaiterList waiters_;
  bool locked_ = false;
};

}  // namespace lawful
