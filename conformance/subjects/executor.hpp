#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "conformance/subjects/subject.hpp"
#include "scheduler/scheduler.hpp"

namespace lawful::conformance {

/// What an executor is given to run: once, on any of its threads, never before post() has returned.
using ExecutorJob = std::function<void()>;
/// The one function of an executor.
using Post = std::function<void(ExecutorJob)>;

/// How long nothing may happen while jobs are out before a run is given up. Wall-clock time, but for nothing a verdict on time
/// rests on.
inline constexpr std::chrono::milliseconds default_patience{3000};

/// Makes a Scheduler of an executor: it counts the jobs that are out, and moves a virtual clock of its own when there are none.
/// A job that comes back twice is run once, and reported; jobs that never come back end the run as hung.
class ExecutorScheduler final : public Scheduler {
 public:
  explicit ExecutorScheduler(Post post, std::chrono::milliseconds patience = default_patience);
  ~ExecutorScheduler() override;

  [[nodiscard]] TimePoint now() const noexcept override;
  void post(Job job) override;
  void post_at(TimePoint when, Ref<Handle> handle) override;
  End drive() override;
  void stop() override;
  void discard() override;
  void post_from_outside(Job job) override;
  void expect_outside() override;

  /// What the executor did that no executor may do; empty if nothing.
  [[nodiscard]] std::string misdeed() const;

 private:
  class State;
  std::shared_ptr<State> state_;  // jobs that come back late find it still there
};

/// A subject made of an executor, judged on the library's tasks.
[[nodiscard]] std::unique_ptr<Subject> executor_subject(std::string name, Post post,
                                                        std::chrono::milliseconds patience = default_patience);

/// Whether any executor of this process was given up: jobs of its may be stuck for ever, and nobody should wait for its threads.
[[nodiscard]] bool any_executor_hung() noexcept;

}  // namespace lawful::conformance
