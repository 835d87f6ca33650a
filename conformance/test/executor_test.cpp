#include <doctest/doctest.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "conformance/mutants/plain_scheduler.hpp"
#include "conformance/subjects/executor.hpp"
#include "scheduler/test/forgotten_timers.hpp"
#include "spec/json.hpp"

using namespace lawful;
using namespace lawful::conformance;

namespace {

spec::Program program(const char* text) { return spec::JsonReader().program(text); }

const char* const two_sleeps =
    R"({"main":[{"op":"gather","of":[{"task":"a","body":[{"op":"sleep","ticks":2}]},{"task":"b","body":[{"op":"sleep","ticks":1}]}]}]})";

/// Runs each job on a thread of its own.
struct Threads {
  std::vector<std::thread> all;
  void post(ExecutorJob job) { all.emplace_back(std::move(job)); }
  ~Threads() {
    for (std::thread& thread : all) thread.join();
  }
};

/// Runs the jobs on two threads.
class TwoThreads {
 public:
  TwoThreads() {
    for (std::thread& thread : threads_) thread = std::thread([this] { serve(); });
  }
  ~TwoThreads() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }
  void post(ExecutorJob job) {
    {
      const std::lock_guard lock(mutex_);
      jobs_.push_back(std::move(job));
    }
    changed_.notify_one();
  }

 private:
  void serve() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return over_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      const ExecutorJob job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      job();
      lock.lock();
    }
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<ExecutorJob> jobs_;
  bool over_ = false;
  std::thread threads_[2];
};

}  // namespace

TEST_CASE("a million forgotten timers cost no memory, by the executor kit and by a plain scheduler") {
  SUBCASE("executor") {
    TwoThreads threads;
    ExecutorScheduler scheduler([&](ExecutorJob job) { threads.post(std::move(job)); }, std::chrono::hours(1));
    check_forgotten_timers_cost_no_memory(scheduler);
  }
  SUBCASE("plain") {
    PlainScheduler scheduler;
    check_forgotten_timers_cost_no_memory(scheduler);
  }
}

TEST_CASE("an executor gets its time from the kit") {
  std::mutex mutex;
  Threads threads;
  const auto subject = executor_subject("threads", [&](ExecutorJob job) {
    const std::lock_guard lock(mutex);
    threads.post(std::move(job));
  });
  const spec::Run run = subject->run(program(two_sleeps));
  CHECK(run.status == spec::Status::finished);
  CHECK(run.end == 2);
}

TEST_CASE("an executor that drops a job is given up, and told what it lost") {
  std::mutex mutex;
  Threads threads;
  int posted = 0;
  const auto subject = executor_subject(
      "dropping",
      [&](ExecutorJob job) {
        const std::lock_guard lock(mutex);
        if (++posted != 3) threads.post(std::move(job));
      },
      std::chrono::milliseconds(100));
  const spec::Run run = subject->run(program(two_sleeps));
  CHECK(run.status == spec::Status::lost);
  CHECK(run.message == "post() accepted 1 job that it never ran for 100 ms");
}

TEST_CASE("an executor that runs a job twice is told so") {
  std::mutex mutex;
  Threads threads;
  const auto subject = executor_subject("stuttering", [&](ExecutorJob job) {
    const std::lock_guard lock(mutex);
    threads.post([job] {
      job();
      job();
    });
  });
  spec::Run run;
  // The second call comes after the first: the run may be over by then, and the next one tells.
  for (int i = 0; i < 100 && run.status != spec::Status::twice; ++i) run = subject->run(program(two_sleeps));
  CHECK(run.status == spec::Status::twice);
  CHECK(run.message == "the executor ran a job that it had run already");
}

TEST_CASE("an executor that runs jobs inside of post is told so") {
  const auto subject = executor_subject("inline", [](const ExecutorJob& job) { job(); });
  const spec::Run run = subject->run(program(two_sleeps));
  CHECK(run.status == spec::Status::inside);
  CHECK(run.message == "post() ran the job that it was given before it returned, on its caller's stack");
  CHECK(run.end == 2);
  CHECK_FALSE(run.trace.empty());
}
