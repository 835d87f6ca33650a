#include "conformance/mutants/mutant.hpp"

namespace lawful::conformance {

namespace {

using spec::ReturnWhen;

struct WaitForgetsFailures final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> wait(std::vector<Task> tasks, ReturnWhen when, std::optional<Tick> at_most) override {
    Outcome waited = co_await TaskRuntime::wait(tasks, when, at_most);
    if (!waited.ok()) co_return waited;
    spec::List flags;
    for (const Task& task : tasks) flags.emplace_back(outcome(task).ok());
    co_return Outcome(Value(std::move(flags)));
  }
};

struct WaitRaises final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> wait(std::vector<Task> tasks, ReturnWhen when, std::optional<Tick> at_most) override {
    Outcome waited = co_await TaskRuntime::wait(tasks, when, at_most);
    if (!waited.ok()) co_return waited;
    for (const Task& task : tasks) {
      const Outcome ended = outcome(task);
      if (ended.raised() != nullptr && !ended.cancelled()) co_return ended;
    }
    co_return waited;
  }
};

/// Ends by another condition than the one asked for.
template <ReturnWhen Asked, ReturnWhen Taken>
struct WaitMistakes final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> wait(std::vector<Task> tasks, ReturnWhen when, std::optional<Tick> at_most) override {
    return TaskRuntime::wait(std::move(tasks), when == Asked ? Taken : when, at_most);
  }
};

/// Waits for a success, which never comes.
struct WaitHangsWhenAllFail final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> wait(std::vector<Task> tasks, ReturnWhen when, std::optional<Tick> at_most) override {
    if (when != ReturnWhen::first_completed || at_most || tasks.empty()) {
      Outcome waited = co_await TaskRuntime::wait(std::move(tasks), when, at_most);
      co_return waited;
    }
    for (;;) {
      std::vector<Task> pending;
      bool any_ok = false;
      for (const Task& task : tasks) {
        any_ok = any_ok || outcome(task).ok();
        if (!task.done()) pending.push_back(task);
      }
      if (any_ok) break;
      if (pending.empty()) pending.push_back(create_future());
      Outcome waited = co_await TaskRuntime::wait(std::move(pending), ReturnWhen::first_completed, std::nullopt);
      if (!waited.ok()) co_return waited;
    }
    Outcome flags = co_await TaskRuntime::wait(std::move(tasks), when, at_most);
    co_return flags;
  }
};

struct WaitRaisesTimeout final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> wait(std::vector<Task> tasks, ReturnWhen when, std::optional<Tick> at_most) override {
    const Tick due = at_most ? now() + *at_most : spec::max_tick;
    Outcome waited = co_await TaskRuntime::wait(tasks, when, at_most);
    bool all = true;
    for (const Task& task : tasks) all = all && task.done();
    if (waited.ok() && !all && now() >= due) co_return Outcome(spec::Raised(spec::Raised::Kind::timeout));
    co_return waited;
  }
};

struct WaitCancelsTheRest final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> wait(std::vector<Task> tasks, ReturnWhen when, std::optional<Tick> at_most) override {
    const Tick due = at_most ? now() + *at_most : spec::max_tick;
    Outcome waited = co_await TaskRuntime::wait(tasks, when, at_most);
    if (waited.cancelled() || now() >= due) {
      for (Task& task : tasks) task.cancel();
    }
    co_return waited;
  }
};

struct WaitForNothingIsFine final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> wait(std::vector<Task> tasks, ReturnWhen when, std::optional<Tick> at_most) override {
    if (tasks.empty()) co_return Outcome(Value(spec::List()));
    Outcome waited = co_await TaskRuntime::wait(std::move(tasks), when, at_most);
    co_return waited;
  }
};

struct WaitHasAFastPath final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> wait(std::vector<Task> tasks, ReturnWhen when, std::optional<Tick> at_most) override {
    bool all = !tasks.empty();
    for (const Task& task : tasks) all = all && task.done();
    if (all) {
      spec::List flags(tasks.size(), Value(true));
      co_return Outcome(Value(std::move(flags)));
    }
    Outcome waited = co_await TaskRuntime::wait(std::move(tasks), when, at_most);
    co_return waited;
  }
};

