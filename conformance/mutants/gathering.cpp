#include "conformance/mutants/mutant.hpp"

namespace lawful::conformance {

namespace {

spec::Raised cancelled_error() { return spec::Raised(spec::Raised::Kind::cancelled); }

/// A gather as one might write it: it waits for its operands by `wait`, and what it does when it is cancelled is left to mutants.
struct PlainGather : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  /// What becomes of a gather that was cancelled while it waited for `tasks`.
  virtual Coroutine<Outcome> struck(std::vector<Task> tasks, bool return_exceptions) = 0;

  Coroutine<Outcome> gather(std::vector<Task> tasks, bool return_exceptions) override {
    auto all = make_gather<Value>(return_exceptions, cores(tasks), [](const std::vector<Ref<FutureCore>>&) { return Value(); });
    const bool over = all.done();
    Outcome waited = Value();
    if (!over) {
      // Behind a shield a cancel is ours alone.
      waited = co_await TaskRuntime::shield(Future<Value>(all));
      const bool by_operand = waited.cancelled() && all.done();
      if (waited.cancelled() && !by_operand) {
        Outcome became = co_await struck(std::move(tasks), return_exceptions);
        co_return became;
      }
    }
    Outcome ended = co_await TaskRuntime::gather(std::move(tasks), return_exceptions);
    co_return ended;
  }
  static std::vector<Ref<FutureCore>> cores(const std::vector<Task>& tasks) {
    std::vector<Ref<FutureCore>> all;
    for (const Task& task : tasks) all.push_back(task.ref());
    return all;
  }
  /// Waits for all of them, whoever cancels meanwhile.
  Coroutine<Outcome> wait_for_all(std::vector<Task> tasks) {
    for (;;) {
      std::vector<Task> pending;
      for (const Task& task : tasks) {
        if (!task.done()) pending.push_back(task);
      }
      if (pending.empty()) co_return Outcome(Value());
      Outcome waited = co_await TaskRuntime::wait(std::move(pending), spec::ReturnWhen::all_completed, std::nullopt);
      static_cast<void>(waited);
    }
  }
  /// Waits until one has failed or was cancelled, or all have ended.
  Coroutine<Outcome> wait_for_first(std::vector<Task> tasks) {
    for (;;) {
      std::vector<Task> pending;
      for (const Task& task : tasks) {
        const Outcome ended = outcome(task);
        if (ended.raised() != nullptr) co_return ended;
        if (ended.pending()) pending.push_back(task);
      }
      if (pending.empty()) co_return Outcome(Value());
      Outcome waited = co_await TaskRuntime::wait(std::move(pending), spec::ReturnWhen::first_completed, std::nullopt);
      static_cast<void>(waited);
    }
  }
  static void cancel_all(std::vector<Task>& tasks) {
    for (Task& task : tasks) task.cancel();
  }
};

struct GatherCancelsTheFirst final : PlainGather {
  using PlainGather::PlainGather;
  Coroutine<Outcome> struck(std::vector<Task> tasks, bool) override {
    for (Task& task : tasks) {
      if (task.cancel()) break;
    }
    co_return Outcome(cancelled_error());
  }
};

struct CancelledGatherWaits final : PlainGather {
  using PlainGather::PlainGather;
  Coroutine<Outcome> struck(std::vector<Task> tasks, bool) override {
    cancel_all(tasks);
    Outcome waited = co_await wait_for_all(std::move(tasks));
    static_cast<void>(waited);
    co_return Outcome(cancelled_error());
  }
};

struct CancelledGatherOfOutcomesLeaves final : PlainGather {
  using PlainGather::PlainGather;
  Coroutine<Outcome> struck(std::vector<Task> tasks, bool return_exceptions) override {
    cancel_all(tasks);
    if (return_exceptions) co_return Outcome(cancelled_error());
    Outcome first = co_await wait_for_first(std::move(tasks));
    if (first.raised() != nullptr) co_return first;
    co_return Outcome(cancelled_error());
  }
};

struct CancelledGatherAnswers final : PlainGather {
  using PlainGather::PlainGather;
  Coroutine<Outcome> struck(std::vector<Task> tasks, bool return_exceptions) override {
    cancel_all(tasks);
    if (return_exceptions) {
      Outcome waited = co_await wait_for_all(std::move(tasks));
      static_cast<void>(waited);
      co_return Outcome(cancelled_error());
    }
    Outcome first = co_await wait_for_first(tasks);
    if (first.raised() != nullptr) co_return first;
    Outcome list = co_await TaskRuntime::gather(std::move(tasks), false);
    co_return list;
  }
};

struct CancelledGatherHidesErrors final : PlainGather {
  using PlainGather::PlainGather;
  Coroutine<Outcome> struck(std::vector<Task> tasks, bool return_exceptions) override {
    cancel_all(tasks);
    Outcome waited = Value();
    if (return_exceptions) {
      waited = co_await wait_for_all(std::move(tasks));
    } else {
      waited = co_await wait_for_first(std::move(tasks));
    }
    co_return Outcome(cancelled_error());
  }
};

struct GatherOverlooksCancelled final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> gather(std::vector<Task> tasks, bool return_exceptions) override {
    std::vector<Task> stand_ins;
    for (const Task& task : tasks) {
      if (return_exceptions || !task.core().is_task()) {
        stand_ins.push_back(task);
        continue;
      }
      Task stand_in = create_future();
      auto pass_on = [this, task, stand_in](const AnyFuture&) mutable {
        const Outcome ended = outcome(task);
        if (ended.raised() != nullptr && !ended.cancelled()) {
          static_cast<void>(TaskRuntime::set_exception(stand_in, ended));
        } else {
          Value value;
          if (ended.ok()) value = ended.value();
          static_cast<void>(stand_in.try_set_result(std::move(value)));
        }
      };
      if (task.done()) {
        pass_on(task);
      } else {
        Task held = task;
        held.add_done_callback(std::move(pass_on));
      }
      stand_ins.push_back(std::move(stand_in));
    }
    Outcome ended = co_await TaskRuntime::gather(std::move(stand_ins), return_exceptions);
    if (ended.cancelled()) {
      for (Task& task : tasks) task.cancel();
    }
    co_return ended;
  }
};

