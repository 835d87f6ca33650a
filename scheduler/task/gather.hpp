#pragma once

#include <concepts>
#include <ranges>
#include <tuple>
#include <vector>

#include "scheduler/task/task.hpp"

namespace lawful {

/// As first argument of gather: failures become results instead of ending it.
struct ReturnExceptions {
  explicit constexpr ReturnExceptions(int) noexcept {}
};
inline constexpr ReturnExceptions return_exceptions{0};

/// Waits for all of its operands. Coroutines become tasks now, from left to right, and run whether or not anybody awaits the
/// gather.
///
/// `co_await gather(a, b)` answers their values in the order of the operands, whatever the order in which they end
/// (GATHER-KEEPS-ORDER): a std::tuple for operands listed, a std::vector for a range. The first operand that fails ends it with
/// its error at once; the others go on and are not cancelled (GATHER-LEAVES-SIBLINGS-RUNNING).
///
/// `gather(return_exceptions, a, b)` waits for every operand and answers an Outcome for each, in its place
/// (RETURN-EXCEPTIONS-KEEPS-PLACES). If copying a value into the list throws, the gather fails with that. Cancelling the gather
/// cancels every operand that is not done. O(operands).
/// @throws as create_task; InvalidStateError if a future is empty. Operands before that one are tasks already
template <Awaited... Operands>
auto gather(Operands&&... operands) -> Future<std::tuple<Stored<ValueOf<Operands>>...>>;
template <Awaited... Operands>
auto gather(ReturnExceptions, Operands&&... operands) -> Future<std::tuple<Outcome<ValueOf<Operands>>...>>;
template <std::ranges::input_range Range>
requires Awaited<std::ranges::range_value_t<Range>>
auto gather(Range&& range) -> Future<std::vector<Stored<ValueOf<std::ranges::range_value_t<Range>>>>>;
template <std::ranges::input_range Range>
requires Awaited<std::ranges::range_value_t<Range>>
auto gather(ReturnExceptions, Range&& range) -> Future<std::vector<Outcome<ValueOf<std::ranges::range_value_t<Range>>>>>;

// implementation

/// The future of a gather: it counts its children's ends, and cancelling it cancels them.
class GatherCore : public FutureCore {
 public:
  explicit GatherCore(Scheduler& scheduler, bool return_exceptions, std::vector<Ref<FutureCore>> children);

  /// Listens to the children: those done already count at once. Last act of whoever makes a gather.
  void begin();
  [[nodiscard]] std::string description() const override;
  [[nodiscard]] bool completes_itself() const noexcept override { return true; }

 protected:
  [[nodiscard]] FutureCore* begin_cancel_guarded() noexcept override;
  [[nodiscard]] FutureCore* go_on_cancelling_guarded(bool& effect) noexcept override;
  /// All children are done, and their values are wanted: put the list of them in place. Throws what copying them throws.
  virtual void collect() = 0;
  [[nodiscard]] const std::vector<Ref<FutureCore>>& children() const noexcept { return children_; }

 private:
  static void on_child(Counted& target, Counted* child);
  [[nodiscard]] bool child_done_guarded(FutureCore& child);
  void conclude();

  const bool return_exceptions_;
  bool cancel_requested_ = false;
  bool given_up_ = false;       // whoever wanted to make it got an error instead
  bool cancel_effect_ = false;  // of the cancel under way: a child was cancelled
  std::size_t cancelling_ = 0;  // and the child it is at
  std::size_t distinct_ = 0;  // a child named several times counts once
  std::size_t finished_ = 0;
  std::vector<Ref<FutureCore>> children_;
};

/// A gather whose list is made by `Collect(children) -> Stored<T>`.
template <class T, class Collect>
class GatherOf final : public Valued<GatherCore, T> {
 public:
  GatherOf(Scheduler& scheduler, bool return_exceptions, std::vector<Ref<FutureCore>> children, Collect collect)
      : Valued<GatherCore, T>(scheduler, return_exceptions, std::move(children)), collect_(std::move(collect)) {}

