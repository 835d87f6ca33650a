#pragma once

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/wait_traits.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <type_traits>
#include <utility>

#include "scheduler/scheduler.hpp"
#include "scheduler/timers.hpp"

namespace lawful {

/// Virtual time for Boost.Asio's timers: a clock that stands still until it is told to jump. Asio asks clocks by their type, so
/// there is one of it for each thread; the scheduler that drives there moves it.
struct AsioVirtualClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<AsioVirtualClock, duration>;
  static constexpr bool is_steady = true;
  [[nodiscard]] static time_point now() noexcept { return current; }
  static inline thread_local time_point current{};
};

/// How long Asio waits before it looks at a timer again: under virtual time not at all, since the clock may jump at any look.
struct AsioVirtualWait {
  [[nodiscard]] static Duration to_wait_duration(const Duration&) noexcept { return Duration(0); }
  [[nodiscard]] static Duration to_wait_duration(const AsioVirtualClock::time_point&) noexcept { return Duration(0); }
};

/// Boost.Asio's io_context as a Scheduler: its queue, its clock (`AsioClock`), its sockets. One thread: the one that drives it.
/// What is due goes behind what is ready at the begin of each pass; when nothing is ready one timer of Asio's, for the earliest
/// deadline, ends the wait.
/// It is header-only, so that lawful needs Boost only where this is included.
template <class AsioClock>
class BasicAsioScheduler final : public Scheduler {
 public:
  static constexpr bool virtual_time = std::is_same_v<AsioClock, AsioVirtualClock>;

  BasicAsioScheduler() : Scheduler(Threads::serial) { begin_time(); }
  ~BasicAsioScheduler() override { close(); }

  /// For sockets and whatever else lives on an io_context. Their completions arrive in tasks by `as_future`.
  [[nodiscard]] boost::asio::io_context& context() noexcept { return context_; }

  [[nodiscard]] TimePoint now() const noexcept override {
    if constexpr (virtual_time) {
      return TimePoint(now_.time_since_epoch());
    } else {
      return TimePoint(std::chrono::duration_cast<Duration>(AsioClock::now() - begun_));
    }
  }
  void post(Job job) override {
    ++posted_;
    boost::asio::post(context_, Posted(*this, std::move(job)));
  }
  void post_at(TimePoint when, Ref<Handle> handle) override { timers_.add(when, std::move(handle)); }
  void forget(Handle& handle) override {
    handle.forget();
    timers_.forgotten(handle);
  }
  End drive() override {
    const Running here(this);
    stopping_ = false;
    if constexpr (virtual_time) AsioVirtualClock::current = now_;
    while (!stopping_) {
      if (context_.stopped()) context_.restart();
      take_due();
      if (posted_ == 0) {
        if (!wait()) return End::idle;
        continue;
      }
      // A pass: what is posted now. Sockets that are ready come in between, as Asio has it.
      const std::size_t until = taken_ + posted_;
      while (taken_ < until && context_.poll_one() != 0) {
      }
    }
    return End::stopped;
  }
  void stop() override { stopping_ = true; }
  void discard() override {
    discarding_ = true;
    while (posted_ != 0) {
      if (context_.stopped()) context_.restart();
      context_.poll();
    }
    disarm();
    timers_.clear();
    if (context_.stopped()) context_.restart();
    context_.poll();  // the timer hears that it is cancelled
    discarding_ = false;
    if (posted_ != 0 || !timers_.empty()) discard();  // what was dropped posted again
    begin_time();
  }
  void post_from_outside(Job job) override {
    ++posted_;
    boost::asio::post(context_, Posted(*this, std::move(job), true));
  }
  void expect_outside() override { ++expected_; }

 private:
  /// A job on Asio's queue. Dropped with the queue, it is given up.
  class Posted {
   public:
    Posted(BasicAsioScheduler& scheduler, Job job, bool expected = false)
        : scheduler_(&scheduler), job_(std::move(job)), expected_(expected) {}
    Posted(Posted&& other) noexcept
        : scheduler_(other.scheduler_), job_(std::exchange(other.job_, Job())), expected_(other.expected_) {}
    Posted& operator=(Posted&&) = delete;
    ~Posted() {
      if (job_) job_.give_up();
    }
    void operator()() {
      --scheduler_->posted_;
      ++scheduler_->taken_;
      if (expected_) --scheduler_->expected_;
      Job job = std::exchange(job_, Job());
      if (scheduler_->discarding_) return job.give_up();
      job.run();
    }

   private:
    BasicAsioScheduler* scheduler_;
    Job job_;
    bool expected_;
  };

  using AsioWait = std::conditional_t<virtual_time, AsioVirtualWait, boost::asio::wait_traits<AsioClock>>;

  void begin_time() {
    if constexpr (virtual_time) {
      now_ = typename AsioClock::time_point();
    } else {
      begun_ = AsioClock::now();
    }
  }
  [[nodiscard]] typename AsioClock::time_point to_asio(TimePoint when) const {
    if constexpr (virtual_time) {
      return typename AsioClock::time_point(when.time_since_epoch());
    } else {
      const auto most = AsioClock::time_point::max() - begun_;
      return begun_ + std::min(std::chrono::duration_cast<typename AsioClock::duration>(when.time_since_epoch()), most);
    }
  }

  /// Makes ready what is due.
  void take_due() {
    if (timers_.empty()) return;
    const TimePoint present = now();
    while (Ref<Handle> due = timers_.take_due(present)) post(Handle::job_of(std::move(due)));
  }

  /// Has Asio wake us at `when`.
  void arm(TimePoint when) {
    if (armed_ == when) return;
    armed_ = when;
    wake_.expires_at(to_asio(when));
    wake_.async_wait([this](const boost::system::error_code& error) {
      if (!error) armed_.reset();
    });
  }
  void disarm() {
    if (armed_) wake_.cancel();
    armed_.reset();
  }

  /// Nothing is posted: waits for what will be, in virtual time by a jump. False if nothing can come any more.
  bool wait() {
    const std::optional<TimePoint> next = timers_.earliest();
    if constexpr (virtual_time) {
      if (expected_ == 0) {
        if (!next) return context_.poll_one() != 0;
        now_ = std::max(now_, to_asio(*next));
        AsioVirtualClock::current = now_;
        return true;
      }
    } else if (next) {
      arm(*next);
    } else {
      disarm();  // a deadline that nobody waits for any more keeps nobody here
    }
    // Sockets that somebody waits on are work to Asio, and so is our timer.
    if (expected_ == 0) return context_.run_one() != 0;
    const auto work = boost::asio::make_work_guard(context_);
    return context_.run_one() != 0;
  }

  boost::asio::io_context context_{1};
  Timers timers_;
  boost::asio::basic_waitable_timer<AsioClock, AsioWait> wake_{context_};
  std::optional<TimePoint> armed_;          // what it is set to
  typename AsioClock::time_point now_{};    // of virtual time
  typename AsioClock::time_point begun_{};  // of real time
  std::atomic<std::size_t> posted_{0};      // jobs on Asio's queue
  std::atomic<std::size_t> expected_{0};    // calls of expect_outside not answered yet
  std::size_t taken_ = 0;                   // jobs that came off the queue, ever
  bool stopping_ = false;
  bool discarding_ = false;
};

/// In real time: tasks, timers and sockets on one thread.
using AsioScheduler = BasicAsioScheduler<std::chrono::steady_clock>;
/// The same in virtual time.
using AsioVirtualScheduler = BasicAsioScheduler<AsioVirtualClock>;

}  // namespace lawful
