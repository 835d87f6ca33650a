#include <algorithm>

#include "spec/rule.hpp"
#include "spec/rules/permits.hpp"
#include "spec/rules/phrases.hpp"

namespace lawful::spec {

namespace {

constexpr Chapter chapter("Conditions", "1.1");

template <class Check>
void for_conditions(const History& history, Check check) {
  for (const Resource& resource : history.program().resources()) {
    if (resource.kind == ResourceKind::condition) check(use_of(history, resource));
  }
}

/// The waits on a condition, in the order in which they began.
std::vector<StatementId> waits_on(const History& history, NameId condition) {
  std::vector<StatementId> waits;
  for (const StatementId id : history.all(Op::wait_condition)) {
    if (history.begun(id) && history.program().statement(id).name == condition) waits.push_back(id);
  }
  std::sort(waits.begin(), waits.end(), [&](StatementId a, StatementId b) { return history.begin(a) < history.begin(b); });
  return waits;
}

/// A stretch of a run in which a task surely holds the condition's lock: inside of a `with`, between its waits.
struct Hold {
  NameId task;
  Index from;
  Index to;
};

std::vector<Hold> holds_of(const History& history, const Use& use) {
  std::vector<Hold> holds;
  const auto waits = waits_on(history, use.resource->name);
  for (const Taking& taking : use.takings) {
    const Place& place = history.program().place(taking.id);
    if (taking.taken == never || place.statement->op != Op::with) continue;
    Index from = taking.taken;
    for (const StatementId wait : waits) {
      if (history.program().place(wait).task != place.task || history.begin(wait) < taking.taken) continue;
      if (taking.released != never && history.begin(wait) > taking.released) continue;
      if (from != never) holds.push_back(Hold{place.task, from, history.begin(wait)});
      from = history.ended(wait) && !history.raised(wait, Raised::Kind::runtime) ? history.end(wait) : never;
      // A wait that was refused gave nothing up.
      if (history.raised(wait, Raised::Kind::runtime)) from = history.end(wait);
    }
    if (from != never) holds.push_back(Hold{place.task, from, taking.released == never ? history.events() - 1 : taking.released});
  }
  return holds;
}

/// Whether only blocks and waits touch the lock: with plain acquires and releases nobody can say who holds it.
bool only_blocks(const History& history, const Use& use) {
  // A wait outside of a block gives up a lock that somebody else holds.
  for (const StatementId wait : waits_on(history, use.resource->name)) {
    StatementId id = history.program().place(wait).parent;
    while (id != no_statement &&
           !(history.program().statement(id).op == Op::with && history.program().statement(id).name == use.resource->name)) {
      id = history.program().place(id).parent;
    }
    if (id == no_statement) return false;
  }
  return use.releases.empty() && std::all_of(use.takings.begin(), use.takings.end(), [&](const Taking& taking) {
           return history.program().statement(taking.id).op == Op::with;
         });
}

void needs_its_lock(const History& history, Judgement& judgement) {
  for_conditions(history, [&](const Use& use) {
    for (const Op op : {Op::wait_condition, Op::notify, Op::notify_all}) {
      for (const StatementId id : history.all(op)) {
        if (!history.ended(id) || history.program().statement(id).name != use.resource->name) continue;
        if (use.out_at_most(history, history.begin(id), history.end(id)) > 0) continue;
        judgement.exercise();
        if (!history.raised(id, Raised::Kind::runtime)) {
          judgement.violate(events_of(history, id), "nobody held the lock of " + quoted(history, use.resource->name) +
                                                        ", and the " + named(history, id) + " " + text_of(history.outcome(id)));
        }
      }
    }
  });
}

void gives_up(const History& history, Judgement& judgement) {
  for_conditions(history, [&](const Use& use) {
    if (!only_blocks(history, use)) return;
    for (const Taking& late : use.takings) {
      // It came when everybody who was inside waited for news, and nobody else came in that tick.
      const Tick t = history.begin_tick(late.id);
      if (!history.calm_until(t) || (late.taken == never && !history.over_after(t))) continue;
      bool someone_waits = false;
      bool free = true;
      for (const Taking& other : use.takings) {
        if (other.id == late.id || history.begin(other.id) > history.end(late.id)) continue;
        if (history.ended(other.id) && history.end_tick(other.id) < t) continue;
        const StatementId open = history.open_at(history.program().place(other.id).task, t);
        const bool waits = open != no_statement && history.program().statement(open).op == Op::wait_condition &&
                           history.program().statement(open).name == use.resource->name && other.taken <= history.begin(open);
        someone_waits = someone_waits || waits;
        if (!waits && history.begin_tick(other.id) <= t) free = false;
      }
      if (!someone_waits || !free) continue;
      judgement.exercise();
      if (late.taken == never || history.event(late.taken).t != t) {
        judgement.violate(events_of(history, late.id), "everybody inside waited for news of " +
                                                           quoted(history, use.resource->name) + ", and the " +
                                                           named(history, late.id) + " did not get in at " + at_tick(t));
      }
    }
  });
}

void retakes(const History& history, Judgement& judgement) {
  for_conditions(history, [&](const Use& use) {
    if (!only_blocks(history, use)) return;
    const auto holds = holds_of(history, use);
    for (const StatementId wait : waits_on(history, use.resource->name)) {
      if (!history.ended(wait) || !history.outcome(wait).ok()) continue;
      judgement.exercise();
      for (const Hold& hold : holds) {
        if (hold.task == history.program().place(wait).task || hold.from >= history.end(wait) || hold.to <= history.end(wait))
          continue;
        judgement.violate({hold.from, history.end(wait)},
                          "the " + named(history, wait) + " returned while " + quoted(history, hold.task) + " held the lock");
      }
    }
  });
}

void cancelled_retakes(const History& history, Judgement& judgement) {
  for_conditions(history, [&](const Use& use) {
    if (!only_blocks(history, use)) return;
    const auto holds = holds_of(history, use);
    for (const StatementId wait : waits_on(history, use.resource->name)) {
      if (!history.ended(wait) || !history.outcome(wait).cancelled()) continue;
      judgement.exercise();
      for (const Hold& hold : holds) {
        if (hold.task == history.program().place(wait).task || hold.from >= history.end(wait) || hold.to <= history.end(wait))
          continue;
        judgement.violate({hold.from, history.end(wait)}, "the " + named(history, wait) + " was cancelled, and raised while " +
                                                              quoted(history, hold.task) + " held the lock");
      }
    }
  });
}

/// The notifications of a condition that were not refused.
std::vector<StatementId> notifies_of(const History& history, NameId condition, bool all_too) {
  std::vector<StatementId> found;
  for (const Op op : {Op::notify, Op::notify_all}) {
    if (op == Op::notify_all && !all_too) continue;
    for (const StatementId id : history.all(op)) {
      if (history.begun(id) && history.program().statement(id).name == condition &&
          (!history.ended(id) || history.outcome(id).ok()))
        found.push_back(id);
    }
  }
  return found;
}

void longest_first(const History& history, Judgement& judgement) {
  for_conditions(history, [&](const Use& use) {
    const auto waits = waits_on(history, use.resource->name);
    // Waiters woken in one tick may meet at the lock in any order: each notification wakes one, in a tick of its own.
    std::vector<Tick> ticks;
    for (const StatementId id : notifies_of(history, use.resource->name, true)) {
      const Tick t = history.begin_tick(id);
      if (history.program().statement(id).op != Op::notify || history.program().statement(id).n > 1) return;
      if (std::find(ticks.begin(), ticks.end(), t) != ticks.end()) return;
      ticks.push_back(t);
    }
    for (const StatementId early : waits) {
      for (const StatementId late : waits) {
        if (history.ended(early) && !history.outcome(early).ok() && history.end(early) < history.end(late)) continue;
        if (history.begin_tick(late) <= history.begin_tick(early) || !history.ended(late) || !history.outcome(late).ok()) continue;
        if (!history.calm_before(history.end(late)) || (history.ended(early) && history.end_tick(early) < history.begin_tick(late)))
          continue;
        judgement.exercise();
        const bool still =
            !history.ended(early) ? history.over_after(history.end_tick(late)) : history.end_tick(early) > history.end_tick(late);
        // Both may have been notified, and wait for the lock: then they get it in the order in which they were.
        if (still) {
          judgement.violate(events_of(history, early, late), "the " + named(history, early) + " has waited longer than the " +
                                                                 named(history, late) + ", which went on first");
        }
      }
    }
  });
}

void no_more(const History& history, Judgement& judgement) {
  for_conditions(history, [&](const Use& use) {
    if (!history.all(Op::notify_all).empty()) return;
    const auto waits = waits_on(history, use.resource->name);
    for (const StatementId last : waits) {
      if (!history.ended(last) || !history.outcome(last).ok()) continue;
      // Whoever was cancelled by then may have passed a notification on.
      const bool disturbed = std::any_of(waits.begin(), waits.end(), [&](StatementId id) {
        return history.end(id) < history.end(last) && !history.outcome(id).ok();
      });
      if (disturbed) continue;
      std::int64_t most = 0;
      for (const StatementId id : notifies_of(history, use.resource->name, false)) {
        if (history.begin(id) < history.end(last)) most += history.program().statement(id).n;
      }
      const auto woken =
          std::count_if(waits.begin(), waits.end(), [&](StatementId id) { return history.end(id) <= history.end(last); });
      judgement.exercise();
      if (woken > most) {
        judgement.violate(events_of(history, last), std::to_string(most) + (most == 1 ? " waiter was" : " waiters were") +
                                                        " to be woken by then, and " + std::to_string(woken) + " went on");
      }
    }
  });
}

/// Whether a wait that was to be woken by `by` never was, though everybody has left the lock.
void never_woken(const History& history, Judgement& judgement, const Use& use, StatementId wait, StatementId by) {
  const Tick t = history.begin_tick(by);
  if (history.open_at(history.program().place(wait).task, t) != wait || !history.calm_until(t)) return;
  if (!history.ended(by) || !history.outcome(by).ok()) return;
  // The first moment at which the clock moves and nobody is surely or possibly inside.
  for (Index i = history.end(by); i < history.events(); ++i) {
    const bool last = i + 1 == history.events();
    const bool quiet = last ? history.over_after(history.event(i).t) : history.event(i + 1).t > history.event(i).t;
    if (!quiet || !history.calm_until(history.event(i).t)) continue;
    const auto inside = std::any_of(use.takings.begin(), use.takings.end(), [&](const Taking& taking) {
      if (taking.taken > i || history.end(taking.id) <= i) return false;
      // Whoever waits for news is not inside.
      const StatementId open = history.open_at(history.program().place(taking.id).task, history.event(i).t + 1);
      return open == no_statement || history.program().statement(open).op != Op::wait_condition;
    });
    if (inside) continue;
    judgement.exercise();
    if (history.end(wait) > i) {
      judgement.violate(events_of(history, by, wait), "the " + named(history, wait) + " was to be woken at " + at_tick(t) +
                                                          ", the lock is free, and it " + fate_of(history, wait));
    }
    return;
  }
}

void notify_wakes(const History& history, Judgement& judgement) {
  for_conditions(history, [&](const Use& use) {
    if (!only_blocks(history, use)) return;
    const auto waits = waits_on(history, use.resource->name);
    const auto notifies = notifies_of(history, use.resource->name, true);
    // One notification, and one who waits: the simplest case says it all.
    if (notifies.size() != 1 || waits.size() != 1 || history.program().statement(notifies[0]).op != Op::notify) return;
    if (history.program().statement(notifies[0]).n < 1) return;
    never_woken(history, judgement, use, waits[0], notifies[0]);
  });
}

void wakes_all(const History& history, Judgement& judgement) {
  for_conditions(history, [&](const Use& use) {
    if (!only_blocks(history, use)) return;
    for (const StatementId all : notifies_of(history, use.resource->name, true)) {
      if (history.program().statement(all).op != Op::notify_all) continue;
      for (const StatementId wait : waits_on(history, use.resource->name)) never_woken(history, judgement, use, wait, all);
    }
  });
}

void passed_on(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for_conditions(history, [&](const Use& use) {
    const auto waits = waits_on(history, use.resource->name);
    const auto notifies = notifies_of(history, use.resource->name, true);
    if (!only_blocks(history, use) || notifies.size() != 1 || waits.size() != 2 || program.statement(notifies[0]).op != Op::notify)
      return;
    const StatementId notify = notifies[0];
    if (program.statement(notify).n != 1 || !history.ended(notify)) return;
    const Tick t = history.begin_tick(notify);
    // Both waited, the first of them was notified and cancelled in one step of somebody else.
    for (const StatementId wait : waits) {
      if (history.open_at(program.place(wait).task, t) != wait) return;
    }
    const Source* source = history.only_source_until(t);
    if (source == nullptr || source->kind != Source::Kind::cancel || source->task != program.place(waits[0]).task) return;
    if (history.begin(source->at) < history.end(notify) || !history.alone_between(history.begin(notify), history.end(source->at)))
      return;
    const NameId notifier = program.place(notify).task;
    // Which leaves the lock in this tick.
    for (const Taking& taking : use.takings) {
      if (program.place(taking.id).task == notifier && (!history.ended(taking.id) || history.end_tick(taking.id) != t)) return;
      if (program.place(taking.id).task != notifier && taking.id != waits[0] && history.begin_tick(taking.id) == t) return;
    }
    if (!history.ended(waits[1]) && !history.over_after(t)) return;
    judgement.exercise();
    if (!history.ended(waits[1]) || history.end_tick(waits[1]) != t || !history.outcome(waits[1]).ok()) {
      judgement.violate(events_of(history, notify, waits[1]), "the first waiter was notified and cancelled at once, and the " +
                                                                  named(history, waits[1]) + " " + fate_of(history, waits[1]));
    }
  });
}

}  // namespace

std::vector<Rule> condition_rules() {
  using enum Profile;
  const std::string_view source = "asyncio `Condition`";
  return {
      chapter.must("CONDITION-NEEDS-ITS-LOCK", core, {},
                   "Waiting on a condition, or notifying it, while nobody holds its lock raises RuntimeError.",
                   "Without the lock the news could be missed between looking and waiting.", source, needs_its_lock),
      chapter.must("CONDITION-WAIT-GIVES-THE-LOCK-UP", core, {"LOCK-EXCLUDES"},
                   "Whoever waits on a condition does not hold its lock meanwhile.",
                   "Otherwise nobody could come in to bring the news.", source, gives_up),
      chapter.must("CANCELLED-CONDITION-WAIT-RETAKES-THE-LOCK", core, {"LOCK-EXCLUDES"},
                   "A cancelled wait on a condition raises CancelledError once it holds the lock again, and not before.",
                   "The block around it will release the lock on its way out.", source, cancelled_retakes),
      chapter.must("CONDITION-WAIT-RETAKES-THE-LOCK", core, {"LOCK-EXCLUDES", "CANCELLED-CONDITION-WAIT-RETAKES-THE-LOCK"},
                   "A wait on a condition returns holding the lock, and not while another task does.",
                   "What was waited for must still be so when it is used.", source, retakes),
      chapter.must("NOTIFY-WAKES-A-WAITER", core, {"CONDITION-WAIT-GIVES-THE-LOCK-UP"},
                   "A task that waits when a condition is notified, and is the only one, goes on as soon as the lock is free.",
                   "News that reach nobody are lost.", source, notify_wakes),
      chapter.must("NOTIFY-WAKES-NO-MORE-THAN-ASKED", core, {"CONDITION-WAIT-RETAKES-THE-LOCK"},
                   "notify(n) wakes n waiters at most, as long as none that waits is cancelled.",
                   "Each may have been meant for one.", source, no_more),
      chapter.must("NOTIFY-WAKES-THE-LONGEST-WAITING", core, {"NOTIFY-WAKES-A-WAITER"},
                   "notify wakes those who have waited longest.", "Otherwise a task may wait for ever while others come and go.",
                   source, longest_first),
      chapter.must("NOTIFY-ALL-WAKES-ALL", core, {"NOTIFY-WAKES-A-WAITER"},
                   "notify_all wakes every waiter; each goes on as soon as it gets the lock.", "It is what was asked for.", source,
                   wakes_all),
      chapter.must("NOTIFICATION-OF-A-CANCELLED-WAITER-IS-PASSED-ON", serial,
                   {"NOTIFY-WAKES-A-WAITER", "CANCELLED-CONDITION-WAIT-RETAKES-THE-LOCK"},
                   "A notification given to a waiter that is cancelled before it has gone on goes to another.",
                   "The news was for whoever waits.", "asyncio `Condition`, since CPython 3.13", passed_on),
      chapter.must("CONDITION-WAIT-FOR-TESTS-ITS-PREDICATE", core, {},
                   "wait_for on a condition tests its predicate before the first wait and after each, and returns when it is true.",
                   "A wake-up is a hint; the predicate is the fact.", source, by_property),
  };
}

}  // namespace lawful::spec
