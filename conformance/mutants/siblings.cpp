#include <map>

#include "conformance/mutants/mutant.hpp"

namespace lawful::conformance {

namespace {

/// Keeps account of the children of each group.
struct GroupWatcher : TaskRuntime {
  using TaskRuntime::create_task;
  using TaskRuntime::leave;
  using TaskRuntime::TaskRuntime;
  std::pair<Task, Outcome> create_task(Group group, NameId name, Coroutine<Outcome> body) override {
    std::pair<Task, Outcome> made = TaskRuntime::create_task(group, name, std::move(body));
    if (made.second.ok()) children_[group.id()].push_back(made.first);
    return made;
  }
  std::map<const void*, std::vector<Task>> children_;
};

struct GroupLeavesEarly final : TaskRuntime {
  using TaskRuntime::create_task;
  using TaskRuntime::TaskRuntime;
  std::pair<Task, Outcome> create_task(Group group, NameId name, Coroutine<Outcome> body) override {
    const Error refused = group.refusal();
    if (refused) return {Task(), to_raised(refused)};
    return {TaskRuntime::create_task(name, std::move(body)), Value()};
  }
};

/// Its children are tasks like any other, and leaving awaits them one after the other.
struct GroupLetsSiblingsRun final : TaskRuntime {
  using TaskRuntime::create_task;
  using TaskRuntime::leave;
  using TaskRuntime::TaskRuntime;
  std::pair<Task, Outcome> create_task(Group group, NameId name, Coroutine<Outcome> body) override {
    const Error refused = group.refusal();
    if (refused) return {Task(), to_raised(refused)};
    Task task = TaskRuntime::create_task(name, std::move(body));
    children_[group.id()].push_back(task);
    return {task, Value()};
  }
  Coroutine<Outcome> leave(Group group, Outcome body) override {
    auto ended = std::make_shared<std::vector<Task>>();
    Outcome propagate = body;
    std::size_t watched = 0;
    for (;;) {
      const std::vector<Task> children = children_[group.id()];
      for (; watched < children.size(); ++watched) {
        Task child = children[watched];
        child.add_done_callback([ended, child](const AnyFuture&) { ended->push_back(child); });
      }
      if (ended->size() == children.size()) break;
      std::vector<Task> pending;
      for (const Task& child : children) {
        if (!child.done()) pending.push_back(child);
      }
      if (pending.empty()) {
        Outcome turn = co_await TaskRuntime::sleep(0);
        if (!turn.ok()) propagate = turn;
        continue;
      }
      Outcome waited = co_await TaskRuntime::wait(pending, spec::ReturnWhen::all_completed, std::nullopt);
      if (!waited.ok()) {
        propagate = waited;
        for (Task& child : pending) child.cancel();
      }
    }
    std::vector<spec::Raised> errors;
    for (const Task& child : *ended) {
      const Outcome outcome_of = outcome(child);
      if (outcome_of.raised() != nullptr && !outcome_of.cancelled()) errors.push_back(*outcome_of.raised());
    }
    if (body.raised() != nullptr && !body.cancelled()) errors.push_back(*body.raised());
    Outcome left = co_await TaskRuntime::leave(group, Outcome(Value()));
    static_cast<void>(left);
    if (!errors.empty()) co_return Outcome(spec::Raised::group(std::move(errors)));
    co_return propagate;
  }
  std::map<const void*, std::vector<Task>> children_;
};

struct GroupRaisesBareError final : TaskRuntime {
  using TaskRuntime::leave;
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> leave(Group group, Outcome body) override {
    Outcome left = co_await TaskRuntime::leave(group, std::move(body));
    const spec::Raised* raised = left.raised();
    if (raised != nullptr && raised->members().size() == 1) co_return Outcome(spec::Raised(raised->members().front()));
    co_return left;
  }
};

struct GroupRaisesFirstOnly final : TaskRuntime {
  using TaskRuntime::leave;
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> leave(Group group, Outcome body) override {
    Outcome left = co_await TaskRuntime::leave(group, std::move(body));
    const spec::Raised* raised = left.raised();
    if (raised != nullptr && raised->members().size() > 1) {
      std::vector<spec::Raised> first{raised->members().front()};
      co_return Outcome(spec::Raised::group(std::move(first)));
    }
    co_return left;
  }
};

struct GroupCountsCancelled final : GroupWatcher {
  using GroupWatcher::GroupWatcher;
  using GroupWatcher::leave;
  Coroutine<Outcome> leave(Group group, Outcome body) override {
    Outcome left = co_await TaskRuntime::leave(group, std::move(body));
    if (!left.ok()) co_return left;
    for (const Task& child : children_[group.id()]) {
      if (!child.cancelled()) continue;
      std::vector<spec::Raised> members{spec::Raised(spec::Raised::Kind::cancelled)};
      co_return Outcome(spec::Raised::group(std::move(members)));
    }
    co_return left;
  }
};

struct GatherWaitsBeforeRaising final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> gather(std::vector<Task> tasks, bool return_exceptions) override {
    if (!return_exceptions && !tasks.empty()) {
      Outcome waited = co_await TaskRuntime::wait(tasks, spec::ReturnWhen::all_completed, std::nullopt);
      if (!waited.ok()) co_return waited;
    }
    Outcome all = co_await TaskRuntime::gather(std::move(tasks), return_exceptions);
    co_return all;
  }
};

struct GatherWrapsItsError final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> gather(std::vector<Task> tasks, bool return_exceptions) override {
    Outcome all = co_await TaskRuntime::gather(std::move(tasks), return_exceptions);
    if (all.raised() == nullptr || all.cancelled() || return_exceptions) co_return all;
    std::vector<spec::Raised> members{*all.raised()};
    co_return Outcome(spec::Raised::group(std::move(members)));
  }
};

