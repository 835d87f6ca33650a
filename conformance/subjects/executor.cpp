#include "conformance/subjects/executor.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "conformance/subjects/scheduler_subject.hpp"
#include "properties/patience.hpp"
#include "scheduler/timers.hpp"

namespace lawful::conformance {

namespace {
/// How often an executor that has jobs of ours and gives no sign is looked at.
constexpr std::chrono::milliseconds pause{20};
}  // namespace

class ExecutorScheduler::State : public std::enable_shared_from_this<State> {
 public:
  State(Scheduler& scheduler, Post post, std::chrono::milliseconds patience)
      : scheduler_(scheduler), post_(std::move(post)), patience_(patience) {}

  [[nodiscard]] TimePoint now() const noexcept { return TimePoint(Duration(now_.load(std::memory_order_acquire))); }

  void post(Job job) {
    {
      const std::lock_guard lock(mutex_);
      if (!driven_ || stopping_) {
        waiting_.push_back(std::move(job));
        return;
      }
      ++out_;
    }
    send(std::move(job), Inside::waits);
  }

  void post_at(TimePoint when, Ref<Handle> handle) {
    const std::lock_guard lock(mutex_);
    timers_.add(when, std::move(handle));
  }

  void forget(Handle& handle) {
    handle.forget();  // what its job owns may post as it is destroyed: not under the mutex
    const std::lock_guard lock(mutex_);
    timers_.forgotten(handle);
  }

  void post_from_outside(Job job) {
    {
      const std::lock_guard lock(mutex_);
      --expected_;
      waiting_.push_back(std::move(job));
    }
    changed_.notify_all();
  }

  void expect_outside() {
    const std::lock_guard lock(mutex_);
    ++expected_;
  }

  void stop() {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }

  End drive() {
    std::unique_lock lock(mutex_);
    stopping_ = false;
    driven_ = true;
    End end = End::stopped;
    std::optional<properties::Patience> patience;  // once nothing is heard of jobs that are out
    std::uint64_t seen = steps_;
    for (;;) {
      if (stopping_ && out_ == 0) break;
      if (!stopping_ && !waiting_.empty()) {
        std::deque<Job> jobs;
        jobs.swap(waiting_);
        out_ += jobs.size();
        lock.unlock();
        for (Job& job : jobs) send(std::move(job), Inside::may_run);
        lock.lock();
        continue;
      }
      if (out_ == 0 && expected_ == 0) {
        if (advance()) continue;
        end = End::idle;
        break;
      }
      // Jobs that come back while others are out wake nobody: we look from time to time.
      const bool changed = changed_.wait_for(
          lock, pause, [&] { return (out_ == 0 && (stopping_ || expected_ == 0)) || (!stopping_ && !waiting_.empty()); });
      if (changed) continue;
      if (steps_ != seen || expected_ != 0) {
        seen = steps_;
        patience.reset();
        continue;
      }
      if (!patience) {
        patience.emplace(patience_);
        continue;
      }
      lock.unlock();
      const bool over = patience->over();
      lock.lock();
      if (over && steps_ == seen) {
        end = End::hung;
        abandoned_ = true;
        break;
      }
    }
    driven_ = false;
    return end;
  }

  void discard() {
    for (;;) {
      std::deque<Job> jobs;
      Ref<Handle> timer;
      {
        const std::lock_guard lock(mutex_);
        jobs.swap(waiting_);
        if (!timers_.empty()) timer = timers_.take_any();
        now_.store(0, std::memory_order_release);
      }
      if (jobs.empty() && !timer) return;
      for (Job& job : jobs) job.give_up();
      if (timer) timer->forget();
    }
  }

  [[nodiscard]] bool ran_twice() const {
    const std::lock_guard lock(mutex_);
    return ran_twice_;
  }
  [[nodiscard]] bool ran_inside() const {
    const std::lock_guard lock(mutex_);
    return ran_inside_;
  }
  [[nodiscard]] std::size_t lost() const {
    const std::lock_guard lock(mutex_);
    return out_ - begun_;
  }

 private:
  /// A job on its way through the executor, which may copy it, lose it, or run it twice.
  struct Sent {
    Sent(std::shared_ptr<State> state_, Job job_) : state(std::move(state_)), job(std::move(job_)) {}
    std::shared_ptr<State> state;
    Job job;
    std::atomic<bool> taken{false};
  };

  /// What becomes of a job that the executor runs inside of post(): whoever posted it may hold the library's guard.
  enum class Inside : bool { waits, may_run };

  void send(Job job, Inside inside) {
    auto sent = std::make_shared<Sent>(shared_from_this(), std::move(job));
    const std::pair before = std::exchange(posting_, std::pair<const Sent*, Inside>(sent.get(), inside));
    post_([sent] { sent->state->run(*sent); });
    posting_ = before;
  }

  void run(Sent& sent) {
    if (sent.taken.exchange(true)) {
      const std::lock_guard lock(mutex_);
      ran_twice_ = true;
      return;
    }
    {
      const std::lock_guard lock(mutex_);
      if (posting_.first == &sent) {
        ran_inside_ = true;
        if (posting_.second == Inside::waits) {
          waiting_.push_back(std::move(sent.job));
          --out_;
          changed_.notify_all();
          return;
        }
      }
      if (abandoned_) return;  // too late: the run was given up, and nothing of it is touched any more
      ++begun_;
    }
    {
      const Running here(&scheduler_);
      Job job = std::move(sent.job);
      job.run();
    }
    const std::lock_guard lock(mutex_);
    --out_;
    --begun_;
    ++steps_;
    if (out_ == 0 || !waiting_.empty()) changed_.notify_all();
  }

