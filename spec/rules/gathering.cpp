#include <algorithm>

#include "spec/rule.hpp"
#include "spec/rules/phrases.hpp"

namespace lawful::spec {

namespace {

constexpr Chapter chapter("Cancelling a gather", "1.1");

/// A gather whose task was cancelled, once and by nobody else, while it surely waited for somebody.
struct Struck {
  StatementId gather;
  StatementId cancel;
  Tick t;
  std::vector<NameId> asleep;  // operands that slept beyond t, each once
};

/// Whether a gather surely waits at `t`, and for whom: each operand sleeps beyond it, or has ended before without ending the
/// gather.
bool surely_waits(const History& history, StatementId id, Tick t, std::vector<NameId>& asleep) {
  const Statement& s = history.program().statement(id);
  for (const Operand& operand : s.of) {
    if (!history.program().is_task(operand.name)) return false;
    if (std::find(asleep.begin(), asleep.end(), operand.name) != asleep.end()) continue;
    if (history.asleep_at(operand.name, t) != no_statement) {
      asleep.push_back(operand.name);
      continue;
    }
    const auto finish = history.finish_tick(operand.name);
    const Outcome* outcome = history.task_outcome(operand.name);
    if (!finish || *finish >= t || outcome == nullptr || (!s.return_exceptions && !outcome->ok())) return false;
  }
  return !asleep.empty();
}

template <class Each>
void for_struck(const History& history, bool return_exceptions, Each each) {
  const Program& program = history.program();
  for (const StatementId cancel : history.all(Op::cancel)) {
    const NameId task = program.statement(cancel).name;
    if (!history.answered(cancel, Value(true)) || !program.is_task(task) || program.place(cancel).task == task) continue;
    const Tick t = history.begin_tick(cancel);
    const StatementId id = history.open_at(task, t);
    if (id == no_statement || program.statement(id).op != Op::gather ||
        program.statement(id).return_exceptions != return_exceptions)
      continue;
    Struck struck{id, cancel, t, {}};
    if (!history.only_sources_until(t, {cancel}) || !surely_waits(history, id, t, struck.asleep)) continue;
    each(struck);
  }
}

void cancels_operands(const History& history, Judgement& judgement) {
  for (const bool return_exceptions : {false, true}) {
    for_struck(history, return_exceptions, [&](const Struck& struck) {
      for (const NameId operand : struck.asleep) {
        const StatementId sleep = history.asleep_at(operand, struck.t);
        if (!history.ended(sleep) && !history.over_after(struck.t)) continue;
        judgement.exercise();
        if (!history.cancelled_in(sleep, struck.t)) {
          judgement.violate(events_of(history, struck.cancel, sleep), "the task that gathers was cancelled at " +
                                                                          at_tick(struck.t) + ", and the " + named(history, sleep) +
                                                                          " of an operand " + fate_of(history, sleep));
        }
      }
    });
  }
}

/// When the operands of a struck gather ended, if all that matters is known: the first that failed or was cancelled, and the last.
struct Ends {
  std::optional<Tick> first_raised;
  Tick last = 0;
  bool all = true;         // have ended
  NameId first = no_name;  // who raised first; no_name if two did in one tick
};

Ends ends_of(const History& history, const Struck& struck) {
  Ends ends;
  for (const NameId operand : struck.asleep) {
    const auto finish = history.finish_tick(operand);
    const Outcome* outcome = history.task_outcome(operand);
    if (!finish || outcome == nullptr || outcome->pending()) {
      ends.all = false;
      continue;
    }
    ends.last = std::max(ends.last, *finish);
    if (outcome->ok()) continue;
    if (!ends.first_raised || *finish < *ends.first_raised) {
      ends.first_raised = finish;
      ends.first = operand;
    } else if (*finish == *ends.first_raised) {
      ends.first = no_name;
    }
  }
  return ends;
}

void ends_with_first(const History& history, Judgement& judgement) {
  for_struck(history, false, [&](const Struck& struck) {
    const Ends ends = ends_of(history, struck);
    if (!ends.first_raised && !ends.all) return;
    const Tick due = ends.first_raised ? *ends.first_raised : ends.last;
    if (!history.only_sources_until(due, {struck.cancel}) || (!history.ended(struck.gather) && !history.over_after(due))) return;
    judgement.exercise();
    if (!history.ended(struck.gather) || history.end_tick(struck.gather) != due) {
      judgement.violate(events_of(history, struck.cancel, struck.gather), "the cancelled gather was to end at " + at_tick(due) +
                                                                              ", with its first operand, and " +
                                                                              fate_of(history, struck.gather));
    }
  });
}

void outcomes_wait(const History& history, Judgement& judgement) {
  for_struck(history, true, [&](const Struck& struck) {
    const Ends ends = ends_of(history, struck);
    if (!ends.all || !history.only_sources_until(ends.last, {struck.cancel})) return;
    if (!history.ended(struck.gather) && !history.over_after(ends.last)) return;
    judgement.exercise();
    if (!history.cancelled_in(struck.gather, ends.last)) {
      judgement.violate(events_of(history, struck.cancel, struck.gather),
                        "the cancelled gather was to wait for all of its operands, until " + at_tick(ends.last) +
                            ", and raise CancelledError; it " + fate_of(history, struck.gather));
    }
  });
}

void raises_all_the_same(const History& history, Judgement& judgement) {
  for_struck(history, false, [&](const Struck& struck) {
    const Ends ends = ends_of(history, struck);
    if (!ends.all || ends.first_raised || !history.ended(struck.gather)) return;
    if (!history.only_sources_until(ends.last, {struck.cancel})) return;
    judgement.exercise();
    if (!history.outcome(struck.gather).cancelled()) {
      judgement.violate(
          events_of(history, struck.cancel, struck.gather),
          "every operand caught the cancel and returned, and the cancelled gather " + fate_of(history, struck.gather));
    }
  });
}

void raises_operands_error(const History& history, Judgement& judgement) {
  for_struck(history, false, [&](const Struck& struck) {
    const Ends ends = ends_of(history, struck);
    if (!ends.first_raised || ends.first == no_name || !history.ended(struck.gather)) return;
    const Outcome& outcome = *history.task_outcome(ends.first);
    if (outcome.cancelled() || !history.only_sources_until(*ends.first_raised, {struck.cancel})) return;
    judgement.exercise();
    if (history.outcome(struck.gather) != outcome) {
      judgement.violate(events_of(history, struck.cancel, struck.gather), quoted(history, ends.first) + " answered the cancel by " +
                                                                              to_json(*outcome.raised()) + ", and the gather " +
                                                                              fate_of(history, struck.gather));
    }
  });
}

void operand_cancelled(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for (const StatementId cancel : history.all(Op::cancel)) {
    const NameId victim = program.statement(cancel).name;
    if (!history.answered(cancel, Value(true)) || !program.is_task(victim)) continue;
    const Tick t = history.begin_tick(cancel);
    for (const StatementId id : history.all(Op::gather)) {
      const Statement& s = program.statement(id);
      const NameId owner = program.place(id).task;
      if (s.return_exceptions || owner == victim || history.open_at(owner, t) != id) continue;
      std::vector<NameId> asleep;
      if (!surely_waits(history, id, t, asleep) || std::find(asleep.begin(), asleep.end(), victim) == asleep.end()) continue;
      const auto finish = history.finish_tick(victim);
      if (!finish || *finish != t || !history.event(history.finish(victim)).outcome.cancelled()) continue;
      if (!history.only_sources_until(t, {cancel}) || (!history.ended(id) && !history.over_after(t))) continue;
      judgement.exercise();
      if (!history.cancelled_in(id, t)) {
        judgement.violate(events_of(history, cancel, id), "the operand " + quoted(history, victim) + " was cancelled at " +
                                                              at_tick(t) + ", and the gather " + fate_of(history, id));
        continue;
      }
      for (const NameId sibling : asleep) {
        const StatementId sleep = history.asleep_at(sibling, t);
        if (sibling == victim || history.may_spread() || !history.only_sources_until(history.due(sleep), {cancel}) ||
            !history.ended(sleep))
          continue;
        if (!history.outcome(sleep).ok()) {
          judgement.violate(events_of(history, cancel, sleep), "the operand " + quoted(history, victim) +
                                                                   " was cancelled, and the " + named(history, sleep) +
                                                                   " of another " + fate_of(history, sleep));
        }
      }
    }
  }
}

void done_does_not_suspend(const History& history, Judgement& judgement) {
  for (const StatementId id : history.all(Op::gather)) {
    const Statement& s = history.program().statement(id);
    const bool all_done = std::all_of(s.of.begin(), s.of.end(), [&](const Operand& operand) {
      return history.program().is_task(operand.name) && history.finish(operand.name) < history.begin(id);
    });
    if (!history.ended(id) || !all_done || s.of.empty()) continue;
    judgement.exercise();
    if (!history.alone_between(history.begin(id), history.end(id))) {
      judgement.violate(events_of(history, id), "every operand was done, and the gather gave others a turn");
    }
  }
}

}  // namespace

std::vector<Rule> gathering_rules() {
  using enum Profile;
  const std::string_view source = "asyncio `gather`";
  return {
      chapter.must("GATHER-RAISES-THE-CANCELLATION-OF-AN-OPERAND", core, {"GATHER-RAISES-AT-ONCE", "CANCEL-INTERRUPTS-A-WAIT"},
                   "Without return_exceptions a `gather` of which an operand is cancelled by somebody else raises CancelledError, "
                   "at once; the other "
                   "operands go on.",
                   "To be cancelled is one way of failing.", source, operand_cancelled),
      chapter.must("CANCELLED-GATHER-CANCELS-ITS-OPERANDS", core, {"CANCEL-INTERRUPTS-A-WAIT"},
                   "Cancelling a task that waits in a `gather` cancels every operand that has not ended, in the same tick.",
                   "Nobody is left who wants their results.", source, cancels_operands),
      chapter.must("CANCELLED-GATHER-ENDS-WITH-ITS-FIRST-OPERAND", core,
                   {"CANCELLED-GATHER-CANCELS-ITS-OPERANDS", "GATHER-RAISES-AT-ONCE"},
                   "A cancelled `gather` without return_exceptions ends when the first of its operands has ended as cancelled or "
                   "failed, and when all "
                   "have ended if none does; operands that clean up longer go on behind it.",
                   "It treats a cancelled operand as it treats a failed one. Who wants to wait for all uses a task group.", source,
                   ends_with_first),
      chapter.must(
          "CANCELLED-GATHER-OF-OUTCOMES-WAITS-FOR-ALL", core,
          {"CANCELLED-GATHER-CANCELS-ITS-OPERANDS", "RETURN-EXCEPTIONS-WAITS-FOR-ALL"},
          "A cancelled `gather` with return_exceptions waits until every operand has ended, and then raises CancelledError.",
          "It always waits for all; the list has nobody left to take it.", source, outcomes_wait),
      chapter.must("CANCELLED-GATHER-RAISES-THOUGH-ALL-GO-ON", core, {"CANCELLED-GATHER-ENDS-WITH-ITS-FIRST-OPERAND"},
                   "A cancelled `gather` raises CancelledError also if every operand catches the request and returns a value.",
                   "The request was made to whoever waits, and is not lost with operands that will not hear of it.", source,
                   raises_all_the_same),
      chapter.must(
          "CANCELLED-GATHER-RAISES-AN-OPERANDS-ERROR", core, {"CANCELLED-GATHER-ENDS-WITH-ITS-FIRST-OPERAND"},
          "A cancelled `gather` of which an operand answers the request by an error, before any other ends, raises that error.",
          "An error found while cleaning up must not vanish behind the cancellation.", source, raises_operands_error),
      chapter.should("GATHER-OF-WHAT-IS-DONE-DOES-NOT-SUSPEND", serial, {},
                     "A `gather` whose operands are all done gives nobody else a turn.", "There is nothing to wait for.",
                     "asyncio `gather`, since CPython 3.12", done_does_not_suspend),
      chapter.must("GATHER-CONSUMES-LATER-ERRORS", core, {"UNREAD-ERROR-IS-REPORTED"},
                   "Errors of operands that fail after the first are not reported to the exception handler.",
                   "The caller was told that the whole failed; the rest would be noise.", source, by_property),
      chapter.must("GATHER-IS-NEVER-CANCELLED", core, {"CANCELLED-GATHER-RAISES-THOUGH-ALL-GO-ON"},
                   "The future that `gather` returns is pending right after its cancel, and ends with CancelledError as its "
                   "exception; it never "
                   "reports that it is cancelled.",
                   "It ends when its operands do, not when it is asked to.", source, by_property),
      chapter.must("CANCEL-OF-A-DONE-GATHER-ANSWERS-FALSE", core, {},
                   "Cancelling a `gather` that has failed, or whose operands have all ended, answers false, and leaves operands "
                   "that still run alone.",
                   "It is over: there is nothing to cancel.", source, by_property),
  };
}

}  // namespace lawful::spec
