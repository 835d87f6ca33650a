#pragma once

#include <vector>

#include "spec/history.hpp"
#include "spec/rule.hpp"

namespace lawful::spec {

/// One taking of a permit of a semaphore, or of a lock: an `acquire`, or the entry of a `with`.
struct Taking {
  StatementId id;
  Index taken = never;     // it surely had the permit from here on
  Index released = never;  // a `with`: it surely still had it up to here
};

/// Everything that was done with one semaphore or lock. A lock is a semaphore of one permit that does not grow.
struct Use {
  const Resource* resource;
  std::int64_t permits;
  std::vector<Taking> takings;
  std::vector<StatementId> releases;

  /// Whether a `with` that ended may not have given its permit back: the release was refused.
  [[nodiscard]] bool may_have_kept(const History& history, const Taking& taking) const;
  /// How many permits were surely out, at least, at every instant between the events `from` and `to`; and how many may have been,
  /// at most, at any.
  [[nodiscard]] std::int64_t out_at_least(const History& history, Index from, Index to) const;
  [[nodiscard]] std::int64_t out_at_most(const History& history, Index from, Index to) const;
  /// Whether somebody may have waited for a permit between the two.
  [[nodiscard]] bool contended(const History& history, Index from, Index to, StatementId but) const;
};

[[nodiscard]] Use use_of(const History& history, const Resource& resource);

// What semaphores and locks owe alike.

/// No more permits are held than there are.
void check_bound(const History& history, const Use& use, Judgement& judgement);
/// When the clock moves nobody waits while a permit is free; in runs in which somebody was cancelled or failed there, or in the
/// others.
void check_none_lost(const History& history, const Use& use, bool after_errors, Judgement& judgement);
/// First come, first served, where different ticks tell who came first.
void check_served_in_order(const History& history, const Use& use, Judgement& judgement);
/// In a serial run: what is free is taken without a turn for others; and nobody overtakes who waits.
void check_taken_at_once(const History& history, const Use& use, Judgement& judgement);
void check_not_barged(const History& history, const Use& use, Judgement& judgement);
/// `locked` tells whether an acquire would have to wait.
void check_locked(const History& history, const Use& use, Judgement& judgement);

}  // namespace lawful::spec
