#include "scheduler/deterministic.hpp"

#include <algorithm>

namespace lawful {

DeterministicScheduler::~DeterministicScheduler() { close(); }

void DeterministicScheduler::post_at(TimePoint when, Ref<Handle> handle) { timers_.add(when, std::move(handle)); }

void DeterministicScheduler::forget(Handle& handle) {
  handle.forget();
  timers_.forgotten(handle);
}

Scheduler::End DeterministicScheduler::drive() {
  const Running here(this);
  stopping_ = false;
  while (!stopping_) {
    if (expected_ != 0) take_inbox(false);
    if (ready_.empty()) {
      if (expected_ != 0) {
        take_inbox(true);
      } else {
        const auto earliest = timers_.earliest();
        if (!earliest) return End::idle;
        now_ = std::max(now_, *earliest);
      }
    }
    // Timers that are due go behind what is ready, also when the clock did not have to move for them.
    if (!timers_.empty()) take_due();
    // A pass is a snapshot: what its jobs post waits for the next one.
    pass_.swap(ready_);
    for (Job& job : pass_) Job(std::move(job)).run();
    pass_.clear();
  }
  return End::stopped;
}

void DeterministicScheduler::take_due() {
  while (timers_.due(now_)) {
    ready_.emplace_back();  // first: if there is no memory for it, the timer stays where it is
    ready_.back() = Handle::job_of(timers_.take_due(now_));
  }
}

void DeterministicScheduler::discard() {
  now_ = TimePoint();
  // What a dropped job owned may post again as it is destroyed.
  for (;;) {
    std::vector<Job> dropped = std::move(ready_);
    ready_.clear();
    Job from_outside;
    {
      const std::lock_guard lock(inbox_mutex_);
      if (!inbox_.empty()) {
        --expected_;
        from_outside = std::move(inbox_.back());  // the room stays, for those still expected
        inbox_.pop_back();
      }
    }
    if (dropped.empty() && !from_outside && timers_.empty()) return;
    for (Job& job : dropped) job.give_up();
    from_outside.give_up();
    timers_.clear();
  }
}

void DeterministicScheduler::post_from_outside(Job job) {
  const std::lock_guard lock(inbox_mutex_);
  inbox_.push_back(std::move(job));
  inbox_filled_.notify_one();
}

void DeterministicScheduler::expect_outside() {
  const std::lock_guard lock(inbox_mutex_);
  // Those expected and those here are all answers to calls of this.
  if (inbox_.capacity() <= expected_) inbox_.reserve(2 * expected_ + 4);
  ++expected_;
}

void DeterministicScheduler::take_inbox(bool wait) {
  std::unique_lock lock(inbox_mutex_);
  if (wait) inbox_filled_.wait(lock, [this] { return !inbox_.empty(); });
  ready_.reserve(ready_.size() + inbox_.size());
  expected_ -= inbox_.size();
  for (Job& job : inbox_) ready_.push_back(std::move(job));
  inbox_.clear();
}

}  // namespace lawful
