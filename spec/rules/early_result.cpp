#include "spec/json.hpp"
#include "spec/rule.hpp"

namespace lawful::spec {

namespace {

constexpr std::string_view chapter = "InvalidStateError on early result";

/// Calls `use(statement, task, seen)` for each question with `op` about a task that was answered, unless the answer is that there
/// is no such task yet.
template <class Use>
void for_questions(const History& history, Op op, Use use) {
  const Program& program = history.program();
  for (const StatementId id : history.all(op)) {
    const Statement& s = program.statement(id);
    if (!history.ended(id) || !program.is_task(s.name)) continue;
    const Raised* raised = history.outcome(id).raised();
    if (raised != nullptr && raised->kind() == Raised::Kind::no_such_task && !history.surely_known_at(s.name, history.begin(id)))
      continue;
    use(s, history.outcome(id));
  }
}

bool is_invalid_state(const Outcome& seen) {
  return seen.raised() != nullptr && seen.raised()->kind() == Raised::Kind::invalid_state;
}

std::string shown(const Outcome& seen) {
  return seen.raised() != nullptr ? "raised " + to_json(*seen.raised()) : "answered " + to_json(seen.value());
}

void before_done(const History& history, Judgement& judgement, Op op) {
  for_questions(history, op, [&](const Statement& s, const Outcome& seen) {
    if (!history.surely_pending_until(s.name, history.end(s.id))) return;
    judgement.exercise();
    if (!is_invalid_state(seen)) {
      judgement.violate(
          {history.begin(s.id), history.end(s.id)},
          std::string(name_of(op)) + " of \"" + history.program().name(s.name) + "\", which was not done, " + shown(seen));
    }
  });
}

void result_before(const History& history, Judgement& judgement) { before_done(history, judgement, Op::result); }
void exception_before(const History& history, Judgement& judgement) { before_done(history, judgement, Op::exception); }

void result_after(const History& history, Judgement& judgement) {
  for_questions(history, Op::result, [&](const Statement& s, const Outcome& seen) {
    const Outcome* outcome = history.task_outcome(s.name);
    if (outcome == nullptr || !history.surely_done_at(s.name, history.begin(s.id))) return;
    judgement.exercise();
    if (seen != *outcome) {
      judgement.violate({history.begin(s.id), history.end(s.id)},
                        "result of \"" + history.program().name(s.name) + "\", which was done, " + shown(seen));
    }
  });
}

void exception_after(const History& history, Judgement& judgement) {
  for_questions(history, Op::exception, [&](const Statement& s, const Outcome& seen) {
    const Outcome* outcome = history.task_outcome(s.name);
    if (outcome == nullptr || !history.surely_done_at(s.name, history.begin(s.id))) return;
    judgement.exercise();
    const Outcome expected = outcome->cancelled()           ? *outcome
                             : outcome->raised() != nullptr ? Outcome(Value(*outcome->raised()))
                                                            : Outcome(Value());
    if (seen != expected) {
      judgement.violate({history.begin(s.id), history.end(s.id)},
                        "exception of \"" + history.program().name(s.name) + "\", which was done, " + shown(seen));
    }
  });
}

void done_tells(const History& history, Judgement& judgement) {
  for_questions(history, Op::done, [&](const Statement& s, const Outcome& seen) {
    const bool* answer = seen.value().boolean();
    const bool pending = history.surely_pending_until(s.name, history.end(s.id));
    const bool done = history.surely_done_at(s.name, history.begin(s.id));
    if (!pending && !done) return;
    judgement.exercise();
    if (!seen.ok() || answer == nullptr || *answer != done) {
      judgement.violate({history.begin(s.id), history.end(s.id)}, "done of \"" + history.program().name(s.name) + "\", which was " +
                                                                      (done ? "done, " : "not done, ") + shown(seen));
    }
  });
}

void completed_once(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  std::vector<StatementId> setters = history.all(Op::set_result);
  setters.insert(setters.end(), history.all(Op::set_exception).begin(), history.all(Op::set_exception).end());
  for (const StatementId first : setters) {
    if (!history.ended(first) || !history.outcome(first).ok()) continue;
    for (const StatementId second : setters) {
      if (program.statement(second).name != program.statement(first).name || !history.ended(second) ||
          history.begin(second) < history.end(first)) {
        continue;
      }
      judgement.exercise();
      if (!is_invalid_state(history.outcome(second))) {
        judgement.violate({history.end(first), history.end(second)}, "future \"" + program.name(program.statement(first).name) +
                                                                         "\" was completed, and completing it again " +
                                                                         shown(history.outcome(second)));
      }
    }
  }
}

}  // namespace

std::vector<Rule> early_result_rules() {
  return {
      {"RESULT-BEFORE-DONE",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {"TASK-RUNS-ONCE"},
       "Asking a task that is not done for its result raises InvalidStateError, at once.",
       "There is no result yet, and no value could stand for none.",
       "asyncio `Future.result`",
       result_before},
      {"EXCEPTION-BEFORE-DONE",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {"TASK-RUNS-ONCE"},
       "Asking a task that is not done for its exception raises InvalidStateError, at once.",
       "“No exception” would be read as success.",
       "asyncio `Future.exception`",
       exception_before},
      {"RESULT-AFTER-DONE",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {"RESULT-IS-WHAT-THE-BODY-ENDED-WITH"},
       "Asking a task that is done for its result answers its value, or raises its error, CancelledError if it was cancelled; "
       "every time.",
       "Reading a result takes nothing away.",
       "asyncio `Future.result`",
       result_after},
      {"EXCEPTION-AFTER-DONE",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {"RESULT-IS-WHAT-THE-BODY-ENDED-WITH"},
       "Asking a task that is done for its exception answers the error it failed with, or none; if it was cancelled, "
       "CancelledError is raised.",
       "An error can be looked at without being thrown.",
       "asyncio `Future.exception`",
       exception_after},
      {"DONE-TELLS-THE-TRUTH",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {"TASK-RUNS-ONCE"},
       "`done` answers false until the task has ended, and true from then on.",
       "It is how one avoids the error of asking too early.",
       "asyncio `Future.done`",
       done_tells},
      {"COMPLETED-ONCE",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {},
       "Completing a future that is done raises InvalidStateError, and changes nothing.",
       "Exactly one of several completers wins.",
       "asyncio `Future.set_result`, `set_exception`",
       completed_once},
  };
}

}  // namespace lawful::spec
