// Subjects that do what no subject may do. Each must get the verdict that says so, and the report must go on.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <thread>

#include "conformance/cli/lawful.hpp"
#include "conformance/mutants/plain_scheduler.hpp"
#include "conformance/subjects/scheduler_subject.hpp"
#include "examples/plug_in/thread_pool.hpp"

using namespace lawful;
using namespace lawful::conformance;

namespace {

/// An executor that treats one job in `every` in its own way.
class Odd {
 public:
  using Way = std::function<void(ThreadPool&, ExecutorJob)>;
  Odd(unsigned every, Way way) : every_(every), way_(std::move(way)) {}
  void post(ExecutorJob job) {
    if (++posted_ % every_ == 0) return way_(pool_, std::move(job));
    pool_.post(std::move(job));
  }

 private:
  ThreadPool pool_{2};
  const unsigned every_;
  const Way way_;
  std::atomic<unsigned> posted_{0};
};

std::unique_ptr<Subject> odd(const std::string& name, unsigned every, Odd::Way way) {
  auto executor = std::make_shared<Odd>(every, std::move(way));
  return executor_subject(name, [executor](ExecutorJob job) { executor->post(std::move(job)); });
}

/// A scheduler without the C++ API beside it.
class Plain final : public Subject {
 public:
  Plain(std::string name, std::unique_ptr<Scheduler> scheduler)
      : name_(std::move(name)), scheduler_(std::move(scheduler)), runtime_(*scheduler_) {}
  [[nodiscard]] std::string name() const override { return name_; }
  [[nodiscard]] bool parallel() const override { return false; }
  [[nodiscard]] spec::Run run(const spec::Program& program) override { return run_on(runtime_, program); }
  [[nodiscard]] std::optional<spec::Tick> peek() const override { return scheduler_->now().time_since_epoch().count(); }

 private:
  const std::string name_;
  const std::unique_ptr<Scheduler> scheduler_;
  TaskRuntime runtime_;
};

/// Looks for work that will never come.
struct Spinning : PlainScheduler {
  bool wait() override {
    const bool found = PlainScheduler::wait();
    for (volatile bool found_nothing = !found; found_nothing;) {
    }
    return found;
  }
};

/// Waits for the next deadline where there is none.
struct Endless : PlainScheduler {
  bool wait() override {
    while (!PlainScheduler::wait()) now_ = now_ + Duration(1);
    return true;
  }
};

/// Sleeps where nothing is to be done, as a scheduler in real time would.
struct Sleeping : PlainScheduler {
  bool wait() override {
    if (PlainScheduler::wait()) return true;
    std::this_thread::sleep_for(std::chrono::hours(1));
    return false;
  }
};

/// Keeps what it has run, and a copy for every day of the year.
struct Hoarding : PlainScheduler {
  void run(std::deque<Job>& pass) override {
    constexpr std::size_t copy = std::size_t{1} << 20;
    for (std::size_t i = 0; i < 365 && pass.size() > 2; ++i) std::memset(std::malloc(copy), 1, copy);
    PlainScheduler::run(pass);
  }
};

/// Reads two clocks in turn.
struct TwoClocks : PlainScheduler {
  [[nodiscard]] TimePoint now() const noexcept override {
    return now_ > TimePoint(Duration(5)) && ++asked_ % 2 == 0 ? now_ - Duration(5) : now_;
  }
  mutable unsigned asked_ = 0;
};

/// Shows what it runs on, which is not virtual time.
struct WallClock : PlainScheduler {
  bool wait() override {
    const auto earliest = timers_.earliest();
    if (!earliest) return false;
    std::this_thread::sleep_for(*earliest - now_);
    return PlainScheduler::wait();
  }
};

template <class BrokenScheduler>
std::unique_ptr<Subject> plain(const std::string& name) {
  return std::make_unique<Plain>(name, std::make_unique<BrokenScheduler>());
}

Subjects hostile_subjects() {
  Subjects subjects;
  const auto add = [&](const std::string& name, std::function<std::unique_ptr<Subject>()> make) {
    subjects.add(name, name, [make = std::move(make)](const std::string&) { return make(); });
  };
  add("crashes", [] {
    return odd("crashes", 500, [](ThreadPool& pool, ExecutorJob) {
      pool.post([] {
        std::fputs("about to follow a null pointer\n", stderr);
        static int* volatile nowhere = nullptr;
        *nowhere = 1;
      });
    });
  });
  add("throws", [] {
    return odd("throws", 400,
               [](ThreadPool& pool, ExecutorJob) { pool.post([] { throw std::logic_error("nobody catches me"); }); });
  });
  add("exits", [] { return odd("exits", 600, [](ThreadPool&, ExecutorJob) { std::_Exit(3); }); });
  add("hangs", [] { return plain<Sleeping>("hangs"); });
  add("spins", [] { return plain<Spinning>("spins"); });
  add("endless", [] { return plain<Endless>("endless"); });
  add("hoards", [] { return plain<Hoarding>("hoards"); });
  add("loses", [] { return odd("loses", 300, [](ThreadPool&, ExecutorJob) {}); });
  add("repeats", [] {
    return odd("repeats", 50, [](ThreadPool& pool, ExecutorJob job) {
      pool.post([job] {
        job();
        job();
      });
    });
  });
  add("runs-inside", [] { return executor_subject("runs-inside", [](const ExecutorJob& job) { job(); }); });
  add("goes-back", [] { return plain<TwoClocks>("goes-back"); });
  add("wall-clock", [] { return plain<WallClock>("wall-clock"); });
  return subjects;
}

}  // namespace

int main(int argc, char** argv) { return run_lawful(argc, argv, hostile_subjects()); }
