#pragma once

#include <optional>

#include "scheduler/task/coroutine.hpp"

namespace lawful {

/// What the awaiters of locks, semaphores and events share: a place in the primitive's line, taken only if they have to wait.
template <class Awaiter>
class InLine : public Awaitable<Awaiter> {
 public:
  InLine() noexcept = default;
  InLine(const InLine&) = delete;
  InLine& operator=(const InLine&) = delete;
  template <InTask Promise>
  void await_suspend(std::coroutine_handle<Promise> leaf) noexcept {
    task_ = &leaf.promise().task();
    task_->wait_for(*waiter_, leaf);
  }

 protected:
  TaskCore* task_ = nullptr;
  std::optional<Waiter> waiter_;
};

}  // namespace lawful
