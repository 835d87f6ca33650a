#include "conformance/mutants/mutant.hpp"

#include "conformance/subjects/scheduler_subject.hpp"

namespace lawful::conformance {

namespace {

class MutantSubject final : public Subject {
 public:
  MutantSubject(std::string_view name, std::function<std::unique_ptr<Scheduler>()> make_scheduler,
                std::function<std::unique_ptr<TaskRuntime>(Scheduler&)> make_runtime,
                std::function<void(const spec::Program&, spec::Run&)> tell)
      : name_(name), make_scheduler_(std::move(make_scheduler)), make_runtime_(std::move(make_runtime)), tell_(std::move(tell)) {}
  [[nodiscard]] std::string name() const override { return "mutant:" + name_; }
  [[nodiscard]] bool parallel() const override { return false; }
  [[nodiscard]] spec::Run run(const spec::Program& program) override {
    const std::unique_ptr<Scheduler> scheduler = make_scheduler_();
    const std::unique_ptr<TaskRuntime> runtime = make_runtime_(*scheduler);
    spec::Run run = run_on(*runtime, program);
    if (tell_) tell_(program, run);
    return run;
  }

 private:
  const std::string name_;
  const std::function<std::unique_ptr<Scheduler>()> make_scheduler_;
  const std::function<std::unique_ptr<TaskRuntime>(Scheduler&)> make_runtime_;
  const std::function<void(const spec::Program&, spec::Run&)> tell_;
};

}  // namespace

std::unique_ptr<Subject> mutant_of(std::string_view name, std::function<std::unique_ptr<Scheduler>()> make_scheduler,
                                   std::function<std::unique_ptr<TaskRuntime>(Scheduler&)> make_runtime) {
  return std::make_unique<MutantSubject>(name, std::move(make_scheduler), std::move(make_runtime), nullptr);
}

std::unique_ptr<Subject> teller_of(std::string_view name, std::function<void(const spec::Program&, spec::Run&)> tell) {
  return std::make_unique<MutantSubject>(
      name, [] { return std::make_unique<DeterministicScheduler>(); },
      [](Scheduler& scheduler) { return std::make_unique<TaskRuntime>(scheduler); }, std::move(tell));
}

const std::vector<Mutant>& mutants() {
  static const std::vector<Mutant> all = [] {
    std::vector<Mutant> list;
    for (auto& chapter : {clock_mutants(),        task_mutants(),      result_mutants(),       return_exceptions_mutants(),
                          early_result_mutants(), future_mutants(),    callback_mutants(),     cancellation_mutants(),
                          sibling_mutants(),      gathering_mutants(), group_mutants(),        timeout_mutants(),
                          wait_for_mutants(),     shield_mutants(),    waiting_mutants(),      lock_mutants(),
                          semaphore_mutants(),    event_mutants(),     condition_mutants(),    barrier_mutants(),
                          queue_mutants(),        shutdown_mutants(),  serial_order_mutants(), api_mutants()}) {
      list.insert(list.end(), chapter.begin(), chapter.end());
    }
    return list;
  }();
  return all;
}

}  // namespace lawful::conformance
