#include "properties/situations/situations.hpp"

namespace lawful::properties {

std::vector<Situation> gathering_situations() {
  return {
      {"CANCELLED-GATHER-CANCELS-ITS-OPERANDS",
       "m = task { gather a { sleep 9 } b { sleep 8 } } sleep 2 cancel m sleep 9; sleep 1"},
      {"CANCELLED-GATHER-CANCELS-ITS-OPERANDS",
       "m = task { gather return_exceptions a { sleep 9 } b { sleep 8 } } sleep 2 cancel m sleep 9; sleep 1"},
      {"CANCELLED-GATHER-ENDS-WITH-ITS-FIRST-OPERAND",
       "m = task { gather a { try { sleep 9 } finally { sleep 3 } } b { sleep 8 } } sleep 2 cancel m sleep 9; sleep 1"},
      {"CANCELLED-GATHER-ENDS-WITH-ITS-FIRST-OPERAND",
       "m = task { gather a { try { sleep 9 } finally { sleep 3 } } b { try { sleep 8 } finally { sleep 1 } } } sleep 2 cancel m "
       "sleep 9; sleep 1"},
      {"CANCELLED-GATHER-OF-OUTCOMES-WAITS-FOR-ALL",
       "m = task { gather return_exceptions a { try { sleep 9 } finally { sleep 3 } } b { sleep 8 } } sleep 2 cancel m sleep 9; "
       "sleep 1"},
      {"CANCELLED-GATHER-RAISES-THOUGH-ALL-GO-ON",
       "m = task { gather a { try { sleep 9 } except any { return 1 } } b { try { sleep 8 } except any { sleep 1 } } } sleep 2 "
       "cancel m sleep 4; sleep 1"},
      {"CANCELLED-GATHER-RAISES-AN-OPERANDS-ERROR",
       "m = task { gather a { try { sleep 9 } except any { sleep 1 raise E1 } } b { try { sleep 8 } except any { sleep 3 } } } "
       "sleep 2 cancel m sleep 6; sleep 1"},
      {"GATHER-RAISES-THE-CANCELLATION-OF-AN-OPERAND",
       "m = task { gather a { sleep 5 } b { sleep 6 } } sleep 1 cancel a sleep 7; sleep 1"},
      {"GATHER-OF-WHAT-IS-DONE-DOES-NOT-SUSPEND",
       "a = task { return 1 } b = task { return 2 } sleep 1 c = task { sleep 1 } gather a b; sleep 1"},
      {"GATHER-OF-WHAT-IS-DONE-DOES-NOT-SUSPEND",
       "a = task { return 1 } sleep 1 c = task { return 3 } gather return_exceptions a a; sleep 1"},
      {"GATHER-KEEPS-ORDER", "gather a { sleep 2 return 1 } b { sleep 1 return 2 }; sleep 1"},
      {"GATHER-OF-NOTHING-IS-DONE", "gather nothing; sleep 1"},
      {"GATHER-ANSWERS-EVERY-NAMING", "a = task { sleep 1 return 3 } gather a b { return 2 } a; sleep 1"},
      {"GATHER-WAITS-FOR-ALL", "gather a { sleep 2 return 1 } b { sleep 1 return 2 } c { sleep 3 }; sleep 1"},
      {"AS-COMPLETED-IN-ORDER-OF-COMPLETION",
       "as_completed a { sleep 3 return 1 } b { sleep 1 return 2 } c { sleep 2 raise E1 }; sleep 1"},
      {"AWAIT-ANSWERS-THE-OUTCOME", "a = task { sleep 1 return 4 } await a await a; sleep 1"},
      {"AWAIT-ANSWERS-THE-OUTCOME", "a = task { sleep 1 raise E2 } try { await a } except error { done a }; sleep 1"},
      {"GATHER-RAISES-AT-ONCE", "try { gather a { sleep 1 raise E1 } b { sleep 4 } } except error { } sleep 5; sleep 1"},
      {"GATHER-RAISES-THE-FIRST-ERROR",
       "try { gather a { sleep 3 raise E1 } b { sleep 1 raise E2 } } except error { } sleep 5; sleep 1"},
      {"GATHER-LEAVES-SIBLINGS-RUNNING",
       "try { gather a { sleep 1 raise E1 } b { sleep 4 return 2 } } except error { } sleep 5; sleep 1"},
      {"RETURN-EXCEPTIONS-NEVER-RAISES", "gather return_exceptions a { sleep 1 raise E1 } b { return 2 }; sleep 1"},
      {"RETURN-EXCEPTIONS-WAITS-FOR-ALL", "gather return_exceptions a { sleep 1 raise E1 } b { sleep 3 return 2 }; sleep 1"},
      {"RETURN-EXCEPTIONS-KEEPS-PLACES", "gather return_exceptions a { sleep 1 raise E1 } b { return 2 } c { raise E3 }; sleep 1"},
      {"RETURN-EXCEPTIONS-COUNTS-CANCELLED",
       "m = task { gather return_exceptions a { sleep 5 } b { sleep 2 return 2 } } sleep 1 cancel a sleep 5; sleep 1"},
      {"RESULT-BEFORE-DONE", "a = task { sleep 2 return 1 } sleep 1 try { result a } except error { } sleep 3; sleep 1"},
      {"EXCEPTION-BEFORE-DONE", "a = task { sleep 2 return 1 } sleep 1 try { exception a } except error { } sleep 3; sleep 1"},
      {"RESULT-AFTER-DONE",
       "a = task { sleep 1 raise E1 } sleep 2 try { result a } except error { } try { result a } except error { }; sleep 1"},
      {"RESULT-AFTER-DONE", "a = task { sleep 1 return 5 } sleep 2 result a result a; sleep 1"},
      {"EXCEPTION-AFTER-DONE", "a = task { sleep 1 raise E1 } sleep 2 exception a exception a; sleep 1"},
      {"EXCEPTION-AFTER-DONE", "a = task { sleep 5 } sleep 1 cancel a sleep 1 exception a; sleep 1"},
      {"DONE-TELLS-THE-TRUTH", "a = task { sleep 2 return 1 } sleep 1 done a sleep 2 done a; sleep 1"},
      {"COMPLETED-ONCE", "future f set_result f 1 try { set_result f 2 } except error { } result f; sleep 1"},
      {"COMPLETED-ONCE",
       "future f set_exception f E1 try { set_result f 2 } except error { } try { set_exception f E2 } except error { }; sleep 1"},
      {"SLEEP-WAKES-ON-TIME", "a = task { sleep 3 } b = task { sleep 1 } sleep 5; sleep 1"},
      {"SLEEP-NEVER-WAKES-EARLY", "a = task { sleep 3 } b = task { sleep 1 } sleep 5; sleep 1"},
      {"CLOCK-NEVER-GOES-BACK", "a = task { sleep 3 } b = task { sleep 1 } sleep 5; sleep 1"},
      {"CLOCK-STANDS-WHILE-ANYTHING-IS-READY", "a = task { b = task { sleep 1 } sleep 0 await b } sleep 3; sleep 1"},
      {"DEADLOCK-ONLY-WHEN-NOTHING-CAN-GO-ON",
       "future f a = task { sleep 2 } b = task { await a } c = task { gather a } await f; sleep 1"},
      {"RUN-ENDS", "a = task { sleep 2 } await a; sleep 1"},
      {"TASK-RUNS-ONCE", "a = task { sleep 1 sleep 1 } b = task { sleep 2 } sleep 3; sleep 1"},
      {"RESULT-IS-WHAT-THE-BODY-ENDED-WITH", "a = task { sleep 1 return 5 } b = task { raise E1 } sleep 2; sleep 1"},
  };
}

std::vector<Situation> group_situations() {
  return {
      {"GROUP-WAITS-FOR-ITS-TASKS", "group g { a = task in g { sleep 3 } b = task in g { sleep 1 } }; sleep 1"},
      {"GROUP-CANCELS-SIBLINGS",
       "try { group g { a = task in g { sleep 5 } b = task in g { sleep 1 raise E1 } } } except any { } sleep 5; sleep 1"},
      {"GROUP-WRAPS-FAILURES", "try { group g { a = task in g { sleep 1 raise E1 } } } except any { }; sleep 1"},
      {"GROUP-COLLECTS-FAILURES",
       "try { group g { a = task in g { try { sleep 5 } except any { sleep 2 raise E2 } } b = task in g { sleep 1 raise E1 } } } "
       "except any { }; sleep 1"},
      {"GROUP-COLLECTS-FAILURES",
       "try { group g { a = task in g { try { sleep 9 } except any { raise E2 } } sleep 1 raise E1 } } except any { }; sleep 1"},
      {"GROUP-LETS-A-CANCELLED-TASK-GO",
       "group g { a = task in g { sleep 5 } b = task in g { sleep 3 } sleep 1 cancel a }; sleep 1"},
      {"GROUP-WAITS-FOR-TASKS-OF-ITS-TASKS", "group g { a = task in g { sleep 2 b = task in g { sleep 3 } } }; sleep 1"},
      {"GROUP-CANCELS-ITS-BODY", "try { group g { a = task in g { sleep 1 raise E1 } sleep 6 } } except any { } sleep 6; sleep 1"},
      {"GROUP-WRAPS-THE-ERROR-OF-ITS-BODY", "try { group g { sleep 1 raise E1 } } except any { }; sleep 1"},
      {"GROUP-WRAPS-THE-ERROR-OF-ITS-BODY", "try { group g { a = task in g { sleep 3 } raise E1 } } except any { }; sleep 1"},
      {"CANCELLED-GROUP-CANCELS-ITS-TASKS",
       "m = task { group g { a = task in g { sleep 9 } sleep 8 } } sleep 2 cancel m sleep 8; sleep 1"},
      {"CANCELLED-GROUP-CANCELS-ITS-TASKS", "m = task { group g { a = task in g { sleep 9 } } } sleep 2 cancel m sleep 8; sleep 1"},
      {"CANCELLED-GROUP-RAISES-CANCELLED-ERROR",
       "m = task { group g { a = task in g { sleep 9 } sleep 8 } } sleep 2 cancel m sleep 8; sleep 1"},
      {"CANCELLED-GROUP-RAISES-CANCELLED-ERROR",
       "m = task { group g { a = task in g { sleep 9 } } } sleep 2 cancel m sleep 8; sleep 1"},
      {"GROUP-ERRORS-BEAT-A-CANCEL",
       "m = task { group g { a = task in g { try { sleep 9 } except any { raise E1 } } } } sleep 2 cancel m sleep 4; sleep 1"},
      {"GROUP-ERRORS-BEAT-A-CANCEL",
       "m = task { group g { a = task in g { try { sleep 9 } finally { sleep 2 raise E1 } } sleep 7 } } sleep 2 cancel m sleep 9; "
       "sleep 1"},
      {"CANCEL-OUTRANKED-BY-ERRORS-STRIKES-AGAIN",
       "m = task { try { group g { a = task in g { try { sleep 9 } except any { raise E1 } } } } except group { } sleep 3 } sleep "
       "2 cancel m sleep 6; sleep 1"},
      {"GROUP-TAKES-ITS-OWN-CANCEL-BACK",
       "try { group g { a = task in g { sleep 1 raise E1 } sleep 6 } } except any { } cancelling main sleep 1; sleep 1"},
      {"GROUP-AND-OUTSIDE-CANCELS-COUNT-ONE-EACH",
       "m = task { try { group g { a = task in g { try { sleep 9 } except any { raise E1 } } } } except group { cancelling m } } "
       "sleep 2 cancel m sleep 3; sleep 1"},
      {"GROUP-AND-OUTSIDE-CANCELS-COUNT-ONE-EACH",
       "m = task { try { group g { a = task in g { sleep 1 raise E1 } try { sleep 9 } finally { sleep 3 } } } except group { "
       "cancelling m } } sleep 2 "
       "cancel m sleep 5; sleep 1"},
      {"GROUP-REFUSES-TASKS-WHILE-IT-SHUTS-DOWN",
       "try { group g { a = task in g { sleep 1 raise E1 } try { sleep 6 } except any { sleep 1 b = task in g { sleep 1 } } } } "
       "except any { } sleep 2; sleep 1"},
      {"GROUP-REFUSES-TASKS-WHEN-IT-IS-OVER",
       "group g { sleep 1 } try { b = task in g { return 1 } } except error { } sleep 1; sleep 1"},
      {"GROUP-ERRORS-NEST", "try { group g { group h { a = task in h { sleep 1 raise E1 } } } } except any { }; sleep 1"},
      {"GROUP-ERRORS-NEST",
       "try { group g { b = task in g { try { sleep 5 } except any { raise E2 } } group h { a = task in h { sleep 1 raise E1 } } } "
       "} except any { }; sleep 1"},
      {"INNER-GROUP-PASSES-CANCELLED-ERROR-ON",
       "try { group g { a = task in g { sleep 1 raise E1 } group h { b = task in h { sleep 5 } } } } except any { } sleep 5; sleep "
       "1"},
      {"INNER-GROUP-PASSES-CANCELLED-ERROR-ON",
       "try { group g { a = task in g { sleep 1 raise E1 } group h { b = task in h { sleep 5 } sleep 4 } } } except any { } sleep "
       "5; sleep 1"},
      {"GROUP-CANCELS-EACH-TASK-ONCE",
       "try { group g { a = task in g { sleep 1 raise E1 } b = task in g { try { sleep 5 } finally { sleep 4 } } c = task in g { "
       "try { sleep 6 } "
       "finally { sleep 1 raise E2 } } } } except any { } sleep 5; sleep 1"},
      {"GROUP-CANCELLED-TWICE-KEEPS-WAITING",
       "m = task { group g { a = task in g { try { sleep 9 } finally { sleep 5 } } } } sleep 1 cancel m sleep 2 cancel m sleep 6; "
       "sleep 1"},
      {"GROUP-THAT-FAILS-STARTS-NOTHING", "try { group g { a = task in g { sleep 1 } raise E1 } } except any { } sleep 2; sleep 1"},
      {"FAILURES-OF-ONE-PASS-ARE-ALL-COLLECTED",
       "try { group g { a = task in g { sleep 2 raise E1 } b = task in g { sleep 2 raise E2 } } } except any { } sleep 1; sleep 1"},
  };
}

std::vector<Situation> timeout_situations() {
  return {
      {"TIMEOUT-CUTS-ITS-BODY-AT-THE-DEADLINE", "try { timeout 2 { sleep 5 } } except error { } sleep 5; sleep 1"},
      {"TIMEOUT-RAISES-TIMEOUT-ERROR", "try { timeout 2 { sleep 5 } } except error { } sleep 1; sleep 1"},
      {"TIMEOUT-TAKES-ITS-OWN-CANCEL-BACK", "try { timeout 2 { sleep 5 } } except error { } cancelling main sleep 1; sleep 1"},
      {"TIMEOUT-LEFT-IN-TIME-IS-OVER", "timeout 3 { sleep 1 } sleep 5; sleep 1"},
      {"TIMEOUT-OF-ZERO-LETS-ITS-BODY-BEGIN", "try { timeout 0 { sleep 1 } } except error { }; sleep 1"},
      {"TIMEOUT-OF-ZERO-CUTS-THE-FIRST-WAIT", "try { timeout 0 { sleep 3 } } except error { } sleep 3; sleep 1"},
      {"SWALLOWED-TIMEOUT-RAISES-NOTHING", "timeout 2 { try { sleep 5 } except any { } } sleep 1; sleep 1"},
      {"TIMEOUT-LETS-OTHER-ERRORS-THROUGH",
       "try { timeout 2 { try { sleep 5 } except any { raise E1 } } } except error { }; sleep 1"},
      {"CANCEL-CROSSES-A-TIMEOUT", "m = task { timeout 5 { sleep 9 } } sleep 2 cancel m sleep 5; sleep 1"},
      {"CANCEL-BEATS-A-TIMEOUT",
       "m = task { timeout 3 { try { sleep 9 } finally { sleep 4 } } } sleep 2 cancel m sleep 9; sleep 1"},
      {"CANCEL-BEATS-A-TIMEOUT",
       "m = task { timeout 1 { try { sleep 9 } finally { sleep 4 } } } sleep 2 cancel m sleep 9; sleep 1"},
      {"INNER-TIMEOUT-LEAVES-THE-OUTER-ALONE", "timeout 9 { try { timeout 2 { sleep 5 } } except error { sleep 1 } }; sleep 1"},
      {"OUTER-TIMEOUT-CROSSES-THE-INNER-AS-CANCELLED",
       "try { timeout 2 { timeout 6 { sleep 9 } } } except error { } sleep 1; sleep 1"},
      {"OUTERMOST-OF-EQUAL-DEADLINES-RAISES", "try { timeout 3 { timeout 3 { sleep 9 } } } except error { } sleep 1; sleep 1"},
      {"RESCHEDULE-MOVES-THE-DEADLINE",
       "a = task { sleep 1 reschedule x 6 } try { timeout x 3 { sleep 12 } } except error { } sleep 1; sleep 1"},
      {"RESCHEDULE-MOVES-THE-DEADLINE",
       "a = task { sleep 1 reschedule x 2 } try { timeout x 8 { sleep 12 } } except error { } sleep 1; sleep 1"},
      {"RESCHEDULE-OF-WHAT-IS-OVER-IS-REFUSED", "timeout x 3 { sleep 1 } try { reschedule x 5 } except error { } sleep 1; sleep 1"},
      {"TIMEOUT-WORKS-IN-A-CANCELLED-TASK",
       "m = task { try { sleep 9 } except any { try { timeout 2 { sleep 5 } } except error { } } } sleep 1 cancel m sleep 6; sleep "
       "1"},
      {"TIMEOUT-BEATS-A-SLEEP-OF-ITS-LENGTH", "try { timeout 3 { sleep 3 } } except error { } sleep 1; sleep 1"},

      {"WAIT-FOR-ANSWERS-IN-TIME", "wait_for 5 a { sleep 2 return 7 }; sleep 1"},
      {"WAIT-FOR-ANSWERS-IN-TIME", "try { wait_for 5 a { sleep 2 raise E1 } } except error { }; sleep 1"},
      {"WAIT-FOR-CANCELS-AT-ITS-DEADLINE", "try { wait_for 2 a { sleep 6 } } except error { } sleep 6; sleep 1"},
      {"WAIT-FOR-WAITS-FOR-THE-CLEAN-UP",
       "try { wait_for 2 a { try { sleep 6 } finally { sleep 3 } } } except error { } sleep 5; sleep 1"},
      {"WAIT-FOR-RAISES-TIMEOUT-ERROR", "try { wait_for 2 a { sleep 6 } } except error { }; sleep 1"},
      {"WAIT-FOR-ANSWERS-WHAT-BECAME-OF-THE-CANCEL", "wait_for 2 a { try { sleep 6 } except any { sleep 1 return 8 } }; sleep 1"},
      {"WAIT-FOR-ANSWERS-WHAT-BECAME-OF-THE-CANCEL",
       "try { wait_for 2 a { try { sleep 6 } except any { sleep 1 raise E1 } } } except error { }; sleep 1"},
      {"WAIT-FOR-OF-ZERO-ANSWERS-WHAT-IS-DONE", "a = task { return 5 } sleep 1 wait_for 0 a; sleep 1"},
      {"WAIT-FOR-OF-ZERO-STARTS-NOTHING", "try { wait_for 0 a { return 1 } } except error { } sleep 1; sleep 1"},
      {"CANCELLED-WAIT-FOR-CANCELS-WHAT-IT-WAITS-FOR", "m = task { wait_for 8 a { sleep 9 } } sleep 2 cancel m sleep 9; sleep 1"},
      {"WAIT-FOR-NEVER-SWALLOWS-A-CANCEL", "future f m = task { wait_for 8 f } sleep 2 set_result f 1 cancel m sleep 1; sleep 1"},
      {"WAIT-FOR-TIE-IS-A-TIMEOUT", "try { wait_for 3 a { sleep 3 return 1 } } except error { } sleep 1; sleep 1"},
      {"WAIT-FOR-REPORTS-A-FOREIGN-CANCEL", "m = task { wait_for 8 a { sleep 9 } } sleep 2 cancel a sleep 9; sleep 1"},
      {"WAIT-FOR-CANCELS-A-FUTURE", "future f try { wait_for 2 f } except error { } cancelled f; sleep 1"},

      {"SHIELD-KEEPS-THE-INNER-RUNNING", "m = task { shield a { sleep 5 return 1 } } sleep 2 cancel m sleep 6; sleep 1"},
      {"SHIELD-ENDS-AT-ONCE-WHEN-CANCELLED", "m = task { shield a { sleep 5 return 1 } } sleep 2 cancel m sleep 6; sleep 1"},
      {"SHIELD-ANSWERS-THE-INNER", "shield a { sleep 2 return 6 }; sleep 1"},
      {"SHIELD-ANSWERS-THE-INNER", "try { shield a { sleep 2 raise E1 } } except error { }; sleep 1"},
      {"SHIELD-SHOWS-THE-CANCELLATION-OF-THE-INNER", "m = task { shield a { sleep 5 } } sleep 2 cancel a sleep 4; sleep 1"},
      {"SHUTDOWN-CANCELS-WHAT-IS-SHIELDED", "m = task { shield a { sleep 9 } } sleep 2"},
  };
}

std::vector<Situation> waiting_situations() {
  return {
      {"WAIT-ANSWERS-WHO-IS-DONE", "wait FIRST_COMPLETED a { sleep 1 return 1 } b { sleep 5 }; sleep 1"},
      {"WAIT-ANSWERS-WHO-IS-DONE", "wait for 3 a { sleep 1 raise E1 } b { sleep 5 } c { return 3 }; sleep 1"},
      {"WAIT-NEVER-RAISES-AN-OPERANDS-ERROR", "wait a { sleep 1 raise E1 } b { sleep 2 }; sleep 1"},
      {"WAIT-ENDS-WITH-THE-LAST", "wait a { sleep 1 raise E1 } b { sleep 3 } c { sleep 2 }; sleep 1"},
      {"WAIT-ENDS-WITH-THE-FIRST", "wait FIRST_COMPLETED a { sleep 2 raise E1 } b { sleep 3 } c { sleep 6 }; sleep 1"},
      {"WAIT-ENDS-WITH-THE-FIRST-FAILURE", "wait FIRST_EXCEPTION a { sleep 4 } b { sleep 3 raise E1 } c { sleep 6 }; sleep 1"},
      {"WAIT-ENDS-WITH-THE-FIRST-FAILURE",
       "m = task { wait FIRST_EXCEPTION a { sleep 9 } b { sleep 3 } c { sleep 6 } } sleep 2 cancel a sleep 9; sleep 1"},
      {"WAIT-TIMES-OUT-WITHOUT-AN-ERROR", "wait for 2 a { sleep 5 } b { sleep 1 } sleep 5; sleep 1"},
      {"WAIT-CANCELS-NOBODY", "wait for 2 a { sleep 5 } b { sleep 4 } sleep 5; sleep 1"},
      {"WAIT-CANCELS-NOBODY", "m = task { wait a { sleep 5 } b { sleep 4 } } sleep 2 cancel m sleep 5; sleep 1"},
      {"WAIT-FOR-NOTHING-IS-REFUSED", "try { wait nothing } except error { }; sleep 1"},
      {"WAIT-ALWAYS-SUSPENDS", "a = task { return 1 } sleep 1 b = task { return 2 } wait a; sleep 1"},
      {"AS-COMPLETED-TIMES-OUT-WHAT-IS-LEFT", "as_completed for 3 a { sleep 1 return 1 } b { sleep 5 } c { sleep 6 }; sleep 1"},
      {"AS-COMPLETED-CANCELS-NOBODY", "as_completed for 2 a { sleep 5 } b { sleep 4 } sleep 5; sleep 1"},
      {"AS-COMPLETED-CANCELS-NOBODY", "m = task { as_completed a { sleep 5 } b { sleep 4 } } sleep 2 cancel m sleep 5; sleep 1"},
  };
}

}  // namespace lawful::properties
