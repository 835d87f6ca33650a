#include <map>

#include "conformance/mutants/mutant.hpp"

namespace lawful::conformance {

namespace {

using Function = std::function<void()>;

Function twice(Function function) {
  return [function = std::move(function)] {
    function();
    function();
  };
}

struct CallbackCalledTwice final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Callback call_soon(Function function) override { return TaskRuntime::call_soon(twice(std::move(function))); }
  Callback call_later(Tick ticks, Function function) override { return TaskRuntime::call_later(ticks, twice(std::move(function))); }
};

struct CallLaterTooLate final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Callback call_later(Tick ticks, Function function) override { return TaskRuntime::call_later(ticks + 1, std::move(function)); }
};

struct CallbackRunsInline final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  void add_done_callback(Task task, Function function) override {
    if (task.done()) return function();
    TaskRuntime::add_done_callback(std::move(task), std::move(function));
  }
};

struct CallSoonLastFirst final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Callback call_soon(Function function) override {
    stack_.push_back(std::move(function));
    auto top = [this] {
      const Function next = std::move(stack_.back());
      stack_.pop_back();
      next();
    };
    return TaskRuntime::call_soon(std::move(top));
  }
  std::vector<Function> stack_;
};

struct CancelledCallbackRuns final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  void cancel_callback(Callback) override {}
};

struct LateDoneCallbackLost final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  void add_done_callback(Task task, Function function) override {
    if (!task.done()) TaskRuntime::add_done_callback(std::move(task), std::move(function));
  }
};

struct DoneCallbacksLastFirst final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  void add_done_callback(Task task, Function function) override {
    if (task.done()) return TaskRuntime::add_done_callback(std::move(task), std::move(function));
    std::vector<Function>& stack = stacks_[&task.core()];
    stack.push_back(std::move(function));
    auto top = [&stack] {
      const Function next = std::move(stack.back());
      stack.pop_back();
      next();
    };
    TaskRuntime::add_done_callback(std::move(task), std::move(top));
  }
  std::map<const FutureCore*, std::vector<Function>> stacks_;
};

}  // namespace

std::vector<Mutant> callback_mutants() {
  return {
      mutant<CallbackCalledTwice>("callback-called-twice", "CALLBACK-IS-CALLED-ONCE",
                                  "a callback is still in the queue after it was called"),
      mutant<CallLaterTooLate>("call-later-too-late", "CALLBACK-IS-CALLED-ON-TIME", "call_later rounds its delay up"),
      mutant<CallbackRunsInline>("callback-runs-inline", "CALLBACK-NEVER-RUNS-INLINE",
                                 "a callback added to what is done is called where it is added"),
      mutant<CallSoonLastFirst>("call-soon-last-first", "CALL-SOON-KEEPS-ORDER", "callbacks are kept on a stack"),
      mutant<CancelledCallbackRuns>("cancelled-callback-runs", "CANCELLED-CALLBACK-NEVER-RUNS", "a handle's cancel does nothing"),
      mutant<LateDoneCallbackLost>("late-done-callback-lost", "DONE-CALLBACK-IS-CALLED-WHEN-DONE",
                                   "a callback added to what is done is never called"),
      mutant<DoneCallbacksLastFirst>("done-callbacks-last-first", "DONE-CALLBACKS-KEEP-ORDER",
                                     "done-callbacks are kept on a stack"),
  };
}

}  // namespace lawful::conformance
