#pragma once

#include "scheduler/task/coroutine.hpp"

namespace lawful {

/// Wakes the task at a deadline. Made by sleep().
class SleepAwaiter : public Awaitable<SleepAwaiter> {
 public:
  explicit SleepAwaiter(Duration delay) noexcept : delay_(delay) {}
  SleepAwaiter(const SleepAwaiter&) = delete;
  SleepAwaiter& operator=(const SleepAwaiter&) = delete;
  ~SleepAwaiter() {
    if (timer_) disarm();
  }

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  template <InTask Promise>
  void await_suspend(std::coroutine_handle<Promise> leaf) {
    task_ = &leaf.promise().task();
    if (delay_ <= Duration::zero()) {
      task_->yield(leaf);
    } else {
      arm(leaf);
    }
  }
  [[nodiscard]] Outcome<void> take_outcome() {
    if (timer_) disarm();
    Error incoming = task_->take_incoming();
    if (incoming) return incoming;
    return Unit();
  }

 private:
  void arm(std::coroutine_handle<> leaf);
  void disarm() noexcept;

  const Duration delay_;
  TaskCore* task_ = nullptr;
  Ref<FutureCore> woken_;
  Ref<Handle> timer_;
};

/// Suspends the task until now + `delay`: it wakes at that deadline, never before it, and exactly then under virtual time
/// (SLEEP-WAKES-ON-TIME). A delay of zero or less gives every other ready job one turn. Cancelling the task disarms the timer.
[[nodiscard]] inline SleepAwaiter sleep(Duration delay) noexcept { return SleepAwaiter(delay); }

}  // namespace lawful
