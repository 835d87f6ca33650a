#pragma once

#include "scheduler/task/task.hpp"

namespace lawful {

/// Runs `main` as a task of `scheduler` until it has ended, then shuts down: every task not done is cancelled, in order of
/// creation, and waited for. Answers main's value, or @throws its error; asyncio's run().
/// @throws RuntimeError if a scheduler is running on this thread already; ValueError if `main` is empty; DeadlockError, which lists
/// each waiting task and what it waits for, when nothing is ready, nothing is scheduled, and main (or a task left at shutdown) has
/// not ended; std::bad_alloc when there was no memory for what the library itself had to do, and whatever else a job of the
/// scheduler threw. Whatever it throws, everything the run left is freed, and the scheduler can run again
template <class T>
T run(Scheduler& scheduler, Coroutine<T> main);

/// What run() is made of, for who wants to look at the tasks before they are gone: drives until `main` has ended and shutdown is
/// over, or until nothing can go on. Call Leftovers(scheduler).tear_down() afterwards, also when it throws.
/// @throws std::bad_alloc, or what else made the scheduler fail (Scheduler::fail)
[[nodiscard]] Scheduler::End drive_to_end(Scheduler& scheduler, const AnyFuture& main);

/// The error of a run that could not go on: DeadlockError with its list, or what else `end` means.
[[nodiscard]] Error unfinished(Scheduler& scheduler, Scheduler::End end);

// implementation

/// Throws if a scheduler is running here: before anything of the coroutine runs.
void refuse_nested_run();

template <class T>
T run(Scheduler& scheduler, Coroutine<T> main) {
  refuse_nested_run();
  Task<T> task = create_task(scheduler, std::move(main), "main");
  Error error;
  try {
    const Scheduler::End end = drive_to_end(scheduler, task);
    if (end != Scheduler::End::stopped) error = unfinished(scheduler, end);
  } catch (...) {
    error = Error::current();
  }
  Leftovers(scheduler).tear_down();
  if (error) error.raise();
  return task.result_outcome().get();
}

}  // namespace lawful