struct AsCompletedTimesOutOnce final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> next(Completed completed) override {
    Outcome next = co_await TaskRuntime::next(completed);
    const spec::Raised* raised = next.raised();
    if (raised == nullptr || raised->kind() != spec::Raised::Kind::timeout) co_return next;
    // What is left is swept up with it.
    while (completed.more()) {
      Outcome swept = co_await TaskRuntime::next(completed);
      static_cast<void>(swept);
    }
    co_return next;
  }
};

struct AsCompletedCancelsTheRest final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Completed as_completed(std::vector<Task> tasks, std::optional<Tick> at_most) override {
    tasks_ = tasks;
    return TaskRuntime::as_completed(std::move(tasks), at_most);
  }
  Coroutine<Outcome> next(Completed completed) override {
    Outcome next = co_await TaskRuntime::next(std::move(completed));
    const spec::Raised* raised = next.raised();
    if (raised != nullptr && (next.cancelled() || raised->kind() == spec::Raised::Kind::timeout)) {
      for (Task& task : tasks_) task.cancel();
    }
    co_return next;
  }
  std::vector<Task> tasks_;  // of the last call
};

}  // namespace

std::vector<Mutant> waiting_mutants() {
  return {
      mutant<WaitForgetsFailures>("wait-forgets-failures", "WAIT-ANSWERS-WHO-IS-DONE",
                                  "an operand that failed is not among those that are done"),
      mutant<WaitRaises>("wait-raises", "WAIT-NEVER-RAISES-AN-OPERANDS-ERROR", "wait raises the first error it finds"),
      mutant<WaitMistakes<ReturnWhen::all_completed, ReturnWhen::first_exception>>(
          "wait-for-all-stops-at-a-failure", "WAIT-ENDS-WITH-THE-LAST", "wait for all gives up at the first failure"),
      mutant<WaitMistakes<ReturnWhen::first_completed, ReturnWhen::all_completed>>(
          "wait-for-first-waits-for-all", "WAIT-ENDS-WITH-THE-FIRST", "wait joins all its operands, whatever it was asked for"),
      mutant<WaitHangsWhenAllFail>("wait-hangs-when-all-fail", "WAIT-ENDS-WITH-THE-FIRST",
                                   "wait for the first waits for a success, as libcoro's when_any of two that throw"),
      mutant<WaitMistakes<ReturnWhen::first_exception, ReturnWhen::first_completed>>(
          "wait-for-failure-stops-at-any-end", "WAIT-ENDS-WITH-THE-FIRST-FAILURE",
          "wait for the first failure stops at whatever ends first"),
      mutant<WaitRaisesTimeout>("wait-raises-timeout", "WAIT-TIMES-OUT-WITHOUT-AN-ERROR",
                                "wait raises TimeoutError when its time is up"),
      mutant<WaitCancelsTheRest>("wait-cancels-the-rest", "WAIT-CANCELS-NOBODY",
                                 "wait cancels what it does not wait for any longer"),
      mutant<WaitForNothingIsFine>("wait-for-nothing-is-fine", "WAIT-FOR-NOTHING-IS-REFUSED", "wait for nothing answers nothing"),
      mutant<WaitHasAFastPath>("wait-has-a-fast-path", "WAIT-ALWAYS-SUSPENDS", "wait returns at once if all is done"),
      mutant<AsCompletedTimesOutOnce>("as-completed-times-out-once", "AS-COMPLETED-TIMES-OUT-WHAT-IS-LEFT",
                                      "as_completed ends with one TimeoutError for all that is left"),
      mutant<AsCompletedCancelsTheRest>("as-completed-cancels-the-rest", "AS-COMPLETED-CANCELS-NOBODY",
                                        "as_completed cancels what it does not wait for any longer"),
  };
}

}  // namespace lawful::conformance
