#include "conformance/mutants/plain_group.hpp"

namespace lawful::conformance {

namespace {

/// A plain group with one flaw set.
template <auto Flaw>
struct Flawed final : PlainGroup {
  explicit Flawed(Scheduler& scheduler) : PlainGroup(scheduler) { Flaw(flaws_); }
};

using Flaws = PlainGroup::Flaws;

void waits_once(Flaws& flaws) { flaws.waits_once = true; }
void leaves_body_alone(Flaws& flaws) { flaws.leaves_body_alone = true; }
void bare_body_error(Flaws& flaws) { flaws.bare_body_error = true; }
void keeps_cancel_to_itself(Flaws& flaws) { flaws.keeps_cancel_to_itself = true; }
void swallows_cancel(Flaws& flaws) { flaws.swallows_cancel = true; }
void cancel_hides_errors(Flaws& flaws) { flaws.cancel_hides_errors = true; }
void cancel_gives_way(Flaws& flaws) { flaws.cancel_gives_way = true; }
void keeps_own_cancel(Flaws& flaws) { flaws.keeps_own_cancel = true; }
void takes_back_once(Flaws& flaws) { flaws.takes_back_once = true; }
void open_while_aborting(Flaws& flaws) { flaws.open_while_aborting = true; }
void open_when_over(Flaws& flaws) { flaws.open_when_over = true; }
void flattens(Flaws& flaws) { flaws.flattens = true; }
void wraps_cancelled(Flaws& flaws) { flaws.wraps_cancelled = true; }
void cancels_again(Flaws& flaws) { flaws.cancels_again = true; }
void cancels_again_with_owner(Flaws& flaws) { flaws.cancels_again_with_owner = true; }
void starts_what_waits(Flaws& flaws) { flaws.starts_what_waits = true; }
void aborts_at_once(Flaws& flaws) { flaws.aborts_at_once = true; }

}  // namespace

std::vector<Mutant> group_mutants() {
  return {
      mutant<Flawed<waits_once>>("group-waits-once", "GROUP-WAITS-FOR-TASKS-OF-ITS-TASKS",
                                 "a group waits for the tasks it has when its body ends"),
      mutant<Flawed<leaves_body_alone>>("group-leaves-its-body-alone", "GROUP-CANCELS-ITS-BODY",
                                        "a failing task cancels the other tasks, and not the body"),
      mutant<Flawed<bare_body_error>>("group-raises-bare-body-error", "GROUP-WRAPS-THE-ERROR-OF-ITS-BODY",
                                      "an error of the body goes on as it is"),
      mutant<Flawed<keeps_cancel_to_itself>>("group-keeps-a-cancel-to-itself", "CANCELLED-GROUP-CANCELS-ITS-TASKS",
                                             "a cancelled owner waits for its tasks, however long they take"),
      mutant<Flawed<swallows_cancel>>("group-swallows-a-cancel", "CANCELLED-GROUP-RAISES-CANCELLED-ERROR",
                                      "a cancel that comes while the group waits only ends the tasks"),
      mutant<Flawed<cancel_hides_errors>>("cancel-hides-group-errors", "GROUP-ERRORS-BEAT-A-CANCEL",
                                          "a cancelled group raises CancelledError, whatever failed"),
      mutant<Flawed<cancel_gives_way>>("cancel-gives-way-for-good", "CANCEL-OUTRANKED-BY-ERRORS-STRIKES-AGAIN",
                                       "a cancel that came together with errors is forgotten, as up to CPython 3.12"),
      mutant<Flawed<keeps_own_cancel>>("group-keeps-its-own-cancel", "GROUP-TAKES-ITS-OWN-CANCEL-BACK",
                                       "the group's request stays with its owner"),
      mutant<Flawed<takes_back_once>>("group-forgets-to-take-back", "GROUP-AND-OUTSIDE-CANCELS-COUNT-ONE-EACH",
                                      "the group's request is only taken back if it is the only one"),
      mutant<Flawed<open_while_aborting>>("group-open-while-it-shuts-down", "GROUP-REFUSES-TASKS-WHILE-IT-SHUTS-DOWN",
                                          "new tasks are accepted to the end"),
      mutant<Flawed<open_when_over>>("group-open-when-over", "GROUP-REFUSES-TASKS-WHEN-IT-IS-OVER",
                                     "new tasks are accepted for ever"),
      mutant<Flawed<flattens>>("group-flattens-errors", "GROUP-ERRORS-NEST",
                               "the errors of an inner group become the outer group's own"),
      mutant<Flawed<wraps_cancelled>>("inner-group-wraps-cancelled-error", "INNER-GROUP-PASSES-CANCELLED-ERROR-ON",
                                      "an inner group that is cancelled raises an ExceptionGroup of CancelledError"),
      mutant<Flawed<cancels_again>>("group-cancels-again", "GROUP-CANCELS-EACH-TASK-ONCE", "each failure cancels all the others"),
      mutant<Flawed<cancels_again_with_owner>>("group-cancels-again-with-its-owner", "GROUP-CANCELLED-TWICE-KEEPS-WAITING",
                                               "each cancel of the owner is handed on to the tasks"),
      mutant<Flawed<starts_what_waits>>("group-starts-what-waits", "GROUP-THAT-FAILS-STARTS-NOTHING",
                                        "tasks are cancelled by a message that is handled later"),
      mutant<Flawed<aborts_at_once>>("group-aborts-at-once", "FAILURES-OF-ONE-PASS-ARE-ALL-COLLECTED",
                                     "a failing task cancels its siblings itself, in its last step"),
  };
}

}  // namespace lawful::conformance
