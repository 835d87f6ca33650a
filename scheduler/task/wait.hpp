#pragma once

#include <optional>
#include <ranges>
#include <vector>

#include "scheduler/task/task.hpp"

namespace lawful {

/// When wait() is satisfied. FIRST_EXCEPTION: at the first failure (a cancelled one is none), else when all are done.
enum class ReturnWhen : std::uint8_t { FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED };
using enum ReturnWhen;

/// What wait() answers: its distinct operands, each in one of the two, in the order given.
template <class F>
struct Waited {
  Waited(std::vector<F> done_, std::vector<F> pending_) : done(std::move(done_)), pending(std::move(pending_)) {}
  std::vector<F> done;
  std::vector<F> pending;
};

/// Waits until `return_when` is satisfied, or `timeout` is over, whichever is first; cancels nothing and raises no error of an
/// operand. It suspends even if everything is done already. @throws ValueError if there is nothing to wait for,
/// InvalidStateError if one of the futures is empty
template <std::ranges::input_range Range>
requires std::is_base_of_v<AnyFuture, std::ranges::range_value_t<Range>> Coroutine<Waited<std::ranges::range_value_t<Range>>> wait(
    Range futures, ReturnWhen return_when = ALL_COMPLETED, std::optional<Duration> timeout = std::nullopt);

/// The waiting itself, over distinct futures.
[[nodiscard]] Coroutine<Unit> wait_until(std::vector<Ref<FutureCore>> futures, ReturnWhen return_when,
                                         std::optional<Duration> timeout);
/// The same futures, each once, in the order of their first naming.
[[nodiscard]] std::vector<Ref<FutureCore>> distinct(const std::vector<Ref<FutureCore>>& futures);

// implementation

template <std::ranges::input_range Range>
requires std::is_base_of_v<AnyFuture, std::ranges::range_value_t<Range>> Coroutine<Waited<std::ranges::range_value_t<Range>>> wait(
    Range futures, ReturnWhen return_when, std::optional<Duration> timeout) {
  using F = std::ranges::range_value_t<Range>;
  std::vector<Ref<FutureCore>> cores;
  for (const F& future : futures) cores.emplace_back(future.core());
  cores = distinct(cores);
  Outcome<Unit> waited = co_await wait_until(cores, return_when, timeout).outcome();
  if (!waited.ok()) waited.error().raise();
  std::vector<F> done;
  std::vector<F> pending;
  for (const Ref<FutureCore>& core : cores) {
    for (const F& future : futures) {
      if (future.ref() == core) {
        (core->done() ? done : pending).push_back(future);
        break;
      }
    }
  }
  co_return Waited<F>(std::move(done), std::move(pending));
}

}  // namespace lawful
