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

std::vector<Mutant> queue_mutants() {
  return {
      mutant<Flawed<&Flaws::queue_last_first>>("queue-last-in-first-out", "QUEUE-KEEPS-ORDER", "items are kept on a stack"),
      mutant<Flawed<&Flaws::queue_delivers_twice>>("queue-delivers-twice", "QUEUE-DELIVERS-EACH-ITEM-ONCE",
                                                   "every other get leaves its item in"),
      mutant<Flawed<&Flaws::queue_holds_one_more>>("queue-holds-one-more", "QUEUE-HOLDS-NO-MORE-THAN-ITS-SIZE",
                                                   "sizes are compared by <= instead of <"),
      mutant<Flawed<&Flaws::queue_of_none_has_one_place>>("queue-of-no-size-has-one-place", "UNBOUNDED-QUEUE-NEVER-WAITS",
                                                          "a size of 0 is taken for 1"),
      mutant<Flawed<&Flaws::get_wakes_nobody>>("get-wakes-nobody", "PUT-GOES-ON-WHEN-THERE-IS-ROOM",
                                               "a get does not tell those who wait for room"),
      mutant<Flawed<&Flaws::put_wakes_nobody>>("put-wakes-nobody", "GET-GOES-ON-WHEN-THERE-IS-AN-ITEM",
                                               "a put does not tell those who wait for an item"),
      mutant<Flawed<&Flaws::wake_up_dies_with_cancelled>>("wake-up-dies-with-a-cancelled-waiter",
                                                          "CANCELLED-PUT-OR-GET-LOSES-NOTHING",
                                                          "a woken waiter that is cancelled wakes nobody else, as in cppcoro"),
      mutant<Flawed<&Flaws::cancelled_put_puts>>("cancelled-put-puts", "CANCELLED-PUT-PUTS-NOTHING",
                                                 "a cancelled put puts its item in on its way out"),
      mutant<Flawed<&Flaws::empty_answers_null>>("get-nowait-answers-null", "GET-NOWAIT-OF-NOTHING-IS-REFUSED",
                                                 "get_nowait of nothing answers null"),
      mutant<Flawed<&Flaws::full_drops>>("put-nowait-drops", "PUT-NOWAIT-WITHOUT-ROOM-IS-REFUSED",
                                         "put_nowait without room drops the item"),
      mutant<Flawed<&Flaws::getters_last_first>>("getters-last-first", "GETTERS-ARE-SERVED-IN-ORDER",
                                                 "waiting gets are kept on a stack"),
      mutant<Flawed<&Flaws::putters_last_first>>("putters-last-first", "PUTTERS-ARE-SERVED-IN-ORDER",
                                                 "waiting puts are kept on a stack"),
      mutant<Flawed<&Flaws::hands_over>>("queue-hands-over", "ITEM-IS-NOT-RESERVED", "a put gives its item to the first who waits"),
      mutant<Flawed<&Flaws::qsize_counts_unfinished>>("qsize-counts-the-unfinished", "QSIZE-TELLS-THE-TRUTH",
                                                      "qsize counts items that were taken out and not marked as done"),
      mutant<Flawed<&Flaws::join_counts_gets>>("join-counts-gets", "JOIN-WAITS-UNTIL-ALL-IS-DONE",
                                               "an item that was taken out is done"),
      mutant<Flawed<&Flaws::join_wakes_one>>("join-wakes-one", "JOIN-ENDS-WHEN-ALL-IS-DONE",
                                             "the last task_done wakes one of those who join"),
      mutant<Flawed<&Flaws::done_never_objects>>("task-done-never-objects", "TASK-DONE-TOO-OFTEN-IS-REFUSED",
                                                 "the count of unfinished items stops at zero"),
      mutant<Flawed<&Flaws::shut_down_accepts>>("shut-down-queue-accepts", "QUEUE-THAT-IS-SHUT-DOWN-REFUSES-PUTS",
                                                "shutdown only concerns gets"),
      mutant<Flawed<&Flaws::shutdown_drops>>("shutdown-drops", "QUEUE-THAT-IS-SHUT-DOWN-IS-DRAINED", "every shutdown is immediate"),
      mutant<Flawed<&Flaws::shutdown_wakes_nobody>>("shutdown-wakes-nobody", "QUEUE-SHUTDOWN-WAKES-WHO-WAITS",
                                                    "shutdown is only seen by who comes later"),
      mutant<Flawed<&Flaws::immediate_keeps>>("immediate-shutdown-keeps", "IMMEDIATE-SHUTDOWN-DISCARDS-WHAT-IS-LEFT",
                                              "no shutdown is immediate"),
      mutant<Flawed<&Flaws::immediate_counts_nothing>>("immediate-shutdown-counts-nothing", "IMMEDIATE-SHUTDOWN-COUNTS-AS-DONE",
                                                       "discarded items stay unfinished"),
      mutant<Flawed<&Flaws::granted_put_goes_in>>("granted-put-goes-in", "QUEUE-SHUTDOWN-BEATS-A-GRANTED-PUT",
                                                  "a put that was given room puts, shutdown or not"),
  };
}

}  // namespace lawful::conformance
