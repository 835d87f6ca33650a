#include "spec/rule.hpp"

namespace lawful::spec {

namespace {
constexpr Chapter coroutines("Coroutines", "1.1");
constexpr Chapter threads("Threads", "1.1");
constexpr Chapter threads_since_1_2("Threads", "1.2");
}  // namespace

std::vector<Rule> coroutine_rules() {
  using enum Profile;
  const Chapter& chapter = coroutines;
  return {
      chapter.must(
          "COROUTINE-WAITS-TO-BE-AWAITED", core, {},
          "Calling a coroutine function runs nothing of its body: it begins when it is awaited, or in its task's first step.",
          "Whoever makes it decides when it runs.", "asyncio: coroutine functions", by_property),
      chapter.must("AWAITING-A-COROUTINE-GIVES-NOBODY-A-TURN", serial, {"COROUTINE-WAITS-TO-BE-AWAITED"},
                   "Awaiting a coroutine runs it inside the current task, and gives nobody else a turn unless it waits itself.",
                   "To put a part of a body into a function of its own changes nothing.", "asyncio: `await coroutine`",
                   by_property),
      chapter.must("COROUTINE-IS-AWAITED-ONCE", core, {},
                   "Awaiting a coroutine a second time raises RuntimeError; making it a task then raises too.",
                   "Its frame is gone.", "asyncio: `await coroutine`", by_property),
      chapter.must("ERRORS-CROSS-AWAITS-UNCHANGED", core, {},
                   "A value or an error crosses any depth of awaited coroutines unchanged: the same object arrives.",
                   "What was caught outside is what was thrown inside.", "asyncio: `await coroutine`", by_property),
      chapter.must("DROPPED-COROUTINE-NEVER-RUNS", core, {"COROUTINE-WAITS-TO-BE-AWAITED"},
                   "A coroutine that is dropped unawaited runs nothing of its body, and what it was given is destroyed.",
                   "Nobody asked for it.", "asyncio: a coroutine that was never awaited", by_property),
  };
}

std::vector<Rule> thread_rules() {
  using enum Profile;
  const Chapter& chapter = threads;
  return {
      threads_since_1_2.must(
          "EVERY-READY-JOB-RUNS", core, {},
          "A job that was posted runs: also while others post themselves again and again, and also while the job that posted it "
          "is busy, if another thread is idle.",
          "Whoever waits for a turn gets one; all else rests on that.",
          "stronger than asyncio: the order of `call_soon`; std::execution's parallel forward progress", by_property),
      chapter.must("TO-THREAD-RUNS-ELSEWHERE", core, {"EVERY-READY-JOB-RUNS"},
                   "to_thread calls its function on another thread, while other tasks go on, and answers its value.",
                   "What blocks must not hold up everybody.", "asyncio `to_thread`", by_property),
      chapter.must("TO-THREAD-ERRORS-ARRIVE", core, {"TO-THREAD-RUNS-ELSEWHERE"},
                   "What the function of to_thread throws is thrown where it is awaited.",
                   "An error on another thread is an error all the same.", "asyncio `to_thread`", by_property),
      chapter.must("TO-THREAD-SUBMITS-WHEN-AWAITED", core, {},
                   "Calling to_thread starts nothing: the function is called once its coroutine is awaited.",
                   "It is a coroutine like any other.", "asyncio `to_thread`", by_property),
      chapter.must("CANCELLED-TO-THREAD-LETS-THE-FUNCTION-END", core, {"TO-THREAD-RUNS-ELSEWHERE"},
                   "Cancelling the await of a function that runs on another thread ends the await alone; the function runs to its "
                   "end, and its outcome is dropped.",
                   "A thread cannot be stopped from outside.", "asyncio `to_thread`", by_property),
      chapter.must("CANCELLED-TO-THREAD-THAT-WAITS-NEVER-RUNS", core, {"CANCELLED-TO-THREAD-LETS-THE-FUNCTION-END"},
                   "A function that still waits for a free thread when its await is cancelled is never called.",
                   "Nothing was begun, so there is nothing to let end.", "asyncio `to_thread`", by_property),
      chapter.must("RUN-WAITS-FOR-FUNCTIONS-ON-THREADS", core, {"TO-THREAD-RUNS-ELSEWHERE"},
                   "run does not return while a function that was given to to_thread is still running.",
                   "Nothing outlives the run, whatever thread it is on.", "asyncio `loop.shutdown_default_executor`", by_property),
      chapter.must("POST-FROM-OUTSIDE-WAKES-A-SLEEPING-SCHEDULER", core, {"EVERY-READY-JOB-RUNS"},
                   "A job posted from another thread runs on the scheduler, also if it has nothing else to do.",
                   "It is the only door for the rest of the world.", "asyncio `call_soon_threadsafe`", by_property),
      chapter.must("POSTS-FROM-OUTSIDE-KEEP-ORDER", serial, {"POST-FROM-OUTSIDE-WAKES-A-SLEEPING-SCHEDULER"},
                   "Jobs posted by one thread from outside run in that order.", "It is a queue.", "asyncio `call_soon_threadsafe`",
                   by_property),
  };
}

}  // namespace lawful::spec
