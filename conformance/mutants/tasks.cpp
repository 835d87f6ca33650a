#include <map>
#include <set>

#include "conformance/mutants/mutant.hpp"
#include "conformance/mutants/plain_scheduler.hpp"

namespace lawful::conformance {

namespace {

/// Runs the first step of a new task where it is posted.
struct EagerScheduler final : PlainScheduler {
  void post(Job job) override {
    if (!std::exchange(first_step_, false)) return PlainScheduler::post(std::move(job));
    job.run();
  }
  bool first_step_ = false;
};

struct TaskStartsAtOnce final : TaskRuntime {
  using TaskRuntime::create_task;
  using TaskRuntime::TaskRuntime;
  Task create_task(NameId name, Coroutine<Outcome> body) override {
    static_cast<EagerScheduler&>(scheduler()).first_step_ = name != spec::main_task;
    return TaskRuntime::create_task(name, std::move(body));
  }
};

/// New tasks overtake what is ready.
struct NewestFirstScheduler final : PlainScheduler {
  void post(Job job) override {
    if (!std::exchange(first_step_, false)) return PlainScheduler::post(std::move(job));
    ready_.push_front(std::move(job));
  }
  bool first_step_ = false;
};

struct TasksStartNewestFirst final : TaskRuntime {
  using TaskRuntime::create_task;
  using TaskRuntime::TaskRuntime;
  Task create_task(NameId name, Coroutine<Outcome> body) override {
    static_cast<NewestFirstScheduler&>(scheduler()).first_step_ = name != spec::main_task;
    return TaskRuntime::create_task(name, std::move(body));
  }
};

struct TaskNeedsAKeeper final : TaskRuntime {
  using TaskRuntime::create_task;
  using TaskRuntime::TaskRuntime;
  Task create_task(NameId name, Coroutine<Outcome> body) override {
    if (name == spec::main_task || ++created_ % 3 != 0) return TaskRuntime::create_task(name, std::move(body));
    return create_future();
  }
  int created_ = 0;
};

struct FailureStopsEverybody final : TaskRuntime {
  using TaskRuntime::create_task;
  using TaskRuntime::TaskRuntime;
  Task create_task(NameId name, Coroutine<Outcome> body) override {
    Task task = TaskRuntime::create_task(name, watched(std::move(body)));
    all_.push_back(task);
    return task;
  }
  Coroutine<Outcome> watched(Coroutine<Outcome> body) {
    Outcome ended = co_await std::move(body);
    if (ended.raised() != nullptr && !ended.cancelled()) {
      for (Task& task : all_) task.cancel();
    }
    co_return ended;
  }
  std::vector<Task> all_;
};

struct SelfAwaitNeverEnds final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> await(Task task) override {
    if (&task.core() == TaskCore::current()) task = create_future();
    return TaskRuntime::await(std::move(task));
  }
};

/// Refuses where a recursive walk would overflow its stack.
struct RingCannotBeCancelled final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> await(Task task) override {
    const FutureCore* const awaiter = TaskCore::current();
    awaits_[awaiter] = &task.core();
    Outcome ended = co_await TaskRuntime::await(task);
    awaits_.erase(awaiter);
    co_return ended;
  }
  bool cancel(Task task) override {
    std::set<const FutureCore*> met;
    for (const FutureCore* at = &task.core(); met.insert(at).second; at = awaits_[at]) {
      if (awaits_.find(at) == awaits_.end()) return TaskRuntime::cancel(task);
    }
    return false;
  }
  std::map<const FutureCore*, const FutureCore*> awaits_;
};

}  // namespace

std::vector<Mutant> task_mutants() {
  return {
      scheduler_mutant<EagerScheduler, TaskStartsAtOnce>("task-starts-at-once", "TASK-STARTS-LATER",
                                                         "a new task runs on its creator's stack to its first suspension"),
      scheduler_mutant<NewestFirstScheduler, TasksStartNewestFirst>("newest-task-first", "TASKS-START-IN-ORDER",
                                                                    "new tasks are pushed onto a stack"),
      mutant<TaskNeedsAKeeper>("task-needs-a-keeper", "TASK-NEEDS-NO-KEEPER", "a task whose handle nobody keeps may be destroyed"),
      mutant<FailureStopsEverybody>("failure-stops-everybody", "FAILED-TASK-STOPS-NOBODY",
                                    "an error in any task cancels all of them"),
      mutant<SelfAwaitNeverEnds>("self-await-never-ends", "AWAITING-ONESELF-IS-REFUSED", "a task may wait for itself"),
      mutant<RingCannotBeCancelled>("ring-cannot-be-cancelled", "RING-OF-AWAITS-CAN-BE-CANCELLED",
                                    "cancel walks a ring of tasks until it must give up, as CPython does"),
  };
}

}  // namespace lawful::conformance
