#include "conformance/subjects/scheduler_subject.hpp"

#include "conformance/subjects/interpret.hpp"

namespace lawful::conformance {

void give_up(std::shared_ptr<void> still_used) {
  static auto* const kept = new std::vector<std::shared_ptr<void>>;  // never destroyed, and never lost sight of
  kept->push_back(std::move(still_used));
}

spec::Run run_on(TaskRuntime& runtime, const spec::Program& program) {
  Scheduler& scheduler = runtime.scheduler();
  scheduler.set_exception_handler([](const Unretrieved&) {});  // errors that nobody awaits are part of programs
  auto interpreter = std::make_unique<Interpreter<TaskRuntime>>(runtime, program);
  interpreter->begin();
  TaskRuntime::Task main = runtime.create_task(spec::main_task, interpreter->main());
  interpreter->know_main(main);
  const Scheduler::End end = runtime.drive(main);
  const spec::Status status = end == Scheduler::End::stopped ? spec::Status::finished
                              : end == Scheduler::End::idle  ? spec::Status::deadlock
                                                             : spec::Status::hung;
  spec::Run run = interpreter->take_run(status);
  if (status == spec::Status::hung) {
    give_up(std::move(interpreter));
  } else {
    Leftovers(scheduler).tear_down();
  }
  return run;
}

namespace {

class SchedulerSubject final : public Subject {
 public:
  SchedulerSubject(std::string name, properties::Api::MakeScheduler make)
      : name_(std::move(name)), make_(std::move(make)), scheduler_(make_()), runtime_(*scheduler_) {}

  [[nodiscard]] std::string name() const override { return name_; }
  [[nodiscard]] bool parallel() const override { return scheduler_->parallel(); }
  [[nodiscard]] std::unique_ptr<properties::Api> api() const override { return std::make_unique<properties::Api>(make_); }
  [[nodiscard]] spec::Run run(const spec::Program& program) override { return run_on(runtime_, program); }
  [[nodiscard]] std::optional<spec::Tick> peek() const override { return scheduler_->now().time_since_epoch().count(); }

 private:
  const std::string name_;
  const properties::Api::MakeScheduler make_;
  const std::unique_ptr<Scheduler> scheduler_;
  TaskRuntime runtime_;
};

}  // namespace

std::unique_ptr<Subject> scheduler_subject(std::string name, properties::Api::MakeScheduler make) {
  return std::make_unique<SchedulerSubject>(std::move(name), std::move(make));
}

}  // namespace lawful::conformance
