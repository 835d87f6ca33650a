#include "properties/situations/situations.hpp"

namespace lawful::properties {

std::vector<Situation> sync_situations() {
  return {
      {"LOCK-EXCLUDES", "lock l a = task { with l { sleep 3 } } b = task { sleep 1 with l { sleep 2 } } sleep 8; sleep 1"},
      {"LOCK-IS-NEVER-LOST", "lock l a = task { with l { sleep 3 } } b = task { sleep 1 with l { sleep 2 } } sleep 8; sleep 1"},
      {"LOCK-IS-NEVER-LOST",
       "lock l a = task { acquire l sleep 3 release l } b = task { sleep 1 acquire l sleep 1 release l } sleep 8; sleep 1"},
      {"LOCK-IS-RELEASED-WHATEVER-HAPPENS",
       "lock l a = task { with l { sleep 3 raise E1 } } b = task { sleep 1 with l { sleep 2 } } c = task { sleep 2 with l { sleep "
       "9 } } sleep 9; sleep 1"},
      {"LOCK-IS-RELEASED-WHATEVER-HAPPENS",
       "lock l a = task { with l { sleep 9 } } b = task { sleep 1 with l { sleep 2 } } c = task { sleep 2 with l { sleep 9 } } "
       "sleep 3 cancel a sleep 9; sleep 1"},
      {"LOCK-SERVES-IN-ORDER",
       "lock l a = task { with l { sleep 4 } } b = task { sleep 1 with l { sleep 2 } } c = task { sleep 2 with l { sleep 1 } } "
       "sleep 9; sleep 1"},
      {"FREE-LOCK-IS-TAKEN-AT-ONCE",
       "lock l a = task { sleep 1 } b = task { with l { sleep 1 } } sleep 2 c = task { return 1 } acquire l; sleep 1"},
      {"LOCK-IS-NOT-BARGED",
       "lock l a = task { acquire l sleep 2 release l acquire l release l } b = task { sleep 1 with l { sleep 1 } } sleep 5; sleep "
       "1"},
      {"LOCK-IS-NOT-BARGED",
       "lock l a = task { with l { sleep 2 } with l { sleep 1 } } b = task { sleep 1 with l { sleep 1 } } sleep 6; sleep 1"},
      {"LOCK-LOCKED-TELLS-THE-TRUTH", "lock l locked l a = task { with l { sleep 2 } } sleep 1 locked l sleep 2 locked l; sleep 1"},
      {"RELEASE-OF-A-FREE-LOCK-IS-REFUSED", "lock l try { release l } except error { }; sleep 1"},
      {"RELEASE-OF-A-FREE-LOCK-IS-REFUSED", "lock l acquire l release l try { release l } except error { }; sleep 1"},
      {"LOCK-MAY-BE-RELEASED-BY-ANYBODY", "lock l a = task { acquire l sleep 3 } sleep 1 release l; sleep 1"},
      {"LOCK-IS-NOT-RE-ENTRANT", "lock l a = task { with l { with l { sleep 1 } } } sleep 3; sleep 1"},
      {"LOCK-IS-NOT-RE-ENTRANT", "lock l a = task { with l { acquire l } } sleep 2; sleep 1"},

      {"SEMAPHORE-BOUND", "semaphore s 1 a = task { with s { sleep 3 } } b = task { sleep 1 with s { sleep 2 } } sleep 8; sleep 1"},
      {"SEMAPHORE-LOSES-NO-PERMIT",
       "semaphore s 1 a = task { acquire s sleep 3 release s } b = task { sleep 1 acquire s } sleep 6; sleep 1"},
      {"SEMAPHORE-LOSES-NO-PERMIT", "semaphore s 0 a = task { acquire s } sleep 1 release s sleep 1; sleep 1"},
      {"SEMAPHORE-SERVES-IN-ORDER",
       "semaphore s 1 a = task { with s { sleep 4 } } b = task { sleep 1 with s { sleep 2 } } c = task { sleep 2 with s { sleep 1 "
       "} } sleep 9; sleep 1"},
      {"BOUNDED-SEMAPHORE-REFUSES-TO-GROW", "bounded_semaphore s 1 try { release s } except error { }; sleep 1"},
      {"SEMAPHORE-GROWS-BY-RELEASE", "semaphore s 1 release s acquire s acquire s; sleep 1"},
      {"SEMAPHORE-SURVIVES-CANCELLED-WAITERS",
       "semaphore s 1 a = task { with s { sleep 3 } } b = task { sleep 1 with s { sleep 2 } } c = task { sleep 2 with s { sleep 9 "
       "} } d = task { sleep 3 cancel b } sleep 9; sleep 1"},
      {"SEMAPHORE-SURVIVES-CANCELLED-WAITERS",
       "semaphore s 0 a = task { acquire s } b = task { acquire s } c = task { acquire s } sleep 1 release s cancel a sleep 3; "
       "sleep 1"},
      {"FREE-PERMIT-IS-TAKEN-AT-ONCE", "semaphore s 2 a = task { sleep 1 } acquire s b = task { return 1 } acquire s; sleep 1"},
      {"SEMAPHORE-IS-NOT-BARGED",
       "semaphore s 1 a = task { acquire s sleep 2 release s acquire s release s } b = task { sleep 1 with s { sleep 1 } } sleep "
       "5; sleep 1"},
      {"SEMAPHORE-LOCKED-TELLS-THE-TRUTH",
       "semaphore s 1 locked s a = task { with s { sleep 2 } } sleep 1 locked s sleep 2 locked s; sleep 1"},

      {"SET-WAKES-ALL-WHO-WAIT", "event e a = task { wait_event e } b = task { wait_event e } sleep 2 set e sleep 1; sleep 1"},
      {"SET-AND-CLEAR-STILL-WAKES",
       "event e a = task { wait_event e } b = task { wait_event e } sleep 2 set e clear e sleep 1; sleep 1"},
      {"WAITING-FOR-A-SET-EVENT-DOES-NOT-SUSPEND", "event e set e a = task { return 1 } wait_event e; sleep 1"},
      {"EVENT-THAT-IS-NOT-SET-BLOCKS", "event e a = task { wait_event e } sleep 2; sleep 1"},
      {"EVENT-THAT-IS-NOT-SET-BLOCKS", "event e set e clear e a = task { wait_event e } sleep 2; sleep 1"},
      {"EVENT-WAKES-IN-ORDER",
       "event e a = task { wait_event e } b = task { wait_event e } c = task { wait_event e } sleep 2 set e sleep 1; sleep 1"},
      {"IS-SET-TELLS-THE-TRUTH", "event e is_set e set e is_set e clear e is_set e; sleep 1"},

      {"CONDITION-NEEDS-ITS-LOCK", "condition c try { notify c } except error { }; sleep 1"},
      {"CONDITION-NEEDS-ITS-LOCK", "condition c try { wait_condition c } except error { }; sleep 1"},
      {"CONDITION-NEEDS-ITS-LOCK", "condition c try { notify_all c } except error { }; sleep 1"},
      {"CONDITION-WAIT-GIVES-THE-LOCK-UP",
       "condition c a = task { with c { wait_condition c } } sleep 1 with c { sleep 1 }; sleep 1"},
      {"CONDITION-WAIT-RETAKES-THE-LOCK",
       "condition c a = task { with c { wait_condition c sleep 1 } } sleep 1 with c { notify c sleep 2 } sleep 2; sleep 1"},
      {"CANCELLED-CONDITION-WAIT-RETAKES-THE-LOCK",
       "condition c a = task { with c { wait_condition c } } b = task { sleep 1 with c { sleep 4 } } sleep 2 cancel a sleep 5; "
       "sleep 1"},
      {"NOTIFY-WAKES-A-WAITER",
       "condition c a = task { with c { wait_condition c } } sleep 1 with c { notify c } sleep 2; sleep 1"},
      {"NOTIFY-WAKES-A-WAITER",
       "condition c a = task { with c { wait_condition c } } b = task { sleep 1 with c { wait_condition c } } sleep 2 with c { "
       "notify c } sleep 2; sleep 1"},
      {"NOTIFY-WAKES-NO-MORE-THAN-ASKED",
       "condition c a = task { with c { wait_condition c } } b = task { with c { wait_condition c } } sleep 2 with c { notify c } "
       "sleep 2; sleep 1"},
      {"NOTIFY-WAKES-THE-LONGEST-WAITING",
       "condition c a = task { with c { wait_condition c } } b = task { sleep 1 with c { wait_condition c } } sleep 2 with c { "
       "notify c } sleep 1 with c { notify c } sleep 1; sleep 1"},
      {"NOTIFY-ALL-WAKES-ALL",
       "condition c a = task { with c { wait_condition c } } b = task { with c { wait_condition c } } sleep 2 with c { notify_all "
       "c } sleep 2; sleep 1"},
      {"NOTIFICATION-OF-A-CANCELLED-WAITER-IS-PASSED-ON",
       "condition c a = task { with c { wait_condition c } } b = task { with c { wait_condition c } } sleep 2 with c { notify c "
       "cancel a } sleep 2; sleep 1"},

      {"BARRIER-HOLDS-UNTIL-THE-LAST", "barrier b 2 a = task { wait_barrier b } sleep 2 wait_barrier b; sleep 1"},
      {"BARRIER-HOLDS-UNTIL-THE-LAST", "barrier b 3 a = task { wait_barrier b } c = task { wait_barrier b } sleep 2; sleep 1"},
      {"BARRIER-OPENS-AT-THE-LAST", "barrier b 2 a = task { wait_barrier b } sleep 2 c = task { wait_barrier b } sleep 2; sleep 1"},
      {"BARRIER-IS-REUSABLE",
       "barrier b 2 a = task { wait_barrier b sleep 1 wait_barrier b } c = task { sleep 1 wait_barrier b sleep 3 wait_barrier b } "
       "sleep 9; sleep 1"},
      {"BARRIER-GIVES-EACH-ITS-PLACE",
       "barrier b 3 a = task { wait_barrier b } c = task { sleep 1 wait_barrier b } sleep 2 wait_barrier b; sleep 1"},
      {"BARRIER-FORGETS-A-CANCELLED-PARTY",
       "barrier b 2 a = task { wait_barrier b } sleep 1 cancel a sleep 1 c = task { wait_barrier b } sleep 1 d = task { "
       "wait_barrier b } sleep 1; sleep 1"},
      {"BARRIER-RESET-BREAKS-WHO-WAITS",
       "barrier b 2 a = task { try { wait_barrier b } except error { } } sleep 2 reset b sleep 1; sleep 1"},
      {"BARRIER-RESET-LEAVES-IT-USABLE",
       "barrier b 2 a = task { try { wait_barrier b } except error { } } sleep 2 reset b sleep 1 c = task { wait_barrier b } sleep "
       "1 d = task { wait_barrier b } sleep 1; sleep 1"},
      {"BARRIER-RESET-LEAVES-IT-USABLE",
       "barrier b 2 abort b sleep 1 reset b sleep 1 c = task { wait_barrier b } sleep 1 d = task { wait_barrier b } sleep 1; sleep "
       "1"},
      {"BARRIER-ABORT-BREAKS-WHO-WAITS",
       "barrier b 2 a = task { try { wait_barrier b } except error { } } sleep 2 abort b sleep 1; sleep 1"},
      {"BARRIER-ABORT-BREAKS-WHO-COMES", "barrier b 2 abort b sleep 1 try { wait_barrier b } except error { } sleep 1; sleep 1"},
  };
}

std::vector<Situation> queue_situations() {
  return {
      {"QUEUE-KEEPS-ORDER", "queue q put q 1 put q 2 put q 3 get q get q; sleep 1"},
      {"QUEUE-DELIVERS-EACH-ITEM-ONCE",
       "queue q a = task { get q get q } b = task { put q 1 sleep 1 put q 2 } get q sleep 3; sleep 1"},
      {"QUEUE-HOLDS-NO-MORE-THAN-ITS-SIZE", "queue q 1 put q 1 a = task { put q 2 } sleep 1 get q sleep 1; sleep 1"},
      {"UNBOUNDED-QUEUE-NEVER-WAITS", "queue q put q 1 put q 2 put_nowait q 3 sleep 1; sleep 1"},
      {"PUT-GOES-ON-WHEN-THERE-IS-ROOM", "queue q 1 put q 1 a = task { put q 2 } sleep 1 get q sleep 1; sleep 1"},
      {"GET-GOES-ON-WHEN-THERE-IS-AN-ITEM", "queue q a = task { get q } sleep 1 put q 1 sleep 1; sleep 1"},
      {"CANCELLED-PUT-OR-GET-LOSES-NOTHING",
       "queue q a = task { get q } b = task { get q } c = task { get q } sleep 1 put q 1 cancel a sleep 2; sleep 1"},
      {"CANCELLED-PUT-OR-GET-LOSES-NOTHING",
       "queue q 1 put q 1 a = task { put q 2 } b = task { put q 3 } c = task { put q 4 } sleep 1 get q cancel a sleep 2; sleep 1"},
      {"CANCELLED-PUT-PUTS-NOTHING",
       "queue q 1 put q 1 a = task { put q 2 } sleep 1 cancel a sleep 1 get q b = task { get q } sleep 2; sleep 1"},
      {"GET-NOWAIT-OF-NOTHING-IS-REFUSED", "queue q try { get_nowait q } except error { }; sleep 1"},
      {"PUT-NOWAIT-WITHOUT-ROOM-IS-REFUSED", "queue q 1 put q 1 try { put_nowait q 2 } except error { }; sleep 1"},
      {"GETTERS-ARE-SERVED-IN-ORDER",
       "queue q a = task { get q } b = task { sleep 1 get q } sleep 2 put q 1 sleep 1 put q 2 sleep 1; sleep 1"},
      {"PUTTERS-ARE-SERVED-IN-ORDER",
       "queue q 1 put q 1 a = task { put q 2 } b = task { sleep 1 put q 3 } sleep 2 get q sleep 1 get q sleep 1; sleep 1"},
      {"ITEM-IS-NOT-RESERVED", "queue q a = task { get q } sleep 1 put q 1 try { get_nowait q } except error { } sleep 1; sleep 1"},
      {"QSIZE-TELLS-THE-TRUTH", "queue q qsize q put q 1 qsize q put q 2 qsize q get q qsize q; sleep 1"},
      {"JOIN-WAITS-UNTIL-ALL-IS-DONE", "queue q put q 1 a = task { join q } sleep 1 get q sleep 1 task_done q sleep 1; sleep 1"},
      {"JOIN-ENDS-WHEN-ALL-IS-DONE",
       "queue q put q 1 a = task { join q } b = task { join q } sleep 1 get q task_done q sleep 1; sleep 1"},
      {"TASK-DONE-TOO-OFTEN-IS-REFUSED", "queue q put q 1 get q task_done q try { task_done q } except error { }; sleep 1"},
      {"QUEUE-THAT-IS-SHUT-DOWN-REFUSES-PUTS",
       "queue q shutdown q try { put q 1 } except error { } try { put_nowait q 2 } except error { } sleep 1; sleep 1"},
      {"QUEUE-THAT-IS-SHUT-DOWN-IS-DRAINED",
       "queue q put q 1 put q 2 shutdown q get q get_nowait q try { get q } except error { } sleep 1; sleep 1"},
      {"QUEUE-THAT-IS-SHUT-DOWN-IS-DRAINED", "queue q shutdown q try { get_nowait q } except error { } sleep 1; sleep 1"},
      {"QUEUE-SHUTDOWN-WAKES-WHO-WAITS",
       "queue q a = task { try { get q } except error { } } b = task { try { get q } except error { } } sleep 1 shutdown q sleep "
       "1; sleep 1"},
      {"QUEUE-SHUTDOWN-WAKES-WHO-WAITS",
       "queue q 1 put q 1 a = task { try { put q 2 } except error { } } sleep 1 shutdown q sleep 1; sleep 1"},
      {"IMMEDIATE-SHUTDOWN-DISCARDS-WHAT-IS-LEFT",
       "queue q put q 1 put q 2 shutdown q immediate try { get q } except error { } sleep 1; sleep 1"},
      {"IMMEDIATE-SHUTDOWN-COUNTS-AS-DONE",
       "queue q put q 1 put q 2 a = task { join q } sleep 1 shutdown q immediate sleep 1; sleep 1"},
      {"IMMEDIATE-SHUTDOWN-COUNTS-AS-DONE",
       "queue q put q 1 put q 2 get q a = task { join q } sleep 1 shutdown q immediate sleep 1 task_done q sleep 1; sleep 1"},
      {"QUEUE-SHUTDOWN-BEATS-A-GRANTED-PUT",
       "queue q 1 put q 1 a = task { try { put q 2 } except error { } } sleep 1 get q shutdown q sleep 1; sleep 1"},
  };
}

std::vector<Situation> ending_situations() {
  return {
      {"SHUTDOWN-CANCELS-WHAT-IS-LEFT", "a = task { sleep 9 } b = task { sleep 8 } sleep 2"},
      {"SHUTDOWN-COMES-ALSO-WHEN-MAIN-FAILS", "a = task { sleep 9 } sleep 2 raise E1"},
      {"SHUTDOWN-WAITS-FOR-CLEAN-UP", "a = task { try { sleep 9 } finally { sleep 3 } } sleep 2"},
      {"SHUTDOWN-CANCELS-ONCE", "a = task { try { sleep 9 } except any { sleep 3 } } b = task { sleep 9 } sleep 2"},
      {"SHUTDOWN-SWEEPS-ONCE", "a = task { try { sleep 9 } except any { sleep 1 b = task { sleep 2 } sleep 1 } } sleep 2"},
      {"WHAT-IS-READY-WHEN-MAIN-ENDS-TAKES-ONE-STEP", "sleep 1 a = task { sleep 3 } return 1"},
      {"SHUTDOWN-GOES-IN-ORDER-OF-CREATION", "a = task { sleep 9 } b = task { sleep 8 } c = task { sleep 7 } sleep 2"},
      {"TURNS-COME-BACK-IN-ORDER",
       "a = task { sleep 0 sleep 0 sleep 0 } b = task { sleep 0 sleep 0 } c = task { sleep 0 } sleep 1"},
      {"EQUAL-DEADLINES-GO-IN-ORDER", "a = task { sleep 3 } b = task { sleep 1 sleep 2 } c = task { sleep 3 } sleep 4"},
      {"TIMERS-GO-BEHIND-WHAT-IS-READY", "call_later c1 0 call_soon c2 sleep 1"},
      {"GROUP-CANCELS-IN-ORDER-OF-CREATION",
       "try { group g { a = task in g { sleep 5 } b = task in g { sleep 6 } c = task in g { sleep 1 raise E1 } } } except any { } "
       "sleep 1"},
  };
}

}  // namespace lawful::properties
