#include <algorithm>

#include "spec/rule.hpp"
#include "spec/rules/phrases.hpp"

namespace lawful::spec {

namespace {

constexpr Chapter chapter("wait_for", "1.1");

struct Call {
  StatementId id;
  NameId caller;
  const Operand* operand;
  Tick deadline;
};

template <class Each>
void for_calls(const History& history, Each each) {
  for (const StatementId id : history.all(Op::wait_for)) {
    if (!history.begun(id) || history.raised(id, Raised::Kind::no_such_task)) continue;
    const Statement& s = history.program().statement(id);
    each(Call{id, history.program().place(id).task, &s.of.front(), history.begin_tick(id) + s.ticks});
  }
}

bool waits_for_task(const History& history, const Call& call) {
  return history.program().is_task(call.operand->name) && call.operand->name != call.caller;
}

/// Whether up to and with tick `t` nobody was cancelled but by the deadline of this call, and it was.
bool only_this_until(const History& history, const Call& call, Tick t) {
  const Source* source = history.only_source_until(t);
  return source != nullptr && source->at == call.id;
}

bool only_this_before(const History& history, const Call& call, Index index) {
  const Source* source = history.only_source_before(index);
  return source != nullptr && source->at == call.id;
}

void answers_in_time(const History& history, Judgement& judgement) {
  for_calls(history, [&](const Call& call) {
    const auto finish = waits_for_task(history, call) ? history.finish_tick(call.operand->name) : std::nullopt;
    const Outcome* outcome = finish ? history.task_outcome(call.operand->name) : nullptr;
    if (outcome == nullptr || outcome->pending() || *finish >= call.deadline ||
        !history.calm_until(std::max(*finish, history.begin_tick(call.id))))
      return;
    const Tick due = std::max(*finish, history.begin_tick(call.id));
    if (!history.ended(call.id) && !history.over_after(due)) return;
    judgement.exercise();
    if (!history.ended(call.id) || history.end_tick(call.id) != due || history.outcome(call.id) != *outcome) {
      judgement.violate(events_of(history, call.id), quoted(history, call.operand->name) + " " + text_of(*outcome) + " at " +
                                                         at_tick(*finish) + ", in time, and wait_for " + fate_of(history, call.id));
    }
  });
}

void cancels(const History& history, Judgement& judgement) {
  for_calls(history, [&](const Call& call) {
    const StatementId sleep =
        waits_for_task(history, call) ? history.asleep_below(call.operand->name, call.deadline) : no_statement;
    if (sleep == no_statement || call.deadline == history.begin_tick(call.id) || !only_this_until(history, call, call.deadline))
      return;
    if (!history.ended(sleep) && !history.over_after(call.deadline)) return;
    judgement.exercise();
    if (!history.cancelled_in(sleep, call.deadline)) {
      judgement.violate(events_of(history, call.id, sleep), "wait_for timed out at " + at_tick(call.deadline) + ", and the " +
                                                                named(history, sleep) + " of what it waited for " +
                                                                fate_of(history, sleep));
    }
  });
}

void waits_for_clean_up(const History& history, Judgement& judgement) {
  for_calls(history, [&](const Call& call) {
    if (!waits_for_task(history, call) || !history.ended(call.id) || history.start(call.operand->name) == never) return;
    // With no time it only waits for the end of what it has cancelled, and a cancel of its caller ends that wait.
    if (history.program().statement(call.id).ticks == 0 && history.outcome(call.id).cancelled()) return;
    judgement.exercise();
    if (history.finish(call.operand->name) > history.end(call.id)) {
      judgement.violate(events_of(history, call.id),
                        "wait_for ended before " + quoted(history, call.operand->name) + ", which it waited for");
    }
  });
}

void raises_timeout(const History& history, Judgement& judgement) {
  if (history.may_spread()) return;
  for_calls(history, [&](const Call& call) {
    if (!waits_for_task(history, call) || !history.ended(call.id) || !only_this_before(history, call, history.end(call.id))) return;
    const Outcome* outcome = history.task_outcome(call.operand->name);
    const auto finish = history.finish_tick(call.operand->name);
    if (outcome == nullptr || !outcome->cancelled() || !finish || history.finish(call.operand->name) > history.end(call.id) ||
        *finish < call.deadline || history.end_tick(call.id) < call.deadline)
      return;
    judgement.exercise();
    if (!history.raised(call.id, Raised::Kind::timeout)) {
      judgement.violate(events_of(history, call.id),
                        "what it waited for ended as cancelled by its deadline, and wait_for " + fate_of(history, call.id));
    }
  });
}

void answers_what_became(const History& history, Judgement& judgement) {
  if (history.may_spread()) return;
  for_calls(history, [&](const Call& call) {
    if (!waits_for_task(history, call) || !history.ended(call.id) || !only_this_before(history, call, history.end(call.id))) return;
    const Outcome* outcome = history.task_outcome(call.operand->name);
    const auto finish = history.finish_tick(call.operand->name);
    if (outcome == nullptr || outcome->cancelled() || outcome->pending() || !finish ||
        history.finish(call.operand->name) > history.end(call.id) || *finish <= call.deadline)
      return;
    judgement.exercise();
    if (history.outcome(call.id) != *outcome) {
      judgement.violate(events_of(history, call.id), quoted(history, call.operand->name) + ", cancelled by the deadline, " +
                                                         text_of(*outcome) + ", and wait_for " + fate_of(history, call.id));
    }
  });
}

void zero_of_done(const History& history, Judgement& judgement) {
  for_calls(history, [&](const Call& call) {
    if (history.program().statement(call.id).ticks != 0 || call.operand->fresh || !waits_for_task(history, call)) return;
    if (!history.surely_done_at(call.operand->name, history.begin(call.id)) || !history.ended(call.id)) return;
    const Source* source = history.only_source_before(history.end(call.id));
    if (source == nullptr || source->at != call.id) return;
    const Outcome* outcome = history.task_outcome(call.operand->name);
    judgement.exercise();
    if (outcome != nullptr && history.outcome(call.id) != *outcome) {
      judgement.violate(events_of(history, call.id), quoted(history, call.operand->name) + " was done, and wait_for with no time " +
                                                         text_of(history.outcome(call.id)));
    }
  });
}

void zero_starts_nothing(const History& history, Judgement& judgement) {
  for_calls(history, [&](const Call& call) {
    if (history.program().statement(call.id).ticks != 0 || !call.operand->fresh) return;
    if (history.sources_until(history.begin_tick(call.id)) > 1) return;
    judgement.exercise();
    if (history.start(call.operand->name) != never) {
      judgement.violate({history.begin(call.id), history.start(call.operand->name)},
                        "wait_for had no time, and its coroutine was started");
    } else if (history.ended(call.id) && only_this_before(history, call, history.end(call.id)) &&
               !history.raised(call.id, Raised::Kind::timeout)) {
      judgement.violate(events_of(history, call.id), "wait_for had no time, and it " + fate_of(history, call.id));
    }
  });
}

/// A call whose caller was cancelled, once and by nobody else, before its deadline.
template <class Each>
void for_struck(const History& history, Each each) {
  for_calls(history, [&](const Call& call) {
    for (const StatementId cancel : history.all(Op::cancel)) {
      if (!history.answered(cancel, Value(true)) || history.program().statement(cancel).name != call.caller) continue;
      const Tick t = history.begin_tick(cancel);
      if (history.open_at(call.caller, t) == call.id && t < call.deadline && history.only_sources_until(t, {cancel}))
        each(call, cancel, t);
    }
  });
}

void cancelled_cancels(const History& history, Judgement& judgement) {
  for_struck(history, [&](const Call& call, StatementId cancel, Tick t) {
    const StatementId sleep = waits_for_task(history, call) ? history.asleep_below(call.operand->name, t) : no_statement;
    if (sleep == no_statement || (!history.ended(sleep) && !history.over_after(t))) return;
    judgement.exercise();
    if (!history.cancelled_in(sleep, t)) {
      judgement.violate(events_of(history, cancel, sleep), "the caller of wait_for was cancelled at " + at_tick(t) + ", and the " +
                                                               named(history, sleep) + " of what it waited for " +
                                                               fate_of(history, sleep));
    } else if (history.ended(call.id) && history.task_outcome(call.operand->name)->cancelled() &&
               !history.outcome(call.id).cancelled() && history.only_sources_until(history.end_tick(call.id), {cancel})) {
      judgement.violate(events_of(history, cancel, call.id),
                        "the caller of wait_for was cancelled at " + at_tick(t) + ", and wait_for " + fate_of(history, call.id));
    }
  });
}

void keeps_the_cancel(const History& history, Judgement& judgement) {
  for_struck(history, [&](const Call& call, StatementId cancel, Tick t) {
    for (const StatementId set : history.all(Op::set_result)) {
      if (history.program().statement(set).name != call.operand->name || !history.ended(set) || !history.outcome(set).ok())
        continue;
      if (history.end(set) > history.begin(cancel) || !history.alone_between(history.begin(set), history.end(cancel))) continue;
      if (!history.ended(call.id) && !history.over_after(t)) continue;
      judgement.exercise();
      if (!history.cancelled_in(call.id, t)) {
        judgement.violate(events_of(history, cancel, call.id),
                          "the caller of wait_for was cancelled in the step in which what it waited for was done, and wait_for " +
                              fate_of(history, call.id));
      }
    }
  });
}

void tie(const History& history, Judgement& judgement) {
  for_calls(history, [&](const Call& call) {
    if (!call.operand->fresh || history.program().statement(call.id).ticks == 0 || !history.ended(call.id)) return;
    const StatementId sleep = history.open_at(call.operand->name, call.deadline);
    if (sleep == no_statement || history.program().statement(sleep).op != Op::sleep || history.due(sleep) != call.deadline) return;
    if (!only_this_until(history, call, call.deadline)) return;
    judgement.exercise();
    if (!history.cancelled_in(sleep, call.deadline)) {
      judgement.violate(events_of(history, call.id, sleep),
                        "what it waited for would have gone on in the tick of the deadline; its " + named(history, sleep) + " " +
                            fate_of(history, sleep));
    }
  });
}

void foreign_cancel(const History& history, Judgement& judgement) {
  for_calls(history, [&](const Call& call) {
    for (const StatementId cancel : history.all(Op::cancel)) {
      const NameId victim = history.program().statement(cancel).name;
      if (!history.answered(cancel, Value(true)) || victim != call.operand->name || !waits_for_task(history, call)) continue;
      const Tick t = history.begin_tick(cancel);
      const auto finish = history.finish_tick(victim);
      if (history.open_at(call.caller, t) != call.id || history.asleep_at(victim, t) == no_statement || !finish) continue;
      if (*finish >= call.deadline || !history.task_outcome(victim)->cancelled() || !history.only_sources_until(*finish, {cancel}))
        continue;
      if (!history.ended(call.id) && !history.over_after(*finish)) continue;
      judgement.exercise();
      if (!history.cancelled_in(call.id, *finish)) {
        judgement.violate(events_of(history, cancel, call.id),
                          "somebody else cancelled what it waited for, and wait_for " + fate_of(history, call.id));
      }
    }
  });
}

void cancels_a_future(const History& history, Judgement& judgement) {
  for_calls(history, [&](const Call& call) {
    const Resource* resource = history.program().resource(call.operand->name);
    if (resource == nullptr || !history.ended(call.id) || history.program().statement(call.id).ticks == 0) return;
    for (const Op op : {Op::set_result, Op::set_exception}) {
      for (const StatementId id : history.all(op)) {
        if (history.begun(id) && history.program().statement(id).name == call.operand->name) return;
      }
    }
    if (!only_this_before(history, call, history.end(call.id)) || history.end_tick(call.id) < call.deadline) return;
    for (const StatementId id : history.all(Op::cancelled)) {
      if (history.program().statement(id).name != call.operand->name || !history.ended(id) ||
          history.begin(id) < history.end(call.id))
        continue;
      judgement.exercise();
      if (!history.answered(id, Value(true))) {
        judgement.violate(events_of(history, call.id, id),
                          "wait_for timed out on a future, and then `cancelled` of it " + text_of(history.outcome(id)));
      }
    }
  });
}

}  // namespace

std::vector<Rule> wait_for_rules() {
  using enum Profile;
  const std::string_view source = "asyncio `wait_for`";
  return {
      chapter.must("WAIT-FOR-ANSWERS-IN-TIME", core, {"AWAIT-ANSWERS-THE-OUTCOME", "CLOCK-STANDS-WHILE-ANYTHING-IS-READY"},
                   "What ends before the deadline is answered by wait_for in the same tick, value or error.",
                   "It is an await, with a limit.", source, answers_in_time),
      chapter.must("WAIT-FOR-CANCELS-AT-ITS-DEADLINE", core, {"CANCEL-INTERRUPTS-A-WAIT", "WAIT-FOR-WAITS-FOR-THE-CLEAN-UP"},
                   "When the deadline passes, wait_for cancels what it waits for, in that tick.",
                   "Nobody is left who wants its result.", source, cancels),
      chapter.must("WAIT-FOR-WAITS-FOR-THE-CLEAN-UP", core, {"TASK-RUNS-ONCE"},
                   "wait_for ends after the task it waits for has ended, also if it timed out or was cancelled, and so may take "
                   "longer than its limit.",
                   "When it returns, nothing of the task is still running behind the caller's back.", source, waits_for_clean_up),
      chapter.must("WAIT-FOR-RAISES-TIMEOUT-ERROR", core, {"WAIT-FOR-CANCELS-AT-ITS-DEADLINE"},
                   "wait_for whose deadline ended what it waits for raises TimeoutError.",
                   "The caller must be able to tell a deadline from a cancel.", source, raises_timeout),
      chapter.must("WAIT-FOR-ANSWERS-WHAT-BECAME-OF-THE-CANCEL", core, {"WAIT-FOR-WAITS-FOR-THE-CLEAN-UP"},
                   "If what wait_for cancelled at its deadline answers by a value or another error, that is what wait_for answers.",
                   "It came late, and it came.", source, answers_what_became),
      chapter.must("WAIT-FOR-OF-ZERO-ANSWERS-WHAT-IS-DONE", core, {}, "wait_for with no time answers what is done already.",
                   "That took no time.", source, zero_of_done),
      chapter.must("WAIT-FOR-OF-ZERO-STARTS-NOTHING", serial, {"CANCELLED-BEFORE-START-RUNS-NOTHING"},
                   "wait_for with no time raises TimeoutError and never starts a coroutine it is given.",
                   "There is no time for it to run.", source, zero_starts_nothing),
      chapter.must("CANCELLED-WAIT-FOR-CANCELS-WHAT-IT-WAITS-FOR", core,
                   {"CANCEL-INTERRUPTS-A-WAIT", "WAIT-FOR-WAITS-FOR-THE-CLEAN-UP"},
                   "Cancelling the caller of wait_for cancels what it waits for, and wait_for raises CancelledError.",
                   "The request travels inward.", source, cancelled_cancels),
      chapter.must("WAIT-FOR-NEVER-SWALLOWS-A-CANCEL", serial, {"CANCEL-BEATS-AN-UNSEEN-RESULT"},
                   "A cancel of the caller is raised by wait_for also if what it waits for is done in the same moment.",
                   "CPython up to 3.11 returned the result and lost the request.", "asyncio `wait_for`, since CPython 3.12",
                   keeps_the_cancel),
      chapter.should("WAIT-FOR-TIE-IS-A-TIMEOUT", fifo, {"WAIT-FOR-CANCELS-AT-ITS-DEADLINE"},
                     "A coroutine given to wait_for that would wake in the tick of the deadline is cancelled.",
                     "The deadline was set first.", "asyncio `wait_for`, since CPython 3.12", tie),
      chapter.must("WAIT-FOR-REPORTS-A-FOREIGN-CANCEL", core, {"CANCEL-INTERRUPTS-A-WAIT"},
                   "If somebody else cancels what wait_for waits for, before the deadline, wait_for raises CancelledError, not "
                   "TimeoutError.",
                   "Time was not up.", source, foreign_cancel),
      chapter.must("WAIT-FOR-CANCELS-A-FUTURE", core, {"FUTURE-IS-CANCELLED-AT-ONCE"},
                   "wait_for that times out on a plain future cancels it.", "A future is waited for like a task.", source,
                   cancels_a_future),
      chapter.should("WAIT-FOR-RUNS-A-COROUTINE-IN-THE-CALLERS-TASK", core, {},
                     "wait_for runs a coroutine in the caller's own task, and does not suspend if it need not wait.",
                     "Who is the current task does not change because there is a limit.", "asyncio `wait_for`, since CPython 3.12",
                     by_property),
  };
}

}  // namespace lawful::spec