struct GatherCancelsSiblings final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> gather(std::vector<Task> tasks, bool return_exceptions) override {
    std::vector<Task> siblings = tasks;
    Outcome all = co_await TaskRuntime::gather(std::move(tasks), return_exceptions);
    if (all.raised() != nullptr && !return_exceptions) {
      for (Task& sibling : siblings) sibling.cancel();
    }
    co_return all;
  }
};

}  // namespace

std::vector<Mutant> sibling_mutants() {
  return {
      mutant<GroupLeavesEarly>("group-leaves-early", "GROUP-WAITS-FOR-ITS-TASKS", "a group starts its tasks and forgets them"),
      mutant<GroupLetsSiblingsRun>("group-lets-siblings-run", "GROUP-CANCELS-SIBLINGS",
                                   "a group waits for all of its tasks, and cancels none"),
      mutant<GroupRaisesBareError>("group-raises-bare-error", "GROUP-WRAPS-FAILURES",
                                   "a group of which one task failed raises its error bare"),
      mutant<GroupRaisesFirstOnly>("group-raises-first-only", "GROUP-COLLECTS-FAILURES",
                                   "a group keeps the first error and drops the others"),
      mutant<GroupCountsCancelled>("group-counts-cancelled", "GROUP-LETS-A-CANCELLED-TASK-GO",
                                   "a group takes a cancelled task for a failed one"),
      mutant<GatherWaitsBeforeRaising>("gather-waits-before-raising", "GATHER-RAISES-AT-ONCE",
                                       "gather joins all operands before it looks for errors"),
      mutant<GatherWrapsItsError>("gather-wraps-its-error", "GATHER-RAISES-THE-FIRST-ERROR",
                                  "gather raises an ExceptionGroup of one"),
      mutant<GatherCancelsSiblings>("gather-cancels-siblings", "GATHER-LEAVES-SIBLINGS-RUNNING",
                                    "gather cancels the others when one fails"),
  };
}

}  // namespace lawful::conformance
