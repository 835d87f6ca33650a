#include <map>
#include <set>

#include "conformance/mutants/mutant.hpp"

namespace lawful::conformance {

namespace {

spec::Raised cancelled_error() { return spec::Raised(spec::Raised::Kind::cancelled); }

struct CancelWaitsForTheTimer final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> sleep(Tick ticks) override {
    const Tick due = now() + ticks;
    Outcome slept = co_await TaskRuntime::sleep(ticks);
    while (slept.cancelled() && now() < due) {
      Outcome rest = co_await TaskRuntime::sleep(due - now());
      static_cast<void>(rest);
    }
    co_return slept;
  }
};

struct CancelledTaskStarts final : BodyWrapper {
  using BodyWrapper::BodyWrapper;
  Coroutine<Outcome> wrapped(NameId, Coroutine<Outcome> body) override {
    started_.insert(TaskCore::current());
    if (early_.erase(TaskCore::current()) != 0) current_task().cancel();
    Outcome ended = co_await std::move(body);
    co_return ended;
  }
  bool cancel(Task task) override {
    if (!task.core().is_task() || task.done() || started_.count(&task.core()) != 0) return TaskRuntime::cancel(std::move(task));
    early_.insert(&task.core());
    return true;
  }
  std::set<const FutureCore*> started_, early_;
};

struct CancelledIsAFlag final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  bool cancelled(Task task) override {
    return TaskRuntime::cancelled(task) || (task.core().is_task() && TaskRuntime::cancelling(task) > 0);
  }
};

struct CancelStaysAtTheSurface final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> await(Task task) override {
    if (!task.core().is_task() || &task.core() == TaskCore::current()) {
      Outcome ended = co_await TaskRuntime::await(std::move(task));
      co_return ended;
    }
    Outcome ended = co_await TaskRuntime::shield(task);
    if (!ended.cancelled() || task.done()) co_return ended;
    while (!task.done()) {
      Outcome rest = co_await TaskRuntime::shield(task);
      static_cast<void>(rest);
    }
    co_return ended;
  }
};

struct AwaitLetsGo final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> await(Task task) override {
    if (!task.core().is_task() || &task.core() == TaskCore::current()) {
      Outcome ended = co_await TaskRuntime::await(std::move(task));
      co_return ended;
    }
    Outcome ended = co_await TaskRuntime::shield(task);
    if (ended.cancelled()) TaskRuntime::cancel(std::move(task));
    co_return ended;
  }
};

struct AwaitHidesTheAnswer final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> await(Task task) override {
    const auto before = current_task().cancelling();
    Outcome ended = co_await TaskRuntime::await(std::move(task));
    if (current_task().cancelling() > before && ended.raised() == nullptr) co_return Outcome(cancelled_error());
    co_return ended;
  }
};

struct SelfCancelIgnored final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  bool cancel(Task task) override {
    if (&task.core() != TaskCore::current()) return TaskRuntime::cancel(std::move(task));
    return true;
  }
};

struct LastValueWins final : BodyWrapper {
  using BodyWrapper::BodyWrapper;
  Coroutine<Outcome> wrapped(NameId, Coroutine<Outcome> body) override {
    Outcome ended = co_await std::move(body);
    if (ended.ok()) {
      while (current_task().cancelling() > 0) current_task().uncancel();
    }
    co_return ended;
  }
};

struct LastCancelHidesTheError final : BodyWrapper {
  using BodyWrapper::BodyWrapper;
  Coroutine<Outcome> wrapped(NameId, Coroutine<Outcome> body) override {
    Outcome ended = co_await std::move(body);
    if (ended.raised() != nullptr && current_task().cancelling() > 0) co_return Outcome(cancelled_error());
    co_return ended;
  }
};

struct AwaitPrefersTheResult final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> await(Task task) override {
    Outcome ended = co_await TaskRuntime::await(task);
    if (ended.cancelled() && task.done() && !task.cancelled()) co_return outcome(task);
    co_return ended;
  }
};

