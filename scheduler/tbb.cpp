#include "scheduler/tbb.hpp"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bitset>
#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "scheduler/timers.hpp"

namespace lawful {

namespace {

/// What the live pools of the process share. oneTBB's limit on threads is one for the whole process, and of several that live the
/// smallest wins: so there is one, and it covers the threads of all pools together, beside those that the program's own oneTBB code
/// would have without us. And each pool has a slot, a number of its own among the live ones.
class LivePools {
 public:
  static constexpr std::size_t most = 256;

  /// Made by the first pool, so it outlives them all.
  [[nodiscard]] static LivePools& of_process() {
    static LivePools live;
    return live;
  }

  /// Room for one more pool: its slot. @throws RuntimeError if there are `most` of them
  [[nodiscard]] std::size_t enter(std::size_t threads) {
    const std::lock_guard lock(mutex_);
    std::size_t slot = 0;
    while (slot < most && taken_.test(slot)) ++slot;
    if (slot == most) {
      throw RuntimeError("there are " + std::to_string(most) +
                         " TbbSchedulers already, and no more can live at the same time: end one before making another");
    }
    limit_to(threads_ + threads);
    taken_.set(slot);
    return slot;
  }

  void leave(std::size_t slot, std::size_t threads) {
    const std::lock_guard lock(mutex_);
    limit_to(threads_ - threads);
    taken_.reset(slot);
  }

  /// @throws RuntimeError if oneTBB would not give all pools their threads. Once oneTBB runs: only then it knows its own limit.
  void check() {
    const std::lock_guard lock(mutex_);
    const std::size_t workers = oneapi::tbb::global_control::active_value(oneapi::tbb::global_control::max_allowed_parallelism) - 1;
    if (workers >= threads_) return;
    throw RuntimeError("oneTBB gives this process " + std::to_string(workers) + " threads, and its TbbSchedulers would need " +
                       std::to_string(threads_) +
                       " together: ask for fewer, or raise the limit (oneapi::tbb::global_control) if the program has set one");
  }

 private:
  void limit_to(std::size_t threads) {
    std::unique_ptr<oneapi::tbb::global_control> fresh;
    if (threads != 0) {
      fresh = std::make_unique<oneapi::tbb::global_control>(
          oneapi::tbb::global_control::max_allowed_parallelism,
          threads + static_cast<std::size_t>(std::max(1, oneapi::tbb::info::default_concurrency())));
    }
    // For a moment both live and the smaller one counts. Either is enough for the pools that run jobs now: one that enters has none
    // yet, one that leaves has none any more.
    control_ = std::move(fresh);
    threads_ = threads;
  }

