#include "conformance/mutants/mutant.hpp"

namespace lawful::conformance {

namespace {

struct ReturnExceptionsIgnored final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> gather(std::vector<Task> tasks, bool) override { return TaskRuntime::gather(std::move(tasks), false); }
};

struct ReturnExceptionsEndsAtFailure final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Coroutine<Outcome> gather(std::vector<Task> tasks, bool return_exceptions) override {
    if (!return_exceptions || tasks.empty()) {
      Outcome all = co_await TaskRuntime::gather(std::move(tasks), return_exceptions);
      co_return all;
    }
    Outcome waited = co_await TaskRuntime::wait(tasks, spec::ReturnWhen::first_exception, std::nullopt);
    if (!waited.ok()) co_return waited;
    spec::List list;
    for (const Task& task : tasks) {
      const Outcome ended = outcome(task);
      list.push_back(ended.raised() != nullptr ? Value(*ended.raised()) : ended.value());
    }
    co_return Outcome(Value(std::move(list)));
  }
};

/// Changes the list that a gather with return_exceptions answers.
struct ListChanged : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  virtual void change(spec::List& list) = 0;
  Coroutine<Outcome> gather(std::vector<Task> tasks, bool return_exceptions) override {
    Outcome all = co_await TaskRuntime::gather(std::move(tasks), return_exceptions);
    if (!return_exceptions || !all.ok() || all.value().list() == nullptr) co_return all;
    spec::List list = *all.value().list();
    change(list);
    co_return Outcome(Value(std::move(list)));
  }
};

struct ReturnExceptionsErrorsLast final : ListChanged {
  using ListChanged::ListChanged;
  void change(spec::List& list) override {
    spec::List joined;
    for (const Value& value : list) {
      if (value.raised() == nullptr) joined.push_back(value);
    }
    for (const Value& value : list) {
      if (value.raised() != nullptr) joined.push_back(value);
    }
    list = std::move(joined);
  }
};

struct ReturnExceptionsHidesCancelled final : ListChanged {
  using ListChanged::ListChanged;
  void change(spec::List& list) override {
    for (Value& value : list) {
      if (value.raised() != nullptr && value.raised()->cancelled()) value = Value();
    }
  }
};

}  // namespace

std::vector<Mutant> return_exceptions_mutants() {
  return {
      mutant<ReturnExceptionsIgnored>("return-exceptions-ignored", "RETURN-EXCEPTIONS-NEVER-RAISES",
                                      "return_exceptions is taken and not looked at"),
      mutant<ReturnExceptionsEndsAtFailure>("return-exceptions-ends-at-failure", "RETURN-EXCEPTIONS-WAITS-FOR-ALL",
                                            "the list is made when the first operand fails"),
      mutant<ReturnExceptionsErrorsLast>("return-exceptions-errors-last", "RETURN-EXCEPTIONS-KEEPS-PLACES",
                                         "values and errors are collected apart and joined"),
      mutant<ReturnExceptionsHidesCancelled>("return-exceptions-hides-cancelled", "RETURN-EXCEPTIONS-COUNTS-CANCELLED",
                                             "a cancelled operand leaves an empty place"),
  };
}

}  // namespace lawful::conformance
