#include <algorithm>

#include "spec/rule.hpp"
#include "spec/rules/permits.hpp"
#include "spec/rules/phrases.hpp"

namespace lawful::spec {

namespace {

constexpr std::string_view chapter = "Semaphore bounds";

template <class Check>
void for_semaphores(const History& history, Check check) {
  for (const Resource& resource : history.program().resources()) {
    if (resource.kind == ResourceKind::semaphore || resource.kind == ResourceKind::bounded_semaphore)
      check(use_of(history, resource));
  }
}

void bound(const History& history, Judgement& judgement) {
  for_semaphores(history, [&](const Use& use) { check_bound(history, use, judgement); });
}
void loses_none(const History& history, Judgement& judgement) {
  for_semaphores(history, [&](const Use& use) { check_none_lost(history, use, false, judgement); });
}
void survives(const History& history, Judgement& judgement) {
  for_semaphores(history, [&](const Use& use) { check_none_lost(history, use, true, judgement); });
}
void serves_in_order(const History& history, Judgement& judgement) {
  for_semaphores(history, [&](const Use& use) { check_served_in_order(history, use, judgement); });
}
void taken_at_once(const History& history, Judgement& judgement) {
  for_semaphores(history, [&](const Use& use) { check_taken_at_once(history, use, judgement); });
}
void not_barged(const History& history, Judgement& judgement) {
  for_semaphores(history, [&](const Use& use) { check_not_barged(history, use, judgement); });
}
void locked_truth(const History& history, Judgement& judgement) {
  for_semaphores(history, [&](const Use& use) { check_locked(history, use, judgement); });
}

void refuses_to_grow(const History& history, Judgement& judgement) {
  for_semaphores(history, [&](const Use& use) {
    if (use.resource->kind != ResourceKind::bounded_semaphore) return;
    for (const StatementId id : use.releases) {
      if (!history.ended(id)) continue;
      const std::int64_t out = use.out_at_most(history, history.begin(id), history.end(id));
      if (out > 0) continue;
      judgement.exercise();
      const Raised* raised = history.outcome(id).raised();
      if (raised == nullptr || raised->kind() != Raised::Kind::value) {
        judgement.violate({history.begin(id), history.end(id)},
                          "\"" + history.program().name(use.resource->name) + "\" had all its permits, and took one more");
      }
    }
  });
}

void grows(const History& history, Judgement& judgement) {
  for_semaphores(history, [&](const Use& use) {
    if (use.resource->kind != ResourceKind::semaphore) return;
    for (const StatementId id : use.releases) {
      if (!history.ended(id)) continue;
      judgement.exercise();
      if (!history.outcome(id).ok()) {
        judgement.violate({history.begin(id), history.end(id)},
                          "release of \"" + history.program().name(use.resource->name) + "\", which has no bound, was refused");
      }
    }
  });
}

}  // namespace

std::vector<Rule> semaphore_rules() {
  using enum Profile;
  constexpr Chapter added(chapter, "1.1");
  return {
      {"SEMAPHORE-BOUND",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {"TASK-RUNS-ONCE"},
       "At no instant are more permits of a semaphore held than its initial value and the releases so far allow.",
       "It is what a semaphore is for.",
       "asyncio `Semaphore`",
       bound},
      {"SEMAPHORE-LOSES-NO-PERMIT",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {"SEMAPHORE-BOUND"},
       "When the clock moves, or a run is a deadlock, no task waits for a permit while one is free.",
       "A permit that is lost with a cancelled waiter, or a release that wakes nobody, stops a program without a word.",
       "asyncio `Semaphore`",
       loses_none},
      {"SEMAPHORE-SERVES-IN-ORDER",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {"SEMAPHORE-LOSES-NO-PERMIT"},
       "Permits go to tasks in the order in which they began to wait, except to those that were cancelled.",
       "Otherwise a task may wait for ever while others come and go.",
       "asyncio `Semaphore`",
       serves_in_order},
      {"BOUNDED-SEMAPHORE-REFUSES-TO-GROW",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {},
       "Releasing a bounded semaphore that has all its permits raises ValueError, and changes nothing.",
       "It exists to find the release that is one too many.",
       "asyncio `BoundedSemaphore`",
       refuses_to_grow},
      {"SEMAPHORE-GROWS-BY-RELEASE",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {},
       "Releasing a semaphore that is not bounded always succeeds, and adds a permit, beyond its initial value too.",
       "Producers count up what consumers count down.",
       "asyncio `Semaphore`",
       grows},
      added.must("SEMAPHORE-SURVIVES-CANCELLED-WAITERS", core, {"SEMAPHORE-LOSES-NO-PERMIT"},
                 "A waiter that is cancelled, and a holder that fails, lose no permit: when the clock moves, nobody waits while "
                 "one is free.",
                 "A permit granted to a waiter that is cancelled before it goes on is the classic leak.", "asyncio `Semaphore`",
                 survives),
      added.must("FREE-PERMIT-IS-TAKEN-AT-ONCE", serial, {"SEMAPHORE-BOUND"},
                 "Acquiring a semaphore that has a permit, and for which nobody waits, gives nobody else a turn.",
                 "There is nothing to wait for.", "asyncio `Semaphore.acquire`", taken_at_once),
      added.must(
          "SEMAPHORE-IS-NOT-BARGED", serial, {"SEMAPHORE-SERVES-IN-ORDER"},
          "A task that comes while another was given a permit and has not gone on yet waits behind it, and behind all who wait.",
          "Otherwise whoever is running always wins against whoever has waited.", "asyncio `Semaphore.acquire`", not_barged),
      added.must("SEMAPHORE-LOCKED-TELLS-THE-TRUTH", core, {"SEMAPHORE-BOUND", "SEMAPHORE-LOSES-NO-PERMIT"},
                 "`locked` of a semaphore answers true when no permit is left, and false when one is and nobody waits.",
                 "It is how one asks without waiting.", "asyncio `Semaphore.locked`", locked_truth),
  };
}

}  // namespace lawful::spec
