#include <algorithm>

#include "spec/rule.hpp"
#include "spec/rules/phrases.hpp"

namespace lawful::spec {

namespace {

constexpr Chapter chapter("Timeouts", "1.1");

bool inside(const History& history, StatementId id, StatementId block) {
  while (id != no_statement && id != block) id = history.program().place(id).parent;
  return id == block;
}

/// A timeout that was never rescheduled, as far as is seen.
struct Block {
  StatementId id;
  NameId task;
  Tick deadline;
};

bool rescheduled(const History& history, StatementId id) {
  const Statement& s = history.program().statement(id);
  if (s.name == no_name) return false;
  const auto& all = history.all(Op::reschedule);
  return std::any_of(all.begin(), all.end(),
                     [&](StatementId other) { return history.begun(other) && history.program().statement(other).name == s.name; });
}

template <class Each>
void for_timeouts(const History& history, Each each) {
  for (const StatementId id : history.all(Op::timeout)) {
    if (!history.begun(id) || rescheduled(history, id)) continue;
    each(Block{id, history.program().place(id).task, history.begin_tick(id) + history.program().statement(id).ticks});
  }
}

/// Whether up to and with tick `t` nobody was cancelled but by the deadline of this timeout, and it was.
bool only_this_until(const History& history, const Block& block, Tick t) {
  const Source* source = history.only_source_until(t);
  return source != nullptr && source->kind == Source::Kind::deadline && source->at == block.id;
}

/// The same before an event.
bool only_this_before(const History& history, const Block& block, Index index) {
  const Source* source = history.only_source_before(index);
  return source != nullptr && source->kind == Source::Kind::deadline && source->at == block.id;
}

/// The one sleep that the deadline cut, if it did: CancelledError in its tick, inside of the block.
StatementId cut_sleep(const History& history, const Block& block) {
  const StatementId sleep = history.asleep_at(block.task, block.deadline);
  return sleep != no_statement && inside(history, sleep, block.id) && sleep != block.id ? sleep : no_statement;
}

void cuts(const History& history, Judgement& judgement) {
  for_timeouts(history, [&](const Block& block) {
    const StatementId sleep = cut_sleep(history, block);
    if (sleep == no_statement || !only_this_until(history, block, block.deadline)) return;
    if (!history.ended(sleep) && !history.over_after(block.deadline)) return;
    judgement.exercise();
    if (!history.cancelled_in(sleep, block.deadline)) {
      judgement.violate(events_of(history, block.id, sleep), "the deadline was " + at_tick(block.deadline) + ", and the " +
                                                                 named(history, sleep) + " inside " + fate_of(history, sleep));
    }
  });
}

void raises_timeout(const History& history, Judgement& judgement) {
  for_timeouts(history, [&](const Block& block) {
    const Raised* body = history.ended(block.id) ? history.body_error(block.id) : nullptr;
    if (body == nullptr || !body->cancelled() || !only_this_before(history, block, history.end(block.id))) return;
    if (cut_sleep(history, block) == no_statement) return;
    judgement.exercise();
    if (!history.raised(block.id, Raised::Kind::timeout)) {
      judgement.violate(events_of(history, block.id),
                        "the deadline ended the body, and leaving the block " + text_of(history.outcome(block.id)));
    }
  });
}

void takes_back(const History& history, Judgement& judgement) {
  for_timeouts(history, [&](const Block& block) {
    if (!history.ended(block.id) || cut_sleep(history, block) == no_statement) return;
    for (const StatementId id : history.program().statements_of(block.task)) {
      const Statement& s = history.program().statement(id);
      const bool asks = s.op == Op::cancelling && s.name == block.task;
      if ((!asks && s.op != Op::sleep) || !history.begun(id) || history.begin(id) < history.end(block.id)) continue;
      const Tick until = asks ? history.begin_tick(id) : history.due(id);
      if (!history.ended(id) ? !only_this_until(history, block, until) || !history.over_after(until)
                             : !only_this_before(history, block, history.end(id)))
        continue;
      judgement.exercise();
      const bool right = asks ? history.answered(id, Value(std::int64_t{0})) : history.ended(id) && history.outcome(id).ok();
      if (!right) {
        judgement.violate(events_of(history, block.id, id), "only its timeout had cancelled the task, and after it the " +
                                                                named(history, id) + " " + fate_of(history, id));
      }
    }
  });
}

void over_when_left(const History& history, Judgement& judgement) {
  for_timeouts(history, [&](const Block& block) {
    if (!history.ended(block.id) || history.end_tick(block.id) >= block.deadline) return;
    const StatementId sleep = history.asleep_at(block.task, block.deadline);
    if (sleep == no_statement || inside(history, sleep, block.id)) return;
    if (history.ended(sleep) ? !history.calm_before(history.end(sleep)) : !history.calm_until(history.due(sleep))) return;
    if (!history.ended(sleep) && !history.over_after(history.due(sleep))) return;
    judgement.exercise();
    if (!history.ended(sleep) || !history.outcome(sleep).ok()) {
      judgement.violate(events_of(history, block.id, sleep),
                        "the block was left at " + at_tick(history.end_tick(block.id)) + ", its deadline was " +
                            at_tick(block.deadline) + ", and a later " + named(history, sleep) + " " + fate_of(history, sleep));
    }
  });
}

void zero_begins(const History& history, Judgement& judgement) {
  for_timeouts(history, [&](const Block& block) {
    const Statement& s = history.program().statement(block.id);
    if (s.ticks != 0 || s.body.empty()) return;
    judgement.exercise();
    if (!history.begun(s.body.front().id) && history.ended(block.id)) {
      judgement.violate(events_of(history, block.id), "a timeout of no ticks was entered, and its body did not begin");
    }
  });
}

void zero_cuts(const History& history, Judgement& judgement) {
  for_timeouts(history, [&](const Block& block) {
    const Statement& s = history.program().statement(block.id);
    if (s.ticks != 0 || !only_this_until(history, block, block.deadline)) return;
    for (const Statement& inner : s.body) {
      if (!can_wait(inner.op)) {
        if (inner.op == Op::try_ || inner.op == Op::timeout || inner.op == Op::uncancel) return;
        continue;
      }
      if (inner.op != Op::sleep || inner.ticks == 0 || !history.begun(inner.id)) return;
      if (!history.ended(inner.id) && !history.over_after(block.deadline)) return;
      judgement.exercise();
      if (!history.cancelled_in(inner.id, block.deadline)) {
        judgement.violate(events_of(history, block.id, inner.id), "the deadline was reached on entry, and the first wait, the " +
                                                                      named(history, inner.id) + ", " + fate_of(history, inner.id));
      }
      return;
    }
  });
}

void swallowed(const History& history, Judgement& judgement) {
  for_timeouts(history, [&](const Block& block) {
    const StatementId sleep = cut_sleep(history, block);
    if (sleep == no_statement || !history.cancelled_in(sleep, block.deadline) || !history.ended(block.id)) return;
    if (history.body_error(block.id) != nullptr || !only_this_before(history, block, history.end(block.id))) return;
    judgement.exercise();
    if (!history.outcome(block.id).ok()) {
      judgement.violate(events_of(history, block.id),
                        "the body caught the CancelledError of its deadline and went on, and leaving the block " +
                            text_of(history.outcome(block.id)));
    }
  });
}

void other_errors(const History& history, Judgement& judgement) {
  for_timeouts(history, [&](const Block& block) {
    const Raised* body = history.ended(block.id) ? history.body_error(block.id) : nullptr;
    if (body == nullptr || body->cancelled() || history.end_tick(block.id) < block.deadline) return;
    judgement.exercise();
    const Raised* raised = history.outcome(block.id).raised();
    if (raised == nullptr || *raised != *body) {
      judgement.violate(events_of(history, block.id), "the body failed with " + to_json(*body) +
                                                          " after the deadline, and leaving the block " +
                                                          text_of(history.outcome(block.id)));
    }
  });
}

void cancel_crosses(const History& history, Judgement& judgement) {
  for_timeouts(history, [&](const Block& block) {
    const Raised* body = history.ended(block.id) ? history.body_error(block.id) : nullptr;
    if (body == nullptr || !body->cancelled() || history.end_tick(block.id) >= block.deadline) return;
    const Source* source = history.only_source_before(history.end(block.id));
    if (source == nullptr || source->kind != Source::Kind::cancel || source->task != block.task) return;
    judgement.exercise();
    if (!history.outcome(block.id).cancelled()) {
      judgement.violate(events_of(history, source->at, block.id),
                        "the task was cancelled before the deadline, and leaving the block " + text_of(history.outcome(block.id)));
    }
  });
}

void cancel_beats(const History& history, Judgement& judgement) {
  for_timeouts(history, [&](const Block& block) {
    const Raised* body = history.ended(block.id) ? history.body_error(block.id) : nullptr;
    if (body == nullptr || !body->cancelled() || history.sources_before(history.end(block.id)) != 2) return;
    const Source* cancel = nullptr;
    bool deadline = false;
    for (std::size_t i = 0; i < 2; ++i) {
      const Source& source = history.sources()[i];
      if (source.kind == Source::Kind::cancel && source.task == block.task) cancel = &source;
      deadline = deadline || (source.kind == Source::Kind::deadline && source.at == block.id);
    }
    if (cancel == nullptr || !deadline || cancel->t <= history.begin_tick(block.id) || !history.answered(cancel->at, Value(true)))
      return;
    // Both struck for sure: the later one while the task still waited inside.
    const StatementId sleep = history.asleep_at(block.task, std::max(cancel->t, block.deadline));
    if (cancel->t == block.deadline || sleep == no_statement || !inside(history, sleep, block.id)) return;
    judgement.exercise();
    if (!history.outcome(block.id).cancelled()) {
      judgement.violate(
          events_of(history, cancel->at, block.id),
          "the task was cancelled, and its deadline passed, and leaving the block " + text_of(history.outcome(block.id)));
    }
  });
}

void inner_alone(const History& history, Judgement& judgement) {
  for_timeouts(history, [&](const Block& outer) {
    for_timeouts(history, [&](const Block& inner) {
      if (inner.id == outer.id || !inside(history, inner.id, outer.id) || !history.ended(outer.id)) return;
      if (!only_this_before(history, inner, history.end(outer.id)) || !history.raised(inner.id, Raised::Kind::timeout)) return;
      const Raised* body = history.body_error(outer.id);
      judgement.exercise();
      const Raised* raised = history.outcome(outer.id).raised();
      const bool right = body == nullptr ? raised == nullptr : raised != nullptr && *raised == *body;
      if (!right) {
        judgement.violate(events_of(history, inner.id, outer.id),
                          "only the inner deadline had passed, and leaving the outer block " + text_of(history.outcome(outer.id)));
      }
    });
  });
}

void outer_crosses(const History& history, Judgement& judgement) {
  for_timeouts(history, [&](const Block& outer) {
    for_timeouts(history, [&](const Block& inner) {
      if (inner.id == outer.id || !inside(history, inner.id, outer.id) || !history.ended(inner.id)) return;
      const Raised* body = history.body_error(inner.id);
      if (body == nullptr || !body->cancelled() || !only_this_before(history, outer, history.end(inner.id))) return;
      judgement.exercise();
      if (!history.outcome(inner.id).cancelled()) {
        judgement.violate(events_of(history, outer.id, inner.id),
                          "only the outer deadline had passed, and leaving the inner block " + text_of(history.outcome(inner.id)));
      }
    });
  });
}

void outermost(const History& history, Judgement& judgement) {
  for_timeouts(history, [&](const Block& outer) {
    for_timeouts(history, [&](const Block& inner) {
      if (inner.id == outer.id || !inside(history, inner.id, outer.id) || inner.deadline != outer.deadline ||
          !history.ended(inner.id))
        return;
      if (inner.deadline == history.begin_tick(inner.id) || outer.deadline == history.begin_tick(outer.id)) return;
      const Raised* body = history.body_error(inner.id);
      if (body == nullptr || !body->cancelled() || cut_sleep(history, inner) == no_statement) return;
      if (!history.only_sources_until(history.end_tick(inner.id), {inner.id, outer.id})) return;
      judgement.exercise();
      if (!history.outcome(inner.id).cancelled()) {
        judgement.violate(events_of(history, outer.id, inner.id), "both deadlines were " + at_tick(inner.deadline) +
                                                                      ", and leaving the inner block " +
                                                                      text_of(history.outcome(inner.id)));
      }
    });
  });
}

/// The reschedules of a timeout that was moved just once, in a tick before its first deadline, by its own task or another.
template <class Each>
void for_moved(const History& history, Each each) {
  const Program& program = history.program();
  for (const StatementId move : history.all(Op::reschedule)) {
    if (!history.ended(move)) continue;
    for (const StatementId id : history.all(Op::timeout)) {
      if (program.statement(id).name == program.statement(move).name && history.begun(id)) each(move, id);
    }
  }
}

void moves(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for_moved(history, [&](StatementId move, StatementId id) {
    const Tick first = history.begin_tick(id) + program.statement(id).ticks;
    const Tick moved = history.begin_tick(move) + program.statement(move).ticks;
    if (!history.outcome(move).ok() || history.begin_tick(move) >= first || moved <= history.begin_tick(move)) return;
    std::size_t moves = 0;
    for_moved(history, [&](StatementId, StatementId other) { moves += other == id ? 1 : 0; });
    const StatementId sleep = history.asleep_at(program.place(id).task, std::min(moved, first));
    if (sleep == no_statement || !inside(history, sleep, id) || history.due(sleep) <= std::max(moved, first)) return;
    if (moves != 1 || history.begin_tick(sleep) >= std::min(moved, first) || (!history.ended(sleep) && !history.over_after(moved)))
      return;
    // Cut before its new deadline: by nobody else. Otherwise by the new deadline alone.
    if (history.ended(sleep) && history.end_tick(sleep) < moved) {
      if (!history.calm_before(history.end(sleep))) return;
    } else {
      const Source* source =
          history.ended(sleep) ? history.only_source_before(history.end(sleep)) : history.only_source_until(moved);
      if (source == nullptr || source->at != id || source->t != moved) return;
    }
    judgement.exercise();
    if (!history.cancelled_in(sleep, moved)) {
      judgement.violate(events_of(history, move, sleep), "the deadline was moved from " + at_tick(first) + " to " + at_tick(moved) +
                                                             ", and the " + named(history, sleep) + " inside " +
                                                             fate_of(history, sleep));
    }
  });
}

void moved_too_late(const History& history, Judgement& judgement) {
  for_moved(history, [&](StatementId move, StatementId id) {
    if (history.end(id) >= history.begin(move)) return;
    judgement.exercise();
    if (!history.raised(move, Raised::Kind::runtime)) {
      judgement.violate(events_of(history, id, move), "the block was over, and reschedule " + text_of(history.outcome(move)));
    }
  });
}

void in_cancelled_task(const History& history, Judgement& judgement) {
  for_timeouts(history, [&](const Block& block) {
    const Raised* body = history.ended(block.id) ? history.body_error(block.id) : nullptr;
    if (body == nullptr || !body->cancelled() || history.sources_before(history.end(block.id)) != 2) return;
    const Source& cancel = history.sources()[0];
    const Source& deadline = history.sources()[1];
    if (cancel.kind != Source::Kind::cancel || cancel.task != block.task || deadline.at != block.id) return;
    if (cancel.index >= history.begin(block.id) || cut_sleep(history, block) == no_statement) return;
    // The request of before was delivered before.
    bool seen = false;
    for (Index i = cancel.index; i < history.begin(block.id) && !seen; ++i) {
      const Event& event = history.event(i);
      seen = event.task == block.task && event.kind == Event::Kind::end && event.outcome.cancelled();
    }
    if (!seen) return;
    judgement.exercise();
    if (!history.raised(block.id, Raised::Kind::timeout)) {
      judgement.violate(events_of(history, cancel.at, block.id),
                        "the task had been cancelled before it entered the block, whose deadline then passed; leaving it " +
                            text_of(history.outcome(block.id)));
    }
  });
}

void beats_equal_sleep(const History& history, Judgement& judgement) {
  for_timeouts(history, [&](const Block& block) {
    if (history.program().statement(block.id).ticks == 0 || !only_this_until(history, block, block.deadline)) return;
    const StatementId sleep = history.open_at(block.task, block.deadline);
    if (sleep == no_statement || history.program().statement(sleep).op != Op::sleep || !inside(history, sleep, block.id)) return;
    if (history.due(sleep) != block.deadline) return;
    judgement.exercise();
    if (!history.cancelled_in(sleep, block.deadline)) {
      judgement.violate(events_of(history, block.id, sleep),
                        "a sleep was to end in the tick of its timeout's deadline, and it " + fate_of(history, sleep));
    }
  });
}

}  // namespace

std::vector<Rule> timeout_rules() {
  using enum Profile;
  const std::string_view source = "asyncio `timeout`";
  return {
      chapter.must("TIMEOUT-CUTS-ITS-BODY-AT-THE-DEADLINE", core,
                   {"CANCEL-INTERRUPTS-A-WAIT", "CLOCK-STANDS-WHILE-ANYTHING-IS-READY"},
                   "When the deadline of a timeout passes while its body waits, the wait ends with CancelledError, in that tick.",
                   "It is what a deadline is for.", source, cuts),
      chapter.must("TIMEOUT-RAISES-TIMEOUT-ERROR", core, {"TIMEOUT-CUTS-ITS-BODY-AT-THE-DEADLINE"},
                   "A timeout whose deadline ended its body raises TimeoutError when it is left, in place of the CancelledError.",
                   "The caller must be able to tell a deadline from a cancel.", source, raises_timeout),
      chapter.must("TIMEOUT-TAKES-ITS-OWN-CANCEL-BACK", core,
                   {"TIMEOUT-RAISES-TIMEOUT-ERROR", "TIMEOUT-LEFT-IN-TIME-IS-OVER", "REQUESTS-ARE-COUNTED"},
                   "After a timeout the count of requests is what it was at entry, and the task may wait again.",
                   "The timeout's own means must leave no trace.", source, takes_back),
      chapter.must("TIMEOUT-LEFT-IN-TIME-IS-OVER", core, {"SLEEP-WAKES-ON-TIME"},
                   "A timeout that was left before its deadline cancels nothing afterwards.",
                   "A deadline that strikes behind its block hits whoever is next.", source, over_when_left),
      chapter.must("TIMEOUT-OF-ZERO-LETS-ITS-BODY-BEGIN", core, {},
                   "A deadline that has passed already does not keep the body from beginning.", "What need not wait is not late.",
                   source, zero_begins),
      chapter.must("TIMEOUT-OF-ZERO-CUTS-THE-FIRST-WAIT", core, {"TIMEOUT-CUTS-ITS-BODY-AT-THE-DEADLINE"},
                   "A deadline that has passed already cuts the first wait of the body, in the same tick.",
                   "Zero means no time, not no limit. libcoro took a timeout of 0 for none.", source, zero_cuts),
      chapter.must("SWALLOWED-TIMEOUT-RAISES-NOTHING", core, {"TIMEOUT-RAISES-TIMEOUT-ERROR"},
                   "A body that catches the CancelledError of its deadline and ends normally leaves the timeout without an error.",
                   "It has a result after all.", source, swallowed),
      chapter.must("TIMEOUT-LETS-OTHER-ERRORS-THROUGH", core, {},
                   "An error other than CancelledError leaves a timeout as it is, also after the deadline.",
                   "It says more than that time was up.", source, other_errors),
      chapter.must("CANCEL-CROSSES-A-TIMEOUT", core, {"CANCEL-INTERRUPTS-A-WAIT"},
                   "CancelledError by a cancel before the deadline leaves a timeout as CancelledError.", "Time was not up.", source,
                   cancel_crosses),
      chapter.must("CANCEL-BEATS-A-TIMEOUT", core, {"CANCEL-CROSSES-A-TIMEOUT", "TIMEOUT-RAISES-TIMEOUT-ERROR"},
                   "If a task is cancelled by somebody else and its deadline passes too before it has left the timeout, "
                   "CancelledError goes on, whichever "
                   "came first.",
                   "A TimeoutError would be caught, and the cancel lost.", source, cancel_beats),
      chapter.must("INNER-TIMEOUT-LEAVES-THE-OUTER-ALONE", core, {"TIMEOUT-RAISES-TIMEOUT-ERROR"},
                   "When only the deadline of an inner timeout passes, the outer one ends as its own body does.",
                   "Each deadline is told once, by its own block.", source, inner_alone),
      chapter.must("OUTER-TIMEOUT-CROSSES-THE-INNER-AS-CANCELLED", core,
                   {"CANCEL-CROSSES-A-TIMEOUT", "TIMEOUT-CUTS-ITS-BODY-AT-THE-DEADLINE"},
                   "When only the deadline of an outer timeout passes, CancelledError leaves the inner one as it is.",
                   "Code inside that handles its own TimeoutError must not take the outer one for it.", source, outer_crosses),
      chapter.must("OUTERMOST-OF-EQUAL-DEADLINES-RAISES", fifo, {"OUTER-TIMEOUT-CROSSES-THE-INNER-AS-CANCELLED"},
                   "When the deadlines of an outer and an inner timeout pass together, the inner one lets CancelledError through, "
                   "and the outer one raises "
                   "TimeoutError.",
                   "The outer block is to end, whatever the inner one would do next.", source, outermost),
      chapter.must("RESCHEDULE-MOVES-THE-DEADLINE", core, {"TIMEOUT-CUTS-ITS-BODY-AT-THE-DEADLINE"},
                   "After reschedule the timeout strikes at its new deadline, sooner or later, and not at the old one.",
                   "It is what was asked for.", "asyncio `Timeout.reschedule`", moves),
      chapter.must("RESCHEDULE-OF-WHAT-IS-OVER-IS-REFUSED", core, {}, "Rescheduling a timeout that was left raises RuntimeError.",
                   "Whoever tries believes in a deadline that is not there.", "asyncio `Timeout.reschedule`", moved_too_late),
      chapter.must("TIMEOUT-WORKS-IN-A-CANCELLED-TASK", core, {"TIMEOUT-RAISES-TIMEOUT-ERROR", "CANCEL-IS-DELIVERED-ONCE"},
                   "In a task that was cancelled before, and has caught it, a timeout raises TimeoutError as in any other.",
                   "Clean-up needs deadlines most of all. What counts is the requests since entry.", source, in_cancelled_task),
      chapter.must("TIMEOUT-BEATS-A-SLEEP-OF-ITS-LENGTH", fifo, {"TIMEOUT-CUTS-ITS-BODY-AT-THE-DEADLINE"},
                   "A sleep that would end in the tick of the deadline of the timeout around it is cut.",
                   "The deadline was set first, and equal deadlines strike in that order.", source, beats_equal_sleep),
      chapter.must("TIMEOUT-IS-ENTERED-ONCE", core, {},
                   "Entering a timeout a second time, or outside of a task, raises RuntimeError.",
                   "It has one task and one deadline.", source, by_property),
  };
}

}  // namespace lawful::spec
