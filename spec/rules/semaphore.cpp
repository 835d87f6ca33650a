#include <algorithm>

#include "spec/rule.hpp"

namespace lawful::spec {

namespace {

constexpr std::string_view chapter = "Semaphore bounds";

bool is_semaphore(const Resource& resource) {
  return resource.kind == ResourceKind::semaphore || resource.kind == ResourceKind::bounded_semaphore;
}

/// One taking of a permit: an `acquire`, or the entry of a `with`.
struct Taking {
  StatementId id;
  Index taken = never;     // it surely had the permit from here on
  Index released = never;  // a `with`: it surely still had it up to here
};

/// Everything that was done with one semaphore.
struct Use {
  const Resource* resource;
  std::vector<Taking> takings;
  std::vector<StatementId> releases;
};

Use use_of(const History& history, const Resource& resource) {
  Use use{&resource, {}, {}};
  for (const StatementId id : history.all(Op::acquire)) {
    if (history.program().statement(id).name != resource.name || !history.begun(id)) continue;
    Taking taking{id};
    if (history.ended(id) && history.outcome(id).ok()) taking.taken = history.end(id);
    use.takings.push_back(taking);
  }
  for (const StatementId id : history.all(Op::with)) {
    const Statement& s = history.program().statement(id);
    if (s.name != resource.name || !history.begun(id)) continue;
    Taking taking{id};
    // The first statement of its body shows that it is inside. The body may have been left once the last one to begin has ended.
    for (const Statement& inner : s.body) {
      if (!history.begun(inner.id)) break;
      if (taking.taken == never) taking.taken = history.begin(inner.id);
      taking.released = history.end(inner.id);
    }
    use.takings.push_back(taking);
  }
  for (const StatementId id : history.all(Op::release)) {
    if (history.program().statement(id).name == resource.name && history.begun(id)) use.releases.push_back(id);
  }
  return use;
}

/// Whether a `with` that ended may not have given its permit back: a bounded semaphore that has all its permits refuses.
bool may_have_kept(const History& history, const Use& use, const Taking& taking) {
  if (use.resource->kind != ResourceKind::bounded_semaphore || !history.ended(taking.id)) return false;
  const Raised* raised = history.outcome(taking.id).raised();
  return raised != nullptr && raised->kind() == Raised::Kind::value;
}

template <class Check>
void for_semaphores(const History& history, Check check) {
  for (const Resource& resource : history.program().resources()) {
    if (is_semaphore(resource)) check(use_of(history, resource));
  }
}

void bound(const History& history, Judgement& judgement) {
  for_semaphores(history, [&](const Use& use) {
    // Permits surely held at each event: taken, and not possibly given back.
    std::vector<std::int64_t> change(history.events() + 1, 0);
    bool contended = false;
    for (const Taking& taking : use.takings) {
      if (taking.taken == never) {
        contended = true;
        continue;
      }
      ++change[taking.taken];
      if (taking.released != never) --change[taking.released];
      contended = contended || history.event(taking.taken).t != history.begin_tick(taking.id);
    }
    for (const StatementId id : use.releases) {
      if (!history.ended(id) || history.outcome(id).ok()) --change[history.begin(id)];
    }
    std::int64_t held = 0;
    if (contended) judgement.exercise();
    for (Index i = 0; i < history.events(); ++i) {
      held += change[i];
      if (held > use.resource->value) {
        judgement.violate({i}, "\"" + history.program().name(use.resource->name) + "\" has " + std::to_string(use.resource->value) +
                                   " permits, and " + std::to_string(held) + " are held");
        return;
      }
    }
  });
}

/// Whether a taking still waited when the clock moved on after event `last`, or the run was a deadlock there.
bool waits_after(const History& history, const Taking& taking, Index last) {
  return history.begin(taking.id) <= last && (taking.taken == never || taking.taken > last) &&
         (!history.ended(taking.id) || history.end(taking.id) > last);
}

void loses_none(const History& history, Judgement& judgement) {
  for_semaphores(history, [&](const Use& use) {
    for (Index i = 0; i < history.events(); ++i) {
      const bool last = i + 1 == history.events();
      const bool quiet = last ? history.run().status == Status::deadlock : history.event(i + 1).t > history.event(i).t;
      if (!quiet) continue;
      std::int64_t free = use.resource->value;
      Index waiting = never;
      for (const Taking& taking : use.takings) {
        if (waits_after(history, taking, i)) {
          waiting = history.begin(taking.id);
        } else if (taking.taken <= i) {
          // A `with` gives its permit back before it ends.
          const bool of_block = history.program().statement(taking.id).op == Op::with;
          if (!of_block || history.end(taking.id) > i || may_have_kept(history, use, taking)) --free;
        }
      }
      for (const StatementId id : use.releases) {
        if (history.end(id) <= i && history.outcome(id).ok()) ++free;
      }
      if (waiting == never) continue;
      judgement.exercise();
      if (free > 0) {
        judgement.violate({waiting, i}, "a task waits for \"" + history.program().name(use.resource->name) + "\", of which " +
                                            std::to_string(free) + (free == 1 ? " permit is" : " permits are") + " free");
        return;
      }
    }
  });
}

void serves_in_order(const History& history, Judgement& judgement) {
  for_semaphores(history, [&](const Use& use) {
    for (const Taking& early : use.takings) {
      // One that was cancelled has left the line.
      if (history.ended(early.id) && early.taken == never) continue;
      for (const Taking& late : use.takings) {
        if (late.taken == never || history.begin_tick(late.id) <= history.begin_tick(early.id)) continue;
        // Only what different ticks tell apart is compared: `early` waited when `late` came, and when `late` was served.
        const Tick served = history.event(late.taken).t;
        const bool waited = early.taken == never || history.event(early.taken).t > served;
        const bool was_waiting = early.taken == never || history.event(early.taken).t > history.begin_tick(late.id);
        if (!was_waiting) continue;
        judgement.exercise();
        if (waited && !(early.taken == never && history.run().status == Status::finished && history.run().end == served)) {
          judgement.violate({history.begin(early.id), late.taken},
                            "a task waited for \"" + history.program().name(use.resource->name) + "\" from tick " +
                                std::to_string(history.begin_tick(early.id)) + " on, and one that came at tick " +
                                std::to_string(history.begin_tick(late.id)) + " was served before it");
          return;
        }
      }
    }
  });
}

void refuses_to_grow(const History& history, Judgement& judgement) {
  for_semaphores(history, [&](const Use& use) {
    if (use.resource->kind != ResourceKind::bounded_semaphore) return;
    for (const StatementId id : use.releases) {
      if (!history.ended(id)) continue;
      // Permits that may have been out at any instant of this release.
      std::int64_t out = 0;
      for (const Taking& taking : use.takings) {
        if (history.begin(taking.id) > history.end(id)) continue;
        const bool of_block = history.program().statement(taking.id).op == Op::with;
        const bool over =
            history.end(taking.id) < history.begin(id) && (of_block ? !may_have_kept(history, use, taking) : taking.taken == never);
        if (!over) ++out;
      }
      for (const StatementId other : use.releases) {
        if (other != id && history.end(other) < history.begin(id) && history.outcome(other).ok()) --out;
      }
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
  };
}

}  // namespace lawful::spec
