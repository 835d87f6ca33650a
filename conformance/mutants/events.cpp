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

std::vector<Mutant> event_mutants() {
  return {
      mutant<Flawed<&Flaws::set_wakes_one>>("set-wakes-one", "SET-WAKES-ALL-WHO-WAIT", "set wakes one waiter"),
      mutant<Flawed<&Flaws::waiter_looks_again>>("event-waiter-looks-again", "SET-AND-CLEAR-STILL-WAKES",
                                                 "a woken waiter looks at the flag again"),
      mutant<Flawed<&Flaws::set_event_yields>>("set-event-yields", "WAITING-FOR-A-SET-EVENT-DOES-NOT-SUSPEND",
                                               "every wait goes through the queue"),
      mutant<Flawed<&Flaws::event_latches>>("event-latches", "EVENT-THAT-IS-NOT-SET-BLOCKS",
                                            "an event that was set once never blocks again"),
      mutant<Flawed<&Flaws::event_last_first>>("event-last-first", "EVENT-WAKES-IN-ORDER", "waiters are kept on a stack"),
      mutant<Flawed<&Flaws::is_set_latches>>("is-set-latches", "IS-SET-TELLS-THE-TRUTH",
                                             "is_set tells whether the event was ever set"),
  };
}

}  // namespace lawful::conformance