struct EveryCancelStrikes final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  bool cancel(Task task) override {
    const bool more = task.core().is_task() && TaskRuntime::cancelling(task) > 0;
    const bool taken = TaskRuntime::cancel(task);
    if (more && taken) {
      auto again = [this, task]() mutable {
        auto once_more = [task]() mutable {
          if (task.cancel()) static_cast<TaskCore&>(task.core()).uncancel();
        };
        TaskRuntime::call_soon(std::move(once_more));
      };
      TaskRuntime::call_soon(std::move(again));
    }
    return taken;
  }
};

struct CancelledStateSticks final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> sleep(Tick ticks) override {
    if (current_task().cancelling() > 0) co_return Outcome(cancelled_error());
    Outcome slept = co_await TaskRuntime::sleep(ticks);
    co_return slept;
  }
};

struct OnceCancelledAlwaysCancelled final : BodyWrapper {
  using BodyWrapper::BodyWrapper;
  Coroutine<Outcome> wrapped(NameId, Coroutine<Outcome> body) override {
    Outcome ended = co_await std::move(body);
    if (ended.ok() && current_task().cancelling() > 0) co_return Outcome(cancelled_error());
    co_return ended;
  }
};

struct SecondCancelIgnored final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> sleep(Tick ticks) override {
    const Tick due = now() + ticks;
    const bool once = seen_.count(TaskCore::current()) != 0;
    Outcome slept = co_await TaskRuntime::sleep(ticks);
    if (slept.cancelled()) seen_.insert(TaskCore::current());
    while (once && slept.cancelled() && now() < due) slept = co_await TaskRuntime::sleep(due - now());
    co_return slept;
  }
  std::set<const FutureCore*> seen_;
};

struct RequestsAreAFlag final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  std::int64_t cancelling(Task task) override { return TaskRuntime::cancelling(std::move(task)) > 0 ? 1 : 0; }
};

struct UncancelResets final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  std::int64_t uncancel() override {
    while (TaskRuntime::uncancel() > 0) {
    }
    return 0;
  }
};

/// As CPython 3.12 did it.
struct UncancelOnlyCounts final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  bool cancel(Task task) override {
    const bool taken = TaskRuntime::cancel(task);
    if (taken && &task.core() == TaskCore::current()) undelivered_.insert(&task.core());
    return taken;
  }
  std::int64_t uncancel() override {
    const auto left = TaskRuntime::uncancel();
    if (left == 0 && undelivered_.erase(TaskCore::current()) != 0) due_.insert(TaskCore::current());
    return left;
  }
  Coroutine<Outcome> sleep(Tick ticks) override {
    undelivered_.erase(TaskCore::current());
    if (due_.erase(TaskCore::current()) != 0) co_return Outcome(cancelled_error());
    Outcome slept = co_await TaskRuntime::sleep(ticks);
    co_return slept;
  }
  std::set<const FutureCore*> undelivered_, due_;
};

struct CancelledEndsAsFailure final : BodyWrapper {
  using BodyWrapper::BodyWrapper;
  Coroutine<Outcome> wrapped(NameId, Coroutine<Outcome> body) override {
    Outcome ended = co_await std::move(body);
    if (ended.cancelled() && current_task().cancelling() == 0) co_return Outcome(spec::Raised(spec::Raised::Kind::runtime));
    co_return ended;
  }
};

struct CancellationSpreads final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> await(Task task) override {
    Outcome ended = co_await TaskRuntime::await(task);
    if (ended.cancelled() && task.core().is_task() && current_task().cancelling() == 0) current_task().cancel();
    co_return ended;
  }
};

struct CancelledIsOrdinary final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  bool ordinary(const Outcome& outcome) override { return outcome.raised() != nullptr; }
};

}  // namespace

