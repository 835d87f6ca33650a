#pragma once

#include <functional>
#include <memory>
#include <string>

#include "conformance/subjects/subject.hpp"
#include "conformance/subjects/task_runtime.hpp"

namespace lawful::conformance {

/// Runs `program` on the library's tasks over `runtime`'s scheduler, from its start to its shutdown, and frees whatever is left,
/// unless the run hung: then nothing it used may be freed, by the caller either. While nobody drives the scheduler.
[[nodiscard]] spec::Run run_on(TaskRuntime& runtime, const spec::Program& program);

/// Keeps for ever what a run that hung may still use: a step of it may be under way somewhere.
void give_up(std::shared_ptr<void> still_used);

/// A subject made of a scheduler, which runs one program after the other; properties of the C++ API get schedulers of their own.
[[nodiscard]] std::unique_ptr<Subject> scheduler_subject(std::string name, properties::Api::MakeScheduler make);

}  // namespace lawful::conformance
