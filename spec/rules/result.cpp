#include <algorithm>

#include "spec/json.hpp"
#include "spec/rule.hpp"

namespace lawful::spec {

namespace {

constexpr std::string_view chapter = "Result ordering";

void runs_once(const History& history, Judgement& judgement) {
  if (history.events() > 1) judgement.exercise();
  if (const auto index = history.repeated()) {
    judgement.violate({*index}, "this event of task \"" + history.program().name(history.event(*index).task) +
                                    "\" comes a second time, or out of order");
  }
}

void result_is_the_bodys(const History& history, Judgement& judgement) {
  for (const auto& [task, outcome] : history.run().outcomes) {
    const Index finish = history.finish(task);
    if (finish == never || outcome.pending()) continue;
    const Outcome& body = history.event(finish).outcome;
    // What becomes of cancellation is said by rules of its own.
    if (body.cancelled() || outcome.cancelled()) continue;
    judgement.exercise();
    if (outcome == body) continue;
    judgement.violate({finish}, "the body of task \"" + history.program().name(task) + "\" ended with " +
                                    (body.ok() ? to_json(body.value()) : to_json(*body.raised())) + ", and its outcome is " +
                                    (outcome.ok() ? to_json(outcome.value()) : to_json(*outcome.raised())));
  }
}

void await_answers(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for (const StatementId id : history.all(Op::await)) {
    const NameId task = program.statement(id).name;
    if (!history.ended(id) || !program.is_task(task)) continue;
    const Outcome& seen = history.outcome(id);
    const Outcome* outcome = history.task_outcome(task);
    if (outcome == nullptr || seen.cancelled()) continue;
    const Raised* raised = seen.raised();
    if (raised != nullptr && (raised->kind() == Raised::Kind::no_such_task || raised->kind() == Raised::Kind::runtime)) continue;
    judgement.exercise();
    if (seen != *outcome) {
      judgement.violate({history.begin(id), history.end(id)},
                        "the await answered something else than the outcome of task \"" + program.name(task) + '"');
    }
  }
}

/// Whether an operand's outcome is known: a task's, not a future's.
const Outcome* known(const History& history, const Operand& operand) {
  return history.program().is_task(operand.name) ? history.task_outcome(operand.name) : nullptr;
}

const List* gathered(const History& history, StatementId id) {
  if (!history.ended(id) || !history.outcome(id).ok()) return nullptr;
  return history.outcome(id).value().list();
}

void gather_of_nothing(const History& history, Judgement& judgement) {
  for (const StatementId id : history.all(Op::gather)) {
    if (!history.ended(id) || !history.program().statement(id).of.empty()) continue;
    const List* list = gathered(history, id);
    judgement.exercise();
    if (list == nullptr || !list->empty()) {
      judgement.violate({history.begin(id), history.end(id)}, "gather of nothing did not answer the empty list");
    } else if (history.begin_tick(id) != history.end_tick(id)) {
      judgement.violate({history.begin(id), history.end(id)}, "gather of nothing waited");
    }
  }
}

void every_naming(const History& history, Judgement& judgement) {
  for (const StatementId id : history.all(Op::gather)) {
    const List* list = gathered(history, id);
    const std::size_t named = history.program().statement(id).of.size();
    if (list == nullptr || named == 0) continue;
    judgement.exercise();
    if (list->size() != named) {
      judgement.violate({history.begin(id), history.end(id)},
                        "the gather names " + std::to_string(named) + " operands and answered " + std::to_string(list->size()));
    }
  }
}

void waits_for_all(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for (const StatementId id : history.all(Op::gather)) {
    const Statement& s = program.statement(id);
    if (s.return_exceptions || gathered(history, id) == nullptr) continue;
    for (const Operand& operand : s.of) {
      if (!program.is_task(operand.name)) continue;
      judgement.exercise();
      if (history.finish(operand.name) > history.end(id)) {
        judgement.violate({history.end(id)},
                          "the gather answered before its operand \"" + program.name(operand.name) + "\" had ended");
      }
    }
  }
}

void keeps_order(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for (const StatementId id : history.all(Op::gather)) {
    const Statement& s = program.statement(id);
    const List* list = gathered(history, id);
    if (s.return_exceptions || list == nullptr || list->size() != s.of.size()) continue;
    for (std::size_t i = 0; i < s.of.size(); ++i) {
      const Outcome* outcome = known(history, s.of[i]);
      if (outcome == nullptr || outcome->cancelled()) continue;
      judgement.exercise();
      if (!outcome->ok() || outcome->value() != (*list)[i]) {
        judgement.violate({history.begin(id), history.end(id)}, "place " + std::to_string(i) + " holds " + to_json((*list)[i]) +
                                                                    ", which is not the result of \"" + program.name(s.of[i].name) +
                                                                    '"');
      }
    }
  }
}

void in_order_of_completion(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for (const StatementId id : history.all(Op::as_completed)) {
    const Statement& s = program.statement(id);
    if (s.has_ticks || !history.ended(id) || !history.outcome(id).ok()) continue;
    const List* list = history.outcome(id).value().list();
    if (list == nullptr) continue;
    // Ends within one tick have no order that a parallel scheduler owes: ticks are compared.
    struct Ended {
      Tick t;
      const Outcome* outcome;
    };
    const auto listed = [](const Ended& one) { return one.outcome->ok() ? one.outcome->value() : Value(*one.outcome->raised()); };
    std::vector<Ended> ended;
    std::vector<NameId> named;
    bool all_known = true;
    for (const Operand& operand : s.of) {
      if (std::find(named.begin(), named.end(), operand.name) != named.end()) continue;
      named.push_back(operand.name);
      const Outcome* outcome = known(history, operand);
      if (outcome == nullptr || outcome->pending() || history.finish(operand.name) == never) {
        all_known = false;
        break;
      }
      const Tick t = std::max(history.event(history.finish(operand.name)).t, history.begin_tick(id));
      ended.push_back(Ended{t, outcome});
    }
    if (!all_known || ended.size() < 2) continue;
    std::sort(ended.begin(), ended.end(), [](const Ended& a, const Ended& b) { return a.t < b.t; });
    judgement.exercise();
    bool right = list->size() == ended.size();
    for (std::size_t i = 0; right && i < ended.size();) {
      std::size_t next = i;
      std::vector<Value> left;
      for (; next < ended.size() && ended[next].t == ended[i].t; ++next) left.push_back(listed(ended[next]));
      for (; right && i < next; ++i) {
        const auto found = std::find(left.begin(), left.end(), (*list)[i]);
        right = found != left.end();
        if (right) left.erase(found);
      }
    }
    if (!right) judgement.violate({history.begin(id), history.end(id)}, "the list is not in the order in which the operands ended");
  }
}

}  // namespace

std::vector<Rule> result_rules() {
  return {
      {"TASK-RUNS-ONCE",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {},
       "A task takes its first step at most once, begins and ends each of its statements at most once, and does nothing after its "
       "body is over.",
       "A job that is run twice resumes a coroutine that is gone.",
       "asyncio: one step of a task is scheduled at a time",
       runs_once},
      {"RESULT-IS-WHAT-THE-BODY-ENDED-WITH",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {"TASK-RUNS-ONCE"},
       "The outcome of a task is what its body ended with, a value or an error; only a cancel requested in its last step turns a "
       "value into "
       "CancelledError.",
       "An error that is dropped between the body and whoever awaits the task is lost for good.",
       "asyncio `Task`",
       result_is_the_bodys},
      {"AWAIT-ANSWERS-THE-OUTCOME",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {"RESULT-IS-WHAT-THE-BODY-ENDED-WITH"},
       "Awaiting a task answers its value or raises its error, however often and by whomever it is awaited.",
       "It is the only way in which most errors are ever seen.",
       "asyncio `await task`",
       await_answers},
      {"GATHER-OF-NOTHING-IS-DONE",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {},
       "`gather()` of nothing answers the empty list at once.",
       "A list of operands may happen to be empty.",
       "asyncio `gather`",
       gather_of_nothing},
      {"GATHER-ANSWERS-EVERY-NAMING",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {},
       "The list that `gather` returns has one place for each operand as it was named; an operand that is named twice runs once "
       "and is "
       "answered twice.",
       "The caller zips results with what was asked for.",
       "asyncio `gather`",
       every_naming},
      {"GATHER-WAITS-FOR-ALL",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {"TASK-RUNS-ONCE"},
       "A `gather` that returns a list returns it after every operand has ended.",
       "Its list holds their results.",
       "asyncio `gather`",
       waits_for_all},
      {"GATHER-KEEPS-ORDER",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {"GATHER-WAITS-FOR-ALL", "GATHER-ANSWERS-EVERY-NAMING", "RESULT-IS-WHAT-THE-BODY-ENDED-WITH"},
       "The list that `gather` returns holds each operand's result at that operand's position, whatever the order of completion.",
       "The caller zips results with what was asked for.",
       "asyncio `gather`",
       keeps_order},
      {"AS-COMPLETED-IN-ORDER-OF-COMPLETION",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {"RESULT-IS-WHAT-THE-BODY-ENDED-WITH"},
       "`as_completed` answers each distinct operand once, in the order in which they end; those that end in one tick in any "
       "order.",
       "It is what it is for: to handle first what is there first.",
       "asyncio `as_completed`",
       in_order_of_completion},
  };
}

}  // namespace lawful::spec