std::vector<Mutant> cancellation_mutants() {
  return {
      mutant<CancelWaitsForTheTimer>("cancel-waits-for-the-timer", "CANCEL-INTERRUPTS-A-WAIT",
                                     "a cancelled sleep raises when its time is over"),
      mutant<CancelledTaskStarts>("cancelled-task-starts", "CANCELLED-BEFORE-START-RUNS-NOTHING",
                                  "a task that is cancelled before it began runs to its first await"),
      mutant<CancelledIsAFlag>("cancelled-is-a-flag", "CANCEL-IS-ONLY-A-REQUEST", "cancelled() tells that cancel() was called"),
      mutant<CancelStaysAtTheSurface>("cancel-stays-at-the-surface", "CANCEL-TRAVELS-TO-THE-INNERMOST-WAIT",
                                      "a request is not handed on to the awaited task"),
      mutant<AwaitLetsGo>("await-lets-go", "AWAIT-LASTS-AS-LONG-AS-THE-AWAITED",
                          "a cancelled await returns while the awaited task cleans up"),
      mutant<AwaitHidesTheAnswer>("await-hides-the-answer", "AWAITED-DECIDES-WHAT-A-CANCEL-BECOMES",
                                  "a cancelled await raises CancelledError, whatever the awaited task returned"),
      mutant<SelfCancelIgnored>("self-cancel-ignored", "CANCEL-STRIKES-AT-THE-NEXT-SUSPENSION",
                                "only tasks that wait can be cancelled"),
      mutant<LastValueWins>("last-value-wins", "CANCEL-IN-THE-LAST-STEP-DISCARDS-THE-VALUE",
                            "a task that returns is never cancelled"),
      mutant<LastCancelHidesTheError>("last-cancel-hides-the-error", "ERROR-BEATS-A-CANCEL-IN-THE-LAST-STEP",
                                      "a task with a request against it ends as cancelled, even if it fails"),
      mutant<AwaitPrefersTheResult>("await-prefers-the-result", "CANCEL-BEATS-AN-UNSEEN-RESULT",
                                    "a cancelled await answers the result if it is there"),
      mutant<EveryCancelStrikes>("every-cancel-strikes", "CANCELS-BEFORE-DELIVERY-STRIKE-ONCE",
                                 "each request is delivered by itself"),
      mutant<CancelledStateSticks>("cancelled-state-sticks", "CANCEL-IS-DELIVERED-ONCE",
                                   "a cancelled task may not wait again, as in Trio"),
      mutant<OnceCancelledAlwaysCancelled>("once-cancelled-always-cancelled", "CAUGHT-CANCEL-IS-FORGIVEN",
                                           "a task that was ever cancelled ends as cancelled"),
      mutant<SecondCancelIgnored>("second-cancel-ignored", "SECOND-CANCEL-INTERRUPTS-CLEAN-UP", "a task can be cancelled once"),
      mutant<RequestsAreAFlag>("requests-are-a-flag", "REQUESTS-ARE-COUNTED", "the count of requests is a boolean"),
      mutant<UncancelResets>("uncancel-resets", "UNCANCEL-COUNTS-DOWN", "uncancel forgets all requests"),
      mutant<UncancelOnlyCounts>("uncancel-only-counts", "UNCANCEL-WITHDRAWS-WHAT-WAS-NOT-DELIVERED",
                                 "a request that was taken back strikes all the same, as up to CPython 3.12"),
      mutant<CancelledEndsAsFailure>("cancelled-ends-as-failure", "CANCELLED-ERROR-MAKES-A-TASK-CANCELLED",
                                     "CancelledError that nobody asked for is an error like any other"),
      mutant<CancellationSpreads>("cancellation-spreads", "AWAITING-A-CANCELLED-TASK-IS-NO-REQUEST",
                                  "who awaits a cancelled task is cancelled with it"),
      mutant<CancelledIsOrdinary>("cancelled-is-ordinary", "CANCELLED-ERROR-IS-NO-ORDINARY-ERROR",
                                  "CancelledError derives from the base of all errors"),
  };
}

}  // namespace lawful::conformance
