#pragma once

#include <deque>
#include <optional>
#include <ranges>
#include <vector>

#include "scheduler/sync/queue.hpp"
#include "scheduler/task/gather.hpp"
#include "scheduler/task/wait.hpp"

namespace lawful {

/// The state of an as_completed, shared with the callbacks of its operands and its timer.
class AsCompletedCore final : public Counted {
 public:
  AsCompletedCore(Scheduler& scheduler, const std::vector<Ref<FutureCore>>& operands);
  /// Listens to the operands, for at most `timeout`.
  void begin(std::optional<Duration> timeout);
  [[nodiscard]] bool more() const noexcept { return left_ != 0; }
  /// The next operand to end; null if the time was up before it had.
  [[nodiscard]] Coroutine<Ref<FutureCore>> next();

 private:
  static void on_done(Counted& target, Counted* future);
  static void on_timeout(Counted& target, Counted*);

  const SchedulerLink scheduler_;
  std::vector<Ref<FutureCore>> todo_;  // operands that have not ended, in the order given
  Queue<Ref<FutureCore>> done_;        // those that have, or null for each that had not when the time was up
  std::size_t left_;
  Ref<Handle> timer_;
};

/// Operands in the order in which they end:
///
///     auto ended = as_completed(tasks);
///     while (ended.more()) use(co_await ended.next());
template <class T>
class AsCompleted {
 public:
  explicit AsCompleted(Ref<AsCompletedCore> core) noexcept : core_(std::move(core)) {}
  AsCompleted(const AsCompleted&) = default;  // moving one copies it, so that none is ever empty
  AsCompleted& operator=(const AsCompleted&) = default;
  ~AsCompleted() = default;
  /// Whether next() has another one to answer.
  [[nodiscard]] bool more() const noexcept { return core_->more(); }
  /// Waits for the next one to end: its value, or @throws its error; TimeoutError for each that had not ended when the time was up.
  [[nodiscard]] Coroutine<T> next();
  /// The same without looking at it: the future that ended, or null when the time was up.
  [[nodiscard]] Coroutine<Ref<FutureCore>> next_future() { return core_->next(); }

 private:
  Ref<AsCompletedCore> core_;
};

/// Listens to the distinct operands of a range; coroutines become tasks now, from left to right. When `timeout` is over, none of
/// them is cancelled. @throws as create_task; InvalidStateError if a future is empty
template <std::ranges::input_range Range>
requires Awaited<std::ranges::range_value_t<Range>> AsCompleted<ValueOf<std::ranges::range_value_t<Range>>> as_completed(
    Range&& operands, std::optional<Duration> timeout = std::nullopt);

// implementation

template <class T>
Coroutine<T> AsCompleted<T>::next() {
  Outcome<Ref<FutureCore>> ended = co_await core_->next().outcome();
  if (!ended.ok()) ended.error().raise();
  const Ref<FutureCore> future = std::move(ended).value();
  if (!future) throw TimeoutError();
  co_return Future<T>(future).result_outcome().get();
}

template <std::ranges::input_range Range>
requires Awaited<std::ranges::range_value_t<Range>> AsCompleted<ValueOf<std::ranges::range_value_t<Range>>> as_completed(
    Range&& operands, std::optional<Duration> timeout) {
  const std::vector<Ref<FutureCore>> futures = ensure_futures(operands);
  Scheduler& scheduler = futures.empty() ? Scheduler::current() : futures.front()->scheduler();
  auto core = make_counted<AsCompletedCore>(scheduler, futures);
  core->begin(timeout);
  return AsCompleted<ValueOf<std::ranges::range_value_t<Range>>>(std::move(core));
}

}  // namespace lawful
