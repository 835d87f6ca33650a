#include "spec/rules/permits.hpp"

#include "spec/rules/phrases.hpp"

namespace lawful::spec {

Use use_of(const History& history, const Resource& resource) {
  Use use{&resource, resource.kind == ResourceKind::lock || resource.kind == ResourceKind::condition ? 1 : resource.value, {}, {}};
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

bool Use::may_have_kept(const History& history, const Taking& taking) const {
  if (resource->kind == ResourceKind::semaphore || !history.ended(taking.id)) return false;
  return history.raised(taking.id, resource->kind == ResourceKind::bounded_semaphore ? Raised::Kind::value : Raised::Kind::runtime);
}

std::int64_t Use::out_at_least(const History& history, Index from, Index to) const {
  std::int64_t out = 0;
  for (const Taking& taking : takings) {
    // A `with` has its permit until the last statement of its body has ended; an acquire until somebody releases.
    if (taking.taken < from && (taking.released == never || taking.released > to) &&
        !(history.end(taking.id) < from && taking.released != never))
      ++out;
  }
  for (const StatementId id : releases) {
    if (history.begin(id) <= to && (!history.ended(id) || history.outcome(id).ok())) --out;
  }
  return out;
}

std::int64_t Use::out_at_most(const History& history, Index from, Index to) const {
  std::int64_t out = 0;
  for (const Taking& taking : takings) {
    if (history.begin(taking.id) > to) continue;
    const bool of_block = history.program().statement(taking.id).op == Op::with;
    const bool over = history.end(taking.id) < from && (of_block ? !may_have_kept(history, taking) : taking.taken == never);
    if (!over) ++out;
  }
  for (const StatementId id : releases) {
    if (history.end(id) < from && history.outcome(id).ok()) --out;
  }
  return out;
}

bool Use::contended(const History& history, Index from, Index to, StatementId but) const {
  for (const Taking& taking : takings) {
    if (taking.id == but || history.begin(taking.id) > to) continue;
    if (taking.taken < from || (taking.taken == never && history.end(taking.id) < from)) continue;
    return true;
  }
  return false;
}

namespace {

/// Whether a taking still waited when the clock moved on after event `last`, or the run was a deadlock there.
bool waits_after(const History& history, const Taking& taking, Index last) {
  return history.begin(taking.id) <= last && (taking.taken == never || taking.taken > last) &&
         (!history.ended(taking.id) || history.end(taking.id) > last);
}

/// Whether up to an event somebody left it by an error, or was cancelled while waiting.
bool disturbed(const History& history, const Use& use, Index index) {
  for (const Taking& taking : use.takings) {
    if (history.end(taking.id) <= index && !history.outcome(taking.id).ok()) return true;
  }
  return false;
}

}  // namespace

void check_bound(const History& history, const Use& use, Judgement& judgement) {
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
    if (held > use.permits) {
      judgement.violate({i}, "\"" + history.program().name(use.resource->name) + "\" has " + std::to_string(use.permits) +
                                 " permits, and " + std::to_string(held) + " are held");
      return;
    }
  }
}

void check_none_lost(const History& history, const Use& use, bool after_errors, Judgement& judgement) {
  for (Index i = 0; i < history.events(); ++i) {
    const bool last = i + 1 == history.events();
    const bool quiet = last ? history.run().status == Status::deadlock : history.event(i + 1).t > history.event(i).t;
    if (!quiet || disturbed(history, use, i) != after_errors) continue;
    std::int64_t free = use.permits;
    Index waiting = never;
    for (const Taking& taking : use.takings) {
      if (waits_after(history, taking, i)) {
        waiting = history.begin(taking.id);
      } else if (taking.taken <= i) {
        // A `with` gives its permit back before it ends.
        const bool of_block = history.program().statement(taking.id).op == Op::with;
        if (!of_block || history.end(taking.id) > i || use.may_have_kept(history, taking)) --free;
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
}

void check_served_in_order(const History& history, const Use& use, Judgement& judgement) {
  for (const Taking& early : use.takings) {
    // One that was cancelled has left the line.
    if (history.ended(early.id) && early.taken == never) continue;
    for (const Taking& late : use.takings) {
      if (late.taken == never || history.begin_tick(late.id) <= history.begin_tick(early.id)) continue;
      // Only what different ticks tell apart is compared: `early` waited when `late` came, and when `late` was served after waiting
      // too. Who comes in the very tick is the business of another rule.
      const Tick served = history.event(late.taken).t;
      if (served == history.begin_tick(late.id)) continue;
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
}

void check_taken_at_once(const History& history, const Use& use, Judgement& judgement) {
  for (const Taking& taking : use.takings) {
    const Index begin = history.begin(taking.id);
    if (taking.taken == never || begin == 0) continue;
    if (use.out_at_most(history, begin - 1, begin - 1) >= use.permits || use.contended(history, begin, begin, taking.id)) continue;
    judgement.exercise();
    if (!history.alone_between(begin, taking.taken)) {
      judgement.violate({begin, taking.taken}, quoted(history, use.resource->name) + " was free, and the " +
                                                   named(history, taking.id) + " gave others a turn");
    }
  }
}

void check_not_barged(const History& history, const Use& use, Judgement& judgement) {
  for (const Taking& early : use.takings) {
    if (early.taken == never || history.alone_between(history.begin(early.id), early.taken)) continue;
    for (const Taking& late : use.takings) {
      if (late.taken == never || history.begin(late.id) < history.begin(early.id) || history.begin(late.id) > early.taken) continue;
      judgement.exercise();
      if (late.taken < early.taken) {
        judgement.violate({history.begin(early.id), late.taken},
                          "the " + named(history, early.id) + " waited for " + quoted(history, use.resource->name) + ", and the " +
                              named(history, late.id) + ", which came later, went before it");
      }
    }
  }
}

void check_locked(const History& history, const Use& use, Judgement& judgement) {
  for (const StatementId id : history.all(Op::locked)) {
    if (!history.ended(id) || history.program().statement(id).name != use.resource->name) continue;
    const bool surely_locked = use.out_at_least(history, history.begin(id), history.end(id)) >= use.permits;
    const bool surely_free = use.out_at_most(history, history.begin(id), history.end(id)) < use.permits &&
                             !use.contended(history, history.begin(id), history.end(id), no_statement);
    if (!surely_locked && !surely_free) continue;
    judgement.exercise();
    if (!history.answered(id, Value(surely_locked))) {
      judgement.violate(events_of(history, id),
                        quoted(history, use.resource->name) +
                            (surely_locked ? " had no permit left" : " had a permit left, and nobody waited") + ", and `locked` " +
                            text_of(history.outcome(id)));
    }
  }
}

}  // namespace lawful::spec