  std::mutex mutex_;
  std::bitset<most> taken_;
  std::size_t threads_ = 0;  // of all of them
  std::unique_ptr<oneapi::tbb::global_control> control_;
};

}  // namespace

/// The queue, its workers and the clock, behind one mutex. Workers are arena tasks that capture nothing (libtbb may not be
/// instrumented for ThreadSanitizer, and then whatever is handed through it looks like a race): a worker knows by its type which
/// slot it works for, so that the threads of one pool's arena never work for another pool.
class TbbScheduler::Pool {
 public:
  Pool(std::size_t threads, Time time)
      : threads_(threads),
        time_(time),
        place_(threads),
        // Before other arenas, which the common limit leaves their usual threads: jobs of ours may wait for one another.
        arena_(static_cast<int>(threads), 0, oneapi::tbb::task_arena::priority::high),
        began_(std::chrono::steady_clock::now()) {
    arena_.initialize();
    LivePools::of_process().check();
    at_slot[place_.slot].store(this, std::memory_order_release);
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return working_ == 0; });
  }

  [[nodiscard]] TimePoint now() const noexcept {
    if (time_ == Time::virtual_time) return TimePoint(Duration(now_.load(std::memory_order_acquire)));
    return TimePoint(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - began_));
  }

  void post(Job job) {
    const std::lock_guard lock(mutex_);
    ready_.push_back(std::move(job));
    if (driven_) hire_if_possible();
  }

  void post_at(TimePoint when, Ref<Handle> handle) {
    const std::lock_guard lock(mutex_);
    timers_.add(when, std::move(handle));
    if (time_ == Time::real_time) changed_.notify_all();  // the driver sleeps until the earliest deadline it knew
  }

  void forget(Handle& handle) {
    handle.forget();  // what its job owns may post as it is destroyed: not under the mutex
    const std::lock_guard lock(mutex_);
    timers_.forgotten(handle);
  }

  void post_from_outside(Job job) {
    const std::lock_guard lock(mutex_);
    --expected_;
    try {
      ready_.push_back(std::move(job));
    } catch (const std::bad_alloc&) {
      from_outside_.push_back(std::move(job));
    }
    if (driven_) hire_if_possible();
    changed_.notify_all();
  }

  void expect_outside() {
    const std::lock_guard lock(mutex_);
    const std::size_t most = expected_ + from_outside_.size();
    if (from_outside_.capacity() <= most) from_outside_.reserve(2 * most + 4);
    ++expected_;
  }

  void stop() {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    last_ = ready_.size() + from_outside_.size();  // what was ready by then is still run, as a serial scheduler finishes its pass
    changed_.notify_all();
  }

  End drive(TbbScheduler& scheduler) {
    std::unique_lock lock(mutex_);
    scheduler_ = &scheduler;
    stopping_ = false;
    driven_ = true;
    End end = End::stopped;
    try {
      end = drive_until_stopped(lock);
    } catch (...) {
      stop_because(std::current_exception());
    }
    changed_.wait(lock, [this] { return working_ == 0; });
    driven_ = false;
    if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
    return end;
  }

  void discard() {
    for (;;) {
      // What a dropped job owned may post again as it is destroyed: not under the mutex. One at a time: it takes no memory.
      Job job;
      Ref<Handle> timer;
      {
        const std::lock_guard lock(mutex_);
        if (time_ == Time::virtual_time) now_.store(0, std::memory_order_release);
        if (!ready_.empty()) {
          job = std::move(ready_.front());
          ready_.pop_front();
        } else if (!from_outside_.empty()) {
          job = std::move(from_outside_.back());
          from_outside_.pop_back();
        } else if (!timers_.empty()) {
          timer = timers_.take_any();
        } else {
          return;
        }
      }
      job.give_up();
      if (timer) timer->forget();
    }
  }

  [[nodiscard]] std::size_t threads() const noexcept { return threads_; }

 private:
  End drive_until_stopped(std::unique_lock<std::mutex>& lock) {
    for (;;) {
      if (stopping_) return End::stopped;
      hire_enough();
      if (working_ == 0 && !anything_ready() && expected_ == 0) {
        // Nothing runs and nothing is ready: only a timer can go on.
        if (advance()) continue;
        if (timers_.empty()) return End::idle;
      }
      if (time_ == Time::real_time) {
        take_due();
        hire_enough();
        const auto earliest = timers_.earliest();
        if (earliest) {
          changed_.wait_until(lock, began_ + earliest->time_since_epoch());
          continue;
        }
      }
      changed_.wait(lock);
    }
  }

  /// Whoever found it, the driver throws it, when all workers are gone. Under the mutex.
  void stop_because(std::exception_ptr thrown) noexcept {
    thrown_ = std::move(thrown);
    stopping_ = true;
    last_ = 0;
    changed_.notify_all();
  }

  [[nodiscard]] bool anything_ready() const noexcept { return !ready_.empty() || !from_outside_.empty(); }
  /// How many workers there is work for.
  [[nodiscard]] std::size_t wanted() const noexcept { return std::min(threads_, ready_.size() + from_outside_.size()); }

  /// The next job to run. Under the mutex.
  [[nodiscard]] Job next() noexcept {
    Job job;
    if (from_outside_.empty()) {
      job = std::move(ready_.front());
      ready_.pop_front();
    } else {
      job = std::move(from_outside_.front());
      from_outside_.erase(from_outside_.begin());
    }
    return job;
  }

  /// Starts one more worker if there is work for it and a thread left. Under the mutex.
  void hire() {
    if (working_ >= threads_ || stopping_) return;
    enqueue_worker[place_.slot](arena_);
    ++working_;
  }

  /// The same; if there is no memory for it, whoever works already does that work too, or the driver tries again, and says so.
  void hire_if_possible() noexcept {
    try {
      hire();
    } catch (const std::bad_alloc&) {
      if (working_ == 0) changed_.notify_all();
    }
  }

  void hire_enough() {
    while (working_ < wanted() && !stopping_) {
      const std::size_t before = working_;
      if (working_ == 0) {
        hire();
      } else {
        hire_if_possible();
      }
      if (working_ == before) return;
    }
  }

  void work() {
    std::unique_lock lock(mutex_);
    const Running here(scheduler_);
    for (;;) {
      while (anything_ready() && (!stopping_ || last_ > 0)) {
        if (stopping_) --last_;
        Job job = next();
        lock.unlock();
        job.run();
        job = Job();  // what it held is destroyed here, not under the mutex
        lock.lock();
      }
      // The last worker out is quiescence: it moves a virtual clock and goes on itself.
      if (working_ == 1 && !stopping_ && expected_ == 0) {
        try {
          if (advance()) continue;
        } catch (...) {
          stop_because(std::current_exception());
        }
      }
      break;
    }
    --working_;
    changed_.notify_all();
  }

  /// Moves a virtual clock to its next deadline and makes ready what is due; false if there is none. Under the mutex.
  bool advance() {
    if (time_ == Time::real_time) return false;
    while (ready_.empty()) {
      const auto earliest = timers_.earliest();
      if (!earliest) return false;
      if (*earliest > now()) now_.store(earliest->time_since_epoch().count(), std::memory_order_release);
      take_due();
    }
    if (working_ != 0) hire_enough();  // else the driver does
    return true;
  }

  void take_due() {
    const TimePoint present = now();
    while (timers_.due(present)) {
      ready_.emplace_back();  // first: if there is no memory for it, the timer stays where it is
      ready_.back() = Handle::job_of(timers_.take_due(present));
    }
  }

  /// A pool's place among the live ones.
  struct Place {
    explicit Place(std::size_t threads_) : threads(threads_), slot(LivePools::of_process().enter(threads_)) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { LivePools::of_process().leave(slot, threads); }
    const std::size_t threads;
    const std::size_t slot;
  };

  using EnqueueWorker = void (*)(oneapi::tbb::task_arena&);
  template <std::size_t Slot>
  static void enqueue_worker_of(oneapi::tbb::task_arena& arena) {
    arena.enqueue([] { at_slot[Slot].load(std::memory_order_acquire)->work(); });
  }
  template <std::size_t... Slots>
  static constexpr std::array<EnqueueWorker, sizeof...(Slots)> for_each_slot(std::index_sequence<Slots...>) {
    return {&enqueue_worker_of<Slots>...};
  }

  static std::array<std::atomic<Pool*>, LivePools::most> at_slot;
  static const std::array<EnqueueWorker, LivePools::most> enqueue_worker;

  const std::size_t threads_;
  const Time time_;
  const Place place_;
  oneapi::tbb::task_arena arena_;
  const std::chrono::steady_clock::time_point began_;
  std::atomic<std::int64_t> now_{0};  // virtual

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<Job> ready_;
  std::vector<Job> from_outside_;  // what ready_ had no memory for; with room for all that are expected
  Timers timers_;
  TbbScheduler* scheduler_ = nullptr;
  std::size_t working_ = 0;   // workers hired and not gone
  std::size_t expected_ = 0;  // calls of expect_outside not answered yet
  bool driven_ = false;
  bool stopping_ = false;
  std::exception_ptr thrown_;  // why it is stopping, if there was no memory for its own bookkeeping
  std::size_t last_ = 0;  // jobs still to run before stopping
};