struct GatherAlwaysYields final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> gather(std::vector<Task> tasks, bool return_exceptions) override {
    bool all_done = !tasks.empty();
    for (const Task& task : tasks) all_done = all_done && task.done();
    if (all_done) {
      Outcome turn = co_await TaskRuntime::sleep(0);
      if (!turn.ok()) co_return turn;
    }
    Outcome ended = co_await TaskRuntime::gather(std::move(tasks), return_exceptions);
    co_return ended;
  }
};

}  // namespace

std::vector<Mutant> gathering_mutants() {
  return {
      mutant<GatherCancelsTheFirst>("gather-cancels-the-first", "CANCELLED-GATHER-CANCELS-ITS-OPERANDS",
                                    "a cancelled gather cancels what it awaits just now"),
      mutant<CancelledGatherWaits>("cancelled-gather-waits", "CANCELLED-GATHER-ENDS-WITH-ITS-FIRST-OPERAND",
                                   "a cancelled gather waits until every operand has cleaned up"),
      mutant<CancelledGatherOfOutcomesLeaves>("cancelled-gather-of-outcomes-leaves", "CANCELLED-GATHER-OF-OUTCOMES-WAITS-FOR-ALL",
                                              "a cancelled gather leaves its operands to themselves, return_exceptions or not"),
      mutant<CancelledGatherAnswers>("cancelled-gather-answers", "CANCELLED-GATHER-RAISES-THOUGH-ALL-GO-ON",
                                     "a cancelled gather returns the list if it gets one after all"),
      mutant<CancelledGatherHidesErrors>("cancelled-gather-hides-errors", "CANCELLED-GATHER-RAISES-AN-OPERANDS-ERROR",
                                         "a cancelled gather raises CancelledError, whatever its operands answer"),
      mutant<GatherOverlooksCancelled>("gather-overlooks-cancelled", "GATHER-RAISES-THE-CANCELLATION-OF-AN-OPERAND",
                                       "a cancelled operand counts as one that returned nothing"),
      mutant<GatherAlwaysYields>("gather-always-yields", "GATHER-OF-WHAT-IS-DONE-DOES-NOT-SUSPEND",
                                 "gather goes through the queue in any case"),
  };
}

}  // namespace lawful::conformance
