#include "conformance/mutants/plain_timeout.hpp"

namespace lawful::conformance {

namespace {

using Flaws = PlainTimeout::Flaws;

/// A plain timeout with one flaw set.
template <bool Flaws::*Flaw>
struct Flawed final : PlainTimeout {
  explicit Flawed(Scheduler& scheduler) : PlainTimeout(scheduler) { flaws_.*Flaw = true; }
};

}  // namespace

std::vector<Mutant> timeout_mutants() {
  return {
      mutant<Flawed<&Flaws::looks_when_left>>("timeout-looks-when-left", "TIMEOUT-CUTS-ITS-BODY-AT-THE-DEADLINE",
                                              "a deadline is compared with the clock when the block is left"),
      mutant<Flawed<&Flaws::raises_cancelled>>("timeout-raises-cancelled", "TIMEOUT-RAISES-TIMEOUT-ERROR",
                                               "a deadline cancels, and that is what the caller sees"),
      mutant<Flawed<&Flaws::keeps_own_cancel>>("timeout-keeps-its-cancel", "TIMEOUT-TAKES-ITS-OWN-CANCEL-BACK",
                                               "the timeout's request stays with its task"),
      mutant<Flawed<&Flaws::stays_armed>>("timeout-stays-armed", "TIMEOUT-LEFT-IN-TIME-IS-OVER",
                                          "leaving the block does not take the timer back"),
      mutant<Flawed<&Flaws::zero_fails_at_entry>>("timeout-of-zero-fails-at-entry", "TIMEOUT-OF-ZERO-LETS-ITS-BODY-BEGIN",
                                                  "a deadline that has passed raises at once"),
      mutant<Flawed<&Flaws::zero_means_none>>("timeout-of-zero-means-none", "TIMEOUT-OF-ZERO-CUTS-THE-FIRST-WAIT",
                                              "0 stands for no limit, as in libcoro"),
      mutant<Flawed<&Flaws::always_raises_timeout>>("timeout-always-tells", "SWALLOWED-TIMEOUT-RAISES-NOTHING",
                                                    "an expired timeout raises TimeoutError however its body ended"),
      mutant<Flawed<&Flaws::hides_errors>>("timeout-hides-errors", "TIMEOUT-LETS-OTHER-ERRORS-THROUGH",
                                           "any error after the deadline becomes TimeoutError"),
      mutant<Flawed<&Flaws::takes_any_cancel>>("timeout-takes-any-cancel", "CANCEL-CROSSES-A-TIMEOUT",
                                               "any CancelledError becomes TimeoutError"),
      mutant<Flawed<&Flaws::takes_cancel_when_expired>>("timeout-takes-a-cancel-when-expired", "CANCEL-BEATS-A-TIMEOUT",
                                                        "after the deadline every CancelledError is taken for its own"),
      mutant<Flawed<&Flaws::expires_outer_too>>("inner-timeout-expires-the-outer", "INNER-TIMEOUT-LEAVES-THE-OUTER-ALONE",
                                                "a deadline marks every block its task is in"),
      mutant<Flawed<&Flaws::inner_claims_outer>>("inner-timeout-claims-the-outer", "OUTER-TIMEOUT-CROSSES-THE-INNER-AS-CANCELLED",
                                                 "the innermost block tells of any deadline of its task"),
      mutant<Flawed<&Flaws::inner_claims_equal>>("inner-timeout-claims-equal-deadlines", "OUTERMOST-OF-EQUAL-DEADLINES-RAISES",
                                                 "of two blocks that expire together the inner one tells"),
      mutant<Flawed<&Flaws::never_moves>>("reschedule-does-nothing", "RESCHEDULE-MOVES-THE-DEADLINE",
                                          "the timer keeps the first deadline"),
      mutant<Flawed<&Flaws::moves_what_is_over>>("reschedule-never-objects", "RESCHEDULE-OF-WHAT-IS-OVER-IS-REFUSED",
                                                 "a timeout that is over takes a new deadline"),
      mutant<Flawed<&Flaws::counts_from_zero>>("timeout-counts-from-zero", "TIMEOUT-WORKS-IN-A-CANCELLED-TASK",
                                               "requests from before the block was entered count as somebody else's"),
      mutant<Flawed<&Flaws::strikes_a_hop_late>>("timeout-strikes-a-hop-late", "TIMEOUT-BEATS-A-SLEEP-OF-ITS-LENGTH",
                                                 "a deadline is handed to another queue first"),
  };
}

}  // namespace lawful::conformance
