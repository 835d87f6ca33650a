#include "conformance/mutants/plain_sync.hpp"

namespace lawful::conformance {

namespace {

using Flaws = PlainSync::Flaws;

/// The plain primitives with one flaw set.
template <bool Flaws::*Flaw>
struct Flawed final : PlainSync {
  explicit Flawed(Scheduler& scheduler) : PlainSync(scheduler) { flaws_.*Flaw = true; }
};

}  // namespace

std::vector<Mutant> condition_mutants() {
  return {
      mutant<Flawed<&Flaws::needs_no_lock>>("condition-needs-no-lock", "CONDITION-NEEDS-ITS-LOCK",
                                            "nobody looks whether the lock is held"),
      mutant<Flawed<&Flaws::wait_keeps_lock>>("condition-wait-keeps-the-lock", "CONDITION-WAIT-GIVES-THE-LOCK-UP",
                                              "a wait does not release the lock"),
      mutant<Flawed<&Flaws::returns_unlocked>>("condition-wait-returns-unlocked", "CONDITION-WAIT-RETAKES-THE-LOCK",
                                               "a notified waiter goes on without the lock"),
      mutant<Flawed<&Flaws::cancelled_returns_unlocked>>("cancelled-condition-wait-returns-unlocked",
                                                         "CANCELLED-CONDITION-WAIT-RETAKES-THE-LOCK",
                                                         "a cancelled waiter goes on without the lock"),
      mutant<Flawed<&Flaws::notify_needs_two>>("notify-needs-two", "NOTIFY-WAKES-A-WAITER", "a single waiter is overlooked"),
      mutant<Flawed<&Flaws::notify_wakes_all>>("notify-wakes-all", "NOTIFY-WAKES-NO-MORE-THAN-ASKED", "notify is notify_all"),
      mutant<Flawed<&Flaws::notify_last_first>>("notify-last-first", "NOTIFY-WAKES-THE-LONGEST-WAITING",
                                                "waiters are kept on a stack"),
      mutant<Flawed<&Flaws::notify_all_wakes_one>>("notify-all-wakes-one", "NOTIFY-ALL-WAKES-ALL",
                                                   "notify_all loses all waiters but one, as in libcoro"),
      mutant<Flawed<&Flaws::notification_dies_with_cancelled>>("notification-dies-with-a-cancelled-waiter",
                                                               "NOTIFICATION-OF-A-CANCELLED-WAITER-IS-PASSED-ON",
                                                               "a cancelled waiter keeps its notification, as up to CPython 3.12"),
  };
}

}  // namespace lawful::conformance
