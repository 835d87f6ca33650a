#include <map>

#include "conformance/mutants/mutant.hpp"

namespace lawful::conformance {

namespace {

bool is_future(const TaskRuntime::Task& task) { return !task.core().is_task(); }

struct FutureWakesOne final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> await(Task task) override {
    if (is_future(task) && !task.done() && waiters_[&task.core()]++ > 0) task = create_future();
    return TaskRuntime::await(std::move(task));
  }
  std::map<const FutureCore*, int> waiters_;
};

struct FutureCancelledLater final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  bool cancel(Task task) override {
    if (!is_future(task) || task.done()) return TaskRuntime::cancel(task);
    auto later = [task]() mutable { task.cancel(); };
    TaskRuntime::call_soon(std::move(later));
    return true;
  }
};

struct CancelAlwaysTrue final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  bool cancel(Task task) override {
    TaskRuntime::cancel(std::move(task));
    return true;
  }
};

struct CancelAnswersWhetherCancelled final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  bool cancel(Task task) override { return TaskRuntime::cancel(task) && task.cancelled(); }
};

struct AwaitAlwaysYields final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> await(Task task) override {
    if (task.done()) {
      Outcome turn = co_await TaskRuntime::sleep(0);
      if (!turn.ok()) co_return turn;
    }
    Outcome ended = co_await TaskRuntime::await(std::move(task));
    co_return ended;
  }
};

struct AwaitShieldsFutures final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> await(Task task) override {
    if (is_future(task)) return TaskRuntime::shield(std::move(task));
    return TaskRuntime::await(std::move(task));
  }
};

struct WaitersLastFirst final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> await(Task task) override {
    if (!task.done() && &task.core() != TaskCore::current()) {
      Task turn = create_future();
      std::vector<Task>& waiting = waiting_[&task.core()];
      if (waiting.empty()) {
        auto wake = [&waiting](const AnyFuture&) {
          for (; !waiting.empty(); waiting.pop_back()) static_cast<void>(waiting.back().try_set_result(Value()));
        };
        task.add_done_callback(std::move(wake));
      }
      waiting.push_back(turn);
      Outcome waited = co_await TaskRuntime::await(turn);
      if (!waited.ok()) TaskRuntime::cancel(task);
    }
    Outcome ended = co_await TaskRuntime::await(std::move(task));
    co_return ended;
  }
  std::map<const FutureCore*, std::vector<Task>> waiting_;
};

}  // namespace

std::vector<Mutant> future_mutants() {
  return {
      mutant<FutureWakesOne>("future-wakes-one", "FUTURE-WAKES-ALL-ITS-WAITERS",
                             "a future has room for one waiter, and forgets the others"),
      mutant<FutureCancelledLater>("future-cancelled-later", "FUTURE-IS-CANCELLED-AT-ONCE",
                                   "cancel is a message that is handled later"),
      mutant<CancelAlwaysTrue>("cancel-always-true", "CANCEL-OF-WHAT-IS-DONE-ANSWERS-FALSE",
                               "cancel does not look whether there is anything to cancel"),
      mutant<CancelAnswersWhetherCancelled>("cancel-answers-whether-cancelled", "CANCEL-OF-WHAT-IS-PENDING-ANSWERS-TRUE",
                                            "cancel answers whether the task is cancelled by now"),
      mutant<AwaitAlwaysYields>("await-always-yields", "AWAITING-WHAT-IS-DONE-DOES-NOT-SUSPEND",
                                "every await goes through the queue"),
      mutant<AwaitShieldsFutures>("await-shields-futures", "CANCEL-REACHES-THE-AWAITED-FUTURE",
                                  "a cancelled await leaves the future alone"),
      mutant<WaitersLastFirst>("waiters-last-first", "WAITERS-OF-A-FUTURE-GO-ON-IN-ORDER",
                               "waiters are a linked list, pushed and popped at its head"),
  };
}

}  // namespace lawful::conformance
