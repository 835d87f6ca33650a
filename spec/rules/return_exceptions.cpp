#include "spec/json.hpp"
#include "spec/rule.hpp"

namespace lawful::spec {

namespace {

constexpr std::string_view chapter = "return_exceptions";

/// Calls `use(statement, list)` for each gather with return_exceptions that returned a list with a place for every operand.
template <class Use>
void for_lists(const History& history, Use use) {
  for (const StatementId id : history.all(Op::gather)) {
    const Statement& s = history.program().statement(id);
    if (!s.return_exceptions || !history.ended(id) || !history.outcome(id).ok()) continue;
    const List* list = history.outcome(id).value().list();
    if (list != nullptr && list->size() == s.of.size()) use(s, *list);
  }
}

void never_raises(const History& history, Judgement& judgement) {
  for (const StatementId id : history.all(Op::gather)) {
    const Statement& s = history.program().statement(id);
    if (!s.return_exceptions || !history.ended(id)) continue;
    const Raised* raised = history.outcome(id).raised();
    if (raised == nullptr) {
      for (const Operand& operand : s.of) {
        const Outcome* outcome = history.task_outcome(operand.name);
        if (outcome != nullptr && outcome->raised() != nullptr) judgement.exercise();
      }
    } else if (!raised->cancelled() && raised->kind() != Raised::Kind::no_such_task) {
      judgement.violate({history.begin(id), history.end(id)}, "the gather raised " + to_json(*raised));
    }
  }
}

void waits_for_all(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for_lists(history, [&](const Statement& s, const List&) {
    for (const Operand& operand : s.of) {
      if (!program.is_task(operand.name)) continue;
      const Outcome* outcome = history.task_outcome(operand.name);
      const bool ran = history.start(operand.name) != never;
      if (!ran && outcome != nullptr && !outcome->pending()) continue;  // cancelled before its first step
      judgement.exercise();
      if (history.finish(operand.name) > history.end(s.id)) {
        judgement.violate({history.end(s.id)},
                          "the gather answered before its operand \"" + program.name(operand.name) + "\" had ended");
      }
    }
  });
}

void keeps_places(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for_lists(history, [&](const Statement& s, const List& list) {
    for (std::size_t i = 0; i < s.of.size(); ++i) {
      const Outcome* outcome = program.is_task(s.of[i].name) ? history.task_outcome(s.of[i].name) : nullptr;
      if (outcome == nullptr || outcome->cancelled()) continue;
      judgement.exercise();
      const Value expected = outcome->raised() != nullptr ? Value(*outcome->raised()) : outcome->value();
      if (outcome->pending() || list[i] != expected) {
        judgement.violate({history.begin(s.id), history.end(s.id)}, "place " + std::to_string(i) + " holds " + to_json(list[i]) +
                                                                        ", where \"" + program.name(s.of[i].name) +
                                                                        "\" ended with " + to_json(expected));
      }
    }
  });
}

void counts_cancelled(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for_lists(history, [&](const Statement& s, const List& list) {
    for (std::size_t i = 0; i < s.of.size(); ++i) {
      const Outcome* outcome = program.is_task(s.of[i].name) ? history.task_outcome(s.of[i].name) : nullptr;
      if (outcome == nullptr || !outcome->cancelled()) continue;
      judgement.exercise();
      const Raised* raised = list[i].raised();
      if (raised == nullptr || !raised->cancelled()) {
        judgement.violate({history.begin(s.id), history.end(s.id)}, "place " + std::to_string(i) + " holds " + to_json(list[i]) +
                                                                        ", and \"" + program.name(s.of[i].name) +
                                                                        "\" was cancelled");
      }
    }
  });
}

}  // namespace

std::vector<Rule> return_exceptions_rules() {
  return {
      {"RETURN-EXCEPTIONS-NEVER-RAISES",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {},
       "With return_exceptions a `gather` raises no operand's error: it returns a list, unless the gather itself is cancelled.",
       "Its caller asked to see every outcome, and has no handler for one.",
       "asyncio `gather(return_exceptions=True)`",
       never_raises},
      {"RETURN-EXCEPTIONS-WAITS-FOR-ALL",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {"TASK-RUNS-ONCE", "RETURN-EXCEPTIONS-NEVER-RAISES"},
       "With return_exceptions a `gather` returns after every operand has ended, whichever of them failed before.",
       "A failure is a result like any other: it ends nothing early.",
       "asyncio `gather(return_exceptions=True)`",
       waits_for_all},
      {"RETURN-EXCEPTIONS-KEEPS-PLACES",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {"RETURN-EXCEPTIONS-WAITS-FOR-ALL", "RESULT-IS-WHAT-THE-BODY-ENDED-WITH"},
       "With return_exceptions the list holds at each operand's position its value, or the error it failed with.",
       "The caller must know which operand failed.",
       "asyncio `gather(return_exceptions=True)`",
       keeps_places},
      {"RETURN-EXCEPTIONS-COUNTS-CANCELLED",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {"RETURN-EXCEPTIONS-WAITS-FOR-ALL"},
       "With return_exceptions an operand that was cancelled by somebody else stands in the list as CancelledError, and cancels "
       "nothing.",
       "To be cancelled is one way to end; it is not hidden, and does not spread.",
       "asyncio `gather(return_exceptions=True)`",
       counts_cancelled},
  };
}

}  // namespace lawful::spec
