#include <algorithm>

#include "spec/json.hpp"
#include "spec/rule.hpp"

namespace lawful::spec {

namespace {

constexpr std::string_view chapter = "Sibling cancellation";

bool is_failure(const Outcome* outcome) {
  return outcome != nullptr && outcome->raised() != nullptr && !outcome->raised()->cancelled();
}

void waits_for_children(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for (const StatementId id : history.all(Op::task_group)) {
    if (!history.ended(id)) continue;
    for (const NameId child : history.children(program.statement(id).group)) {
      const Outcome* outcome = history.task_outcome(child);
      if (program.place(program.task(child).created_by).task != program.place(id).task) continue;
      if (history.begin(program.task(child).created_by) > history.end(id)) continue;
      const bool ran = history.start(child) != never;
      if (!ran && (outcome == nullptr || !outcome->pending())) continue;
      judgement.exercise();
      if (history.finish(child) > history.end(id)) {
        judgement.violate({history.end(id)}, "the group was left before its task \"" + program.name(child) + "\" had ended");
      }
    }
  }
}

/// The errors a group is to raise: its children's, by the tick in which they ended, then its body's own.
struct Expected {
  std::vector<std::pair<Tick, Raised>> children;
  const Raised* body = nullptr;
  [[nodiscard]] bool none() const { return children.empty() && body == nullptr; }
};

Expected expected(const History& history, StatementId id) {
  Expected errors;
  for (const NameId child : history.children(history.program().statement(id).group)) {
    const Outcome* outcome = history.task_outcome(child);
    if (!is_failure(outcome) || history.finish(child) > history.end(id)) continue;
    errors.children.emplace_back(history.event(history.finish(child)).t, *outcome->raised());
  }
  std::sort(errors.children.begin(), errors.children.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  const Raised* body = history.body_error(id);
  if (body != nullptr && !body->cancelled()) errors.body = body;
  return errors;
}

void wraps(const History& history, Judgement& judgement) {
  for (const StatementId id : history.all(Op::task_group)) {
    if (!history.ended(id) || expected(history, id).children.empty()) continue;
    // What becomes of a cancel of the owner that comes together with failures is said by a rule of its own.
    const NameId owner = history.program().place(id).task;
    const auto& sources = history.sources();
    const bool cancelled = std::any_of(sources.begin(), sources.end(), [&](const Source& source) {
      return source.kind != Source::Kind::failure && source.t <= history.end_tick(id) &&
             (source.task == owner || source.kind != Source::Kind::cancel);
    });
    if (cancelled) continue;
    judgement.exercise();
    const Raised* raised = history.outcome(id).raised();
    if (raised == nullptr) {
      judgement.violate({history.end(id)}, "a task of the group, or its body, failed, and leaving the group raised nothing");
    } else if (raised->kind() != Raised::Kind::group) {
      judgement.violate({history.end(id)}, "leaving the group raised " + to_json(*raised) + ", not a group of errors");
    }
  }
}

void collects(const History& history, Judgement& judgement) {
  for (const StatementId id : history.all(Op::task_group)) {
    if (!history.ended(id)) continue;
    const Expected errors = expected(history, id);
    const Raised* raised = history.outcome(id).raised();
    if (errors.none() || raised == nullptr || raised->kind() != Raised::Kind::group) continue;
    if (errors.body != nullptr && errors.body->kind() == Raised::Kind::group) continue;  // said by GROUP-ERRORS-NEST
    judgement.exercise();
    const std::vector<Raised>& members = raised->members();
    bool right = members.size() == errors.children.size() + (errors.body != nullptr ? 1 : 0);
    // Failures of one tick may stand in any order.
    for (std::size_t i = 0; right && i < errors.children.size();) {
      std::vector<Raised> left;
      std::size_t next = i;
      for (; next < errors.children.size() && errors.children[next].first == errors.children[i].first; ++next) {
        left.push_back(errors.children[next].second);
      }
      for (; right && i < next; ++i) {
        const auto found = std::find(left.begin(), left.end(), members[i]);
        right = found != left.end();
        if (right) left.erase(found);
      }
    }
    if (right && errors.body != nullptr) right = members.back() == *errors.body;
    if (!right) {
      std::string list;
      for (const auto& [t, error] : errors.children) list += (list.empty() ? "" : ", ") + to_json(error);
      if (errors.body != nullptr) list += (list.empty() ? "" : ", ") + to_json(*errors.body) + " (the body's)";
      judgement.violate({history.end(id)}, "the group raised " + to_json(*raised) + ", and these failed: " + list);
    }
  }
}

void lets_cancelled_go(const History& history, Judgement& judgement) {
  for (const StatementId id : history.all(Op::task_group)) {
    if (!history.ended(id) || !expected(history, id).none()) continue;
    const auto& children = history.children(history.program().statement(id).group);
    const bool any_cancelled = std::any_of(children.begin(), children.end(), [&](NameId child) {
      return history.task_outcome(child) != nullptr && history.task_outcome(child)->cancelled();
    });
    if (!any_cancelled || history.body_error(id) != nullptr) continue;
    // Cancelled by name: nothing came to the owner.
    const auto& sources = history.sources();
    const bool by_name = std::all_of(sources.begin(), sources.end(), [&](const Source& source) {
      return source.t > history.end_tick(id) || source.index > history.end(id) ||
             (source.kind == Source::Kind::cancel && std::find(children.begin(), children.end(), source.task) != children.end());
    });
    if (!by_name) continue;
    judgement.exercise();
    const Raised* raised = history.outcome(id).raised();
    if (raised != nullptr && !raised->cancelled()) {
      judgement.violate({history.end(id)},
                        "no task of the group failed, one was cancelled, and leaving it raised " + to_json(*raised));
    }
  }
}

/// The sleep in which a task stood at `index`, if it was not to end in that tick; else no_statement.
StatementId sleeping(const History& history, NameId task, Index index) {
  const Program& program = history.program();
  for (const StatementId id : history.all(Op::sleep)) {
    if (program.place(id).task != task || history.begin(id) >= index || history.end(id) < index) continue;
    if (history.begin_tick(id) + program.statement(id).ticks > history.event(index).t) return id;
  }
  return no_statement;
}

void cancels_siblings(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for (const StatementId id : history.all(Op::task_group)) {
    if (!history.begun(id)) continue;
    const auto& children = history.children(program.statement(id).group);
    // The first failure, if nothing else can have cancelled anything before it.
    NameId failed = no_name;
    for (const NameId child : children) {
      const Index finish = history.finish(child);
      if (finish != never && is_failure(history.task_outcome(child)) && (failed == no_name || finish < history.finish(failed))) {
        failed = child;
      }
    }
    if (failed == no_name || history.end(id) < history.finish(failed)) continue;
    const Index failure = history.finish(failed);
    if (!history.undisturbed_before(failure)) continue;
    for (const NameId sibling : children) {
      const StatementId create = program.task(sibling).created_by;
      if (sibling == failed || history.end(create) > failure) continue;
      const StatementId sleep = sleeping(history, sibling, failure);
      if (sleep == no_statement) continue;
      judgement.exercise();
      const std::string who = "task \"" + program.name(failed) + "\" failed at tick " + std::to_string(history.event(failure).t) +
                              ", and its sibling \"" + program.name(sibling) + "\" ";
      if (!history.ended(sleep)) {
        judgement.violate({failure, history.begin(sleep)}, who + "slept on");
      } else if (!history.outcome(sleep).cancelled() || history.end_tick(sleep) != history.event(failure).t) {
        judgement.violate({failure, history.end(sleep)}, who + "slept until tick " + std::to_string(history.end_tick(sleep)));
      }
    }
  }
}

/// The operand that failed first, and where; cancelled ones fail too.
std::optional<Index> first_failure(const History& history, StatementId gather) {
  std::optional<Index> first;
  for (const Operand& operand : history.program().statement(gather).of) {
    if (!history.program().is_task(operand.name)) return std::nullopt;  // a future's end cannot be seen
    const Outcome* outcome = history.task_outcome(operand.name);
    const Index finish = history.finish(operand.name);
    if (outcome == nullptr || outcome->raised() == nullptr) continue;
    if (finish == never) return std::nullopt;  // cancelled before its first step: nobody knows when
    if (!first || finish < *first) first = finish;
  }
  return first;
}

void gather_leaves_running(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for (const StatementId id : history.all(Op::gather)) {
    if (program.statement(id).return_exceptions || !history.ended(id)) continue;
    const auto failure = first_failure(history, id);
    if (!failure || *failure > history.end(id) || *failure < history.begin(id)) continue;
    for (const Operand& operand : program.statement(id).of) {
      const StatementId sleep = sleeping(history, operand.name, *failure);
      if (sleep == no_statement || !history.ended(sleep)) continue;
      if (!history.outcome(sleep).cancelled()) {
        judgement.exercise();
      } else if (history.undisturbed_before(history.end(sleep), id)) {
        judgement.violate({*failure, history.end(sleep)},
                          "an operand of the gather failed, and its sibling \"" + program.name(operand.name) + "\" was cancelled");
      }
    }
  }
}

void gather_raises_at_once(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for (const StatementId id : history.all(Op::gather)) {
    if (program.statement(id).return_exceptions || !history.begun(id)) continue;
    const auto failure = first_failure(history, id);
    if (!failure) continue;
    const Tick due = std::max(history.event(*failure).t, history.begin_tick(id));
    // What becomes of a gather that is cancelled, or an operand of which is, is said by rules of their own.
    if (!history.calm_until(due) && !(history.ended(id) && history.calm_before(history.end(id)))) continue;
    if (!history.ended(id)) {
      if (history.run().end > due)
        judgement.violate({*failure, history.begin(id)}, "an operand failed, and the gather never ended");
      continue;
    }
    judgement.exercise();
    if (history.end_tick(id) > due) {
      judgement.violate({*failure, history.end(id)}, "an operand failed at tick " + std::to_string(due) +
                                                         ", and the gather ended at tick " + std::to_string(history.end_tick(id)));
    }
  }
}

void gather_raises_its_error(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for (const StatementId id : history.all(Op::gather)) {
    const Statement& s = program.statement(id);
    if (s.return_exceptions || !history.ended(id)) continue;
    const auto failure = first_failure(history, id);
    const Raised* raised = history.outcome(id).raised();
    if (!failure || *failure > history.end(id)) continue;
    const bool any_cancelled = std::any_of(s.of.begin(), s.of.end(), [&](const Operand& operand) {
      return history.task_outcome(operand.name) != nullptr && history.task_outcome(operand.name)->cancelled();
    });
    if (any_cancelled) continue;  // said by a rule of its own
    if (raised != nullptr && (raised->cancelled() || raised->kind() == Raised::Kind::no_such_task)) continue;
    judgement.exercise();
    bool right = false;
    for (const Operand& operand : s.of) {
      const Outcome* outcome = history.task_outcome(operand.name);
      const Index finish = history.finish(operand.name);
      if (raised != nullptr && outcome != nullptr && outcome->raised() != nullptr && finish != never) {
        // Those that failed in the first one's tick, or before the gather began, may each have been the first.
        const Tick t = std::max(history.event(finish).t, history.begin_tick(id));
        right = right || (*outcome->raised() == *raised && t <= std::max(history.event(*failure).t, history.begin_tick(id)));
      }
    }
    if (!right) {
      judgement.violate({*failure, history.end(id)}, raised == nullptr
                                                         ? "an operand failed, and the gather raised nothing"
                                                         : "the gather raised " + to_json(*raised) +
                                                               ", which is not the error of the operand that failed first");
    }
  }
}

}  // namespace

std::vector<Rule> sibling_rules() {
  return {
      {"GROUP-WAITS-FOR-ITS-TASKS",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {"TASK-RUNS-ONCE"},
       "A task group is left, by whatever way, only after every one of its tasks has ended.",
       "That is what makes concurrency structured: nothing outlives the block that started it.",
       "asyncio `TaskGroup`",
       waits_for_children},
      {"GROUP-CANCELS-SIBLINGS",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {"GROUP-WAITS-FOR-ITS-TASKS"},
       "When a task of a group fails, every other task of the group that has not ended is cancelled, in the same tick.",
       "The result of the whole is lost already; the rest would run for nothing, and hold up the error.",
       "asyncio `TaskGroup`",
       cancels_siblings},
      {"GROUP-WRAPS-FAILURES",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {"GROUP-WAITS-FOR-ITS-TASKS"},
       "A group of which a task or the body failed raises an ExceptionGroup when it is left, also if only one failed.",
       "A handler must not have to care how many failed.",
       "asyncio `TaskGroup`",
       wraps},
      {"GROUP-COLLECTS-FAILURES",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {"GROUP-WRAPS-FAILURES"},
       "The ExceptionGroup holds the error of every task that failed, in the order in which they ended, and the body's own error "
       "last.",
       "An error that is not in it is never seen by anybody.",
       "asyncio `TaskGroup`",
       collects},
      {"GROUP-LETS-A-CANCELLED-TASK-GO",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {"GROUP-WAITS-FOR-ITS-TASKS"},
       "A task of a group that ends cancelled is no failure: it cancels no sibling and adds nothing to what the group raises.",
       "Whoever cancels one task means that task.",
       "asyncio `TaskGroup`",
       lets_cancelled_go},
      {"GATHER-RAISES-AT-ONCE",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {"CLOCK-STANDS-WHILE-ANYTHING-IS-READY"},
       "Without return_exceptions a `gather` ends in the tick in which its first operand fails, without waiting for the others.",
       "The caller learns of the failure as early as it can.",
       "asyncio `gather`",
       gather_raises_at_once},
      {"GATHER-RAISES-THE-FIRST-ERROR",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {"GATHER-RAISES-AT-ONCE"},
       "Without return_exceptions a `gather` of which an operand fails raises the error of the operand that failed first, as it "
       "is.",
       "First means first in time, not first in the list; and an error keeps its type.",
       "asyncio `gather`",
       gather_raises_its_error},
      {"GATHER-LEAVES-SIBLINGS-RUNNING",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {"GATHER-RAISES-AT-ONCE"},
       "When an operand of a `gather` fails, the other operands are not cancelled: they go on, and may be awaited.",
       "Many tutorials say the opposite: what they see is main ending with the error, and the shutdown that follows cancelling "
       "what is left.",
       "asyncio `gather`",
       gather_leaves_running},
  };
}

}  // namespace lawful::spec
