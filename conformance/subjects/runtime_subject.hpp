#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <utility>

#include "conformance/subjects/interpret.hpp"
#include "conformance/subjects/subject.hpp"

namespace lawful::conformance {

/// A subject made of a whole runtime: a new R for each program. `profiles` is what it claims; serial and fifo schedulers owe more.
/// R may say so itself, by a static member `profiles`.
template <Runtime R>
requires std::default_initializable<R>
class RuntimeSubject final : public Subject {
 public:
  RuntimeSubject(std::string name, spec::Profiles profiles) : name_(std::move(name)), profiles_(profiles) {}

  [[nodiscard]] std::string name() const override { return name_; }
  [[nodiscard]] bool parallel() const override { return R().parallel(); }
  [[nodiscard]] spec::Profiles profiles() const override { return profiles_; }
  [[nodiscard]] spec::Ops ops() const override { return ops_offered<R>(); }
  [[nodiscard]] spec::Run run(const spec::Program& program) override {
    // The interpreter outlives the runtime, whose last coroutines refer to it.
    auto runtime = std::make_unique<R>();
    Interpreter<R> interpreter(*runtime, program);
    interpreter.begin();
    typename R::Task main = runtime->create_task(spec::main_task, interpreter.main());
    interpreter.know_main(main);
    const Scheduler::End end = runtime->drive(main);
    spec::Run run = interpreter.take_run(end == Scheduler::End::stopped ? spec::Status::finished
                                         : end == Scheduler::End::idle  ? spec::Status::deadlock
                                                                        : spec::Status::hung);
    interpreter.forget();
    runtime.reset();
    return run;
  }

 private:
  const std::string name_;
  const spec::Profiles profiles_;
};

template <Runtime R>
[[nodiscard]] std::unique_ptr<Subject> runtime_subject(std::string name, spec::Profiles profiles = spec::serial_profiles) {
  return std::make_unique<RuntimeSubject<R>>(std::move(name), profiles);
}

}  // namespace lawful::conformance
