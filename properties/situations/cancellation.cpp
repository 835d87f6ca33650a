#include "properties/situations/situations.hpp"

namespace lawful::properties {

std::vector<Situation> cancellation_situations() {
  return {
      {"CANCEL-INTERRUPTS-A-WAIT", "a = task { sleep 5 return 1 } sleep 2 cancel a sleep 4"},
      {"CANCELLED-BEFORE-START-RUNS-NOTHING", "a = task { sleep 1 } cancel a sleep 2"},
      {"CANCELLED-BEFORE-START-RUNS-NOTHING",
       "a = task { try { return 1 } finally { sleep 1 } } b = task { sleep 1 } cancel a sleep 3"},
      {"CANCEL-IS-ONLY-A-REQUEST",
       "a = task { try { sleep 5 } finally { sleep 2 } } sleep 1 cancel a cancelled a sleep 1 cancelled a sleep 4 cancelled a"},
      {"CANCEL-IS-ONLY-A-REQUEST",
       "a = task { try { sleep 5 } except any { return 1 } } sleep 1 cancel a cancelled a sleep 4 cancelled a"},
      {"CANCEL-TRAVELS-TO-THE-INNERMOST-WAIT", "a = task { sleep 9 } b = task { await a } sleep 2 cancel b sleep 9"},
      {"CANCEL-TRAVELS-TO-THE-INNERMOST-WAIT",
       "a = task { sleep 9 } b = task { await a } c = task { await b } sleep 2 cancel c sleep 9"},
      {"AWAIT-LASTS-AS-LONG-AS-THE-AWAITED",
       "a = task { try { sleep 5 } finally { sleep 3 } } b = task { await a } sleep 1 cancel b sleep 6"},
      {"AWAITED-DECIDES-WHAT-A-CANCEL-BECOMES",
       "a = task { try { sleep 5 } except any { sleep 2 return 7 } } b = task { await a } sleep 1 cancel b sleep 5"},
      {"AWAITED-DECIDES-WHAT-A-CANCEL-BECOMES",
       "a = task { try { sleep 5 } except any { sleep 2 raise E1 } } b = task { await a } sleep 1 cancel b sleep 5"},
      {"CANCEL-STRIKES-AT-THE-NEXT-SUSPENSION", "a = task { cancel a done a sleep 3 } sleep 5"},
      {"CANCEL-STRIKES-AT-THE-NEXT-SUSPENSION", "a = task { sleep 1 cancel a sleep 0 } sleep 5"},
      {"CANCEL-IN-THE-LAST-STEP-DISCARDS-THE-VALUE", "a = task { cancel a return 1 } sleep 1"},
      {"CANCEL-IN-THE-LAST-STEP-DISCARDS-THE-VALUE", "a = task { sleep 1 cancel a } sleep 2"},
      {"ERROR-BEATS-A-CANCEL-IN-THE-LAST-STEP", "a = task { cancel a raise E1 } sleep 1"},
      {"ERROR-BEATS-A-CANCEL-IN-THE-LAST-STEP", "a = task { sleep 1 cancel a raise E2 } sleep 2"},
      {"CANCEL-BEATS-AN-UNSEEN-RESULT", "future f a = task { await f } sleep 1 set_result f 1 cancel a sleep 1"},
      {"CANCELS-BEFORE-DELIVERY-STRIKE-ONCE",
       "a = task { try { sleep 5 } except any { sleep 1 } sleep 1 } sleep 1 cancel a cancel a sleep 4"},
      {"CANCEL-IS-DELIVERED-ONCE", "a = task { try { sleep 5 } finally { sleep 2 } } sleep 1 cancel a sleep 5"},
      {"CANCEL-IS-DELIVERED-ONCE", "a = task { try { sleep 5 } except any { sleep 1 } sleep 1 return 3 } sleep 1 cancel a sleep 5"},
      {"CAUGHT-CANCEL-IS-FORGIVEN", "a = task { try { sleep 5 } except any { } return 1 } sleep 1 cancel a sleep 2"},
      {"CAUGHT-CANCEL-IS-FORGIVEN", "a = task { try { sleep 5 } except any { sleep 1 raise E1 } } sleep 1 cancel a sleep 2"},
      {"SECOND-CANCEL-INTERRUPTS-CLEAN-UP",
       "a = task { try { sleep 9 } finally { sleep 6 } } sleep 1 cancel a sleep 2 cancel a sleep 6"},
      {"REQUESTS-ARE-COUNTED",
       "a = task { try { sleep 9 } except any { sleep 6 } } sleep 1 cancel a sleep 1 cancel a cancelling a sleep 1"},
      {"REQUESTS-ARE-COUNTED", "a = task { cancel a cancel a cancelling a } sleep 1 cancelling a"},
      {"UNCANCEL-COUNTS-DOWN", "a = task { cancel a cancel a uncancel uncancel uncancel } sleep 1"},
      {"UNCANCEL-COUNTS-DOWN", "a = task { try { sleep 5 } except any { uncancel uncancel } } sleep 1 cancel a sleep 1"},
      {"UNCANCEL-WITHDRAWS-WHAT-WAS-NOT-DELIVERED", "a = task { cancel a uncancel sleep 2 return 1 } sleep 3"},
      {"CANCELLED-ERROR-MAKES-A-TASK-CANCELLED", "a = task { sleep 1 raise Cancelled } sleep 2"},
      {"CANCELLED-ERROR-MAKES-A-TASK-CANCELLED", "a = task { sleep 4 } sleep 1 cancel a sleep 2"},
      {"AWAITING-A-CANCELLED-TASK-IS-NO-REQUEST",
       "a = task { sleep 5 } b = task { try { await a } except any { cancelling b } sleep 1 } sleep 1 cancel a sleep 3"},
      {"CANCELLED-ERROR-IS-NO-ORDINARY-ERROR", "a = task { try { sleep 5 } except error { sleep 1 } } sleep 1 cancel a sleep 3"},
      {"CANCELLED-ERROR-IS-NO-ORDINARY-ERROR", "a = task { try { raise Cancelled } except error { return 1 } } sleep 1"},
  };
}

}  // namespace lawful::properties
