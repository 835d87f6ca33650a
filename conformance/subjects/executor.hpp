#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "conformance/subjects/subject.hpp"
#include "scheduler/scheduler.hpp"

namespace lawful::conformance {

/// What an executor is given to run: once, on any of its threads, never inside of post() on its caller's stack.
using ExecutorJob = std::function<void()>;
/// The one function of an executor.
using Post = std::function<void(ExecutorJob)>;

/// How long nothing may happen while jobs are out before a run is given up, unless a subject is told otherwise: shorter than the
/// patience of whoever waits for the whole process, so that it is told what was lost. Set it before subjects are made.
[[nodiscard]] std::chrono::milliseconds executor_patience() noexcept;
void set_executor_patience(std::chrono::milliseconds patience) noexcept;

/// Makes a Scheduler of an executor: it counts the jobs that are out, and moves a virtual clock of its own when there are none.
/// A job that comes back twice is run once, and reported; jobs that never come back end the run as hung.
class ExecutorScheduler final : public Scheduler {
 public:
  explicit ExecutorScheduler(Post post, std::chrono::milliseconds patience = executor_patience());
  ~ExecutorScheduler() override;

  [[nodiscard]] TimePoint now() const noexcept override;
  void post(Job job) override;
  void post_at(TimePoint when, Ref<Handle> handle) override;
  void forget(Handle& handle) override;
  End drive() override;
  void stop() override;
  void discard() override;
  void post_from_outside(Job job) override;
  void expect_outside() override;

  /// Whether the executor ran a job twice, or inside of the post() that accepted it, on the caller's stack.
  [[nodiscard]] bool ran_twice() const;
  [[nodiscard]] bool ran_inside() const;
  /// Of the jobs that are out, how many were never run; the others have begun and do not end.
  [[nodiscard]] std::size_t lost() const;

 private:
  class State;
  std::shared_ptr<State> state_;  // jobs that come back late find it still there
};

/// A subject made of an executor, judged on the library's tasks.
[[nodiscard]] std::unique_ptr<Subject> executor_subject(std::string name, Post post,
                                                        std::chrono::milliseconds patience = executor_patience());

/// Whether any executor of this process was given up: jobs of its may be stuck for ever, and nobody should wait for its threads.
[[nodiscard]] bool any_executor_hung() noexcept;

}  // namespace lawful::conformance
