#include <algorithm>

#include "spec/rule.hpp"
#include "spec/rules/phrases.hpp"

namespace lawful::spec {

namespace {

constexpr Chapter chapter("Serial order", "1.1");

void yields_in_order(const History& history, Judgement& judgement) {
  for (const StatementId early : history.all(Op::sleep)) {
    if (history.program().statement(early).ticks != 0 || !history.ended(early) || !history.outcome(early).ok()) continue;
    for (const StatementId late : history.all(Op::sleep)) {
      if (history.program().statement(late).ticks != 0 || !history.ended(late) || !history.outcome(late).ok()) continue;
      if (history.begin(late) <= history.begin(early) || history.begin(late) > history.end(early)) continue;
      judgement.exercise();
      if (history.end(late) < history.end(early)) {
        judgement.violate(
            events_of(history, early, late),
            "the " + named(history, early) + " gave up its turn first, and got it back after the " + named(history, late));
      }
    }
  }
}

void equal_deadlines(const History& history, Judgement& judgement) {
  for (const StatementId early : history.all(Op::sleep)) {
    if (!history.ended(early) || !history.outcome(early).ok() || history.program().statement(early).ticks == 0) continue;
    for (const StatementId late : history.all(Op::sleep)) {
      if (!history.ended(late) || !history.outcome(late).ok() || history.program().statement(late).ticks == 0) continue;
      if (history.begin(late) <= history.begin(early) || history.due(late) != history.due(early)) continue;
      judgement.exercise();
      if (history.end(late) < history.end(early)) {
        judgement.violate(events_of(history, early, late), "both were due at " + at_tick(history.due(early)) + ", the " +
                                                               named(history, early) + " began first, and ended after the " +
                                                               named(history, late));
      }
    }
  }
}

void timers_behind(const History& history, Judgement& judgement) {
  for (const StatementId timer : history.all(Op::call_later)) {
    const Statement& s = history.program().statement(timer);
    const Index call = history.call(s.callback);
    if (!history.begun(timer) || s.ticks != 0 || call == never) continue;
    for (const StatementId soon : history.all(Op::call_soon)) {
      const Index other = history.call(history.program().statement(soon).callback);
      if (!history.begun(soon) || other == never || history.program().place(soon).task != history.program().place(timer).task)
        continue;
      // In one step: neither of them could be called in between.
      const Index from = std::min(history.begin(timer), history.begin(soon));
      const Index to = std::max(history.begin(timer), history.begin(soon));
      if (!history.alone_between(from, to)) continue;
      const auto waits = [&] {
        for (Index i = from; i < to; ++i) {
          if (history.event(i).kind == Event::Kind::begin && can_wait(history.program().statement(history.event(i).at).op))
            return true;
        }
        return false;
      };
      if (waits()) continue;
      judgement.exercise();
      if (call < other) {
        judgement.violate({call, other}, "callback " + quoted(history, s.callback) + " of a timer that was due went before " +
                                             quoted(history, history.event(other).task) + ", which was ready");
      }
    }
  }
}

void abort_in_order(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for (const StatementId id : history.all(Op::task_group)) {
    const auto& children = history.children(program.statement(id).group);
    for (const NameId failed : children) {
      const auto t = history.finish_tick(failed);
      const Source* source = t ? history.only_source_until(*t) : nullptr;
      if (source == nullptr || source->kind != Source::Kind::failure || source->task != failed) continue;
      StatementId before = no_statement;
      for (const NameId child : children) {
        const StatementId sleep = history.asleep_at(child, *t);
        if (sleep == no_statement || !history.cancelled_in(sleep, *t)) continue;
        if (before != no_statement) {
          judgement.exercise();
          if (history.end(sleep) < history.end(before)) {
            judgement.violate({history.end(sleep), history.end(before)}, "the group cancelled the " + named(history, sleep) +
                                                                             " before the " + named(history, before) +
                                                                             " of a task that was created earlier");
          }
        }
        before = sleep;
      }
    }
  }
}

}  // namespace

std::vector<Rule> serial_order_rules() {
  using enum Profile;
  return {
      chapter.must("TURNS-COME-BACK-IN-ORDER", fifo, {"SLEEP-WAKES-ON-TIME"},
                   "Tasks that give up their turn (a sleep of no ticks) get it back in that order.",
                   "Tasks that do nothing else alternate strictly, and none starves.", "asyncio `sleep(0)`", yields_in_order),
      chapter.must("EQUAL-DEADLINES-GO-IN-ORDER", fifo, {"SLEEP-WAKES-ON-TIME"},
                   "Sleeps that are due in one tick end in the order in which they began.",
                   "A fixed order makes runs repeat; asyncio's heap promises none.", "stronger than asyncio `call_at`",
                   equal_deadlines),
      chapter.must("TIMERS-GO-BEHIND-WHAT-IS-READY", fifo, {"CALLBACK-IS-CALLED-ON-TIME"},
                   "A timer that is due goes behind what is ready already.",
                   "What was asked for now goes before what was asked for later, however short.", "asyncio `call_later`",
                   timers_behind),
      chapter.must("GROUP-CANCELS-IN-ORDER-OF-CREATION", fifo, {"GROUP-CANCELS-SIBLINGS"},
                   "A group that shuts down cancels its tasks in the order in which they were created.",
                   "A fixed order makes runs repeat; asyncio iterates a set.", "stronger than asyncio `TaskGroup`", abort_in_order),
  };
}

}  // namespace lawful::spec
