#include <algorithm>

#include "spec/rule.hpp"
#include "spec/rules/phrases.hpp"

namespace lawful::spec {

namespace {

constexpr Chapter chapter("Events", "1.1");

bool of(const History& history, StatementId id, NameId event) {
  return history.begun(id) && history.program().statement(id).name == event;
}

template <class Each>
void for_waits(const History& history, Each each) {
  for (const StatementId id : history.all(Op::wait_event)) {
    if (history.begun(id)) each(id, history.program().statement(id).name);
  }
}

void wakes(const History& history, Judgement& judgement, bool cleared) {
  for_waits(history, [&](StatementId id, NameId event) {
    for (const StatementId set : history.all(Op::set)) {
      if (!of(history, set, event) || !history.ended(set)) continue;
      const Tick t = history.begin_tick(set);
      if (history.open_at(history.program().place(id).task, t) != id || !history.calm_until(t)) continue;
      if (!history.ended(id) && !history.over_after(t)) continue;
      const auto& clears = history.all(Op::clear);
      const bool any_clear = std::any_of(clears.begin(), clears.end(), [&](StatementId clear) {
        return of(history, clear, event) && history.begin_tick(clear) == t;
      });
      if (any_clear != cleared) continue;
      judgement.exercise();
      if (!history.ended(id) || history.end_tick(id) != t || !history.outcome(id).ok()) {
        judgement.violate(events_of(history, set, id), quoted(history, event) + " was set at " + at_tick(t) + ", and the " +
                                                           named(history, id) + " " + fate_of(history, id));
      }
    }
  });
}

void wakes_all(const History& history, Judgement& judgement) { wakes(history, judgement, false); }
void wakes_though_cleared(const History& history, Judgement& judgement) { wakes(history, judgement, true); }

enum class Flag { set, clear, unknown };

/// What the flag surely was at every instant from `from` to `to`.
Flag flag_between(const History& history, NameId event, Index from, Index to) {
  // The last change that was surely over before, if nothing overlaps it or what follows.
  StatementId last = no_statement;
  bool sure = true;
  for (const Op op : {Op::set, Op::clear}) {
    for (const StatementId id : history.all(op)) {
      if (!of(history, id, event) || history.begin(id) > to) continue;
      if (history.end(id) > from) {
        sure = false;
        continue;
      }
      if (last == no_statement || history.end(id) > history.end(last)) last = id;
    }
  }
  if (!sure) return Flag::unknown;
  if (last == no_statement) return Flag::clear;
  for (const Op op : {Op::set, Op::clear}) {
    for (const StatementId id : history.all(op)) {
      if (id != last && of(history, id, event) && history.begin(id) < to && history.end(id) > history.begin(last))
        return Flag::unknown;
    }
  }
  return history.program().statement(last).op == Op::set ? Flag::set : Flag::clear;
}

void set_does_not_suspend(const History& history, Judgement& judgement) {
  for_waits(history, [&](StatementId id, NameId event) {
    if (!history.ended(id) || flag_between(history, event, history.begin(id), history.begin(id)) != Flag::set) return;
    judgement.exercise();
    if (!history.alone_between(history.begin(id), history.end(id))) {
      judgement.violate(events_of(history, id), quoted(history, event) + " was set, and waiting for it gave others a turn");
    }
  });
}

void clear_blocks(const History& history, Judgement& judgement) {
  for_waits(history, [&](StatementId id, NameId event) {
    const Index to = history.ended(id) ? history.end(id) : history.events() - 1;
    if (flag_between(history, event, history.begin(id), to) != Flag::clear) return;
    judgement.exercise();
    if (history.ended(id) && history.outcome(id).ok()) {
      judgement.violate(events_of(history, id), quoted(history, event) + " was not set, and waiting for it was over");
    }
  });
}

void in_order(const History& history, Judgement& judgement) {
  for_waits(history, [&](StatementId early, NameId event) {
    for_waits(history, [&](StatementId late, NameId other) {
      if (event != other || !history.ended(early) || !history.ended(late) || history.begin(late) <= history.begin(early)) return;
      if (history.begin(late) > history.end(early) || history.alone_between(history.begin(early), history.end(early))) return;
      if (history.alone_between(history.begin(late), history.end(late))) return;
      if (!history.outcome(early).ok() || !history.outcome(late).ok()) return;
      judgement.exercise();
      if (history.end(late) < history.end(early)) {
        judgement.violate(events_of(history, early, late),
                          "the " + named(history, early) + " began to wait first, and went on after the " + named(history, late));
      }
    });
  });
}

void is_set_truth(const History& history, Judgement& judgement) {
  for (const StatementId id : history.all(Op::is_set)) {
    if (!history.ended(id)) continue;
    const NameId event = history.program().statement(id).name;
    const Flag flag = flag_between(history, event, history.begin(id), history.end(id));
    if (flag == Flag::unknown) continue;
    judgement.exercise();
    if (!history.answered(id, Value(flag == Flag::set))) {
      judgement.violate(events_of(history, id), quoted(history, event) + (flag == Flag::set ? " was set" : " was not set") +
                                                    ", and `is_set` " + text_of(history.outcome(id)));
    }
  }
}

}  // namespace

std::vector<Rule> event_rules() {
  using enum Profile;
  const std::string_view source = "asyncio `Event`";
  return {
      chapter.must("SET-WAKES-ALL-WHO-WAIT", core, {"CLOCK-STANDS-WHILE-ANYTHING-IS-READY"},
                   "Setting an event wakes every task that waits for it, in the same tick.",
                   "A wake-up that is lost stops a task for good.", source, wakes_all),
      chapter.must("SET-AND-CLEAR-STILL-WAKES", core, {"SET-WAKES-ALL-WHO-WAIT"},
                   "A task that waited when the event was set goes on, also if it is cleared in the same moment.",
                   "It waited for what has happened.", source, wakes_though_cleared),
      chapter.must("WAITING-FOR-A-SET-EVENT-DOES-NOT-SUSPEND", serial, {},
                   "Waiting for an event that is set gives nobody else a turn.", "There is nothing to wait for.", source,
                   set_does_not_suspend),
      chapter.must("EVENT-THAT-IS-NOT-SET-BLOCKS", core, {}, "Waiting for an event that is not set lasts until it is.",
                   "It is what it is for.", source, clear_blocks),
      chapter.must("EVENT-WAKES-IN-ORDER", fifo, {"SET-WAKES-ALL-WHO-WAIT"},
                   "Tasks that wait for one event go on in the order in which they began to wait.", "First come, first served.",
                   source, in_order),
      chapter.must("IS-SET-TELLS-THE-TRUTH", core, {},
                   "`is_set` answers true after set and false after clear, and false before either.",
                   "It is how one asks without waiting.", source, is_set_truth),
  };
}

}  // namespace lawful::spec
