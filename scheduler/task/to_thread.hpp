#pragma once

#include <concepts>
#include <functional>
#include <optional>
#include <type_traits>

#include "scheduler/task/offload.hpp"
#include "scheduler/task/task.hpp"

namespace lawful {

/// Calls `function()` on another thread, while other tasks go on: for what would block. Nothing happens until it is awaited.
/// Cancelling the await ends the await alone: the function runs to its end and its outcome is dropped; one that has not begun is
/// not called.
/// @throws what the function throws, or moving its value
template <class Function>
requires std::invocable < std::decay_t<Function>
& > auto to_thread(Function&& function) -> AnswerGiven<Coroutine<std::invoke_result_t<std::decay_t<Function>&>>, Function>;

// implementation

template <std::invocable Function>
class OffloadedCall final : public Offload::Work {
 public:
  using T = std::invoke_result_t<Function&>;
  OffloadedCall(Function function, Future<T> future) : function_(std::move(function)), future_(std::move(future)) {}
  void call() noexcept override {
    try {
      if constexpr (std::is_void_v<T>) {
        function_();
        outcome_.emplace(Unit());
      } else {
        outcome_.emplace(function_());
      }
    } catch (...) {
      outcome_.emplace(Error::current());
    }
  }
  [[nodiscard]] bool wanted() const noexcept override { return !future_.done(); }
  void deliver() override {
    // Refused only if the await was cancelled: its outcome is dropped then.
    if (outcome_) static_cast<void>(future_.try_set_outcome(std::move(*outcome_)));
  }

 private:
  Function function_;
  Future<T> future_;
  std::optional<Outcome<T>> outcome_;
};

template <std::invocable Function>
Coroutine<std::invoke_result_t<Function&>> call_on_thread(Function function) {
  using T = std::invoke_result_t<Function&>;
  Scheduler& scheduler = Scheduler::current();
  Future<T> future = Future<T>::pending(scheduler);
  Offload::of(scheduler).submit(make_counted<OffloadedCall<Function>>(std::move(function), future));
  Outcome<T> outcome = co_await future.outcome();
  co_return std::move(outcome).get();
}

template <class Function>
requires std::invocable < std::decay_t<Function>
& > auto to_thread(Function&& function) -> AnswerGiven<Coroutine<std::invoke_result_t<std::decay_t<Function>&>>, Function> {
  return call_on_thread<std::decay_t<Function>>(std::forward<Function>(function));
}

}  // namespace lawful