 private:
  void collect() override { this->fill(collect_(this->children())); }
  Collect collect_;
};

template <class T, class Collect>
Future<T> make_gather(bool return_exceptions, std::vector<Ref<FutureCore>> children, Collect collect) {
  Scheduler& scheduler = children.empty() ? Scheduler::current() : children.front()->scheduler();
  auto core = make_counted<GatherOf<T, Collect>>(scheduler, return_exceptions, std::move(children), std::move(collect));
  core->begin();
  return Future<T>(Ref<FutureCore>(std::move(core)));
}

template <class Tuple, class... Values, std::size_t... I>
Tuple collect_outcomes(const std::vector<Ref<FutureCore>>& children, std::index_sequence<I...>) {
  return Tuple(Future<Values>(children[I]).result_outcome()...);
}
/// The value of a child that has one; throws what copying it throws.
template <class T>
Stored<T> value_of(const Ref<FutureCore>& child) {
  Outcome<T> outcome = Future<T>(child).result_outcome();
  if (!outcome.ok()) outcome.error().raise();
  return std::move(outcome).value();
}
template <class Tuple, class... Values, std::size_t... I>
Tuple collect_values(const std::vector<Ref<FutureCore>>& children, std::index_sequence<I...>) {
  return Tuple(value_of<Values>(children[I])...);
}

template <Awaited... Operands>
auto gather(Operands&&... operands) -> Future<std::tuple<Stored<ValueOf<Operands>>...>> {
  refuse_broken_temporaries<!(DoubtfulRvalue<Operands> || ...)>();
  using Tuple = std::tuple<Stored<ValueOf<Operands>>...>;
  std::vector<Ref<FutureCore>> children;
  children.reserve(sizeof...(operands));
  (children.push_back(ensure_future(std::forward<Operands>(operands)).ref()), ...);
  return make_gather<Tuple>(false, std::move(children), [](const std::vector<Ref<FutureCore>>& done) {
    return collect_values<Tuple, ValueOf<Operands>...>(done, std::index_sequence_for<Operands...>());
  });
}

template <Awaited... Operands>
auto gather(ReturnExceptions, Operands&&... operands) -> Future<std::tuple<Outcome<ValueOf<Operands>>...>> {
  refuse_broken_temporaries<!(DoubtfulRvalue<Operands> || ...)>();
  using Tuple = std::tuple<Outcome<ValueOf<Operands>>...>;
  std::vector<Ref<FutureCore>> children;
  children.reserve(sizeof...(operands));
  (children.push_back(ensure_future(std::forward<Operands>(operands)).ref()), ...);
  return make_gather<Tuple>(true, std::move(children), [](const std::vector<Ref<FutureCore>>& done) {
    return collect_outcomes<Tuple, ValueOf<Operands>...>(done, std::index_sequence_for<Operands...>());
  });
}

/// The operands of a range as futures: coroutines are moved from it and become tasks.
template <class Range>
std::vector<Ref<FutureCore>> ensure_futures(Range&& range) {
  std::vector<Ref<FutureCore>> children;
  for (auto&& operand : range) {
    if constexpr (std::is_copy_constructible_v<std::ranges::range_value_t<Range>>) {
      children.push_back(ensure_future(operand).ref());
    } else {
      children.push_back(ensure_future(std::move(operand)).ref());
    }
  }
  return children;
}

template <std::ranges::input_range Range>
requires Awaited<std::ranges::range_value_t<Range>>
auto gather(Range&& range) -> Future<std::vector<Stored<ValueOf<std::ranges::range_value_t<Range>>>>> {
  using T = ValueOf<std::ranges::range_value_t<Range>>;
  return make_gather<std::vector<Stored<T>>>(false, ensure_futures(range), [](const std::vector<Ref<FutureCore>>& done) {
    std::vector<Stored<T>> values;
    values.reserve(done.size());
    for (const Ref<FutureCore>& child : done) values.push_back(value_of<T>(child));
    return values;
  });
}

template <std::ranges::input_range Range>
requires Awaited<std::ranges::range_value_t<Range>>
auto gather(ReturnExceptions, Range&& range) -> Future<std::vector<Outcome<ValueOf<std::ranges::range_value_t<Range>>>>> {
  using T = ValueOf<std::ranges::range_value_t<Range>>;
  return make_gather<std::vector<Outcome<T>>>(true, ensure_futures(range), [](const std::vector<Ref<FutureCore>>& done) {
    std::vector<Outcome<T>> outcomes;
    outcomes.reserve(done.size());
    for (const Ref<FutureCore>& child : done) outcomes.push_back(Future<T>(child).result_outcome());
    return outcomes;
  });
}

}  // namespace lawful