constinit std::array<std::atomic<TbbScheduler::Pool*>, LivePools::most> TbbScheduler::Pool::at_slot{};
constinit const std::array<TbbScheduler::Pool::EnqueueWorker, LivePools::most> TbbScheduler::Pool::enqueue_worker =
    for_each_slot(std::make_index_sequence<LivePools::most>());

TbbScheduler::TbbScheduler(std::size_t threads, Time time) : Scheduler(Threads::parallel) {
  if (threads == 0) throw ValueError("a TbbScheduler needs one thread at least");
  pool_ = std::make_unique<Pool>(threads, time);
}

TbbScheduler::~TbbScheduler() { close(); }

TimePoint TbbScheduler::now() const noexcept { return pool_->now(); }
void TbbScheduler::post(Job job) { pool_->post(std::move(job)); }
void TbbScheduler::post_at(TimePoint when, Ref<Handle> handle) { pool_->post_at(when, std::move(handle)); }
void TbbScheduler::forget(Handle& handle) { pool_->forget(handle); }
Scheduler::End TbbScheduler::drive() { return pool_->drive(*this); }
void TbbScheduler::stop() { pool_->stop(); }
void TbbScheduler::discard() { pool_->discard(); }
void TbbScheduler::post_from_outside(Job job) { pool_->post_from_outside(std::move(job)); }
void TbbScheduler::expect_outside() { pool_->expect_outside(); }
std::size_t TbbScheduler::threads() const noexcept { return pool_->threads(); }
std::size_t TbbScheduler::default_threads() noexcept { return std::max(1U, std::thread::hardware_concurrency()); }

}  // namespace lawful
