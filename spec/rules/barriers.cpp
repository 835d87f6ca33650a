#include <algorithm>
#include <optional>

#include "spec/rule.hpp"
#include "spec/rules/phrases.hpp"

namespace lawful::spec {

namespace {

constexpr Chapter chapter("Barriers", "1.1");

/// Everything that was done with one barrier.
struct Use {
  const Resource* resource;
  std::vector<StatementId> waits;  // in the order in which they began
  std::vector<StatementId> resets;
  std::vector<StatementId> aborts;
};

template <class Each>
void for_barriers(const History& history, Each each) {
  for (const Resource& resource : history.program().resources()) {
    if (resource.kind != ResourceKind::barrier) continue;
    Use use{&resource, {}, {}, {}};
    const auto collect = [&](Op op, std::vector<StatementId>& into) {
      for (const StatementId id : history.all(op)) {
        if (history.begun(id) && history.program().statement(id).name == resource.name) into.push_back(id);
      }
      std::sort(into.begin(), into.end(), [&](StatementId a, StatementId b) { return history.begin(a) < history.begin(b); });
    };
    collect(Op::wait_barrier, use.waits);
    collect(Op::reset, use.resets);
    collect(Op::abort, use.aborts);
    each(use);
  }
}

/// How it stood after event `i`, when the clock moved on or the run was a deadlock: who had come, and who had gone on.
struct Quiet {
  Index i;
  std::int64_t came;
  std::int64_t went;
  std::int64_t left;  // cancelled while they waited
};

template <class Each>
void for_quiet(const History& history, const Use& use, Each each) {
  for (Index i = 0; i < history.events(); ++i) {
    const bool last = i + 1 == history.events();
    const bool quiet = last ? history.run().status == Status::deadlock : history.event(i + 1).t > history.event(i).t;
    if (!quiet) continue;
    Quiet now{i, 0, 0, 0};
    for (const StatementId id : use.waits) {
      if (history.begin(id) > i) continue;
      ++now.came;
      if (history.end(id) > i) continue;
      ++(history.outcome(id).ok() ? now.went : now.left);
    }
    each(now);
  }
}

/// In a round before the second, or later ones: with nobody cancelled, and the barrier never reset or aborted.
void releases(const History& history, Judgement& judgement, bool first_round) {
  for_barriers(history, [&](const Use& use) {
    if (!use.resets.empty() || !use.aborts.empty()) return;
    const std::int64_t parties = use.resource->value;
    for_quiet(history, use, [&](const Quiet& now) {
      if (now.left != 0 || now.came < parties || (now.came < 2 * parties) != first_round) return;
      judgement.exercise();
      if (now.went < now.came / parties * parties) {
        judgement.violate({now.i}, std::to_string(now.came) + " have come to " + quoted(history, use.resource->name) + " of " +
                                       std::to_string(parties) + ", and " + std::to_string(now.went) + " have gone on");
      }
    });
  });
}

void releases_at_the_last(const History& history, Judgement& judgement) { releases(history, judgement, true); }
void reusable(const History& history, Judgement& judgement) { releases(history, judgement, false); }

void holds(const History& history, Judgement& judgement) {
  for_barriers(history, [&](const Use& use) {
    if (!use.resets.empty() || !use.aborts.empty()) return;
    const std::int64_t parties = use.resource->value;
    for_quiet(history, use, [&](const Quiet& now) {
      if (now.came == 0) return;
      judgement.exercise();
      if (now.went > now.came / parties * parties) {
        judgement.violate({now.i}, std::to_string(now.came) + " have come to " + quoted(history, use.resource->name) + " of " +
                                       std::to_string(parties) + ", and " + std::to_string(now.went) + " have gone on");
      }
    });
  });
}

void places(const History& history, Judgement& judgement) {
  for_barriers(history, [&](const Use& use) {
    if (!use.resets.empty() || !use.aborts.empty()) return;
    const auto parties = static_cast<std::size_t>(use.resource->value);
    if (use.waits.size() < parties) return;
    // The first round, whose parties came in different ticks and all went on.
    std::optional<Tick> before;
    for (std::size_t i = 0; i < parties; ++i) {
      const StatementId id = use.waits[i];
      if (!history.ended(id) || !history.outcome(id).ok() || (before && history.begin_tick(id) <= *before)) return;
      before = history.begin_tick(id);
    }
    if (use.waits.size() > parties && history.begin_tick(use.waits[parties]) <= *before) return;
    judgement.exercise();
    for (std::size_t i = 0; i < parties; ++i) {
      if (history.answered(use.waits[i], Value(static_cast<std::int64_t>(i)))) continue;
      judgement.violate(events_of(history, use.waits[i]), "the " + named(history, use.waits[i]) + " was number " +
                                                              std::to_string(i) + " to come, from 0, and " +
                                                              text_of(history.outcome(use.waits[i])));
    }
  });
}

void forgets(const History& history, Judgement& judgement) {
  for_barriers(history, [&](const Use& use) {
    if (!use.resets.empty() || !use.aborts.empty()) return;
    const std::int64_t parties = use.resource->value;
    for_quiet(history, use, [&](const Quiet& now) {
      // One was cancelled while the first round gathered.
      if (now.left != 1 || now.came - now.left >= 2 * parties) return;
      const auto cancelled = std::find_if(use.waits.begin(), use.waits.end(), [&](StatementId id) {
        return history.end(id) <= now.i && history.outcome(id).cancelled();
      });
      if (cancelled == use.waits.end()) return;
      std::int64_t before = 0;
      for (const StatementId id : use.waits)
        before += history.begin(id) < history.end(*cancelled) && history.begin_tick(id) <= history.end_tick(*cancelled) ? 1 : 0;
      if (before >= parties) return;
      judgement.exercise();
      const std::int64_t due = (now.came - 1) / parties * parties;
      if (now.went != due) {
        judgement.violate({history.end(*cancelled), now.i},
                          std::to_string(now.came) + " came to " + quoted(history, use.resource->name) + " of " +
                              std::to_string(parties) + ", one was cancelled, and " + std::to_string(now.went) + " have gone on");
      }
    });
  });
}

/// A wait that stood at the barrier when the clock came to t, its round surely not full.
bool waits_at(const History& history, const Use& use, StatementId id, Tick t) {
  if (history.open_at(history.program().place(id).task, t) != id) return false;
  std::int64_t came = 0;
  for (const StatementId other : use.waits) came += history.begin_tick(other) <= t ? 1 : 0;
  return came < use.resource->value;
}

void breaks_waiters(const History& history, Judgement& judgement, bool abort) {
  for_barriers(history, [&](const Use& use) {
    const auto& breaking = abort ? use.aborts : use.resets;
    if (use.resets.size() + use.aborts.size() != 1 || breaking.empty() || !history.ended(breaking[0])) return;
    const Tick t = history.begin_tick(breaking[0]);
    if (!history.calm_until(t)) return;
    for (const StatementId id : use.waits) {
      if (!waits_at(history, use, id, t) || (!history.ended(id) && !history.over_after(t))) continue;
      judgement.exercise();
      if (!history.raised(id, Raised::Kind::broken_barrier) || history.end_tick(id) != t) {
        judgement.violate(events_of(history, breaking[0], id), quoted(history, use.resource->name) +
                                                                   (abort ? " was aborted at " : " was reset at ") + at_tick(t) +
                                                                   ", and the " + named(history, id) + " " + fate_of(history, id));
      }
    }
  });
}

void reset_breaks(const History& history, Judgement& judgement) { breaks_waiters(history, judgement, false); }
void abort_breaks(const History& history, Judgement& judgement) { breaks_waiters(history, judgement, true); }

void reset_leaves_usable(const History& history, Judgement& judgement) {
  for_barriers(history, [&](const Use& use) {
    if (use.resets.empty()) return;
    const StatementId reset = use.resets.back();
    if (!history.ended(reset)) return;
    const Tick t = history.end_tick(reset);
    for (const StatementId abort : use.aborts) {
      if (history.begin_tick(abort) >= history.begin_tick(reset)) return;
    }
    std::vector<StatementId> after;
    for (const StatementId id : use.waits) {
      if (history.begin_tick(id) > t) {
        after.push_back(id);
      } else if (history.begin_tick(id) == t || history.end_tick(id) > t) {
        return;
      }
    }
    const auto parties = static_cast<std::size_t>(use.resource->value);
    if (after.size() < parties) return;
    const Tick last = history.begin_tick(after[parties - 1]);
    if (!history.calm_until(last)) return;
    for (std::size_t i = 0; i < parties; ++i) {
      if (!history.ended(after[i]) && !history.over_after(last)) return;
    }
    judgement.exercise();
    for (std::size_t i = 0; i < parties; ++i) {
      if (history.ended(after[i]) && history.outcome(after[i]).ok() && history.end_tick(after[i]) == last) continue;
      judgement.violate(events_of(history, reset, after[i]), quoted(history, use.resource->name) +
                                                                 " was reset, all its parties came, and the " +
                                                                 named(history, after[i]) + " " + fate_of(history, after[i]));
    }
  });
}

void abort_stays(const History& history, Judgement& judgement) {
  for_barriers(history, [&](const Use& use) {
    if (!use.resets.empty() || use.aborts.empty() || !history.ended(use.aborts[0])) return;
    for (const StatementId id : use.waits) {
      const Tick t = history.begin_tick(id);
      if (t <= history.end_tick(use.aborts[0]) || !history.calm_until(t) || (!history.ended(id) && !history.over_after(t)))
        continue;
      judgement.exercise();
      if (!history.raised(id, Raised::Kind::broken_barrier) || history.end_tick(id) != t) {
        judgement.violate(events_of(history, use.aborts[0], id), quoted(history, use.resource->name) +
                                                                     " was aborted before, and the " + named(history, id) + " " +
                                                                     fate_of(history, id));
      }
    }
  });
}

}  // namespace

std::vector<Rule> barrier_rules() {
  using enum Profile;
  const std::string_view source = "asyncio `Barrier`";
  return {
      chapter.must("BARRIER-HOLDS-UNTIL-THE-LAST", core, {}, "Nobody passes a barrier before all parties of the round have come.",
                   "It is what it is for.", source, holds),
      chapter.must("BARRIER-OPENS-AT-THE-LAST", core, {"CLOCK-STANDS-WHILE-ANYTHING-IS-READY"},
                   "When the last party of a round comes to a barrier, all of them go on, in the same tick.",
                   "It is what it is for.", source, releases_at_the_last),
      chapter.must("BARRIER-IS-REUSABLE", core, {"BARRIER-OPENS-AT-THE-LAST"},
                   "After a round a barrier gathers the next one; who comes while a round leaves belongs to the next.",
                   "Work in phases meets again and again.", source, reusable),
      chapter.must("BARRIER-GIVES-EACH-ITS-PLACE", core, {"BARRIER-OPENS-AT-THE-LAST"},
                   "Waiting at a barrier answers the caller's place in the order of arrival, from 0.",
                   "One of them, and only one, may be asked to do what is done once.", source, places),
      chapter.must("BARRIER-FORGETS-A-CANCELLED-PARTY", core, {"BARRIER-OPENS-AT-THE-LAST", "CANCEL-INTERRUPTS-A-WAIT"},
                   "A party that is cancelled while it waits does not count, and does not break the barrier.", "It has not come.",
                   source, forgets),
      chapter.must("BARRIER-RESET-BREAKS-WHO-WAITS", core, {},
                   "Resetting a barrier ends every wait at it with BrokenBarrierError, in the same tick.",
                   "They wait for a round that will not be.", source, reset_breaks),
      chapter.must("BARRIER-RESET-LEAVES-IT-USABLE", core, {"BARRIER-OPENS-AT-THE-LAST"},
                   "After a reset a barrier gathers a new round.", "It is what tells a reset from an abort.", source,
                   reset_leaves_usable),
      chapter.must("BARRIER-ABORT-BREAKS-WHO-WAITS", core, {},
                   "Aborting a barrier ends every wait at it with BrokenBarrierError, in the same tick.",
                   "They wait for a party that will not come.", source, abort_breaks),
      chapter.must("BARRIER-ABORT-BREAKS-WHO-COMES", core, {"BARRIER-ABORT-BREAKS-WHO-WAITS"},
                   "Waiting at a barrier that was aborted raises BrokenBarrierError at once, until it is reset.",
                   "Nobody is to wait for what is broken.", source, abort_stays),
  };
}

}  // namespace lawful::spec
