#pragma once

#include <optional>

#include "scheduler/task/timeout.hpp"

namespace lawful {

/// Waits for `awaited` for at most `delay` (nullopt: as long as it takes). When the time is up it is cancelled, its clean-up is
/// waited for, and TimeoutError is raised; if it answers a value or another error to the cancel, that is the outcome. A coroutine
/// runs in the caller's own task. With a delay of zero or less something done is answered as it is, and anything else is cancelled
/// at once: a coroutine never starts.
/// @throws ValueError if the coroutine is empty, InvalidStateError if the future is: when it is awaited
template <Awaited A>
Coroutine<ValueOf<A>> wait_for(A&& awaited, std::optional<Duration> delay);

/// Cancels `future` and waits until it is done, without waiting for its outcome.
[[nodiscard]] Coroutine<Unit> cancel_and_wait(AnyFuture future);

// implementation

/// A delay of zero or less.
template <Awaited A>
Coroutine<ValueOf<A>> wait_for_at_once(A awaited) {
  using T = ValueOf<A>;
  Future<T> future = ensure_future(std::move(awaited));
  if (!future.done() && future.core().keeps_value()) {
    // It ends when it is over, and may have its value all the same.
    const AnyTask task = current_task();
    const std::uint32_t requests = task.cancelling();
    future.cancel();
    Outcome<T> ended = co_await future.outcome();
    if (ended.error().is_cancelled() && task.cancelling() <= requests) throw TimeoutError();
    if constexpr (std::is_void_v<T>) {
      std::move(ended).get();
      co_return;
    } else {
      co_return std::move(ended);
    }
  }
  if (!future.done()) {
    Outcome<Unit> waited = co_await cancel_and_wait(future).outcome();
    if (!waited.ok()) waited.error().raise();
    // It ended cancelled, as we asked: that is the timeout.
    if (future.cancelled()) throw TimeoutError();
  }
  if constexpr (std::is_void_v<ValueOf<A>>) {
    future.result();
    co_return;
  } else {
    co_return future.result_outcome();
  }
}

/// A delay that lasts.
template <Awaited A>
Coroutine<ValueOf<A>> wait_for_at_most(A awaited, std::optional<Duration> delay) {
  using T = ValueOf<A>;
  refuse_empty(awaited);
  Timeout deadline = timeout(delay);
  Outcome<void> entered = co_await deadline.enter().outcome();
  if (!entered.ok()) entered.error().raise();
  // Built in its place: moving the value might throw, and the timeout would never be left.
  Outcome<T> outcome = co_await std::move(awaited).outcome();
  Outcome<void> left = co_await deadline.leave(outcome.error()).outcome();
  // What has a value can end with an error that was never thrown.
  if constexpr (std::is_void_v<T>) {
    if (!left.ok()) left.error().raise();
    std::move(outcome).get();
    co_return;
  } else {
    if (!left.ok()) co_return left.error();
    co_return std::move(outcome);
  }
}

template <Awaited A>
Coroutine<ValueOf<A>> wait_for(A&& awaited, std::optional<Duration> delay) {
  refuse_broken_temporaries<!DoubtfulRvalue<A>>();
  if (delay && *delay <= Duration::zero()) return wait_for_at_once<std::decay_t<A>>(std::forward<A>(awaited));
  return wait_for_at_most<std::decay_t<A>>(std::forward<A>(awaited), delay);
}

}  // namespace lawful
