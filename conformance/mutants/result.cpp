#include <algorithm>

#include "conformance/mutants/mutant.hpp"

namespace lawful::conformance {

namespace {

void repeat_finish(const spec::Program&, spec::Run& run) {
  for (std::size_t i = 0; i < run.trace.size(); ++i) {
    if (run.trace[i].kind != spec::Event::Kind::finish || run.trace[i].task == spec::main_task) continue;
    run.trace.insert(run.trace.begin() + static_cast<std::ptrdiff_t>(i), run.trace[i]);
    ++i;
  }
}

struct ErrorSwallowed final : TaskRuntime {
  using TaskRuntime::create_task;
  using TaskRuntime::TaskRuntime;
  Task create_task(NameId name, Coroutine<Outcome> body) override {
    if (name == spec::main_task) return TaskRuntime::create_task(name, std::move(body));
    return TaskRuntime::create_task(name, swallow(std::move(body)));
  }
  Coroutine<Outcome> swallow(Coroutine<Outcome> body) {
    Outcome ended = co_await std::move(body);
    if (ended.raised() != nullptr && !ended.cancelled()) co_return Outcome(Value());
    co_return ended;
  }
};

struct AwaitSwallowsErrors final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> await(Task task) override {
    Outcome ended = co_await TaskRuntime::await(task);
    if (ended.raised() != nullptr && !ended.cancelled()) co_return Outcome(Value());
    co_return ended;
  }
};

struct GatherOfNothingFails final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> gather(std::vector<Task> tasks, bool return_exceptions) override {
    if (tasks.empty()) co_return spec::Raised(spec::Raised::Kind::value);
    Outcome all = co_await TaskRuntime::gather(std::move(tasks), return_exceptions);
    co_return all;
  }
};

struct GatherDropsRepeats final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> gather(std::vector<Task> tasks, bool return_exceptions) override {
    std::vector<Task> once;
    for (const Task& task : tasks) {
      if (std::find(once.begin(), once.end(), task) == once.end()) once.push_back(task);
    }
    return TaskRuntime::gather(std::move(once), return_exceptions);
  }
};

struct GatherAnswersAtFirst final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> gather(std::vector<Task> tasks, bool return_exceptions) override {
    if (tasks.empty() || return_exceptions) {
      Outcome all = co_await TaskRuntime::gather(std::move(tasks), return_exceptions);
      co_return all;
    }
    Outcome waited = co_await TaskRuntime::wait(tasks, spec::ReturnWhen::first_completed, std::nullopt);
    if (!waited.ok()) co_return waited;
    spec::List list;
    for (const Task& task : tasks) {
      const Outcome ended = outcome(task);
      if (ended.raised() != nullptr) co_return ended;
      list.push_back(ended.pending() ? Value() : ended.value());
    }
    co_return Outcome(Value(std::move(list)));
  }
};

struct GatherInCompletionOrder final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> gather(std::vector<Task> tasks, bool return_exceptions) override {
    auto ended = std::make_shared<std::vector<Task>>();
    for (Task& task : tasks) {
      task.add_done_callback([ended, task](const AnyFuture&) { ended->push_back(task); });
    }
    const std::size_t named = tasks.size();
    Outcome all = co_await TaskRuntime::gather(std::move(tasks), return_exceptions);
    if (!all.ok() || return_exceptions || ended->size() != named) co_return all;
    spec::List list;
    for (const Task& task : *ended) list.push_back(outcome(task).value());
    co_return Outcome(Value(std::move(list)));
  }
};

struct AsCompletedInOperandOrder final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Completed as_completed(std::vector<Task> tasks, std::optional<Tick> at_most) override {
    std::vector<Task> in_line;
    for (const Task& task : tasks) in_line.push_back(lawful::create_task(scheduler(), as_task_body(after(in_line, task))));
    return TaskRuntime::as_completed(std::move(in_line), at_most);
  }
  Coroutine<Outcome> after(std::vector<Task> others, Task task) {
    for (const Task& other : others) {
      Outcome waited = co_await TaskRuntime::await(other);
      if (waited.cancelled()) break;
    }
    Outcome ended = co_await TaskRuntime::await(task);
    co_return ended;
  }
};

}  // namespace

std::vector<Mutant> result_mutants() {
  return {
      Mutant{"task-finishes-twice", "TASK-RUNS-ONCE", "a job stays in the queue after it has run",
             [] { return teller_of("task-finishes-twice", repeat_finish); }},
      mutant<ErrorSwallowed>("error-swallowed", "RESULT-IS-WHAT-THE-BODY-ENDED-WITH",
                             "what a task's body throws is logged and dropped"),
      mutant<AwaitSwallowsErrors>("await-swallows-errors", "AWAIT-ANSWERS-THE-OUTCOME",
                                  "an await looks at the value and not at the error"),
      mutant<GatherOfNothingFails>("gather-of-nothing-fails", "GATHER-OF-NOTHING-IS-DONE", "gather refuses an empty list"),
      mutant<GatherDropsRepeats>("gather-drops-repeats", "GATHER-ANSWERS-EVERY-NAMING", "gather keeps its operands in a set"),
      mutant<GatherAnswersAtFirst>("gather-answers-at-first", "GATHER-WAITS-FOR-ALL",
                                   "gather answers when its first operand has ended"),
      mutant<GatherInCompletionOrder>("gather-in-completion-order", "GATHER-KEEPS-ORDER", "gather appends results as they come in"),
      mutant<AsCompletedInOperandOrder>("as-completed-in-operand-order", "AS-COMPLETED-IN-ORDER-OF-COMPLETION",
                                        "as_completed awaits its operands one after the other"),
  };
}

}  // namespace lawful::conformance
