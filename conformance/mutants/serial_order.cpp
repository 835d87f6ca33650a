#include "conformance/mutants/plain_group.hpp"
#include "conformance/mutants/plain_scheduler.hpp"

namespace lawful::conformance {

namespace {

/// What gives up its turn goes to the front of the queue.
struct YieldsToItselfScheduler final : PlainScheduler {
  void post(Job job) override {
    if (!std::exchange(yielding_, false)) return PlainScheduler::post(std::move(job));
    ready_.push_front(std::move(job));
  }
  bool yielding_ = false;
};

struct YieldsToItself final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> sleep(Tick ticks) override {
    static_cast<YieldsToItselfScheduler&>(scheduler()).yielding_ = ticks == 0;
    Outcome slept = co_await TaskRuntime::sleep(ticks);
    co_return slept;
  }
};

/// A heap without a tie-break.
struct TiesLastFirstScheduler final : PlainScheduler {
  void due() override {
    std::vector<Job> all;
    while (Ref<Handle> handle = timers_.take_due(now_)) all.push_back(Handle::job_of(std::move(handle)));
    for (; !all.empty(); all.pop_back()) ready_.push_back(std::move(all.back()));
  }
};

/// Timers first.
struct TimersFirstScheduler final : PlainScheduler {
  void due() override {
    std::vector<Job> all;
    while (Ref<Handle> handle = timers_.take_due(now_)) all.push_back(Handle::job_of(std::move(handle)));
    for (; !all.empty(); all.pop_back()) ready_.push_front(std::move(all.back()));
  }
};

struct GroupCancelsNewestFirst final : PlainGroup {
  explicit GroupCancelsNewestFirst(Scheduler& scheduler) : PlainGroup(scheduler) { flaws_.aborts_newest_first = true; }
};

}  // namespace

std::vector<Mutant> serial_order_mutants() {
  return {
      scheduler_mutant<YieldsToItselfScheduler, YieldsToItself>(
          "yields-to-itself", "TURNS-COME-BACK-IN-ORDER",
          "a task that gives up its turn is the first to get it back, as with a task_group of oneTBB"),
      scheduler_mutant<TiesLastFirstScheduler>("ties-last-first", "EQUAL-DEADLINES-GO-IN-ORDER",
                                               "a heap of deadlines has no second key"),
      scheduler_mutant<TimersFirstScheduler>("timers-first", "TIMERS-GO-BEHIND-WHAT-IS-READY",
                                             "what is due is put before what is ready"),
      mutant<GroupCancelsNewestFirst>("group-cancels-newest-first", "GROUP-CANCELS-IN-ORDER-OF-CREATION",
                                      "tasks are kept on a stack"),
  };
}

}  // namespace lawful::conformance
