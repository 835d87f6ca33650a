#pragma once

#include <condition_variable>
#include <mutex>
#include <vector>

#include "scheduler/scheduler.hpp"
#include "scheduler/timers.hpp"

namespace lawful {

/// One thread, virtual time, first in, first out: asyncio's own order, pass for pass (SPEC.md, "Serial order"). The clock starts at
/// 0 and jumps to the earliest live deadline whenever nothing is ready; the same program gives the same run, always.
class DeterministicScheduler final : public Scheduler {
 public:
  DeterministicScheduler() : Scheduler(Threads::serial) {}
  ~DeterministicScheduler() override;

  [[nodiscard]] TimePoint now() const noexcept override { return now_; }
  void post(Job job) override { ready_.push_back(std::move(job)); }
  void post_at(TimePoint when, Ref<Handle> handle) override;
  void forget(Handle& handle) override;
  End drive() override;
  void stop() override { stopping_ = true; }
  void discard() override;
  void post_from_outside(Job job) override;
  void expect_outside() override;

 private:
  void take_inbox(bool wait);
  void take_due();

  std::vector<Job> ready_;  // what the next pass will run
  std::vector<Job> pass_;   // what this pass runs
  Timers timers_;
  TimePoint now_{};
  bool stopping_ = false;

  std::mutex inbox_mutex_;  // what other threads may touch
  std::condition_variable inbox_filled_;
  std::vector<Job> inbox_;
  std::size_t expected_ = 0;  // calls of expect_outside not answered yet
};

}  // namespace lawful
