#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>

#include "scheduler/counted.hpp"

namespace lawful {

/// One entry of a ready queue: a function and the counted objects it is about. Two words of ownership and no allocation for what
/// the library posts itself; Job::of wraps any callable.
class Job {
 public:
  using Function = void (*)(Counted& target, Counted* argument);

  Job() noexcept = default;
  Job(Function function, Ref<Counted> target, Ref<Counted> argument = nullptr) noexcept
      : function_(function), target_(std::move(target)), argument_(std::move(argument)) {}

  /// A job that calls `callable()` once.
  template <class Callable>
  [[nodiscard]] static Job of(Callable callable) {
    struct Held : Counted {
      explicit Held(Callable given) : Counted(true), callable(std::move(given)) {}
      Callable callable;
    };
    return Job([](Counted& target, Counted*) { static_cast<Held&>(target).callable(); }, make_counted<Held>(std::move(callable)));
  }

  /// Runs it, on a thread that is marked as its scheduler's (Scheduler::Running). A job is run at most once. What it throws ends
  /// the run: Scheduler::fail. With no scheduler running here there is nobody to tell, and it ends the program.
  void run() noexcept {
    try {
      function_(*target_, argument_.get());
    } catch (...) {
      fail();
    }
  }
  /// Gives it up instead, when its scheduler is discarded: a handle it would have run is forgotten.
  void give_up() noexcept;
  explicit operator bool() const noexcept { return function_ != nullptr; }

 private:
  static void fail() noexcept;  // in scheduler.cpp

  Function function_ = nullptr;
  Ref<Counted> target_;
  Ref<Counted> argument_;
};

/// A job that may be forgotten before it runs: what asyncio calls a Handle (and a TimerHandle, if it has a deadline).
/// From any thread: of take() and forget() the first one wins.
class Handle final : public Counted {
 public:
  Handle(bool shared, Job job) : Counted(shared), job_(std::move(job)) {}

  /// Drops the job, unless it has been taken.
  void forget() noexcept {
    if (!claimed_.exchange(true, std::memory_order_acq_rel)) job_ = Job();
  }
  /// The job, to run it; an empty one when it was forgotten or taken before.
  [[nodiscard]] Job take() noexcept {
    if (claimed_.exchange(true, std::memory_order_acq_rel)) return {};
    return std::move(job_);
  }
  /// Whether there is nothing left to run.
  [[nodiscard]] bool claimed() const noexcept { return claimed_.load(std::memory_order_acquire); }

  /// A job that runs the handle's job, if it is not forgotten by then.
  [[nodiscard]] static Job job_of(Ref<Handle> handle) { return Job(run_handle, std::move(handle)); }

 private:
  friend class Job;
  friend class Timers;
  enum class Place : std::uint8_t { elsewhere, waiting, forgotten };

  static void run_handle(Counted& target, Counted*) {
    Job job = static_cast<Handle&>(target).take();
    if (job) job.run();
  }

  Job job_;
  std::atomic<bool> claimed_{false};
  Place place_ = Place::elsewhere;  // in the Timers that hold it, and guarded like them
};

inline void Job::give_up() noexcept {
  // Who holds the handle may be held by its job: a circle that would never be freed.
  if (function_ == Handle::run_handle) static_cast<Handle&>(*target_).forget();
  *this = Job();
}

}  // namespace lawful
