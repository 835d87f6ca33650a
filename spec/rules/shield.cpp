#include <algorithm>

#include "spec/rule.hpp"
#include "spec/rules/phrases.hpp"

namespace lawful::spec {

namespace {

constexpr Chapter chapter("shield", "1.1");

/// A shield around a task whose caller was cancelled, once and by nobody else.
template <class Each>
void for_struck(const History& history, Each each) {
  const Program& program = history.program();
  for (const StatementId id : history.all(Op::shield)) {
    const NameId caller = program.place(id).task;
    const NameId inner = program.statement(id).of.front().name;
    if (!history.begun(id) || !program.is_task(inner) || inner == caller) continue;
    for (const StatementId cancel : history.all(Op::cancel)) {
      if (!history.answered(cancel, Value(true)) || program.statement(cancel).name != caller) continue;
      const Tick t = history.begin_tick(cancel);
      if (history.open_at(caller, t) == id && history.asleep_at(inner, t) != no_statement &&
          history.only_sources_until(t, {cancel})) {
        each(id, cancel, inner, t);
      }
    }
  }
}

void keeps_running(const History& history, Judgement& judgement) {
  if (history.may_spread()) return;
  for_struck(history, [&](StatementId, StatementId cancel, NameId inner, Tick t) {
    const StatementId sleep = history.asleep_at(inner, t);
    // Whoever else awaits it, and was cancelled, would cancel it too: nobody was, but the caller.
    if (!history.only_sources_until(history.due(sleep), {cancel}) ||
        (!history.ended(sleep) && !history.over_after(history.due(sleep))))
      return;
    judgement.exercise();
    if (!history.ended(sleep) || !history.outcome(sleep).ok()) {
      judgement.violate(events_of(history, cancel, sleep), "who waited on the shield was cancelled at " + at_tick(t) +
                                                               ", and the " + named(history, sleep) + " behind it " +
                                                               fate_of(history, sleep));
    }
  });
}

void ends_at_once(const History& history, Judgement& judgement) {
  for_struck(history, [&](StatementId id, StatementId cancel, NameId, Tick t) {
    if (!history.ended(id) && !history.over_after(t)) return;
    judgement.exercise();
    if (!history.cancelled_in(id, t)) {
      judgement.violate(events_of(history, cancel, id),
                        "who waited on the shield was cancelled at " + at_tick(t) + ", and the wait " + fate_of(history, id));
    }
  });
}

void answers(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for (const StatementId id : history.all(Op::shield)) {
    const NameId inner = program.statement(id).of.front().name;
    if (!history.begun(id) || !program.is_task(inner) || inner == program.place(id).task) continue;
    const auto finish = history.finish_tick(inner);
    const Outcome* outcome = history.task_outcome(inner);
    if (!finish || outcome == nullptr || outcome->pending()) continue;
    const Tick due = std::max(*finish, history.begin_tick(id));
    if (!history.calm_until(due) || (!history.ended(id) && !history.over_after(due)) ||
        history.raised(id, Raised::Kind::no_such_task))
      continue;
    judgement.exercise();
    if (!history.ended(id) || history.end_tick(id) != due || history.outcome(id) != *outcome) {
      judgement.violate(events_of(history, id), quoted(history, inner) + " " + text_of(*outcome) + " at " + at_tick(*finish) +
                                                    ", and the shield around it " + fate_of(history, id));
    }
  }
}

void inner_cancelled(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for (const StatementId id : history.all(Op::shield)) {
    const NameId caller = program.place(id).task;
    const NameId inner = program.statement(id).of.front().name;
    if (!history.begun(id) || !program.is_task(inner) || inner == caller) continue;
    for (const StatementId cancel : history.all(Op::cancel)) {
      if (!history.answered(cancel, Value(true)) || program.statement(cancel).name != inner) continue;
      const Tick t = history.begin_tick(cancel);
      const auto finish = history.finish_tick(inner);
      if (!finish || history.open_at(caller, t) != id || history.asleep_at(inner, t) == no_statement) continue;
      if (!history.task_outcome(inner)->cancelled() || !history.only_sources_until(*finish, {cancel})) continue;
      if (!history.ended(id) && !history.over_after(*finish)) continue;
      judgement.exercise();
      if (!history.cancelled_in(id, *finish)) {
        judgement.violate(events_of(history, cancel, id),
                          "what was shielded was cancelled itself, and the shield " + fate_of(history, id));
      }
    }
  }
}

void shutdown_cancels(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  const Source* source = history.sources().empty() ? nullptr : &history.sources()[0];
  if (source == nullptr || source->kind != Source::Kind::shutdown || history.run().status != Status::finished) return;
  for (const StatementId id : history.all(Op::shield)) {
    const NameId inner = program.statement(id).of.front().name;
    if (!history.begun(id) || !program.is_task(inner) || (history.ended(id) && history.end_tick(id) < source->t)) continue;
    const StatementId sleep = history.asleep_at(inner, source->t);
    if (sleep == no_statement || history.sources_until(source->t) != 1) continue;
    judgement.exercise();
    if (!history.cancelled_in(sleep, source->t)) {
      judgement.violate(events_of(history, id, sleep), "the run was shut down at " + at_tick(source->t) + ", and the " +
                                                           named(history, sleep) + " behind a shield " + fate_of(history, sleep));
    }
  }
}

}  // namespace

std::vector<Rule> shield_rules() {
  using enum Profile;
  const std::string_view source = "asyncio `shield`";
  return {
      chapter.must("SHIELD-KEEPS-THE-INNER-RUNNING", core, {"CANCEL-INTERRUPTS-A-WAIT"},
                   "Cancelling who waits on a shield does not cancel what is behind it.",
                   "It is what it is for: a commit that must not be torn.", source, keeps_running),
      chapter.must("SHIELD-ENDS-AT-ONCE-WHEN-CANCELLED", core, {"CANCEL-INTERRUPTS-A-WAIT"},
                   "Cancelling who waits on a shield ends the wait with CancelledError, in the same tick.",
                   "The shield protects what is behind it, not who waits.", source, ends_at_once),
      chapter.must("SHIELD-ANSWERS-THE-INNER", core, {"AWAIT-ANSWERS-THE-OUTCOME", "CLOCK-STANDS-WHILE-ANYTHING-IS-READY"},
                   "A shield answers the value or the error of what is behind it, in the tick in which it ends.",
                   "To shield is still to await.", source, answers),
      chapter.must("SHIELD-SHOWS-THE-CANCELLATION-OF-THE-INNER", core, {"CANCEL-INTERRUPTS-A-WAIT", "SHIELD-ANSWERS-THE-INNER"},
                   "If what is behind a shield is cancelled itself, who waits on the shield gets CancelledError.",
                   "It is how the inner ended.", source, inner_cancelled),
      chapter.must("SHUTDOWN-CANCELS-WHAT-IS-SHIELDED", core, {"SHUTDOWN-CANCELS-WHAT-IS-LEFT"},
                   "A shield does not protect from shutdown: what is behind it is cancelled like any other task.",
                   "Nothing outlives the run.", source, shutdown_cancels),
      chapter.should(
          "SHIELDED-FAILURE-IS-REPORTED", core, {"UNREAD-ERROR-IS-REPORTED"},
          "A failure behind a shield whose waiter was cancelled is reported to the exception handler, if nobody reads it.",
          "It must not vanish because somebody was impatient.", source, by_property),
  };
}

}  // namespace lawful::spec
