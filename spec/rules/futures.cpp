#include "spec/rule.hpp"
#include "spec/rules/phrases.hpp"

namespace lawful::spec {

namespace {

constexpr Chapter chapter("Futures", "1.1");

bool is_future(const History& history, NameId name) {
  const Resource* resource = history.program().resource(name);
  return resource != nullptr && resource->kind == ResourceKind::future;
}

/// The statement that surely ended a future before `index`, or no_statement.
StatementId surely_ended_by(const History& history, NameId future, Index index) {
  for (const Op op : {Op::set_result, Op::set_exception, Op::cancel}) {
    for (const StatementId id : history.all(op)) {
      if (history.program().statement(id).name != future || history.end(id) >= index) continue;
      const bool took =
          op == Op::cancel ? history.outcome(id).ok() && history.outcome(id).value() == Value(true) : history.outcome(id).ok();
      if (took) return id;
    }
  }
  return no_statement;
}

void cancelled_at_once(const History& history, Judgement& judgement) {
  for (const Op op : {Op::done, Op::cancelled}) {
    for (const StatementId id : history.all(op)) {
      const NameId future = history.program().statement(id).name;
      if (!history.ended(id) || !is_future(history, future)) continue;
      const StatementId by = surely_ended_by(history, future, history.begin(id));
      if (by == no_statement || history.program().statement(by).op != Op::cancel) continue;
      judgement.exercise();
      if (!history.answered(id, Value(true))) {
        judgement.violate(events_of(history, by, id),
                          "the future was cancelled, and then `" + std::string(name_of(op)) + "` " + text_of(history.outcome(id)));
      }
    }
  }
}

void cancel_of_done(const History& history, Judgement& judgement) {
  for (const StatementId id : history.all(Op::cancel)) {
    if (!history.ended(id)) continue;
    const NameId name = history.program().statement(id).name;
    const bool done = is_future(history, name) ? surely_ended_by(history, name, history.begin(id)) != no_statement
                                               : history.surely_done_at(name, history.begin(id));
    if (!done) continue;
    judgement.exercise();
    if (!history.answered(id, Value(false))) {
      judgement.violate(events_of(history, id), quoted(history, name) + " was done, and cancel " + fate_of(history, id));
    }
  }
}

/// Whether a task awaits one that awaits one … that awaits it.
bool in_a_ring(const History& history, NameId task, Tick t) {
  NameId at = task;
  for (std::size_t steps = 0; steps <= history.program().names().size(); ++steps) {
    const StatementId open = history.program().is_task(at) ? history.open_at(at, t) : no_statement;
    if (open == no_statement || history.program().statement(open).op != Op::await) return false;
    at = history.program().statement(open).name;
    if (at == task) return true;
  }
  return true;
}

void cancel_of_pending(const History& history, Judgement& judgement) {
  for (const StatementId id : history.all(Op::cancel)) {
    if (!history.ended(id)) continue;
    const NameId name = history.program().statement(id).name;
    if (!history.program().is_task(name) || !history.surely_pending_until(name, history.end(id))) continue;
    if (!history.surely_known_at(name, history.begin(id)) || in_a_ring(history, name, history.begin_tick(id))) continue;
    judgement.exercise();
    if (!history.answered(id, Value(true))) {
      judgement.violate(events_of(history, id), quoted(history, name) + " was not done, and cancel " + fate_of(history, id));
    }
  }
}

void wakes_all(const History& history, Judgement& judgement) {
  for (const Op op : {Op::set_result, Op::set_exception}) {
    for (const StatementId set : history.all(op)) {
      if (!history.ended(set) || !history.outcome(set).ok()) continue;
      const Tick t = history.begin_tick(set);
      const Statement& s = history.program().statement(set);
      for (const StatementId id : history.all(Op::await)) {
        if (history.program().statement(id).name != s.name || history.open_at(history.program().place(id).task, t) != id) continue;
        if (!history.calm_until(t)) continue;
        judgement.exercise();
        const Outcome expected = op == Op::set_result ? Outcome(s.value) : Outcome(*s.error);
        if (!history.ended(id) && !history.over_after(t)) continue;
        if (!history.ended(id) || history.end_tick(id) != t || history.outcome(id) != expected) {
          judgement.violate(events_of(history, id, set), quoted(history, s.name) + " was completed at " + at_tick(t) +
                                                             ", and the " + named(history, id) + " " + fate_of(history, id));
        }
      }
    }
  }
}

void done_does_not_suspend(const History& history, Judgement& judgement) {
  for (const StatementId id : history.all(Op::await)) {
    if (!history.ended(id)) continue;
    const NameId name = history.program().statement(id).name;
    const bool done = is_future(history, name) ? surely_ended_by(history, name, history.begin(id)) != no_statement
                                               : history.finish(name) < history.begin(id);
    if (!done) continue;
    judgement.exercise();
    if (!history.alone_between(history.begin(id), history.end(id))) {
      judgement.violate(events_of(history, id), quoted(history, name) + " was done, and awaiting it gave others a turn");
    }
  }
}

void cancel_reaches_the_future(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for (const StatementId cancel : history.all(Op::cancel)) {
    if (!history.answered(cancel, Value(true))) continue;
    const Tick t = history.begin_tick(cancel);
    const NameId task = program.statement(cancel).name;
    if (!program.is_task(task) || !history.only_sources_until(t, {cancel})) continue;
    const StatementId own = history.open_at(task, t);
    if (own == no_statement || program.statement(own).op != Op::await || !is_future(history, program.statement(own).name)) continue;
    bool touched = false;
    for (const Op op : {Op::set_result, Op::set_exception}) {
      for (const StatementId id : history.all(op)) {
        touched = touched ||
                  (program.statement(id).name == program.statement(own).name && history.begun(id) && history.begin_tick(id) <= t);
      }
    }
    if (touched) continue;
    for (const StatementId id : history.all(Op::await)) {
      if (program.statement(id).name != program.statement(own).name || history.open_at(program.place(id).task, t) != id) continue;
      if (id == own || (!history.ended(id) && !history.over_after(t))) continue;
      judgement.exercise();
      if (!history.cancelled_in(id, t)) {
        judgement.violate(events_of(history, cancel, id), "the awaiting task " + quoted(history, task) + " was cancelled at " +
                                                              at_tick(t) + ", and the other " + named(history, id) +
                                                              " of the same future " + fate_of(history, id));
      }
    }
  }
}

void waiters_in_order(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  // A task that awaits itself is refused, and waits for nobody.
  const auto of_itself = [&](StatementId await) { return program.place(await).task == program.statement(await).name; };
  for (const StatementId early : history.all(Op::await)) {
    if (of_itself(early) || !history.ended(early) || history.alone_between(history.begin(early), history.end(early))) continue;
    for (const StatementId late : history.all(Op::await)) {
      if (program.statement(late).name != program.statement(early).name || of_itself(late) || !history.ended(late)) continue;
      if (history.begin(late) <= history.begin(early) || history.begin(late) > history.end(early)) continue;
      if (program.place(early).task == program.place(late).task || history.alone_between(history.begin(late), history.end(late)))
        continue;
      if (!history.calm_until(history.end_tick(early)) || !history.calm_until(history.end_tick(late))) continue;
      judgement.exercise();
      if (history.end(late) < history.end(early)) {
        judgement.violate(events_of(history, early, late),
                          "the " + named(history, early) + " began to wait first, and went on after the " + named(history, late));
      }
    }
  }
}

}  // namespace

std::vector<Rule> future_rules() {
  using enum Profile;
  return {
      chapter.must("FUTURE-WAKES-ALL-ITS-WAITERS", core, {"CLOCK-STANDS-WHILE-ANYTHING-IS-READY"},
                   "When a future is completed, every task that awaits it goes on, in the same tick, with its value or its error.",
                   "A wake-up that is lost stops a task for good.", "asyncio `Future`; libcoro #398 lost one waiter of several",
                   wakes_all),
      chapter.must("FUTURE-IS-CANCELLED-AT-ONCE", core, {},
                   "Cancelling a future that is pending ends it at once: it is done, and cancelled.",
                   "A future has no body that could still object.", "asyncio `Future.cancel`", cancelled_at_once),
      chapter.must("CANCEL-OF-WHAT-IS-DONE-ANSWERS-FALSE", core, {"TASK-RUNS-ONCE"},
                   "Cancelling a task or future that is done answers false, and changes nothing.",
                   "The caller learns that it came too late.", "asyncio `cancel`", cancel_of_done),
      chapter.must("CANCEL-OF-WHAT-IS-PENDING-ANSWERS-TRUE", core, {"TASK-RUNS-ONCE"},
                   "Cancelling a task that is not done answers true, though the task has not ended yet.",
                   "The answer says that the request was taken, not that it was obeyed.", "asyncio `Task.cancel`",
                   cancel_of_pending),
      chapter.must("AWAITING-WHAT-IS-DONE-DOES-NOT-SUSPEND", serial, {},
                   "Awaiting a task or future that is done gives nobody else a turn.",
                   "Between two statements that need not wait, nothing changes under the hands of a task.",
                   "asyncio `Future.__await__`", done_does_not_suspend),
      chapter.must(
          "CANCEL-REACHES-THE-AWAITED-FUTURE", core, {"FUTURE-IS-CANCELLED-AT-ONCE"},
          "Cancelling a task that awaits a plain future cancels that future: whoever else awaits it gets CancelledError too.",
          "The request goes to the innermost thing that is waited for. Who shares a future and wants to keep it shields it.",
          "asyncio `Task.cancel`", cancel_reaches_the_future),
      chapter.must("WAITERS-OF-A-FUTURE-GO-ON-IN-ORDER", fifo, {"FUTURE-WAKES-ALL-ITS-WAITERS"},
                   "Tasks that await one task or future go on in the order in which they began to wait.",
                   "First come, first served.", "asyncio `Future.add_done_callback`", waiters_in_order),
      chapter.must(
          "EVERYBODY-SEES-THE-SAME-ERROR", core, {"AWAIT-ANSWERS-THE-OUTCOME"},
          "A failed task or future gives the very same error object to everybody who awaits it or asks for it, however often.",
          "What somebody attached to an error is there for the next one who looks.", "asyncio `Future.exception`", by_property),
      chapter.must("TASK-IS-NOT-COMPLETED-FROM-OUTSIDE", core, {},
                   "Setting the result or the exception of a task raises RuntimeError.", "Its body decides how it ends.",
                   "asyncio `Task.set_result`", by_property),
      chapter.must("FUTURE-BELONGS-TO-ONE-SCHEDULER", core, {}, "Awaiting a future of another scheduler raises RuntimeError.",
                   "It would be woken on a thread and a clock that are not its own.", "asyncio `Task`", by_property),
      chapter.should(
          "UNREAD-ERROR-IS-REPORTED", core, {},
          "An error that nobody awaited or asked for is reported to the exception handler, once, when its task or future is gone.",
          "An error that nobody sees is the costliest of all.", "asyncio `Future.__del__`", by_property),
      chapter.must("READ-ERROR-IS-NOT-REPORTED", core, {"UNREAD-ERROR-IS-REPORTED"},
                   "An error that was awaited, or asked for, is not reported to the exception handler.",
                   "A report of what was handled teaches people to overlook reports.", "asyncio `Future.__del__`", by_property),
  };
}

}  // namespace lawful::spec
