#pragma once

#include <cstddef>

#include "scheduler/sync/in_line.hpp"
#include "scheduler/task/with.hpp"

namespace lawful {

class Semaphore;

/// Waits for a permit. Made by Semaphore::acquire().
class SemaphoreAwaiter : public InLine<SemaphoreAwaiter> {
 public:
  explicit SemaphoreAwaiter(Semaphore& semaphore) noexcept : semaphore_(semaphore) {}
  [[nodiscard]] bool await_ready();
  [[nodiscard]] Outcome<void> take_outcome();

 private:
  Semaphore& semaphore_;
};

/// A counter of permits: asyncio's Semaphore. Permits go to those who wait in the order in which they began to
/// (SEMAPHORE-SERVES-IN-ORDER), and are never lost with a waiter that is cancelled. Use it by `with(semaphore, body)`.
/// It may outlive its scheduler: it keeps its state then, with nobody waiting.
class Semaphore {
 public:
  explicit Semaphore(std::size_t value = 1, Scheduler& scheduler = Scheduler::current()) noexcept
      : scheduler_(scheduler), value_(value) {}
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;
  virtual ~Semaphore() = default;

  /// Takes a permit, suspending until there is one and it is this task's turn; not at all if one is free and nobody waits.
  [[nodiscard]] SemaphoreAwaiter acquire() noexcept { return SemaphoreAwaiter(*this); }
  /// Gives a permit back, or adds one: the first who waits gets it.
  void release() {
    const Error refused = try_release();
    if (refused) refused.raise();
  }
  [[nodiscard]] virtual Error try_release();
  /// Whether acquire() would have to wait.
  [[nodiscard]] bool locked() const;

  /// For `with`.
  [[nodiscard]] SemaphoreAwaiter enter() noexcept { return acquire(); }
  [[nodiscard]] Ready leave(const Error&) { return Ready(try_release()); }

 protected:
  void release_guarded();
  [[nodiscard]] std::size_t value_guarded() const noexcept { return value_; }
  [[nodiscard]] Scheduler& scheduler() const noexcept { return scheduler_; }

 private:
  friend class SemaphoreAwaiter;
  [[nodiscard]] bool locked_guarded() const noexcept { return value_ == 0 || waiters_.any_live(); }
  bool wake_next_guarded();

  const SchedulerLink scheduler_;
  std::size_t value_;  // permits that are free and not promised to a waiter that was woken
  WaiterList waiters_;
};

/// A semaphore that refuses to grow beyond its first value. release() @throws ValueError then (BOUNDED-SEMAPHORE-REFUSES-TO-GROW)
class BoundedSemaphore : public Semaphore {
 public:
  explicit BoundedSemaphore(std::size_t value = 1, Scheduler& scheduler = Scheduler::current()) noexcept
      : Semaphore(value, scheduler), bound_(value) {}
  [[nodiscard]] Error try_release() override;

 private:
  const std::size_t bound_;
};

}  // namespace lawful
