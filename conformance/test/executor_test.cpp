#include <doctest/doctest.h>

#include <thread>
#include <vector>

#include "conformance/subjects/executor.hpp"
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

}  // namespace

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
