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

std::vector<Mutant> barrier_mutants() {
  return {
      mutant<Flawed<&Flaws::barrier_opens_early>>("barrier-opens-early", "BARRIER-HOLDS-UNTIL-THE-LAST",
                                                  "a barrier opens for the last but one"),
      mutant<Flawed<&Flaws::barrier_opens_late>>("barrier-opens-late", "BARRIER-OPENS-AT-THE-LAST",
                                                 "a barrier waits for one more than its parties"),
      mutant<Flawed<&Flaws::barrier_opens_once>>("barrier-opens-once", "BARRIER-IS-REUSABLE", "a barrier is a latch"),
      mutant<Flawed<&Flaws::barrier_gives_one_place>>("barrier-gives-one-place", "BARRIER-GIVES-EACH-ITS-PLACE",
                                                      "everybody is number 0"),
      mutant<Flawed<&Flaws::barrier_counts_cancelled>>("barrier-counts-the-cancelled", "BARRIER-FORGETS-A-CANCELLED-PARTY",
                                                       "who has come has come"),
      mutant<Flawed<&Flaws::reset_does_nothing>>("barrier-reset-does-nothing", "BARRIER-RESET-BREAKS-WHO-WAITS",
                                                 "reset leaves those who wait alone"),
      mutant<Flawed<&Flaws::reset_breaks_for_good>>("barrier-reset-breaks-for-good", "BARRIER-RESET-LEAVES-IT-USABLE",
                                                    "reset is abort"),
      mutant<Flawed<&Flaws::abort_wakes_nobody>>("barrier-abort-wakes-nobody", "BARRIER-ABORT-BREAKS-WHO-WAITS",
                                                 "abort is only seen by who comes later"),
      mutant<Flawed<&Flaws::abort_resets>>("barrier-abort-resets", "BARRIER-ABORT-BREAKS-WHO-COMES", "abort is reset"),
  };
}

}  // namespace lawful::conformance
