#pragma once

#include <memory>

#include "scheduler/scheduler.hpp"

namespace lawful {

/// A oneTBB thread pool: jobs run on the threads of a task_arena, steps of different tasks overlap, every ready job is run in the
/// end (one queue, first in, first out). In virtual time the clock moves only at quiescence: no job queued, none running, nothing
/// expected from outside. In real time it is a practical pool with timers.
///
/// Each has as many threads as it was made with, whatever others live, and also if the machine has fewer cores: jobs of one may
/// wait for one another, as long as there are not more of them than threads. A thread works for one scheduler until it is idle.
/// Beside them the program's own oneTBB code has the threads that it would have without them.
class TbbScheduler final : public Scheduler {
 public:
  enum class Time : bool { virtual_time, real_time };

  /// @throws ValueError if `threads` is 0; RuntimeError if 256 of them live already, or if oneTBB does not give them all their
  /// threads: because the program has set a smaller limit (oneapi::tbb::global_control), or because of its own limit, which on
  /// small machines is 256 threads for a process
  explicit TbbScheduler(std::size_t threads = default_threads(), Time time = Time::real_time);
  ~TbbScheduler() override;

  [[nodiscard]] TimePoint now() const noexcept override;
  void post(Job job) override;
  void post_at(TimePoint when, Ref<Handle> handle) override;
  void forget(Handle& handle) override;
  End drive() override;
  void stop() override;
  void discard() override;
  void post_from_outside(Job job) override;
  void expect_outside() override;

  [[nodiscard]] std::size_t threads() const noexcept;
  /// As many as this machine has cores.
  [[nodiscard]] static std::size_t default_threads() noexcept;

 private:
  class Pool;
  std::unique_ptr<Pool> pool_;
};

}  // namespace lawful
