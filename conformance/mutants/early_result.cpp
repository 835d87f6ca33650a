#include "conformance/mutants/mutant.hpp"

namespace lawful::conformance {

namespace {

struct ResultBeforeDoneIsNull final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Outcome result(Task task) override { return task.done() ? TaskRuntime::result(task) : Outcome(Value()); }
};

struct ExceptionBeforeDoneIsNull final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Outcome exception(Task task) override { return task.done() ? TaskRuntime::exception(task) : Outcome(Value()); }
};

struct ResultAfterDoneForgetsErrors final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Outcome result(Task task) override {
    Outcome seen = TaskRuntime::result(task);
    return task.done() && seen.raised() != nullptr ? Outcome(Value()) : seen;
  }
};

struct ExceptionIsRaised final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Outcome exception(Task task) override {
    Outcome seen = TaskRuntime::exception(task);
    return seen.ok() && seen.value().raised() != nullptr ? Outcome(*seen.value().raised()) : seen;
  }
};

struct DoneTooSoon final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  bool done(Task) override { return true; }
};

struct CompletedTwice final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Outcome set_result(Task task, Value value) override {
    static_cast<void>(TaskRuntime::set_result(task, std::move(value)));
    return Value();
  }
};

}  // namespace

std::vector<Mutant> early_result_mutants() {
  return {
      mutant<ResultBeforeDoneIsNull>("result-before-done-is-null", "RESULT-BEFORE-DONE",
                                     "an early result is a default-constructed value"),
      mutant<ExceptionBeforeDoneIsNull>("exception-before-done-is-null", "EXCEPTION-BEFORE-DONE",
                                        "no exception yet reads as no exception"),
      mutant<ResultAfterDoneForgetsErrors>("result-after-done-forgets-errors", "RESULT-AFTER-DONE",
                                           "result() of a failed task answers null"),
      mutant<ExceptionIsRaised>("exception-is-raised", "EXCEPTION-AFTER-DONE", "exception() throws what it should answer"),
      mutant<DoneTooSoon>("done-too-soon", "DONE-TELLS-THE-TRUTH", "done() is true from the start"),
      mutant<CompletedTwice>("completed-twice", "COMPLETED-ONCE", "set_result on a done future is silently ignored"),
  };
}

}  // namespace lawful::conformance
