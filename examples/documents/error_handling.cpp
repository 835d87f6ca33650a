// One of two fails: what a task group, gather, and gather with return_exceptions make of it.
//
// A tutorial says that gather cancels the sibling of the one that fails. It does not: the sibling goes on. What one sees there is
// main ending with the error, and then the shutdown, which cancels whatever is left. Here main handles the error, and the sibling
// ends in peace.
#include "examples/documents/example.hpp"

using namespace example;

Coroutine<std::string> steady() {
  Outcome<void> slept = co_await sleep(5s).outcome();
  if (!slept.ok()) {
    say("  steady: cancelled at %.2fs", elapsed());
    co_return slept.error();
  }
  say("  steady: finished at %.2fs", elapsed());
  co_return "steady";
}

Coroutine<std::string> failing() {
  co_await sleep(2s);
  say("  failing: raises at %.2fs", elapsed());
  co_return Error::of(RuntimeError("boom"));
}

Coroutine<void> with_task_group() {
  say("TaskGroup:");
  auto body = [](TaskGroup& group) -> Coroutine<void> {
    group.create_task(steady());
    group.create_task(failing());
    co_return;
  };
  try {
    co_await with(TaskGroup(), body);
  } catch (const ExceptionGroup& group) {
    say("  caught an ExceptionGroup of %zu at %.2fs: %s", group.exceptions().size(), elapsed(),
        group.exceptions()[0].describe().c_str());
  }
}

Coroutine<void> with_gather() {
  say("gather, its error handled:");
  Task<std::string> sibling = create_task(steady());
  try {
    co_await gather(sibling, failing());
  } catch (const RuntimeError& error) {
    say("  caught %s at %.2fs; the sibling is %s", error.what(), elapsed(), sibling.done() ? "done" : "running");
  }
  const std::string result = co_await sibling;
  say("  the sibling answered %s at %.2fs", result.c_str(), elapsed());
}

Coroutine<void> with_return_exceptions() {
  say("gather with return_exceptions:");
  const auto [first, second] = co_await gather(return_exceptions, steady(), failing());
  say("  [%s, %s] at %.2fs", first.value().c_str(), second.error().describe().c_str(), elapsed());
}

Coroutine<void> escaping() {
  say("gather, its error escapes from main:");
  co_await gather(steady(), failing());
}

Coroutine<void> program() {
  co_await with_task_group();
  co_await with_gather();
  co_await with_return_exceptions();
}

int main(int argc, char** argv) {
  const int status = run_example(argc, argv, program);
  if (status != 0) return status;
  // The same gather as the last thing main does: now the sibling is cancelled, by the shutdown.
  std::fflush(stdout);
  DeterministicScheduler virtual_time;
  TbbScheduler real_time;
  Scheduler& scheduler = argc > 1 ? static_cast<Scheduler&>(real_time) : static_cast<Scheduler&>(virtual_time);
  try {
    run(scheduler, escaping());
  } catch (const RuntimeError& error) {
    say("  run() raised %s", error.what());
  }
  return 0;
}
