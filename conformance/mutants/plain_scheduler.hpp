#pragma once

#include <deque>

#include "scheduler/scheduler.hpp"
#include "scheduler/timers.hpp"

namespace lawful::conformance {

/// A serial scheduler as somebody might write it in an afternoon: one queue, one heap of timers. Mutants override what they get
/// wrong.
class PlainScheduler : public Scheduler {
 public:
  PlainScheduler() : Scheduler(Threads::serial) {}
  ~PlainScheduler() override { close(); }
  [[nodiscard]] TimePoint now() const noexcept override { return now_; }
  void post(Job job) override { ready_.push_back(std::move(job)); }
  void post_at(TimePoint when, Ref<Handle> handle) override { timers_.add(when, std::move(handle)); }
  void forget(Handle& handle) override {
    handle.forget();
    timers_.forgotten(handle);
  }
  End drive() override {
    const Running here(this);
    stopping_ = false;
    while (!stopping_) {
      if (ready_.empty() && !wait()) return End::idle;
      due();
      std::deque<Job> pass;
      pass.swap(ready_);
      run(pass);
    }
    return End::stopped;
  }
  void stop() override { stopping_ = true; }
  void discard() override {
    now_ = TimePoint();
    while (!ready_.empty() || !timers_.empty()) {
      std::deque<Job> dropped;
      dropped.swap(ready_);
      for (Job& job : dropped) job.give_up();
      timers_.clear();
    }
  }
  void post_from_outside(Job job) override { post(std::move(job)); }
  void expect_outside() override {}

 protected:
  /// Nothing is ready: the clock jumps to the earliest deadline. False if there is none.
  virtual bool wait() {
    const auto earliest = timers_.earliest();
    if (!earliest) return false;
    now_ = std::max(now_, *earliest);
    return true;
  }
  /// Timers that are due go behind what is ready.
  virtual void due() {
    while (Ref<Handle> handle = timers_.take_due(now_)) ready_.push_back(Handle::job_of(std::move(handle)));
  }
  virtual void run(std::deque<Job>& pass) {
    for (Job& job : pass) Job(std::move(job)).run();
  }

  std::deque<Job> ready_;
  Timers timers_;
  TimePoint now_{};
  bool stopping_ = false;
};

}  // namespace lawful::conformance
