#include "conformance/mutants/mutant.hpp"

namespace lawful::conformance {

namespace {

/// run() as one might write it oneself. It is lawful; mutants override what becomes of the tasks that are left.
struct PlainRun : TaskRuntime {
  using TaskRuntime::create_task;
  using TaskRuntime::TaskRuntime;
  Scheduler::End drive(const Task& main) override {
    const Scheduler::End ended = until(main);
    if (ended != Scheduler::End::stopped) return ended;
    return shut_down(main);
  }
  Scheduler::End until(Task future) {
    auto stop = [this](const AnyFuture&) { scheduler().stop(); };
    future.add_done_callback(std::move(stop));
    const Scheduler::End end = scheduler().drive();
    return future.done() && end == Scheduler::End::idle ? Scheduler::End::stopped : end;
  }
  [[nodiscard]] std::vector<Task> left() {
    std::vector<Task> tasks;
    for (const Ref<TaskCore>& core : Leftovers(scheduler()).tasks()) tasks.emplace_back(Ref<FutureCore>(*core));
    return tasks;
  }
  Coroutine<Outcome> all_of(std::vector<Task> tasks) {
    Outcome ended = co_await TaskRuntime::gather(std::move(tasks), true);
    co_return ended;
  }
  Scheduler::End wait_for_all(std::vector<Task> tasks) {
    return until(TaskRuntime::create_task(spec::no_name, all_of(std::move(tasks))));
  }
  virtual Scheduler::End shut_down(const Task& main) = 0;
};

struct RunLeavesTheRest final : PlainRun {
  using PlainRun::PlainRun;
  Scheduler::End shut_down(const Task&) override { return Scheduler::End::stopped; }
};

struct RunShutsDownOnSuccess final : PlainRun {
  using PlainRun::PlainRun;
  Scheduler::End shut_down(const Task& main) override {
    if (!outcome(main).ok()) return Scheduler::End::stopped;
    std::vector<Task> tasks = left();
    for (Task& task : tasks) task.cancel();
    return tasks.empty() ? Scheduler::End::stopped : wait_for_all(std::move(tasks));
  }
};

struct RunDoesNotWait final : PlainRun {
  using PlainRun::PlainRun;
  Scheduler::End shut_down(const Task&) override {
    for (Task& task : left()) task.cancel();
    auto stop = [this] { scheduler().stop(); };
    auto third = [this, stop] { TaskRuntime::call_soon(stop); };
    auto second = [this, third] { TaskRuntime::call_soon(third); };
    TaskRuntime::call_soon(std::move(second));
    return scheduler().drive() == Scheduler::End::hung ? Scheduler::End::hung : Scheduler::End::stopped;
  }
};

struct RunCancelsAgain final : PlainRun {
  using PlainRun::PlainRun;
  Scheduler::End shut_down(const Task&) override {
    std::vector<Task> tasks = left();
    if (tasks.empty()) return Scheduler::End::stopped;
    for (Task& task : tasks) task.cancel();
    remind(tasks, 5);
    return wait_for_all(std::move(tasks));
  }
  void remind(std::vector<Task> tasks, int times) {
    auto again = [this, tasks, times]() mutable {
      bool any = false;
      for (Task& task : tasks) any = task.cancel() || any;
      if (any && times > 0) remind(tasks, times - 1);
    };
    TaskRuntime::call_later(1, std::move(again));
  }
};

struct RunSweepsUntilNothingIsLeft final : PlainRun {
  using PlainRun::PlainRun;
  Scheduler::End shut_down(const Task&) override {
    for (int rounds = 0; rounds < 100; ++rounds) {
      std::vector<Task> tasks = left();
      if (tasks.empty()) break;
      for (Task& task : tasks) task.cancel();
      const Scheduler::End end = wait_for_all(std::move(tasks));
      if (end != Scheduler::End::stopped) return end;
    }
    return Scheduler::End::stopped;
  }
};

struct RunCancelsInMainsLastStep final : PlainRun {
  using PlainRun::PlainRun;
  using TaskRuntime::create_task;
  Task create_task(NameId name, Coroutine<Outcome> body) override {
    return TaskRuntime::create_task(name, name == spec::main_task ? last(std::move(body)) : std::move(body));
  }
  Coroutine<Outcome> last(Coroutine<Outcome> body) {
    Outcome ended = co_await std::move(body);
    for (const Ref<TaskCore>& task : Leftovers(scheduler()).tasks()) {
      if (task.get() != TaskCore::current()) task->cancel();
    }
    co_return ended;
  }
  Scheduler::End shut_down(const Task&) override {
    std::vector<Task> tasks = left();
    return tasks.empty() ? Scheduler::End::stopped : wait_for_all(std::move(tasks));
  }
};

struct RunCancelsNewestFirst final : PlainRun {
  using PlainRun::PlainRun;
  Scheduler::End shut_down(const Task&) override {
    std::vector<Task> tasks = left();
    if (tasks.empty()) return Scheduler::End::stopped;
    for (auto task = tasks.rbegin(); task != tasks.rend(); ++task) task->cancel();
    return wait_for_all(std::move(tasks));
  }
};

}  // namespace

std::vector<Mutant> shutdown_mutants() {
  return {
      mutant<RunLeavesTheRest>("run-leaves-the-rest", "SHUTDOWN-CANCELS-WHAT-IS-LEFT",
                               "run returns when main has ended, and that is all"),
      mutant<RunShutsDownOnSuccess>("run-shuts-down-on-success-only", "SHUTDOWN-COMES-ALSO-WHEN-MAIN-FAILS",
                                    "an error of main skips the clean-up"),
      mutant<RunDoesNotWait>("run-does-not-wait", "SHUTDOWN-WAITS-FOR-CLEAN-UP", "tasks are cancelled, and given one turn"),
      mutant<RunCancelsAgain>("run-cancels-again", "SHUTDOWN-CANCELS-ONCE", "what has not ended a tick later is cancelled again"),
      mutant<RunSweepsUntilNothingIsLeft>("run-sweeps-until-nothing-is-left", "SHUTDOWN-SWEEPS-ONCE",
                                          "what is created by clean-up is cancelled too"),
      mutant<RunCancelsInMainsLastStep>("run-cancels-in-mains-last-step", "WHAT-IS-READY-WHEN-MAIN-ENDS-TAKES-ONE-STEP",
                                        "everything is cancelled before main's last step is over"),
      mutant<RunCancelsNewestFirst>("run-cancels-newest-first", "SHUTDOWN-GOES-IN-ORDER-OF-CREATION", "tasks are kept on a stack"),
  };
}

}  // namespace lawful::conformance
