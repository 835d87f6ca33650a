#include "scheduler/task/run.hpp"

#include "scheduler/task/gather.hpp"

namespace lawful {

namespace {

void stop_scheduler(Counted& target, Counted*) { static_cast<FutureCore&>(target).scheduler().stop(); }

/// @throws what made the scheduler fail
Scheduler::End drive_until(Scheduler& scheduler, const AnyFuture& future) {
  future.core().add_callback(Callback{stop_scheduler, Ref<Counted>(future.core()), false});
  Error failure = scheduler.take_failure();  // before anything ran
  Scheduler::End end = Scheduler::End::stopped;
  if (!failure) {
    end = scheduler.drive();
    failure = scheduler.take_failure();
  }
  if (failure) failure.raise();
  // On threads the last job may have been the one that stopped us, with nothing else left.
  return future.done() && end == Scheduler::End::idle ? Scheduler::End::stopped : end;
}

/// A future of outcomes that are not looked at.
Coroutine<Unit> gather_leftovers(std::vector<Ref<FutureCore>> tasks) {
  auto all = make_gather<Unit>(true, std::move(tasks), [](const std::vector<Ref<FutureCore>>&) { return Unit(); });
  Outcome<Unit> ended = co_await all.outcome();
  if (!ended.ok()) co_return ended.error();
  co_return Unit();
}

}  // namespace

void refuse_nested_run() {
  if (Scheduler::current_or_null() != nullptr)
    throw RuntimeError("run() inside of a running scheduler: await the coroutine instead");
}

Scheduler::End drive_to_end(Scheduler& scheduler, const AnyFuture& main) {
  const Scheduler::End ended = drive_until(scheduler, main);
  if (ended != Scheduler::End::stopped) return ended;
  const std::vector<Ref<TaskCore>> left = Leftovers(scheduler).tasks();
  if (left.empty()) return Scheduler::End::stopped;
  std::vector<Ref<FutureCore>> children;
  for (const Ref<TaskCore>& task : left) {
    task->cancel();
    children.emplace_back(*task);
  }
  const Task<Unit> sweep = create_task(scheduler, gather_leftovers(std::move(children)), "shutdown");
  const Scheduler::End swept = drive_until(scheduler, sweep);
  for (const Ref<TaskCore>& task : left) {
    const Error error = task->error();
    if (error && !error.is_cancelled()) {
      scheduler.call_exception_handler(Unretrieved{task->description() + " failed while the run was shut down", error});
    }
  }
  return swept;
}

Error unfinished(Scheduler& scheduler, Scheduler::End end) {
  const std::string what = end == Scheduler::End::hung
                               ? "hung: jobs were given to the executor and never came back; these tasks wait:"
                               : "deadlock: nothing is ready and nothing is scheduled, but these tasks wait:";
  return Error::of(DeadlockError(what + Leftovers(scheduler).report()));
}

}  // namespace lawful
