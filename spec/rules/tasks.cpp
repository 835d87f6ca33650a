#include <algorithm>

#include "spec/rule.hpp"
#include "spec/rules/phrases.hpp"

namespace lawful::spec {

namespace {

constexpr Chapter chapter("Tasks", "1.1");

/// Every task that was created by a statement that ended or may have, in the order of creation.
template <class Each>
void for_created(const History& history, Each each) {
  const Program& program = history.program();
  for (Index i = 0; i < history.events(); ++i) {
    const Event& event = history.event(i);
    if (event.kind != Event::Kind::begin) continue;
    const Statement& s = program.statement(event.at);
    if (s.op == Op::create_task) each(s.name, event.at);
    for (const Operand& operand : s.of) {
      if (operand.fresh) each(operand.name, event.at);
    }
  }
}

void starts_later(const History& history, Judgement& judgement) {
  for (const StatementId id : history.all(Op::create_task)) {
    const Index start = history.start(history.program().statement(id).name);
    if (!history.begun(id) || start == never) continue;
    judgement.exercise();
    if (start < history.end(id)) {
      judgement.violate({history.begin(id), start}, "the task took its first step before create_task had returned");
    }
  }
}

void start_in_order(const History& history, Judgement& judgement) {
  Index last = never;
  for_created(history, [&](NameId task, StatementId) {
    const Index start = history.start(task);
    if (start == never) return;
    if (last != never) {
      judgement.exercise();
      if (start < last) {
        judgement.violate({start, last}, "task " + quoted(history, history.event(last).task) + " was created before " +
                                             quoted(history, task) + " and took its first step after it");
      }
    }
    last = start;
  });
}

void needs_no_keeper(const History& history, Judgement& judgement) {
  for_created(history, [&](NameId task, StatementId by) {
    const Outcome* outcome = history.task_outcome(task);
    if (outcome == nullptr) return;
    if (history.start(task) != never) return judgement.exercise();
    if (outcome->pending() && history.over_after(history.begin_tick(by))) {
      judgement.violate({history.begin(by)}, "task " + quoted(history, task) + " was created and never took a step");
    }
  });
}

void stops_nobody(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for (const auto& [task, outcome] : history.run().outcomes) {
    const auto finish = history.finish_tick(task);
    if (!finish || outcome.raised() == nullptr || outcome.cancelled() || task == main_task) continue;
    const Statement& by = program.statement(program.task(task).created_by);
    if (by.op != Op::create_task || by.group != no_name) continue;
    for (const StatementId id : history.all(Op::sleep)) {
      const NameId other = program.place(id).task;
      if (other == task || history.asleep_at(other, *finish) != id || !history.calm_until(history.due(id))) continue;
      judgement.exercise();
      if (history.ended(id) && !history.outcome(id).ok() && history.end_tick(id) == *finish) {
        judgement.violate(events_of(history, id), "task " + quoted(history, task) + " failed at " + at_tick(*finish) +
                                                      ", and the " + named(history, id) + " " + fate_of(history, id));
      }
    }
  }
}

void await_oneself(const History& history, Judgement& judgement) {
  for (const StatementId id : history.all(Op::await)) {
    if (!history.begun(id) || history.program().place(id).task != history.program().statement(id).name) continue;
    if (!history.ended(id) && !history.over_after(history.begin_tick(id))) continue;
    if (!history.calm_until(history.begin_tick(id))) continue;
    judgement.exercise();
    if (!history.raised(id, Raised::Kind::runtime) || history.end_tick(id) != history.begin_tick(id)) {
      judgement.violate(events_of(history, id), "a task awaited itself, and the await " + fate_of(history, id));
    }
  }
}

void ring_is_cancelled(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for (const StatementId id : history.all(Op::cancel)) {
    if (!history.begun(id)) continue;
    const Tick t = history.begin_tick(id);
    if (history.sources_until(t) > 1) continue;
    // Follow who awaits whom until it comes back, or ends.
    const NameId first = program.statement(id).name;
    NameId at = first;
    std::size_t steps = 0;
    for (; steps <= program.names().size() && program.is_task(at); ++steps) {
      const StatementId open = history.open_at(at, t);
      if (open == no_statement || program.statement(open).op != Op::await || program.statement(open).name == at) break;
      at = program.statement(open).name;
      if (at == first) break;
    }
    if (steps == 0 || at != first) continue;
    judgement.exercise();
    if (!history.answered(id, Value(true))) {
      judgement.violate(events_of(history, id),
                        "a task in a ring of tasks that await each other was cancelled, and cancel " + fate_of(history, id));
    }
  }
}

}  // namespace

std::vector<Rule> task_rules() {
  using enum Profile;
  return {
      chapter.must("TASK-STARTS-LATER", serial, {"TASK-RUNS-ONCE"},
                   "Creating a task runs nothing of its body before create_task returns.",
                   "Whoever creates a task may still be setting up what it will find.", "asyncio `create_task`", starts_later),
      chapter.must("TASKS-START-IN-ORDER", fifo, {"TASK-STARTS-LATER"},
                   "Tasks take their first steps in the order in which they were created.",
                   "A program that starts a producer before a consumer may count on it.", "asyncio `create_task`, `call_soon`",
                   start_in_order),
      chapter.must("TASK-NEEDS-NO-KEEPER", core, {},
                   "A task runs once it is created, whether or not anybody awaits it or keeps its handle.",
                   "A background task that vanishes because its handle went out of scope fails without a word.",
                   "stronger than asyncio, whose event loop keeps weak references to tasks", needs_no_keeper),
      chapter.must(
          "FAILED-TASK-STOPS-NOBODY", core, {"WAIT-CANCELS-NOBODY", "AS-COMPLETED-CANCELS-NOBODY"},
          "A task that fails, and belongs to no group, stops neither its creator nor any other task; its error waits where the "
          "task is awaited or asked.",
          "A failure is news for who asks for the result, and for nobody else.", "asyncio `Task`", stops_nobody),
      chapter.must("AWAITING-ONESELF-IS-REFUSED", core, {"AWAIT-ANSWERS-THE-OUTCOME"},
                   "A task that awaits itself gets RuntimeError at that await.",
                   "It would wait for ever, and the error can still be told.", "asyncio `Task`", await_oneself),
      chapter.should("RING-OF-AWAITS-CAN-BE-CANCELLED", core, {"TASK-RUNS-ONCE"},
                     "Cancelling a task in a ring of tasks that await each other answers true, in bounded time and space.",
                     "CPython recurses until its stack is gone. A walk that remembers where it was does not.",
                     "stronger than asyncio, where `cancel` raises RecursionError", ring_is_cancelled),
      chapter.must("CURRENT-TASK-IS-THE-ONE-THAT-RUNS", core, {},
                   "The current task, asked for in a step of a task, is that task; in a plain callback there is none.",
                   "Cancellation, timeouts and groups all act on the task that calls them.", "asyncio `current_task`", by_property),
  };
}

}  // namespace lawful::spec
