#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "conformance/subjects/subject.hpp"
#include "conformance/subjects/task_runtime.hpp"

namespace lawful::conformance {

/// A runtime that does one thing wrong, in the way a real implementation would. It proves that the check of its rule can fail.
struct Mutant {
  std::string_view name;
  std::string_view rule;  // whose check must catch it, as the first cause
  std::string_view what;  // what it does wrong, in a sentence
  std::function<std::unique_ptr<Subject>()> make;
};

/// All of them, in the order of the rules.
[[nodiscard]] const std::vector<Mutant>& mutants();

/// The chapters, each in the file of its name.
[[nodiscard]] std::vector<Mutant> clock_mutants();
[[nodiscard]] std::vector<Mutant> task_mutants();
[[nodiscard]] std::vector<Mutant> future_mutants();
[[nodiscard]] std::vector<Mutant> callback_mutants();
[[nodiscard]] std::vector<Mutant> cancellation_mutants();
[[nodiscard]] std::vector<Mutant> gathering_mutants();
[[nodiscard]] std::vector<Mutant> group_mutants();
[[nodiscard]] std::vector<Mutant> timeout_mutants();
[[nodiscard]] std::vector<Mutant> wait_for_mutants();
[[nodiscard]] std::vector<Mutant> shield_mutants();
[[nodiscard]] std::vector<Mutant> waiting_mutants();
[[nodiscard]] std::vector<Mutant> lock_mutants();
[[nodiscard]] std::vector<Mutant> event_mutants();
[[nodiscard]] std::vector<Mutant> condition_mutants();
[[nodiscard]] std::vector<Mutant> barrier_mutants();
[[nodiscard]] std::vector<Mutant> queue_mutants();
[[nodiscard]] std::vector<Mutant> shutdown_mutants();
[[nodiscard]] std::vector<Mutant> serial_order_mutants();
[[nodiscard]] std::vector<Mutant> api_mutants();
[[nodiscard]] std::vector<Mutant> result_mutants();
[[nodiscard]] std::vector<Mutant> sibling_mutants();
[[nodiscard]] std::vector<Mutant> return_exceptions_mutants();
[[nodiscard]] std::vector<Mutant> early_result_mutants();
[[nodiscard]] std::vector<Mutant> semaphore_mutants();

/// The subject of a mutant that changes operations of the library's runtime, or a scheduler. A new one of both for each run.
[[nodiscard]] std::unique_ptr<Subject> mutant_of(std::string_view name, std::function<std::unique_ptr<Scheduler>()> make_scheduler,
                                                 std::function<std::unique_ptr<TaskRuntime>(Scheduler&)> make_runtime);
/// The subject of a mutant that tells its run wrongly.
[[nodiscard]] std::unique_ptr<Subject> teller_of(std::string_view name, std::function<void(const spec::Program&, spec::Run&)> tell);

/// A mutant made of a TaskRuntime that overrides what it breaks.
template <class MutantRuntime>
[[nodiscard]] Mutant mutant(std::string_view name, std::string_view rule, std::string_view what) {
  return Mutant{name, rule, what, [name] {
                  return mutant_of(
                      name, [] { return std::make_unique<DeterministicScheduler>(); },
                      [](Scheduler& scheduler) { return std::make_unique<MutantRuntime>(scheduler); });
                }};
}

/// A mutant made of a scheduler, and of a TaskRuntime that may know it.
template <class MutantScheduler, class MutantRuntime = TaskRuntime>
[[nodiscard]] Mutant scheduler_mutant(std::string_view name, std::string_view rule, std::string_view what) {
  return Mutant{name, rule, what, [name] {
                  return mutant_of(
                      name, [] { return std::make_unique<MutantScheduler>(); },
                      [](Scheduler& scheduler) { return std::make_unique<MutantRuntime>(scheduler); });
                }};
}

/// A runtime that puts something around the body of every task.
struct BodyWrapper : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  virtual Coroutine<Outcome> wrapped(NameId name, Coroutine<Outcome> body) = 0;
  Task create_task(NameId name, Coroutine<Outcome> body) override {
    return TaskRuntime::create_task(name, wrapped(name, std::move(body)));
  }
  std::pair<Task, Outcome> create_task(Group group, NameId name, Coroutine<Outcome> body) override {
    return TaskRuntime::create_task(group, name, wrapped(name, std::move(body)));
  }
};

}  // namespace lawful::conformance
