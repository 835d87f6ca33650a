#include "conformance/mutants/mutant.hpp"

namespace lawful::conformance {

namespace {

struct TimerLost final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> sleep(Tick ticks) override {
    if (ticks == 0 || ++sleeps_ % 3 != 0) return TaskRuntime::sleep(ticks);
    return TaskRuntime::await(create_future());
  }
  int sleeps_ = 0;
};

struct ClockGoesBack final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Tick now() override {
    const Tick now = TaskRuntime::now();
    return now > 0 && ++asked_ % 2 == 0 ? now - 1 : now;
  }
  int asked_ = 0;
};

struct TaskStartsATickLate final : TaskRuntime {
  using TaskRuntime::create_task;
  using TaskRuntime::TaskRuntime;
  Task create_task(NameId name, Coroutine<Outcome> body) override {
    if (name == spec::main_task) return TaskRuntime::create_task(name, std::move(body));
    return TaskRuntime::create_task(name, late(std::move(body)));
  }
  Coroutine<Outcome> late(Coroutine<Outcome> body) {
    Outcome slept = co_await TaskRuntime::sleep(1);
    if (!slept.ok()) co_return slept;
    Outcome ended = co_await std::move(body);
    co_return ended;
  }
};

struct TimerOneTickEarly final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> sleep(Tick ticks) override { return TaskRuntime::sleep(ticks == 0 ? 0 : ticks - 1); }
};

struct TimerOneTickLate final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> sleep(Tick ticks) override { return TaskRuntime::sleep(ticks == 0 ? 0 : ticks + 1); }
};

void leave_main_pending(const spec::Program&, spec::Run& run) {
  for (auto& [task, outcome] : run.outcomes) {
    if (task == spec::main_task && run.trace.size() > 4) outcome = Outcome();
  }
}

}  // namespace

std::vector<Mutant> clock_mutants() {
  return {
      Mutant{"main-left-pending", "RUN-ENDS", "run() returns while main is still under way",
             [] { return teller_of("main-left-pending", leave_main_pending); }},
      mutant<TimerLost>("timer-lost", "DEADLOCK-ONLY-WHEN-NOTHING-CAN-GO-ON", "every third timer is never armed"),
      mutant<ClockGoesBack>("clock-goes-back", "CLOCK-NEVER-GOES-BACK", "two clocks that differ by a tick are read in turn"),
      mutant<TaskStartsATickLate>("task-starts-a-tick-late", "CLOCK-STANDS-WHILE-ANYTHING-IS-READY",
                                  "new tasks are picked up at the next tick of a polling loop"),
      mutant<TimerOneTickEarly>("timer-one-tick-early", "SLEEP-NEVER-WAKES-EARLY", "deadlines are rounded down"),
      mutant<TimerOneTickLate>("timer-one-tick-late", "SLEEP-WAKES-ON-TIME", "timers fire after their deadline, not at it"),
  };
}

}  // namespace lawful::conformance