  /// Moves the clock to the next deadline and makes ready what is due; false if there is none. Under the mutex, with no job out.
  bool advance() {
    while (waiting_.empty()) {
      const auto earliest = timers_.earliest();
      if (!earliest) return false;
      if (*earliest > now()) now_.store(earliest->time_since_epoch().count(), std::memory_order_release);
      while (Ref<Handle> due = timers_.take_due(now())) waiting_.push_back(Handle::job_of(std::move(due)));
    }
    return true;
  }

  Scheduler& scheduler_;
  const Post post_;
  const std::chrono::milliseconds patience_;
  std::atomic<std::int64_t> now_{0};

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<Job> waiting_;  // accepted, not given to the executor yet
  Timers timers_;
  std::size_t out_ = 0;       // given to the executor and not back
  std::size_t begun_ = 0;     // of them: those that it has begun to run
  std::size_t expected_ = 0;  // calls of expect_outside not answered yet
  std::uint64_t steps_ = 0;   // jobs that came back, ever
  bool driven_ = false;
  bool stopping_ = false;
  bool abandoned_ = false;
  bool ran_twice_ = false;
  bool ran_inside_ = false;

  // What this thread is posting.
  static inline thread_local std::pair<const Sent*, Inside> posting_{nullptr, Inside::waits};
};

ExecutorScheduler::ExecutorScheduler(Post post, std::chrono::milliseconds patience)
    : Scheduler(Threads::parallel), state_(std::make_shared<State>(*this, std::move(post), patience)) {}
ExecutorScheduler::~ExecutorScheduler() { close(); }

TimePoint ExecutorScheduler::now() const noexcept { return state_->now(); }
void ExecutorScheduler::post(Job job) { state_->post(std::move(job)); }
void ExecutorScheduler::post_at(TimePoint when, Ref<Handle> handle) { state_->post_at(when, std::move(handle)); }
void ExecutorScheduler::forget(Handle& handle) { state_->forget(handle); }
Scheduler::End ExecutorScheduler::drive() { return state_->drive(); }
void ExecutorScheduler::stop() { state_->stop(); }
void ExecutorScheduler::discard() { state_->discard(); }
void ExecutorScheduler::post_from_outside(Job job) { state_->post_from_outside(std::move(job)); }
void ExecutorScheduler::expect_outside() { state_->expect_outside(); }
bool ExecutorScheduler::ran_twice() const { return state_->ran_twice(); }
bool ExecutorScheduler::ran_inside() const { return state_->ran_inside(); }
std::size_t ExecutorScheduler::lost() const { return state_->lost(); }

namespace {

std::atomic<bool> hung_once{false};
std::atomic<std::int64_t> patience_of_all{1200};  // milliseconds

std::string times(std::size_t n) { return n == 1 ? "1 job" : std::to_string(n) + " jobs"; }

class ExecutorSubject final : public Subject {
 public:
  ExecutorSubject(std::string name, Post post, std::chrono::milliseconds patience)
      : name_(std::move(name)), post_(std::move(post)), patience_(patience) {}

  [[nodiscard]] std::string name() const override { return name_; }
  [[nodiscard]] bool parallel() const override { return true; }
  [[nodiscard]] std::unique_ptr<properties::Api> api() const override {
    return std::make_unique<properties::Api>([this] { return std::make_unique<ExecutorScheduler>(post_, patience_); });
  }

  [[nodiscard]] spec::Run run(const spec::Program& program) override {
    auto scheduler = std::make_unique<ExecutorScheduler>(post_, patience_);
    auto runtime = std::make_unique<TaskRuntime>(*scheduler);
    spec::Run run = run_on(*runtime, program);
    if (run.status == spec::Status::hung) {
      hung_once = true;
      const std::size_t lost = scheduler->lost();
      const std::string silence = " for " + std::to_string(patience_.count()) + " ms";
      if (lost != 0) {
        run.status = spec::Status::lost;
        run.message = "post() accepted " + times(lost) + " that it never ran" + silence;
      } else {
        run.message = "a job that it runs did not end" + silence;
      }
      give_up(std::move(runtime));
      give_up(std::move(scheduler));
      return run;
    }
    if (scheduler->ran_inside()) {
      run.status = spec::Status::inside;
      run.message = "post() ran the job that it was given before it returned, on its caller's stack";
    } else if (scheduler->ran_twice()) {
      run.status = spec::Status::twice;
      run.message = "the executor ran a job that it had run already";
    }
    return run;
  }

 private:
  const std::string name_;
  const Post post_;
  const std::chrono::milliseconds patience_;
};

}  // namespace

std::chrono::milliseconds executor_patience() noexcept { return std::chrono::milliseconds(patience_of_all.load()); }
void set_executor_patience(std::chrono::milliseconds patience) noexcept { patience_of_all = patience.count(); }

bool any_executor_hung() noexcept { return hung_once; }

std::unique_ptr<Subject> executor_subject(std::string name, Post post, std::chrono::milliseconds patience) {
  return std::make_unique<ExecutorSubject>(std::move(name), std::move(post), patience);
}

}  // namespace lawful::conformance
