#include <set>

#include "conformance/mutants/mutant.hpp"

namespace lawful::conformance {

namespace {

struct ShieldIsTransparent final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> shield(Task task) override { return TaskRuntime::await(std::move(task)); }
};

struct ShieldHoldsItsWaiter final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> shield(Task task) override {
    Outcome ended = co_await TaskRuntime::shield(task);
    while (!task.done()) {
      Outcome rest = co_await TaskRuntime::shield(task);
      static_cast<void>(rest);
    }
    co_return ended;
  }
};

struct ShieldHidesTheAnswer final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> shield(Task task) override {
    Outcome ended = co_await TaskRuntime::shield(std::move(task));
    if (!ended.cancelled()) ended = Value();
    co_return ended;
  }
};

struct ShieldHidesCancellation final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> shield(Task task) override {
    Outcome ended = co_await TaskRuntime::shield(task);
    if (ended.cancelled() && task.done()) ended = Value();
    co_return ended;
  }
};

/// What is shielded does not hear of shutdown.
struct ShieldOutlivesTheRun final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> shield(Task task) override {
    shielded_.insert(&task.core());
    return TaskRuntime::shield(std::move(task));
  }
  Coroutine<Outcome> sleep(Tick ticks) override {
    const Tick due = now() + ticks;
    Outcome slept = co_await TaskRuntime::sleep(ticks);
    while (slept.cancelled() && main_ && main_.done() && now() < due && shielded_.count(TaskCore::current()) != 0) {
      slept = co_await TaskRuntime::sleep(due - now());
    }
    co_return slept;
  }
  Task create_task(NameId name, Coroutine<Outcome> body) override {
    Task task = TaskRuntime::create_task(name, std::move(body));
    if (name == spec::main_task) main_ = task;
    return task;
  }
  using TaskRuntime::create_task;
  std::set<const FutureCore*> shielded_;
  Task main_;
};

}  // namespace

std::vector<Mutant> shield_mutants() {
  return {
      mutant<ShieldIsTransparent>("shield-is-transparent", "SHIELD-KEEPS-THE-INNER-RUNNING", "a shield is an await like any other"),
      mutant<ShieldHoldsItsWaiter>("shield-holds-its-waiter", "SHIELD-ENDS-AT-ONCE-WHEN-CANCELLED",
                                   "who waits on a shield cannot leave before what is behind it has ended"),
      mutant<ShieldHidesTheAnswer>("shield-hides-the-answer", "SHIELD-ANSWERS-THE-INNER",
                                   "a shield only tells that the inner has ended"),
      mutant<ShieldHidesCancellation>("shield-hides-cancellation", "SHIELD-SHOWS-THE-CANCELLATION-OF-THE-INNER",
                                      "a shield never raises CancelledError by itself"),
      mutant<ShieldOutlivesTheRun>("shield-outlives-the-run", "SHUTDOWN-CANCELS-WHAT-IS-SHIELDED",
                                   "what is shielded is left out of shutdown"),
  };
}

}  // namespace lawful::conformance
