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

/// `outcome` as a coroutine ends with it.
template <class T>
T finish_with(Outcome<T> outcome) {
  return std::move(outcome).get();
}

template <Awaited A>
Coroutine<ValueOf<A>> wait_for(A awaited, std::optional<Duration> delay) {
  using T = ValueOf<A>;
  if (delay && *delay <= Duration::zero()) {
    Future<T> future = ensure_future(std::move(awaited));
    if (!future.done()) {
      Outcome<Unit> waited = co_await cancel_and_wait(future).outcome();
      if (!waited.ok()) waited.error().raise();
      if (future.cancelled()) throw TimeoutError();
    }
    co_return finish_with<T>(future.result_outcome());
  }
  Timeout deadline = timeout(delay);
  Outcome<void> entered = co_await deadline.enter().outcome();
  if (!entered.ok()) entered.error().raise();
  Outcome<T> ended = co_await std::move(awaited).outcome();
  Outcome<void> left = co_await deadline.leave(ended.error()).outcome();
  if (!left.ok()) left.error().raise();
  co_return finish_with<T>(std::move(ended));
}

}  // namespace lawful
