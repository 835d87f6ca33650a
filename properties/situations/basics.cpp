#include "properties/situations/situations.hpp"

namespace lawful::properties {

std::vector<Situation> basic_situations() {
  return {
      {"TASK-STARTS-LATER", "a = task { sleep 1 } b = task { return 1 } sleep 3"},
      {"TASKS-START-IN-ORDER", "a = task { return 1 } b = task { return 2 } c = task { sleep 1 } sleep 3"},
      {"TASK-NEEDS-NO-KEEPER", "a = task { sleep 1 return 1 } b = task { return 2 } c = task { return 3 } sleep 3"},
      {"FAILED-TASK-STOPS-NOBODY", "a = task { sleep 1 raise E1 } b = task { sleep 3 return 2 } sleep 5"},
      {"AWAITING-ONESELF-IS-REFUSED", "a = task { try { await a } except error { sleep 1 } } sleep 3"},
      {"AWAITING-ONESELF-IS-REFUSED", "try { await main } except error { sleep 1 }"},
      {"RING-OF-AWAITS-CAN-BE-CANCELLED", "a = task { await b } b = task { await a } sleep 1 cancel a sleep 1"},
      {"RING-OF-AWAITS-CAN-BE-CANCELLED",
       "a = task { await b } b = task { await c } c = task { await a } sleep 1 cancel b sleep 1"},

      {"FUTURE-WAKES-ALL-ITS-WAITERS", "future f a = task { await f } b = task { await f } sleep 2 set_result f 7 sleep 2"},
      {"FUTURE-WAKES-ALL-ITS-WAITERS", "future f a = task { await f } b = task { await f } sleep 2 set_exception f E1 sleep 2"},
      {"FUTURE-IS-CANCELLED-AT-ONCE", "future f sleep 1 cancel f done f cancelled f"},
      {"CANCEL-OF-WHAT-IS-DONE-ANSWERS-FALSE", "a = task { return 1 } sleep 1 cancel a cancel a"},
      {"CANCEL-OF-WHAT-IS-DONE-ANSWERS-FALSE", "future f set_result f 1 cancel f"},
      {"CANCEL-OF-WHAT-IS-PENDING-ANSWERS-TRUE", "a = task { sleep 4 } sleep 1 cancel a sleep 2"},
      {"CANCEL-OF-WHAT-IS-PENDING-ANSWERS-TRUE",
       "a = task { try { sleep 4 } except any { sleep 3 } } sleep 1 cancel a cancel a sleep 5"},
      {"AWAITING-WHAT-IS-DONE-DOES-NOT-SUSPEND",
       "a = task { return 1 } b = task { sleep 1 sleep 0 sleep 0 } sleep 1 await a await a"},
      {"AWAITING-WHAT-IS-DONE-DOES-NOT-SUSPEND", "future f set_result f 1 a = task { return 1 } await f sleep 1"},
      {"CANCEL-REACHES-THE-AWAITED-FUTURE", "future f a = task { await f } b = task { await f } sleep 2 cancel a sleep 2"},
      {"WAITERS-OF-A-FUTURE-GO-ON-IN-ORDER",
       "future f a = task { await f } b = task { await f } c = task { await f } sleep 2 set_result f 7 sleep 1"},
      {"WAITERS-OF-A-FUTURE-GO-ON-IN-ORDER", "d = task { sleep 3 return 1 } a = task { await d } b = task { await d } sleep 5"},

      {"CALLBACK-IS-CALLED-ONCE", "call_soon c1 call_later c2 2 a = task { sleep 1 } add_done_callback a c3 sleep 4"},
      {"CALLBACK-IS-CALLED-ON-TIME", "call_soon c1 call_later c2 2 call_later c3 1 sleep 4"},
      {"CALLBACK-NEVER-RUNS-INLINE", "a = task { return 1 } sleep 1 add_done_callback a c1 call_soon c2 sleep 1"},
      {"CALLBACK-NEVER-RUNS-INLINE", "future f add_done_callback f c1 set_result f 1 add_done_callback f c2 sleep 1"},
      {"CALL-SOON-KEEPS-ORDER", "call_soon c1 call_soon c2 call_soon c3 sleep 1"},
      {"CANCELLED-CALLBACK-NEVER-RUNS", "call_later c1 3 sleep 1 cancel_callback c1 sleep 4"},
      {"DONE-CALLBACK-IS-CALLED-WHEN-DONE",
       "a = task { sleep 1 return 1 } add_done_callback a c1 sleep 2 add_done_callback a c2 sleep 1"},
      {"DONE-CALLBACKS-KEEP-ORDER",
       "a = task { sleep 1 } add_done_callback a c1 add_done_callback a c2 add_done_callback a c3 sleep 2"},
      {"DONE-CALLBACKS-KEEP-ORDER", "future f add_done_callback f c1 add_done_callback f c2 set_result f 1 sleep 1"},
  };
}

}  // namespace lawful::properties
