#include <algorithm>

#include "spec/rule.hpp"
#include "spec/rules/permits.hpp"
#include "spec/rules/phrases.hpp"

namespace lawful::spec {

namespace {

constexpr Chapter chapter("Locks", "1.1");

template <class Check>
void for_locks(const History& history, Check check) {
  for (const Resource& resource : history.program().resources()) {
    if (resource.kind == ResourceKind::lock) check(use_of(history, resource));
  }
}

void excludes(const History& history, Judgement& judgement) {
  for_locks(history, [&](const Use& use) {
    // A task that takes it a second time is the business of another rule.
    Use once = use;
    std::erase_if(once.takings, [&](const Taking& taking) {
      for (StatementId id = history.program().place(taking.id).parent; id != no_statement;
           id = history.program().place(id).parent) {
        const Statement& outer = history.program().statement(id);
        if (outer.op == Op::with && outer.name == use.resource->name) return true;
      }
      return false;
    });
    check_bound(history, once, judgement);
  });
}
void never_lost(const History& history, Judgement& judgement) {
  for_locks(history, [&](const Use& use) { check_none_lost(history, use, false, judgement); });
}
void released_whatever(const History& history, Judgement& judgement) {
  for_locks(history, [&](const Use& use) { check_none_lost(history, use, true, judgement); });
}
void serves_in_order(const History& history, Judgement& judgement) {
  for_locks(history, [&](const Use& use) { check_served_in_order(history, use, judgement); });
}
void taken_at_once(const History& history, Judgement& judgement) {
  for_locks(history, [&](const Use& use) { check_taken_at_once(history, use, judgement); });
}
void not_barged(const History& history, Judgement& judgement) {
  for_locks(history, [&](const Use& use) { check_not_barged(history, use, judgement); });
}
void locked_truth(const History& history, Judgement& judgement) {
  for_locks(history, [&](const Use& use) { check_locked(history, use, judgement); });
}

void release_of_free(const History& history, Judgement& judgement) {
  for_locks(history, [&](const Use& use) {
    for (const StatementId id : use.releases) {
      if (!history.ended(id) || use.out_at_most(history, history.begin(id), history.end(id)) > 0) continue;
      judgement.exercise();
      if (!history.raised(id, Raised::Kind::runtime)) {
        judgement.violate(events_of(history, id),
                          quoted(history, use.resource->name) + " was free, and releasing it " + text_of(history.outcome(id)));
      }
    }
  });
}

void released_by_anybody(const History& history, Judgement& judgement) {
  for_locks(history, [&](const Use& use) {
    for (const StatementId id : use.releases) {
      if (!history.ended(id)) continue;
      Use others = use;
      others.releases.erase(std::remove(others.releases.begin(), others.releases.end(), id), others.releases.end());
      if (others.out_at_least(history, history.begin(id), history.end(id)) < 1) continue;
      // Somebody else's: no taking of the releasing task is under way.
      const NameId task = history.program().place(id).task;
      const bool own = std::any_of(use.takings.begin(), use.takings.end(), [&](const Taking& taking) {
        return history.program().place(taking.id).task == task && history.begin(taking.id) < history.begin(id);
      });
      if (own) continue;
      judgement.exercise();
      if (!history.outcome(id).ok()) {
        judgement.violate(
            events_of(history, id),
            quoted(history, use.resource->name) + " was held by another task, and releasing it " + text_of(history.outcome(id)));
      }
    }
  });
}

void not_reentrant(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for_locks(history, [&](const Use& use) {
    if (std::any_of(use.releases.begin(), use.releases.end(), [&](StatementId id) { return history.begun(id); })) return;
    for (const Taking& inner : use.takings) {
      for (StatementId id = program.place(inner.id).parent; id != no_statement; id = program.place(id).parent) {
        const Statement& outer = program.statement(id);
        if (outer.op != Op::with || outer.name != use.resource->name) continue;
        if (!history.ended(inner.id) && !history.over_after(history.begin_tick(inner.id))) continue;
        judgement.exercise();
        if (inner.taken != never) {
          judgement.violate({history.begin(inner.id), inner.taken},
                            "a task that held " + quoted(history, use.resource->name) + " got it a second time");
        }
      }
    }
  });
}

}  // namespace

std::vector<Rule> lock_rules() {
  using enum Profile;
  const std::string_view source = "asyncio `Lock`";
  return {
      chapter.must("LOCK-EXCLUDES", core, {"TASK-RUNS-ONCE"}, "At no instant do two tasks hold one lock.",
                   "It is what a lock is for.", source, excludes),
      chapter.must("LOCK-IS-NEVER-LOST", core, {"LOCK-EXCLUDES"},
                   "When the clock moves, or a run is a deadlock, no task waits for a lock that is free.",
                   "A release that wakes nobody stops a program without a word.", source, never_lost),
      chapter.must("LOCK-IS-RELEASED-WHATEVER-HAPPENS", core, {"LOCK-IS-NEVER-LOST"},
                   "A block that holds a lock gives it back when it is left by an error or a cancel, and a waiter that is "
                   "cancelled takes nothing with it: "
                   "when the clock moves, no task waits for a lock that is free.",
                   "The way out by an error is the one that nobody tries.", source, released_whatever),
      chapter.must("LOCK-SERVES-IN-ORDER", core, {"LOCK-IS-NEVER-LOST"},
                   "A lock goes to tasks in the order in which they began to wait, except to those that were cancelled.",
                   "Otherwise a task may wait for ever while others come and go.", source, serves_in_order),
      chapter.must("FREE-LOCK-IS-TAKEN-AT-ONCE", serial, {"LOCK-EXCLUDES"},
                   "Acquiring a lock that is free, and for which nobody waits, gives nobody else a turn.",
                   "There is nothing to wait for.", source, taken_at_once),
      chapter.must(
          "LOCK-IS-NOT-BARGED", serial, {"LOCK-SERVES-IN-ORDER"},
          "A task that comes while another was given the lock and has not gone on yet waits behind it, and behind all who wait.",
          "Otherwise whoever is running always wins against whoever has waited.", source, not_barged),
      chapter.must("LOCK-LOCKED-TELLS-THE-TRUTH", core, {"LOCK-EXCLUDES"},
                   "`locked` of a lock answers true while it is held, and false when it is free and nobody waits.",
                   "It is how one asks without waiting.", source, locked_truth),
      chapter.must("RELEASE-OF-A-FREE-LOCK-IS-REFUSED", core, {}, "Releasing a lock that is free raises RuntimeError.",
                   "It is always a mistake.", source, release_of_free),
      chapter.must("LOCK-MAY-BE-RELEASED-BY-ANYBODY", core, {}, "Any task may release a lock that is held.",
                   "A lock belongs to no task: it may be handed from one to another.", source, released_by_anybody),
      chapter.must("LOCK-IS-NOT-RE-ENTRANT", core, {"LOCK-EXCLUDES"},
                   "A task that holds a lock and acquires it again waits, like any other.",
                   "What the lock protects may be half changed just then.", source, not_reentrant),
  };
}

}  // namespace lawful::spec
