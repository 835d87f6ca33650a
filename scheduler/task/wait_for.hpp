#pragma once

#include <optional>

#include "scheduler/task/timeout.hpp"

namespace lawful {

/// Waits for `awaited` for at most `delay` (nullopt: as long as it takes). When the time is up it is cancelled, its clean-up is
/// waited for, and TimeoutError is raised; if it answers a value or another error to the cancel, that is the outcome. A coroutine
/// runs in the caller's own task. With a delay of zero or less something done is answered as it is, and anything else is cancelled
/// at once: a coroutine never starts.
template <Awaited A>
Coroutine<ValueOf<A>> wait_for(A awaited, std::optional<Duration> delay);

/// Cancels `future` and waits until it is done, without waiting for its outcome.
[[nodiscard]] Coroutine<Unit> cancel_and_wait(AnyFuture future);

// implementation

template <Awaited A>
Coroutine<ValueOf<A>> wait_for(A awaited, std::optional<Duration> delay) {
  using T = ValueOf<A>;
  Outcome<T> outcome = Error::of(TimeoutError());
  if (delay && *delay <= Duration::zero()) {
    Future<T> future = ensure_future(std::move(awaited));
    Error interrupted;
    if (!future.done() && future.core().keeps_value()) {
      const AnyTask task = current_task();
      const std::uint32_t requests = task.cancelling();
      future.cancel();
      Outcome<T> ended = co_await future.outcome();
      if (!ended.error().is_cancelled() || task.cancelling() > requests) outcome = std::move(ended);
    } else if (!future.done()) {
      Outcome<Unit> waited = co_await cancel_and_wait(future).outcome();
      interrupted = waited.error();
      // It ended cancelled, as we asked: that is the timeout.
      if (!interrupted && !future.cancelled()) outcome = future.result_outcome();
    } else {
      outcome = future.result_outcome();
    }
    if (interrupted) outcome = interrupted;
  } else {
    Timeout deadline = timeout(delay);
    Outcome<void> entered = co_await deadline.enter().outcome();
    if (!entered.ok()) entered.error().raise();
    outcome = co_await std::move(awaited).outcome();
    Outcome<void> left = co_await deadline.leave(outcome.error()).outcome();
    if (!left.ok()) outcome = left.error();
  }
  // What has a value can end with an error that was never thrown.
  if constexpr (std::is_void_v<T>) {
    std::move(outcome).get();
    co_return;
  } else {
    co_return std::move(outcome);
  }
}

}  // namespace lawful
