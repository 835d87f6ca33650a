#include "conformance/mutants/plain_timeout.hpp"

namespace lawful::conformance {

namespace {

using Flaws = PlainTimeout::Flaws;

/// A plain wait_for with one flaw set.
template <bool Flaws::*Flaw>
struct Flawed final : PlainTimeout {
  explicit Flawed(Scheduler& scheduler) : PlainTimeout(scheduler) { flaws_.*Flaw = true; }
  // The block is the library's own: only wait_for is broken.
  Timeout create_timeout(Tick ticks) override { return TaskRuntime::create_timeout(ticks); }
  Outcome enter(Group& group) override { return TaskRuntime::enter(group); }
  Outcome enter(Timeout& timeout) override { return TaskRuntime::enter(timeout); }
  Outcome reschedule(Timeout timeout, Tick ticks) override { return TaskRuntime::reschedule(std::move(timeout), ticks); }
  Coroutine<Outcome> leave(Group group, Outcome body) override { return TaskRuntime::leave(std::move(group), std::move(body)); }
  Outcome leave(Timeout& timeout, Outcome body) override { return TaskRuntime::leave(timeout, std::move(body)); }
};

}  // namespace

std::vector<Mutant> wait_for_mutants() {
  return {
      mutant<Flawed<&Flaws::drops_answer>>("wait-for-drops-the-answer", "WAIT-FOR-ANSWERS-IN-TIME",
                                           "wait_for only tells that it was in time"),
      mutant<Flawed<&Flaws::abandons>>("wait-for-cancels-nothing", "WAIT-FOR-CANCELS-AT-ITS-DEADLINE",
                                       "what timed out goes on to its end"),
      mutant<Flawed<&Flaws::lets_go>>("wait-for-lets-go", "WAIT-FOR-WAITS-FOR-THE-CLEAN-UP",
                                      "wait_for returns before what it cancelled has cleaned up"),
      mutant<Flawed<&Flaws::says_cancelled>>("wait-for-says-cancelled", "WAIT-FOR-RAISES-TIMEOUT-ERROR",
                                             "what timed out reads as cancelled"),
      mutant<Flawed<&Flaws::insists>>("wait-for-insists", "WAIT-FOR-ANSWERS-WHAT-BECAME-OF-THE-CANCEL",
                                      "a deadline that passed is TimeoutError, whatever came of it"),
      mutant<Flawed<&Flaws::zero_always_fails>>("wait-for-of-zero-always-fails", "WAIT-FOR-OF-ZERO-ANSWERS-WHAT-IS-DONE",
                                                "no time is too little even for what is done"),
      mutant<Flawed<&Flaws::zero_starts>>("wait-for-of-zero-starts", "WAIT-FOR-OF-ZERO-STARTS-NOTHING",
                                          "what is waited for gets one turn in any case"),
      mutant<Flawed<&Flaws::keeps_cancel_to_itself>>("wait-for-keeps-a-cancel-to-itself",
                                                     "CANCELLED-WAIT-FOR-CANCELS-WHAT-IT-WAITS-FOR",
                                                     "a cancelled wait_for waits for its operand to end by itself"),
      mutant<Flawed<&Flaws::prefers_result>>("wait-for-prefers-the-result", "WAIT-FOR-NEVER-SWALLOWS-A-CANCEL",
                                             "a cancelled wait_for answers the result if it is there, as in CPython 3.11"),
      mutant<Flawed<&Flaws::strikes_a_hop_late>>("wait-for-result-wins-ties", "WAIT-FOR-TIE-IS-A-TIMEOUT",
                                                 "a deadline is handed to another queue first"),
      mutant<Flawed<&Flaws::takes_foreign_cancel>>("wait-for-takes-any-cancel", "WAIT-FOR-REPORTS-A-FOREIGN-CANCEL",
                                                   "an operand that was cancelled has timed out"),
      mutant<Flawed<&Flaws::shields_futures>>("wait-for-shields-futures", "WAIT-FOR-CANCELS-A-FUTURE",
                                              "a future that timed out stays as it is"),
  };
}

}  // namespace lawful::conformance
