#include "scheduler/sync/barrier.hpp"

namespace lawful {

Barrier::Barrier(std::size_t parties, Scheduler& scheduler) : condition_(scheduler), parties_(parties) {
  if (parties == 0) throw ValueError("a barrier needs one party at least");
}

Coroutine<Unit> Barrier::change(Error& refused) noexcept {
  try {
    return condition_.wait();
  } catch (...) {
    refused = Error::current();
    return {};
  }
}

Coroutine<std::size_t> Barrier::wait() {
  Outcome<void> entered = co_await condition_.acquire().outcome();
  if (!entered.ok()) co_return entered.error();
  Error error;
  while (!error && (state_ == State::draining || state_ == State::resetting)) {
    Coroutine<Unit> changed = change(error);
    if (error) break;
    Outcome<Unit> waited = co_await std::move(changed).outcome();
    error = waited.error();
  }
  if (!error && state_ == State::broken) error = Error::of(BrokenBarrierError("the barrier was aborted"));
  std::size_t place = 0;
  if (!error) {
    place = count_++;
    if (place + 1 == parties_) {
      state_ = State::draining;
      error = condition_.try_notify_all();
    } else {
      while (!error && state_ == State::filling) {
        Coroutine<Unit> changed = change(error);
        if (error) break;
        Outcome<Unit> waited = co_await std::move(changed).outcome();
        error = waited.error();
      }
      if (!error && (state_ == State::broken || state_ == State::resetting)) {
        error = Error::of(BrokenBarrierError("the barrier was aborted or reset"));
      }
    }
    if (--count_ == 0) {
      // The last to leave opens it for the next round.
      if (state_ == State::resetting || state_ == State::draining) state_ = State::filling;
      const Error refused = condition_.try_notify_all();
      if (refused) error = refused;
    }
  }
  const Error refused = condition_.try_release();
  if (refused) co_return refused;
  if (error) co_return error;
  co_return place;
}

Coroutine<Unit> Barrier::reset() {
  Outcome<void> entered = co_await condition_.acquire().outcome();
  if (!entered.ok()) co_return entered.error();
  state_ = count_ > 0 ? State::resetting : State::filling;
  Error refused = condition_.try_notify_all();
  if (!refused) refused = condition_.try_release();
  if (refused) co_return refused;
  co_return Unit();
}

Coroutine<Unit> Barrier::abort() {
  Outcome<void> entered = co_await condition_.acquire().outcome();
  if (!entered.ok()) co_return entered.error();
  state_ = State::broken;
  Error refused = condition_.try_notify_all();
  if (!refused) refused = condition_.try_release();
  if (refused) co_return refused;
  co_return Unit();
}

}  // namespace lawful
