#pragma once

#include <cstddef>

#include "scheduler/sync/condition.hpp"

namespace lawful {

/// A meeting point of a fixed number of tasks: asyncio's Barrier. It can be used again and again; who arrives while a round is
/// leaving belongs to the next one.
class Barrier {
 public:
  /// @throws ValueError if `parties` is 0
  explicit Barrier(std::size_t parties, Scheduler& scheduler = Scheduler::current());

  /// Suspends until `parties` tasks are here. Answers the caller's place in the order of arrival, from 0.
  /// @throws BrokenBarrierError if the barrier is reset or aborted meanwhile
  [[nodiscard]] Coroutine<std::size_t> wait();
  /// Fails whoever waits with BrokenBarrierError, and leaves the barrier empty.
  [[nodiscard]] Coroutine<Unit> reset();
  /// Fails whoever waits, now and later, until reset().
  [[nodiscard]] Coroutine<Unit> abort();
  [[nodiscard]] std::size_t parties() const noexcept { return parties_; }

 private:
  enum class State : std::uint8_t { filling, draining, resetting, broken };
  /// The wait for a change of the state; without memory for it, none, and `refused` says so: the caller has the condition still.
  [[nodiscard]] Coroutine<Unit> change(Error& refused) noexcept;
  Condition condition_;  // guards what follows, and tells of its changes
  const std::size_t parties_;
  State state_ = State::filling;
  std::size_t count_ = 0;  // tasks inside
};

}  // namespace lawful
