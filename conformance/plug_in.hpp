#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>

#include "conformance/cli/lawful.hpp"
#include "conformance/subjects/executor.hpp"
#include "conformance/subjects/runtime_subject.hpp"
#include "conformance/subjects/scheduler_subject.hpp"

namespace lawful::conformance {

/// Whatever runs functions: the smallest thing that can be plugged in.
template <class T>
concept Executor = std::default_initializable<T> && requires(T& executor, std::function<void()> job) {
  executor.post(job);
};

/// What a type of yours is, decides how it is judged: as a Subject, a Scheduler, a Runtime, or an Executor. It needs a default
/// constructor; a new one is made for each process that is judged (and of a Scheduler and a Runtime for more than that).
template <class T>
concept Pluggable = (std::derived_from<T, Subject> && std::default_initializable<T>) ||
                    (std::derived_from<T, Scheduler> && std::default_initializable<T>) ||
                    (Runtime<T> && std::default_initializable<T>) || Executor<T>;

/// The profiles that a Runtime claims: its `profiles`, if it has any, else those of a serial, first-in-first-out one, or of a
/// parallel one.
template <Runtime R>
[[nodiscard]] spec::Profiles profiles_of() {
  if constexpr (requires { spec::Profiles(R::profiles); }) {
    return R::profiles;
  } else {
    return R().parallel() ? spec::parallel_profiles : spec::serial_profiles;
  }
}

template <Pluggable T>
[[nodiscard]] std::unique_ptr<Subject> subject_of(const std::string& name) {
  if constexpr (std::derived_from<T, Subject>) {
    return std::make_unique<T>();
  } else if constexpr (std::derived_from<T, Scheduler>) {
    return scheduler_subject(name, [] { return std::make_unique<T>(); });
  } else if constexpr (Runtime<T>) {
    return runtime_subject<T>(name, profiles_of<T>());
  } else {
    auto executor = std::make_shared<T>();
    return executor_subject(name, [executor](ExecutorJob job) { executor->post(std::move(job)); });
  }
}

/// The whole main of a program that judges a type of yours, with every verb of `lawful`.
template <Pluggable T>
int run_lawful(int argc, char** argv, const std::string& name) {
  return run_lawful(argc, argv, name, std::function<std::unique_ptr<Subject>()>([name] { return subject_of<T>(name); }));
}

}  // namespace lawful::conformance
