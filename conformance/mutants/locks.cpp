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

std::vector<Mutant> lock_mutants() {
  return {
      mutant<Flawed<&Flaws::lock_lets_two_in>>("lock-lets-two-in", "LOCK-EXCLUDES", "a lock is a semaphore, of the wrong count"),
      mutant<Flawed<&Flaws::lock_wakes_nobody>>("lock-wakes-nobody", "LOCK-IS-NEVER-LOST",
                                                "a release opens the lock, and tells nobody who waits"),
      mutant<Flawed<&Flaws::lock_kept_by_cancelled>>("lock-kept-by-a-cancelled-task", "LOCK-IS-RELEASED-WHATEVER-HAPPENS",
                                                     "a task that was cancelled leaves without releasing"),
      mutant<Flawed<&Flaws::lock_last_first>>("lock-last-in-first-out", "LOCK-SERVES-IN-ORDER", "waiters are kept on a stack"),
      mutant<Flawed<&Flaws::lock_always_yields>>("lock-always-yields", "FREE-LOCK-IS-TAKEN-AT-ONCE",
                                                 "every acquire goes through the queue"),
      mutant<Flawed<&Flaws::lock_is_barged>>("lock-is-barged", "LOCK-IS-NOT-BARGED",
                                             "a released lock is free for whoever comes first, and who was woken tries again"),
      mutant<Flawed<&Flaws::lock_never_reads_locked>>("lock-never-reads-locked", "LOCK-LOCKED-TELLS-THE-TRUTH",
                                                      "locked() answers whether the lock exists"),
      mutant<Flawed<&Flaws::lock_release_never_objects>>("lock-release-never-objects", "RELEASE-OF-A-FREE-LOCK-IS-REFUSED",
                                                         "releasing a free lock does nothing"),
      mutant<Flawed<&Flaws::lock_owner_only>>("lock-released-by-its-owner-only", "LOCK-MAY-BE-RELEASED-BY-ANYBODY",
                                              "a lock belongs to the task that took it"),
      mutant<Flawed<&Flaws::lock_re_entrant>>("lock-is-re-entrant", "LOCK-IS-NOT-RE-ENTRANT",
                                              "who holds the lock may take it again"),
  };
}

}  // namespace lawful::conformance
