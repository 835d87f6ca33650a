#include <algorithm>

#include "spec/rule.hpp"
#include "spec/rules/phrases.hpp"

namespace lawful::spec {

namespace {

constexpr Chapter chapter("Cancellation", "1.1");

/// A cancel that was answered by true, of a task that is not the one that calls it.
template <class Each>
void for_cancels_of_others(const History& history, Each each) {
  for (const StatementId id : history.all(Op::cancel)) {
    const NameId task = history.program().statement(id).name;
    if (!history.answered(id, Value(true)) || !history.program().is_task(task) || history.program().place(id).task == task)
      continue;
    each(id, task, history.begin_tick(id));
  }
}

/// The same, of the task that calls it.
template <class Each>
void for_cancels_of_oneself(const History& history, Each each) {
  for (const StatementId id : history.all(Op::cancel)) {
    const NameId task = history.program().statement(id).name;
    if (history.answered(id, Value(true)) && history.program().place(id).task == task) each(id, task);
  }
}

/// Where CancelledError first showed in `task` after `index`; `never` if it did not.
Index delivery(const History& history, NameId task, Index index) {
  for (Index i = index; i < history.events(); ++i) {
    const Event& event = history.event(i);
    if (event.task == task && event.kind == Event::Kind::end && event.outcome.cancelled()) return i;
  }
  return never;
}

void interrupts_a_sleep(const History& history, Judgement& judgement) {
  for_cancels_of_others(history, [&](StatementId cancel, NameId task, Tick t) {
    const StatementId sleep = history.asleep_at(task, t);
    if (sleep == no_statement || !history.only_sources_until(t, {cancel})) return;
    if (!history.ended(sleep) && !history.over_after(t)) return;
    judgement.exercise();
    if (!history.cancelled_in(sleep, t)) {
      judgement.violate(events_of(history, cancel, sleep), quoted(history, task) + " was cancelled at " + at_tick(t) +
                                                               ", and its " + named(history, sleep) + " " +
                                                               fate_of(history, sleep));
    }
  });
}

void before_start(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for_cancels_of_others(history, [&](StatementId cancel, NameId task, Tick) {
    if (history.start(task) < history.begin(cancel)) return;
    if (!history.surely_known_at(task, history.begin(cancel))) return;
    // Somebody who takes the request back is none of this rule's business.
    for (const StatementId id : history.all(Op::uncancel)) {
      if (program.place(id).task == task && history.begun(id)) return;
    }
    const Outcome* outcome = history.task_outcome(task);
    if (outcome == nullptr || (outcome->pending() && !history.over_after(history.begin_tick(cancel)))) return;
    judgement.exercise();
    if (history.start(task) != never) {
      judgement.violate({history.end(cancel), history.start(task)},
                        quoted(history, task) + " was cancelled before its first step, and took it");
    } else if (!outcome->cancelled()) {
      judgement.violate(events_of(history, cancel),
                        quoted(history, task) + " was cancelled before its first step, and did not end as cancelled");
    }
  });
}

void only_a_request(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for (const StatementId id : history.all(Op::cancelled)) {
    const NameId task = program.statement(id).name;
    if (!history.ended(id) || !program.is_task(task) || !history.outcome(id).ok()) continue;
    const Outcome* outcome = history.task_outcome(task);
    if (outcome == nullptr) continue;
    if (history.surely_pending_until(task, history.end(id))) {
      judgement.exercise();
      if (!history.answered(id, Value(false))) {
        judgement.violate(events_of(history, id),
                          quoted(history, task) + " has not ended, and `cancelled` " + text_of(history.outcome(id)));
      }
    } else if (history.surely_done_at(task, history.begin(id))) {
      judgement.exercise();
      if (!history.answered(id, Value(outcome->cancelled()))) {
        judgement.violate(events_of(history, id), quoted(history, task) + " has ended, and `cancelled` " +
                                                      text_of(history.outcome(id)) + " of a task that " + text_of(*outcome));
      }
    }
  }
}

void travels_inward(const History& history, Judgement& judgement) {
  for_cancels_of_others(history, [&](StatementId cancel, NameId task, Tick t) {
    const StatementId outer = history.open_at(task, t);
    const StatementId sleep = history.asleep_below(task, t);
    if (sleep == no_statement || sleep == outer || !history.only_sources_until(t, {cancel})) return;
    if (!history.ended(sleep) && !history.over_after(t)) return;
    judgement.exercise();
    if (!history.cancelled_in(sleep, t)) {
      judgement.violate(events_of(history, cancel, sleep), quoted(history, task) + " was cancelled while it awaited, and the " +
                                                               named(history, sleep) + " at the end of what it awaited " +
                                                               fate_of(history, sleep));
    }
  });
}

void await_lasts(const History& history, Judgement& judgement) {
  for (const StatementId id : history.all(Op::await)) {
    const NameId task = history.program().statement(id).name;
    if (!history.ended(id) || !history.program().is_task(task) || task == history.program().place(id).task) continue;
    if (history.raised(id, Raised::Kind::no_such_task) || history.start(task) == never) continue;
    judgement.exercise();
    if (history.finish(task) > history.end(id)) {
      judgement.violate(events_of(history, id),
                        "the " + named(history, id) + " ended before " + quoted(history, task) + ", which it awaited");
    }
  }
}

void awaited_decides(const History& history, Judgement& judgement) {
  for_cancels_of_others(history, [&](StatementId cancel, NameId task, Tick t) {
    const StatementId id = history.open_at(task, t);
    if (id == no_statement || history.program().statement(id).op != Op::await) return;
    const NameId awaited = history.program().statement(id).name;
    if (!history.program().is_task(awaited) || awaited == task || !history.ended(id)) return;
    const auto finish = history.finish_tick(awaited);
    const Outcome* outcome = history.task_outcome(awaited);
    // Ended in a later tick than the cancel, and nobody else meddled: the awaited has had its say.
    if (!finish || *finish <= t || !history.only_sources_until(*finish, {cancel}) || outcome == nullptr || outcome->pending())
      return;
    judgement.exercise();
    if (history.outcome(id) != *outcome) {
      judgement.violate(events_of(history, cancel, id), quoted(history, task) + " was cancelled while it awaited " +
                                                            quoted(history, awaited) + ", which " + text_of(*outcome) +
                                                            ", and the await " + fate_of(history, id));
    }
  });
}

void strikes_at_next(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for_cancels_of_oneself(history, [&](StatementId cancel, NameId task) {
    const Tick t = history.begin_tick(cancel);
    if (!history.only_sources_until(t, {cancel})) return;
    for (Index i = history.end(cancel); i < history.events(); ++i) {
      const Event& event = history.event(i);
      if (event.task != task || event.kind != Event::Kind::begin) continue;
      const Statement& s = program.statement(event.at);
      if (s.op == Op::uncancel) return;
      if (!can_wait(s.op) || s.op == Op::with || s.op == Op::task_group) continue;  // a block begins without waiting, mostly
      if (s.op != Op::sleep) return;
      judgement.exercise();
      if (!history.cancelled_in(event.at, t)) {
        judgement.violate(events_of(history, cancel, event.at), quoted(history, task) + " had cancelled itself, and the next " +
                                                                    named(history, event.at) + " " + fate_of(history, event.at));
      }
      return;
    }
  });
}

/// A task that cancelled itself and ended without waiting again: how its body ended.
template <class Each>
void for_undelivered_at_the_end(const History& history, Each each) {
  for_cancels_of_oneself(history, [&](StatementId cancel, NameId task) {
    const Tick t = history.begin_tick(cancel);
    const Index finish = history.finish(task);
    if (!history.only_sources_until(t, {cancel}) || finish == never || task == main_task) return;
    for (Index i = history.end(cancel) + 1; i < finish; ++i) {
      const Event& event = history.event(i);
      if (event.task != task || event.at == no_statement) continue;
      const Op op = history.program().statement(event.at).op;
      if (op == Op::uncancel || (can_wait(op) && (event.kind == Event::Kind::begin || op == Op::task_group || op == Op::with)))
        return;
    }
    const Outcome* outcome = history.task_outcome(task);
    if (outcome != nullptr) each(cancel, task, finish, *outcome);
  });
}

void end_discards(const History& history, Judgement& judgement) {
  for_undelivered_at_the_end(history, [&](StatementId cancel, NameId task, Index finish, const Outcome& outcome) {
    if (!history.event(finish).outcome.ok()) return;
    judgement.exercise();
    if (!outcome.cancelled()) {
      judgement.violate({history.end(cancel), finish},
                        quoted(history, task) + " was cancelled in its last step, and " + text_of(outcome));
    }
  });
}

void error_wins(const History& history, Judgement& judgement) {
  for_undelivered_at_the_end(history, [&](StatementId cancel, NameId task, Index finish, const Outcome& outcome) {
    const Raised* raised = history.event(finish).outcome.raised();
    if (raised == nullptr || raised->cancelled()) return;
    judgement.exercise();
    if (outcome != history.event(finish).outcome) {
      judgement.violate({history.end(cancel), finish}, quoted(history, task) + " failed with " + to_json(*raised) +
                                                           " in its last step, in which it was cancelled, and " + text_of(outcome));
    }
  });
}

void beats_unseen_result(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for_cancels_of_others(history, [&](StatementId cancel, NameId task, Tick t) {
    const StatementId id = history.open_at(task, t);
    if (id == no_statement || program.statement(id).op != Op::await || !history.only_sources_until(t, {cancel})) return;
    for (const StatementId set : history.all(Op::set_result)) {
      // Completed, and cancelled, in one step of somebody else: nobody can have gone on in between.
      if (program.statement(set).name != program.statement(id).name || !history.ended(set) || !history.outcome(set).ok()) continue;
      if (history.end(set) > history.begin(cancel) || !history.alone_between(history.begin(set), history.end(cancel))) continue;
      judgement.exercise();
      if (!history.cancelled_in(id, t)) {
        judgement.violate(events_of(history, cancel, id), quoted(history, task) +
                                                              " was cancelled before it had seen the result, and the " +
                                                              named(history, id) + " " + fate_of(history, id));
      }
    }
  });
}

/// The sleeps of a task that began after it was interrupted by the only sources there were, and were over with no other.
template <class Each>
void for_sleeps_after(const History& history, NameId task, Index delivered, std::initializer_list<StatementId> sources, Each each) {
  if (delivered == never) return;
  for (const StatementId id : history.all(Op::sleep)) {
    if (history.program().place(id).task != task || !history.begun(id) || history.begin(id) < delivered) continue;
    if (!history.only_sources_until(history.due(id), sources)) continue;
    if (!history.ended(id) && !history.over_after(history.due(id))) continue;
    each(id);
  }
}

void strike_once(const History& history, Judgement& judgement) {
  for_cancels_of_others(history, [&](StatementId first, NameId task, Tick) {
    for_cancels_of_others(history, [&](StatementId second, NameId other, Tick) {
      if (task != other || history.end(first) + 1 != history.begin(second)) return;
      for_sleeps_after(history, task, delivery(history, task, history.end(second)), {first, second}, [&](StatementId id) {
        judgement.exercise();
        if (!history.ended(id) || !history.outcome(id).ok()) {
          judgement.violate(events_of(history, second, id),
                            quoted(history, task) + " was cancelled twice before it went on, caught CancelledError, and the next " +
                                named(history, id) + " " + fate_of(history, id));
        }
      });
    });
  });
}

void delivered_once(const History& history, Judgement& judgement) {
  for_cancels_of_others(history, [&](StatementId cancel, NameId task, Tick) {
    for_sleeps_after(history, task, delivery(history, task, history.begin(cancel)), {cancel}, [&](StatementId id) {
      judgement.exercise();
      if (!history.ended(id) || !history.outcome(id).ok()) {
        judgement.violate(events_of(history, cancel, id), quoted(history, task) + " was cancelled once, and has seen it; the " +
                                                              named(history, id) + " after that " + fate_of(history, id));
      }
    });
  });
}

void forgiven(const History& history, Judgement& judgement) {
  for_cancels_of_others(history, [&](StatementId cancel, NameId task, Tick) {
    const Index finish = history.finish(task);
    const Index delivered = delivery(history, task, history.begin(cancel));
    if (finish == never || delivered == never || delivered > finish || history.event(finish).outcome.cancelled()) return;
    if (!history.only_sources_until(history.event(finish).t, {cancel})) return;
    const Outcome* outcome = history.task_outcome(task);
    judgement.exercise();
    if (outcome != nullptr && *outcome != history.event(finish).outcome) {
      judgement.violate({delivered, finish},
                        quoted(history, task) + " caught CancelledError and ended otherwise, and it " + text_of(*outcome));
    }
  });
}

void second_interrupts(const History& history, Judgement& judgement) {
  for_cancels_of_others(history, [&](StatementId first, NameId task, Tick before) {
    for_cancels_of_others(history, [&](StatementId second, NameId other, Tick t) {
      if (task != other || before >= t || !history.only_sources_until(t, {first, second})) return;
      const StatementId sleep = history.asleep_at(task, t);
      if (sleep == no_statement || delivery(history, task, history.begin(first)) > history.begin(sleep)) return;
      if (!history.ended(sleep) && !history.over_after(t)) return;
      judgement.exercise();
      if (!history.cancelled_in(sleep, t)) {
        judgement.violate(events_of(history, second, sleep), quoted(history, task) + " was cancelled again at " + at_tick(t) +
                                                                 ", and its " + named(history, sleep) + " " +
                                                                 fate_of(history, sleep));
      }
    });
  });
}

/// Whether up to `index` nobody but cancel statements can have requested anything of `task`, and nobody awaits it.
bool only_cancelled_by_name(const History& history, NameId task, Index index) {
  const Program& program = history.program();
  for (const Source& source : history.sources()) {
    if (source.t > history.event(index).t) break;
    if (source.kind == Source::Kind::raise) continue;
    if (source.kind != Source::Kind::cancel) return false;
    // Of somebody else, it may reach this task by being awaited.
    if (source.task != task && program.is_task(source.task)) return false;
  }
  return true;
}

void counted(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for (const StatementId id : history.all(Op::cancelling)) {
    const NameId task = program.statement(id).name;
    if (!history.ended(id) || !history.outcome(id).ok() || !only_cancelled_by_name(history, task, history.end(id))) continue;
    bool taken_back = false;
    for (const StatementId uncancel : history.all(Op::uncancel)) {
      taken_back = taken_back ||
                   (program.place(uncancel).task == task && history.begun(uncancel) && history.begin(uncancel) < history.end(id));
    }
    if (taken_back) continue;
    std::int64_t least = 0;
    std::int64_t most = 0;
    for (const StatementId cancel : history.all(Op::cancel)) {
      if (program.statement(cancel).name != task || !history.begun(cancel)) continue;
      const bool refused = history.ended(cancel) && !history.answered(cancel, Value(true));
      if (!refused && history.end(cancel) < history.begin(id)) ++least;
      if (!refused && history.begin(cancel) < history.end(id)) ++most;
    }
    if (most > 0) judgement.exercise();
    const std::int64_t* answer = history.outcome(id).value().integer();
    if (answer == nullptr || *answer < least || *answer > most) {
      judgement.violate(events_of(history, id), quoted(history, task) + " was cancelled " + std::to_string(least) +
                                                    (least == 1 ? " time, and `cancelling` " : " times, and `cancelling` ") +
                                                    text_of(history.outcome(id)));
    }
  }
}

void counts_down(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for (const StatementId id : history.all(Op::uncancel)) {
    const NameId task = program.place(id).task;
    if (!history.ended(id) || !only_cancelled_by_name(history, task, history.end(id))) continue;
    // Only the task itself takes requests back; those of others must all have been made before, or after.
    std::int64_t count = 0;
    bool sure = true;
    for (Index i = 0; i < history.begin(id); ++i) {
      const Event& event = history.event(i);
      if (event.kind != Event::Kind::end) continue;
      const Statement& s = program.statement(event.at);
      if (s.op == Op::cancel && s.name == task && event.outcome.ok() && event.outcome.value() == Value(true)) ++count;
      if (s.op == Op::uncancel && event.task == task) count = std::max<std::int64_t>(0, count - 1);
    }
    for (const StatementId cancel : history.all(Op::cancel)) {
      if (program.statement(cancel).name != task || !history.begun(cancel) || history.begin(cancel) > history.end(id)) continue;
      if (program.place(cancel).task != task && history.end(cancel) > history.begin(id)) sure = false;
      // A request of somebody else that overlaps an earlier uncancel may have come before or after it.
      for (const StatementId other : history.all(Op::uncancel)) {
        if (program.place(other).task == task && program.place(cancel).task != task && history.begun(other) &&
            history.begin(cancel) < history.end(other) && history.begin(other) < history.end(cancel)) {
          sure = false;
        }
      }
    }
    if (!sure) continue;
    judgement.exercise();
    const std::int64_t left = std::max<std::int64_t>(0, count - 1);
    if (!history.answered(id, Value(left))) {
      judgement.violate(events_of(history, id), quoted(history, task) + " had " + std::to_string(count) +
                                                    " requests, and `uncancel` " + text_of(history.outcome(id)));
    }
  }
}

void withdrawn(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for_cancels_of_oneself(history, [&](StatementId cancel, NameId task) {
    StatementId taken_back = no_statement;
    for (Index i = history.end(cancel); i < history.events(); ++i) {
      const Event& event = history.event(i);
      if (event.task != task || event.kind != Event::Kind::begin) continue;
      const Statement& s = program.statement(event.at);
      if (s.op == Op::uncancel) taken_back = event.at;
      if (!can_wait(s.op) || s.op == Op::with || s.op == Op::task_group) continue;
      if (s.op != Op::sleep || taken_back == no_statement || !history.answered(taken_back, Value(std::int64_t{0}))) return;
      if (!history.only_sources_until(history.due(event.at), {cancel})) return;
      if (!history.ended(event.at) && !history.over_after(history.due(event.at))) return;
      judgement.exercise();
      if (!history.ended(event.at) || !history.outcome(event.at).ok()) {
        judgement.violate(events_of(history, taken_back, event.at),
                          quoted(history, task) + " took its only request back before it was delivered, and the next " +
                              named(history, event.at) + " " + fate_of(history, event.at));
      }
      return;
    }
  });
}

void own_cancelled_error(const History& history, Judgement& judgement) {
  for (const auto& [task, outcome] : history.run().outcomes) {
    const Index finish = history.finish(task);
    if (finish == never || !history.event(finish).outcome.cancelled() || outcome.pending()) continue;
    judgement.exercise();
    if (!outcome.cancelled()) {
      judgement.violate({finish},
                        "CancelledError left the body of " + quoted(history, task) + ", and the task " + text_of(outcome));
    }
  }
}

void no_request(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for_cancels_of_others(history, [&](StatementId cancel, NameId task, Tick t) {
    for (const StatementId id : history.all(Op::await)) {
      const NameId awaiter = program.place(id).task;
      if (program.statement(id).name != task || awaiter == task || history.open_at(awaiter, t) != id ||
          !history.cancelled_in(id, t))
        continue;
      for (const StatementId asked : history.all(Op::cancelling)) {
        if (program.statement(asked).name != awaiter || !history.ended(asked) || history.begin(asked) < history.end(id)) continue;
        if (!history.only_sources_until(history.end_tick(asked), {cancel})) continue;
        judgement.exercise();
        if (!history.answered(asked, Value(std::int64_t{0}))) {
          judgement.violate(events_of(history, id, asked),
                            quoted(history, awaiter) +
                                " awaited a task that was cancelled; nobody cancelled it, and `cancelling` " +
                                text_of(history.outcome(asked)));
        }
      }
      for_sleeps_after(history, awaiter, history.end(id), {cancel}, [&](StatementId sleep) {
        judgement.exercise();
        if (!history.ended(sleep) || !history.outcome(sleep).ok()) {
          judgement.violate(events_of(history, id, sleep), quoted(history, awaiter) +
                                                               " awaited a task that was cancelled; nobody cancelled it, and its " +
                                                               named(history, sleep) + " " + fate_of(history, sleep));
        }
      });
    }
  });
}

void no_ordinary_error(const History& history, Judgement& judgement) {
  for (const StatementId id : history.all(Op::try_)) {
    const Statement& s = history.program().statement(id);
    if (s.handles != Handles::error || s.handler.empty()) continue;
    const Raised* raised = history.body_error(id);
    if (raised == nullptr || !raised->cancelled()) continue;
    judgement.exercise();
    if (history.begun(s.handler.front().id)) {
      judgement.violate({history.begin(s.handler.front().id)}, "the handler for ordinary errors was given CancelledError");
    }
  }
}

}  // namespace

std::vector<Rule> cancellation_rules() {
  using enum Profile;
  const std::string_view source = "asyncio `Task.cancel`";
  return {
      chapter.must("CANCEL-INTERRUPTS-A-WAIT", core, {"CLOCK-STANDS-WHILE-ANYTHING-IS-READY"},
                   "Cancelling a task that waits raises CancelledError at its wait, in the same tick.",
                   "A request that is only looked at when the wait is over comes too late to be of use.", source,
                   interrupts_a_sleep),
      chapter.must("CANCELLED-BEFORE-START-RUNS-NOTHING", serial, {"TASK-STARTS-LATER"},
                   "A task that is cancelled before its first step ends as cancelled, and no statement of its body runs.",
                   "Nothing was begun, so there is nothing to clean up.", source, before_start),
      chapter.must("CANCEL-IS-ONLY-A-REQUEST", core, {"TASK-RUNS-ONCE"},
                   "`cancelled` answers false until the task has ended, however often it was cancelled, and then whether it ended "
                   "as cancelled.",
                   "The task may catch the request, clean up, and end otherwise.", source, only_a_request),
      chapter.must("CANCEL-TRAVELS-TO-THE-INNERMOST-WAIT", core, {"CANCEL-INTERRUPTS-A-WAIT", "AWAIT-LASTS-AS-LONG-AS-THE-AWAITED"},
                   "Cancelling a task that awaits another task cancels that one, and so on to the innermost wait.",
                   "What was started to get a result is of no use when the result is not wanted any more.", source, travels_inward),
      chapter.must("AWAIT-LASTS-AS-LONG-AS-THE-AWAITED", core, {"TASK-RUNS-ONCE"},
                   "An await of a task ends after that task has ended, also if the awaiting task was cancelled meanwhile.",
                   "The awaited task's clean-up is over when its awaiter goes on.", source, await_lasts),
      chapter.must("AWAITED-DECIDES-WHAT-A-CANCEL-BECOMES", core,
                   {"AWAIT-LASTS-AS-LONG-AS-THE-AWAITED", "AWAIT-ANSWERS-THE-OUTCOME"},
                   "A task that is cancelled while it awaits another sees what that one made of the request: a value, or another "
                   "error, in the place of "
                   "CancelledError.",
                   "The request was handed on; the answer comes back the same way.", source, awaited_decides),
      chapter.must("CANCEL-STRIKES-AT-THE-NEXT-SUSPENSION", core, {},
                   "A task that was cancelled while it ran gets CancelledError at the next await that would suspend it; awaits "
                   "that need not wait let it pass.",
                   "Between two suspensions a task is not interrupted.", source, strikes_at_next),
      chapter.must("CANCEL-IN-THE-LAST-STEP-DISCARDS-THE-VALUE", core, {},
                   "A task that is cancelled in its last step, and returns, ends as cancelled.",
                   "The request was taken, and nobody has seen the value yet.", source, end_discards),
      chapter.must("ERROR-BEATS-A-CANCEL-IN-THE-LAST-STEP", core, {"RESULT-IS-WHAT-THE-BODY-ENDED-WITH"},
                   "A task that is cancelled in its last step, and fails, ends with its error.",
                   "An error must not vanish behind a cancellation.", source, error_wins),
      chapter.must("CANCEL-BEATS-AN-UNSEEN-RESULT", serial, {"CANCEL-INTERRUPTS-A-WAIT", "CANCEL-REACHES-THE-AWAITED-FUTURE"},
                   "A task whose awaited result has come, and which is cancelled before it has gone on, gets CancelledError, and "
                   "the result is lost to it.",
                   "Until the task goes on it is waiting, and whoever cancels it cannot know better.", source, beats_unseen_result),
      chapter.must("CANCELS-BEFORE-DELIVERY-STRIKE-ONCE", serial, {"CANCEL-INTERRUPTS-A-WAIT", "CANCEL-IS-DELIVERED-ONCE"},
                   "Several requests made before the task goes on are delivered as one CancelledError.",
                   "They ask for the same thing.", source, strike_once),
      chapter.must(
          "CANCEL-IS-DELIVERED-ONCE", core, {"CANCEL-INTERRUPTS-A-WAIT"},
          "A task that has seen CancelledError may wait again, to clean up or to go on: only another request interrupts it.",
          "Clean-up that cannot wait cannot close a connection. Where cancellation is a state, every wait needs a shield.", source,
          delivered_once),
      chapter.must(
          "CAUGHT-CANCEL-IS-FORGIVEN", core, {"RESULT-IS-WHAT-THE-BODY-ENDED-WITH"},
          "A task that catches CancelledError and then returns, or fails, ends with that value or error, not as cancelled.",
          "How a task ends is the word of its body.", source, forgiven),
      chapter.must("SECOND-CANCEL-INTERRUPTS-CLEAN-UP", core, {"CANCEL-IS-DELIVERED-ONCE"},
                   "A task that is cancelled again while it cleans up gets CancelledError again.",
                   "Whoever is in more of a hurry than the clean-up must be able to say so.", source, second_interrupts),
      chapter.must("REQUESTS-ARE-COUNTED", core, {},
                   "`cancelling` answers how many requests to cancel the task were made and not taken back.",
                   "It is how a timeout or a group tells its own request from somebody else's.", "asyncio `Task.cancelling`",
                   counted),
      chapter.must("UNCANCEL-COUNTS-DOWN", core, {"REQUESTS-ARE-COUNTED"},
                   "`uncancel` takes one request back, not below zero, and answers how many remain.",
                   "Whoever made a request may take back that one.", "asyncio `Task.uncancel`", counts_down),
      chapter.must("UNCANCEL-WITHDRAWS-WHAT-WAS-NOT-DELIVERED", core, {"UNCANCEL-COUNTS-DOWN"},
                   "A request that was not delivered is withdrawn when the count comes to zero.", "Nobody asks for it any more.",
                   "asyncio `Task.uncancel`, since CPython 3.13", withdrawn),
      chapter.must("CANCELLED-ERROR-MAKES-A-TASK-CANCELLED", core, {"TASK-RUNS-ONCE"},
                   "A task whose body lets CancelledError out ends as cancelled, whoever raised it.", "It is what the error says.",
                   "asyncio `Task`", own_cancelled_error),
      chapter.must("AWAITING-A-CANCELLED-TASK-IS-NO-REQUEST", core, {"REQUESTS-ARE-COUNTED"},
                   "Who awaits a task that is cancelled gets CancelledError there, and no request is counted against it: caught, "
                   "it is over.",
                   "Whoever cancels one task means that task.", source, no_request),
      chapter.must("CANCELLED-ERROR-IS-NO-ORDINARY-ERROR", core, {},
                   "A handler for all ordinary errors does not catch CancelledError.",
                   "Code that logs and goes on would make a task that cannot be cancelled.",
                   "asyncio `CancelledError`, which is no `Exception`", no_ordinary_error),
  };
}

}  // namespace lawful::spec
