#pragma once

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/wait_traits.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "scheduler/scheduler.hpp"

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

/// Boost.Asio's io_context as a Scheduler: its queue, its timers (of `AsioClock`), its sockets. One thread: the one that drives it.
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
  void post_at(TimePoint when, Ref<Handle> handle) override {
    auto found = deadlines_.find(when);
    if (found == deadlines_.end()) {
      found = deadlines_.emplace(when, std::make_shared<Deadline>(context_)).first;
      found->second->timer.expires_at(to_asio(when));
      // Asio's timers of one deadline go in no promised order: those of ours share one.
      found->second->timer.async_wait([this, when, deadline = found->second](const boost::system::error_code& error) {
        if (!error) expire(when, *deadline);
      });
    }
    found->second->handles.push_back(std::move(handle));
  }
  End drive() override {
    const Running here(this);
    stopping_ = false;
    if constexpr (virtual_time) AsioVirtualClock::current = now_;
    while (!stopping_) {
      if (context_.stopped()) context_.restart();
      if (posted_ == 0 && !wait()) return End::idle;
      // A pass: what is posted now. Timers and sockets that are ready come in between, as Asio has it.
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
    auto dropped = std::move(deadlines_);
    deadlines_.clear();
    for (auto& [when, deadline] : dropped) {
      deadline->timer.cancel();
      for (const Ref<Handle>& handle : deadline->handles) handle->forget();
    }
    if (context_.stopped()) context_.restart();
    context_.poll();  // the timers hear that they are cancelled
    discarding_ = false;
    if (posted_ != 0) discard();  // what was dropped posted again
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

  struct Deadline {
    explicit Deadline(boost::asio::io_context& context) : timer(context) {}
    boost::asio::basic_waitable_timer<AsioClock,
                                      std::conditional_t<virtual_time, AsioVirtualWait, boost::asio::wait_traits<AsioClock>>>
        timer;
    std::vector<Ref<Handle>> handles;
  };

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

  void expire(TimePoint when, Deadline& deadline) {
    const auto found = deadlines_.find(when);
    if (found != deadlines_.end() && found->second.get() == &deadline) deadlines_.erase(found);
    for (Ref<Handle>& handle : deadline.handles) post(Handle::job_of(std::move(handle)));
  }

  /// The earliest deadline that somebody waits for; those before it that nobody waits for are dropped.
  [[nodiscard]] std::optional<TimePoint> earliest() {
    while (!deadlines_.empty()) {
      Deadline& first = *deadlines_.begin()->second;
      const bool wanted =
          std::any_of(first.handles.begin(), first.handles.end(), [](const Ref<Handle>& handle) { return !handle->claimed(); });
      if (wanted) return deadlines_.begin()->first;
      first.timer.cancel();
      deadlines_.erase(deadlines_.begin());
    }
    return std::nullopt;
  }

  /// Nothing is posted: waits for what will be, in virtual time by a jump. False if nothing can come any more.
  bool wait() {
    const std::optional<TimePoint> next = earliest();
    if constexpr (virtual_time) {
      if (expected_ == 0 && next) {
        now_ = std::max(now_, to_asio(*next));
        AsioVirtualClock::current = now_;
        while (posted_ == 0 && deadlines_.count(*next) != 0) context_.poll_one();
        return true;
      }
      if (expected_ == 0) return context_.poll_one() != 0;
    }
    // Sockets that somebody waits on are work to Asio, and so are timers.
    if (expected_ == 0) return context_.run_one() != 0;
    const auto work = boost::asio::make_work_guard(context_);
    return context_.run_one() != 0;
  }

  boost::asio::io_context context_{1};
  std::map<TimePoint, std::shared_ptr<Deadline>> deadlines_;
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
