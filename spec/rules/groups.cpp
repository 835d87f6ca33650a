#include <algorithm>

#include "spec/rule.hpp"
#include "spec/rules/phrases.hpp"

namespace lawful::spec {

namespace {

constexpr Chapter chapter("Task groups", "1.1");

/// One task group of a run.
struct Group {
  StatementId id;
  NameId owner;
  const std::vector<NameId>* children;
};

template <class Each>
void for_groups(const History& history, Each each) {
  for (const StatementId id : history.all(Op::task_group)) {
    if (!history.begun(id)) continue;
    each(Group{id, history.program().place(id).task, &history.children(history.program().statement(id).group)});
  }
}

bool is_child(const Group& group, NameId task) {
  return std::find(group.children->begin(), group.children->end(), task) != group.children->end();
}

/// Whether statement `id` stands inside of `block`, or is it.
bool inside(const History& history, StatementId id, StatementId block) {
  while (id != no_statement && id != block) id = history.program().place(id).parent;
  return id == block;
}

/// Whether a source is a failure in this group: of a child, or of its body.
bool failure_in(const History& history, const Group& group, const Source& source) {
  if (source.kind != Source::Kind::failure) return false;
  // A child is told by the statement that created it; a body by its group.
  return source.at == group.id || (history.program().statement(source.at).op == Op::create_task && is_child(group, source.task));
}

/// The tick of the first source before an event, if all of them are failures in this group.
std::optional<Tick> only_failures_before(const History& history, const Group& group, Index index) {
  std::optional<Tick> first;
  for (const Source& source : history.sources()) {
    if (source.t > history.event(index).t) break;
    if (source.index != never && source.index >= index) continue;
    if (!failure_in(history, group, source)) return std::nullopt;
    if (!first) first = source.t;
  }
  return first;
}

/// The same up to and with a tick.
std::optional<Tick> only_failures_until(const History& history, const Group& group, Tick t) {
  std::optional<Tick> first;
  for (const Source& source : history.sources()) {
    if (source.t > t) break;
    if (!failure_in(history, group, source)) return std::nullopt;
    if (!first) first = source.t;
  }
  return first;
}

/// The one cancel of a group's owner by somebody else, if up to tick `t` there is nothing else but failures in the group; it came
/// in a tick in which the owner was inside.
StatementId only_cancel_of_owner(const History& history, const Group& group, Tick t) {
  StatementId cancel = no_statement;
  for (const Source& source : history.sources()) {
    if (source.t > t) break;
    if (failure_in(history, group, source)) continue;
    if (source.kind != Source::Kind::cancel || source.task != group.owner || cancel != no_statement) return no_statement;
    if (history.program().place(source.at).task == group.owner || !history.answered(source.at, Value(true))) return no_statement;
    cancel = source.at;
  }
  if (cancel == no_statement || history.begin_tick(cancel) <= history.begin_tick(group.id)) return no_statement;
  if (history.ended(group.id) && history.end_tick(group.id) < history.begin_tick(cancel)) return no_statement;
  return cancel;
}

/// The errors of children that ended before the group did, and of its body.
std::size_t errors_of(const History& history, const Group& group) {
  std::size_t errors = 0;
  for (const NameId child : *group.children) {
    const Outcome* outcome = history.task_outcome(child);
    if (outcome != nullptr && outcome->raised() != nullptr && !outcome->cancelled() &&
        history.finish(child) < history.end(group.id))
      ++errors;
  }
  const Raised* body = history.body_error(group.id);
  if (body != nullptr && !body->cancelled()) ++errors;
  return errors;
}

void waits_for_grandchildren(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for_groups(history, [&](const Group& group) {
    if (!history.ended(group.id)) return;
    for (const NameId child : *group.children) {
      const StatementId create = program.task(child).created_by;
      if (program.place(create).task == group.owner || history.start(child) == never ||
          history.begin(create) > history.end(group.id))
        continue;
      judgement.exercise();
      if (history.finish(child) > history.end(group.id)) {
        judgement.violate(
            {history.begin(create), history.end(group.id)},
            "the group was left before its task " + quoted(history, child) + ", which another task had created, was done");
      }
    }
  });
}

void cancels_body(const History& history, Judgement& judgement) {
  for_groups(history, [&](const Group& group) {
    for (const NameId child : *group.children) {
      const auto t = history.finish_tick(child);
      const Outcome* outcome = history.task_outcome(child);
      if (!t || outcome == nullptr || outcome->ok() || outcome->cancelled() || only_failures_until(history, group, *t) != t)
        continue;
      const StatementId sleep = history.asleep_at(group.owner, *t);
      if (sleep == no_statement || !inside(history, sleep, group.id) || (!history.ended(sleep) && !history.over_after(*t)))
        continue;
      judgement.exercise();
      if (!history.cancelled_in(sleep, *t)) {
        judgement.violate({history.finish(child), history.begin(sleep)},
                          quoted(history, child) + " failed at " + at_tick(*t) + ", and the " + named(history, sleep) +
                              " in the body of its group " + fate_of(history, sleep));
      }
    }
  });
}

void wraps_body_error(const History& history, Judgement& judgement) {
  for_groups(history, [&](const Group& group) {
    const Raised* body = history.ended(group.id) ? history.body_error(group.id) : nullptr;
    if (body == nullptr || body->cancelled() || body->kind() == Raised::Kind::group || errors_of(history, group) != 1) return;
    judgement.exercise();
    const Raised* raised = history.outcome(group.id).raised();
    if (raised == nullptr || raised->kind() != Raised::Kind::group || raised->members().size() != 1 ||
        raised->members().front() != *body) {
      judgement.violate({history.end(group.id)},
                        "the body failed with " + to_json(*body) + ", and leaving the group " + text_of(history.outcome(group.id)));
    }
  });
}

/// A group whose owner was cancelled by somebody else at t, and nothing else happened before.
template <class Each>
void for_struck(const History& history, Each each) {
  for_groups(history, [&](const Group& group) {
    for (const StatementId cancel : history.all(Op::cancel)) {
      if (!history.answered(cancel, Value(true)) || history.program().statement(cancel).name != group.owner) continue;
      const Tick t = history.begin_tick(cancel);
      const StatementId open = history.open_at(group.owner, t);
      if (open == no_statement || !inside(history, open, group.id) || !history.only_sources_until(t, {cancel})) continue;
      // Asleep in the body, or waiting at the exit: not in some other wait.
      const bool at_exit = open == group.id;
      if (!at_exit && history.asleep_at(group.owner, t) == no_statement) continue;
      each(group, cancel, t, open);
    }
  });
}

void cancelled_cancels_tasks(const History& history, Judgement& judgement) {
  for_struck(history, [&](const Group& group, StatementId cancel, Tick t, StatementId open) {
    // In the body the group learns of it when CancelledError leaves the body.
    if (open != group.id) {
      const Raised* body = history.body_error(group.id);
      if (body == nullptr || !body->cancelled() || !history.cancelled_in(open, t)) return;
      for (StatementId id = open; id != group.id; id = history.program().place(id).parent) {
        if (!history.cancelled_in(id, t)) return;
      }
    }
    for (const NameId child : *group.children) {
      const StatementId sleep = history.asleep_at(child, t);
      if (sleep == no_statement || (!history.ended(sleep) && !history.over_after(t))) continue;
      judgement.exercise();
      if (!history.cancelled_in(sleep, t)) {
        judgement.violate(events_of(history, cancel, sleep), "the owner of the group was cancelled at " + at_tick(t) +
                                                                 ", and the " + named(history, sleep) + " of a task of the group " +
                                                                 fate_of(history, sleep));
      }
    }
  });
}

void cancelled_raises_cancelled(const History& history, Judgement& judgement) {
  for_struck(history, [&](const Group& group, StatementId cancel, Tick t, StatementId open) {
    if (!history.ended(group.id) || errors_of(history, group) != 0 ||
        !history.only_sources_until(history.end_tick(group.id), {cancel}))
      return;
    const Raised* body = history.body_error(group.id);
    if (open != group.id && (body == nullptr || !body->cancelled())) return;
    // At the exit it must still have had somebody to wait for.
    if (open == group.id && std::none_of(group.children->begin(), group.children->end(),
                                         [&](NameId child) { return history.asleep_at(child, t) != no_statement; })) {
      return;
    }
    judgement.exercise();
    if (!history.outcome(group.id).cancelled()) {
      judgement.violate(
          events_of(history, cancel, group.id),
          "the owner of the group was cancelled, nothing failed, and leaving the group " + text_of(history.outcome(group.id)));
    }
  });
}

void errors_beat_cancel(const History& history, Judgement& judgement) {
  for_groups(history, [&](const Group& group) {
    if (!history.ended(group.id) || errors_of(history, group) == 0) return;
    const StatementId cancel = only_cancel_of_owner(history, group, history.end_tick(group.id));
    if (cancel == no_statement) return;
    judgement.exercise();
    const Raised* raised = history.outcome(group.id).raised();
    if (raised == nullptr || raised->kind() != Raised::Kind::group) {
      judgement.violate(
          events_of(history, cancel, group.id),
          "something in the group failed while it was cancelled, and leaving it " + text_of(history.outcome(group.id)));
    }
  });
}

void strikes_again(const History& history, Judgement& judgement) {
  for_groups(history, [&](const Group& group) {
    if (!history.ended(group.id) || !history.raised(group.id, Raised::Kind::group)) return;
    const Tick t = history.end_tick(group.id);
    if (only_cancel_of_owner(history, group, t) == no_statement) return;
    for (Index i = history.end(group.id); i < history.events(); ++i) {
      const Event& event = history.event(i);
      if (event.task != group.owner || event.kind != Event::Kind::begin) continue;
      const Op op = history.program().statement(event.at).op;
      if (op == Op::uncancel) return;
      if (!can_wait(op)) continue;
      if (op != Op::sleep || (!history.ended(event.at) && !history.over_after(t))) return;
      judgement.exercise();
      if (!history.cancelled_in(event.at, t)) {
        judgement.violate(events_of(history, group.id, event.at),
                          "the owner was cancelled, the group raised its errors instead, and the next " + named(history, event.at) +
                              " " + fate_of(history, event.at));
      }
      return;
    }
  });
}

void takes_back(const History& history, Judgement& judgement) {
  for_groups(history, [&](const Group& group) {
    if (!history.ended(group.id)) return;
    for (Index i = history.end(group.id); i < history.events(); ++i) {
      const Event& event = history.event(i);
      if (event.task != group.owner || event.kind != Event::Kind::end) continue;
      const Statement& s = history.program().statement(event.at);
      const bool asks = s.op == Op::cancelling && s.name == group.owner;
      if ((!asks && s.op != Op::sleep) || history.begin(event.at) < history.end(group.id)) continue;
      if (!only_failures_before(history, group, i)) return;
      judgement.exercise();
      if (asks && event.outcome != Outcome(Value(std::int64_t{0}))) {
        judgement.violate(events_of(history, group.id, event.at),
                          "only the group had cancelled its owner, and after it `cancelling` " + text_of(event.outcome));
      } else if (!asks && !event.outcome.ok()) {
        judgement.violate(events_of(history, group.id, event.at), "only the group had cancelled its owner, and after it the " +
                                                                      named(history, event.at) + " " + text_of(event.outcome));
      }
    }
  });
}

void count_one_each(const History& history, Judgement& judgement) {
  for_groups(history, [&](const Group& group) {
    if (!history.ended(group.id) || !history.raised(group.id, Raised::Kind::group)) return;
    for (const StatementId asked : history.all(Op::cancelling)) {
      if (history.program().statement(asked).name != group.owner || history.program().place(asked).task != group.owner) continue;
      if (!history.ended(asked) || history.begin(asked) < history.end(group.id)) continue;
      const StatementId cancel = only_cancel_of_owner(history, group, history.end_tick(asked));
      if (cancel == no_statement || history.end(cancel) > history.begin(asked)) continue;
      judgement.exercise();
      if (!history.answered(asked, Value(std::int64_t{1}))) {
        judgement.violate(
            events_of(history, group.id, asked),
            "the owner was cancelled once from outside, the group is over, and `cancelling` " + text_of(history.outcome(asked)));
      }
    }
  });
}

void refuses(const History& history, Judgement& judgement, bool over) {
  for_groups(history, [&](const Group& group) {
    for (const StatementId create : history.all(Op::create_task)) {
      const Statement& s = history.program().statement(create);
      if (s.group != history.program().statement(group.id).group || !history.ended(create)) continue;
      if (history.raised(create, Raised::Kind::no_such_task)) continue;
      if (over) {
        if (history.begin(create) < history.end(group.id)) continue;
      } else {
        // The group has noticed the failure in the tick of the failure; at any later one it refuses.
        if (!history.ended(group.id) || history.end(group.id) < history.begin(create)) continue;
        const auto failed = std::find_if(history.sources().begin(), history.sources().end(), [&](const Source& source) {
          return failure_in(history, group, source) && source.task != group.owner && source.t < history.begin_tick(create);
        });
        if (failed == history.sources().end()) continue;
      }
      judgement.exercise();
      if (!history.raised(create, Raised::Kind::runtime)) {
        judgement.violate(events_of(history, create), std::string("the group ") + (over ? "was over" : "was shutting down") +
                                                          ", and create_task in it " + text_of(history.outcome(create)));
      } else if (history.start(s.name) != never) {
        judgement.violate({history.end(create), history.start(s.name)}, "create_task was refused, and the task ran");
      }
    }
  });
}

void refuses_while_aborting(const History& history, Judgement& judgement) { refuses(history, judgement, false); }
void refuses_when_over(const History& history, Judgement& judgement) { refuses(history, judgement, true); }

void nests(const History& history, Judgement& judgement) {
  for_groups(history, [&](const Group& group) {
    const Raised* body = history.ended(group.id) ? history.body_error(group.id) : nullptr;
    const Raised* raised = history.ended(group.id) ? history.outcome(group.id).raised() : nullptr;
    if (body == nullptr || body->kind() != Raised::Kind::group || raised == nullptr || raised->kind() != Raised::Kind::group)
      return;
    judgement.exercise();
    if (raised->members().empty() || raised->members().back() != *body) {
      judgement.violate({history.end(group.id)},
                        "the body failed with " + to_json(*body) + ", and leaving the group raised " + to_json(*raised));
    }
  });
}

void inner_passes_cancelled(const History& history, Judgement& judgement) {
  for_groups(history, [&](const Group& outer) {
    for_groups(history, [&](const Group& inner) {
      if (inner.id == outer.id || !inside(history, inner.id, outer.id) || !history.ended(inner.id)) return;
      const auto t = only_failures_until(history, outer, history.end_tick(inner.id));
      if (!t || *t <= history.begin_tick(inner.id) || errors_of(history, inner) != 0) return;
      // The owner was cancelled at a sleep inside, and did not catch it, or while it waited to leave.
      const StatementId open = history.open_at(outer.owner, *t);
      const Raised* body = history.body_error(inner.id);
      if (open == no_statement || !inside(history, open, inner.id)) return;
      if (open != inner.id && (body == nullptr || !body->cancelled())) return;
      if (open == inner.id && std::none_of(inner.children->begin(), inner.children->end(),
                                           [&](NameId child) { return history.asleep_at(child, *t) != no_statement; })) {
        return;
      }
      judgement.exercise();
      if (!history.outcome(inner.id).cancelled()) {
        judgement.violate(
            events_of(history, outer.id, inner.id),
            "a task of the outer group failed, nothing of the inner one did, and the inner one " + fate_of(history, inner.id));
      }
    });
  });
}

void cancels_once(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for_groups(history, [&](const Group& group) {
    for (const StatementId sleep : history.all(Op::sleep)) {
      const NameId child = program.place(sleep).task;
      if (!is_child(group, child) || !history.begun(sleep)) continue;
      const auto first = only_failures_until(history, group, history.due(sleep));
      if (!first || history.begin_tick(sleep) < *first) continue;
      // It began after CancelledError had been seen by this task.
      bool seen = false;
      for (Index i = 0; i < history.begin(sleep) && !seen; ++i) {
        const Event& event = history.event(i);
        seen = event.task == child && event.kind == Event::Kind::end && event.outcome.cancelled();
      }
      if (!seen || (!history.ended(sleep) && !history.over_after(history.due(sleep)))) continue;
      judgement.exercise();
      if (!history.ended(sleep) || !history.outcome(sleep).ok()) {
        judgement.violate(events_of(history, sleep), "the group had cancelled " + quoted(history, child) + " once, and the " +
                                                         named(history, sleep) + " of its clean-up " + fate_of(history, sleep));
      }
    }
  });
}

void keeps_waiting(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for_groups(history, [&](const Group& group) {
    std::vector<StatementId> cancels;
    for (const Source& source : history.sources()) {
      if (source.kind == Source::Kind::cancel && source.task == group.owner && history.answered(source.at, Value(true)))
        cancels.push_back(source.at);
    }
    if (cancels.size() < 2) return;
    const StatementId first = cancels[0];
    const StatementId second = cancels[1];
    if (program.place(first).task == group.owner || program.place(second).task == group.owner) return;
    const Tick t = history.begin_tick(second);
    if (history.begin_tick(first) >= t || history.open_at(group.owner, history.begin_tick(first)) != group.id) return;
    if (history.open_at(group.owner, t) != group.id) return;
    for (const NameId child : *group.children) {
      const StatementId sleep = history.asleep_at(child, t);
      if (sleep == no_statement || history.begin_tick(sleep) < history.begin_tick(first)) continue;
      if (!history.only_sources_until(history.due(sleep), {first, second})) continue;
      if (!history.ended(sleep) && !history.over_after(history.due(sleep))) continue;
      judgement.exercise();
      if (!history.ended(sleep) || !history.outcome(sleep).ok()) {
        judgement.violate(events_of(history, second, sleep), "the owner was cancelled a second time while it waited, and the " +
                                                                 named(history, sleep) + " in a task of the group " +
                                                                 fate_of(history, sleep));
      } else if (history.end(group.id) < history.end(sleep)) {
        judgement.violate(events_of(history, second, group.id),
                          "the owner was cancelled a second time while it waited, and left the group before " +
                              quoted(history, child) + " had ended");
      }
    }
  });
}

void starts_nothing(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for_groups(history, [&](const Group& group) {
    const Statement& s = program.statement(group.id);
    for (const Statement& create : s.body) {
      if (create.op != Op::create_task || create.group != s.group || !history.ended(create.id) || !history.outcome(create.id).ok())
        continue;
      // The body failed in the step in which it had created the task.
      for (const Statement& failing : s.body) {
        if (!history.ended(failing.id) || history.outcome(failing.id).raised() == nullptr || failing.id < create.id) continue;
        if (!history.alone_between(history.begin(create.id), history.end(failing.id))) continue;
        judgement.exercise();
        if (history.start(create.name) != never) {
          judgement.violate({history.end(failing.id), history.start(create.name)},
                            "the body failed before " + quoted(history, create.name) + " had taken a step, and it took one");
        }
      }
    }
  });
}

void collects_one_pass(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for_groups(history, [&](const Group& group) {
    for (const NameId failed : *group.children) {
      const auto t = history.finish_tick(failed);
      if (!t || only_failures_until(history, group, *t) != t) continue;
      const auto due_then = [&](NameId child) {
        const StatementId open = history.open_at(child, *t);
        return open != no_statement && program.statement(open).op == Op::sleep && history.due(open) == *t ? open : no_statement;
      };
      const StatementId own = due_then(failed);
      if (own == no_statement || !history.ended(own) || history.next_of_task(history.end(own)) == never) continue;
      const Index next = history.next_of_task(history.end(own));
      if (history.event(next).kind != Event::Kind::begin || program.statement(history.event(next).at).op != Op::raise) continue;
      for (const NameId other : *group.children) {
        const StatementId sleep = due_then(other);
        if (other == failed || sleep == no_statement || !history.ended(sleep)) continue;
        judgement.exercise();
        if (!history.outcome(sleep).ok()) {
          judgement.violate({history.finish(failed), history.end(sleep)},
                            quoted(history, failed) + " failed in the pass in which the " + named(history, sleep) +
                                " was over, and that one " + fate_of(history, sleep));
        }
      }
    }
  });
}

}  // namespace

std::vector<Rule> group_rules() {
  using enum Profile;
  const std::string_view source = "asyncio `TaskGroup`";
  return {
      chapter.must("GROUP-WAITS-FOR-TASKS-OF-ITS-TASKS", core, {"GROUP-WAITS-FOR-ITS-TASKS"},
                   "A group also waits for tasks that were created in it by its tasks, while it waited already.",
                   "Work that begets work belongs to the block that started it.", source, waits_for_grandchildren),
      chapter.must("GROUP-CANCELS-ITS-BODY", core, {"GROUP-CANCELS-SIBLINGS", "CANCEL-INTERRUPTS-A-WAIT"},
                   "When a task of a group fails while the body waits, the body is cancelled at its wait, in the same tick.",
                   "The body is one of the siblings.", source, cancels_body),
      chapter.must("GROUP-WRAPS-THE-ERROR-OF-ITS-BODY", core, {"GROUP-WAITS-FOR-ITS-TASKS"},
                   "An error of the body alone is raised in an ExceptionGroup of one, also if the group has no task.",
                   "A handler must not have to care where the failure came from.", source, wraps_body_error),
      chapter.must("CANCELLED-GROUP-CANCELS-ITS-TASKS", core, {"CANCEL-INTERRUPTS-A-WAIT", "GROUP-CANCELS-SIBLINGS"},
                   "When the owner of a group is cancelled, in the body or while it waits to leave, every task of the group that "
                   "has not ended is "
                   "cancelled, in the same tick.",
                   "Nothing outlives the block, and the block is to end.", source, cancelled_cancels_tasks),
      chapter.must("CANCELLED-GROUP-RAISES-CANCELLED-ERROR", core,
                   {"CANCELLED-GROUP-CANCELS-ITS-TASKS", "GROUP-WAITS-FOR-ITS-TASKS"},
                   "A group whose owner was cancelled, and in which nothing failed, raises plain CancelledError when it is left.",
                   "A cancellation is no failure of the group.", source, cancelled_raises_cancelled),
      chapter.must("GROUP-ERRORS-BEAT-A-CANCEL", core, {"GROUP-WRAPS-FAILURES"},
                   "If something in a group fails while a cancel of its owner is under way, the group raises its ExceptionGroup, "
                   "not CancelledError.",
                   "Whoever cancelled knows of the cancel; nobody knows yet of the errors.", source, errors_beat_cancel),
      chapter.must("CANCEL-OUTRANKED-BY-ERRORS-STRIKES-AGAIN", core,
                   {"GROUP-ERRORS-BEAT-A-CANCEL", "CANCEL-STRIKES-AT-THE-NEXT-SUSPENSION"},
                   "A cancel of the owner that gave way to the group's errors is delivered at the owner's next suspension.",
                   "The request stands until it is seen or taken back.", "asyncio `TaskGroup`, since CPython 3.13", strikes_again),
      chapter.must("GROUP-TAKES-ITS-OWN-CANCEL-BACK", core, {"REQUESTS-ARE-COUNTED", "GROUP-CANCELS-SIBLINGS"},
                   "The request by which a group cancelled its own body is taken back when the group is left: the owner's count is "
                   "what it was, and it may "
                   "wait again.",
                   "The group's own means must leave no trace.", source, takes_back),
      chapter.must("GROUP-AND-OUTSIDE-CANCELS-COUNT-ONE-EACH", core, {"GROUP-TAKES-ITS-OWN-CANCEL-BACK"},
                   "When a group cancels its owner and somebody else does too, the owner's count after the group is the number of "
                   "requests from outside.",
                   "Each request is taken back by whoever made it, and by nobody else.", "asyncio `TaskGroup`, since CPython 3.13",
                   count_one_each),
      chapter.must("GROUP-REFUSES-TASKS-WHILE-IT-SHUTS-DOWN", core, {"GROUP-CANCELS-SIBLINGS"},
                   "create_task in a group of which a task has failed raises RuntimeError, and the new task never runs.",
                   "It could only be cancelled at once.", source, refuses_while_aborting),
      chapter.must("GROUP-REFUSES-TASKS-WHEN-IT-IS-OVER", core, {"GROUP-WAITS-FOR-ITS-TASKS"},
                   "create_task in a group that was left raises RuntimeError, and the new task never runs.",
                   "Nobody would wait for it.", source, refuses_when_over),
      chapter.must("GROUP-ERRORS-NEST", core, {"GROUP-WRAPS-FAILURES", "GROUP-WRAPS-THE-ERROR-OF-ITS-BODY"},
                   "The ExceptionGroup of an inner group is one element of the outer group's.",
                   "What failed together stays together.", source, nests),
      chapter.must("INNER-GROUP-PASSES-CANCELLED-ERROR-ON", core,
                   {"CANCELLED-GROUP-RAISES-CANCELLED-ERROR", "GROUP-CANCELS-ITS-BODY"},
                   "When a task of an outer group fails while the body is inside an inner group, the inner group cancels its tasks "
                   "and raises plain "
                   "CancelledError.",
                   "Only the group whose task failed tells of it.", source, inner_passes_cancelled),
      chapter.must("GROUP-CANCELS-EACH-TASK-ONCE", core, {"GROUP-CANCELS-SIBLINGS", "CANCEL-IS-DELIVERED-ONCE"},
                   "A group that shuts down cancels each of its tasks once, and waits however long it cleans up.",
                   "One that is cancelled again for each sibling that ends cannot clean up.", source, cancels_once),
      chapter.must("GROUP-CANCELLED-TWICE-KEEPS-WAITING", core,
                   {"CANCELLED-GROUP-CANCELS-ITS-TASKS", "GROUP-CANCELS-EACH-TASK-ONCE"},
                   "Cancelling the owner again while it waits to leave neither ends the wait nor cancels the tasks again.",
                   "However impatient the world is, nothing outlives the block.", source, keeps_waiting),
      chapter.must("GROUP-THAT-FAILS-STARTS-NOTHING", serial, {"GROUP-CANCELS-SIBLINGS", "CANCELLED-BEFORE-START-RUNS-NOTHING"},
                   "A task of a group that has not taken its first step when the body fails never takes it.",
                   "It is cancelled before it begins.", source, starts_nothing),
      chapter.must("FAILURES-OF-ONE-PASS-ARE-ALL-COLLECTED", fifo, {"GROUP-COLLECTS-FAILURES"},
                   "A task of a group whose wait is over in the pass in which another fails goes on first, and is not cancelled "
                   "before it has.",
                   "A failure is noticed when the failed task's callbacks run, one pass later.", source, collects_one_pass),
      chapter.must("GROUP-IS-ENTERED-ONCE", core, {}, "Entering a group a second time, or outside of a task, raises RuntimeError.",
                   "A group has one owner and one end.", source, by_property),
  };
}

}  // namespace lawful::spec
