#include <doctest/doctest.h>

#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "properties/patience.hpp"

using namespace lawful::properties;
using namespace std::chrono_literals;

namespace {

/// A child that does `work()` until it is killed.
class Child {
 public:
  template <class Work>
  explicit Child(Work work) : id_(::fork()) {
    REQUIRE(id_ >= 0);
    if (id_ == 0) {
      work();
      ::_exit(0);
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }
  [[nodiscard]] pid_t id() const noexcept { return id_; }
  [[nodiscard]] Patience::Processes alone() const {
    return [id = id_] { return std::vector<pid_t>{id}; };
  }

 private:
  const pid_t id_;
};

void spin() {
  for (volatile bool on = true; on;) {
  }
}

void be_on_one_processor() {
  cpu_set_t one{};
  CPU_ZERO(&one);
  cpu_set_t allowed{};
  ::sched_getaffinity(0, sizeof allowed, &allowed);
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &allowed)) continue;
    CPU_SET(cpu, &one);
    break;
  }
  ::sched_setaffinity(0, sizeof one, &one);
}

/// Looks until the patience is over, however long that takes.
void wait_until_over(Patience& patience) {
  while (!patience.over()) std::this_thread::sleep_for(5ms);
}

}  // namespace

TEST_CASE("who sleeps has its chance, and does nothing with it") {
  const Child child([] { ::pause(); });
  Patience patience(100ms, child.alone());
  wait_until_over(patience);
  CHECK_FALSE(patience.mostly_busy());
  CHECK_FALSE(patience.stopped());
  CHECK(patience.had() >= 100ms);
}

TEST_CASE("who is stopped does not take its chance") {
  const Child child([] { ::raise(SIGSTOP); });
  Patience patience(100ms, child.alone());
  wait_until_over(patience);
  CHECK(patience.stopped());
}

TEST_CASE("who spins has its chance as far as it gets the processor") {
  const Child child([] { spin(); });
  Patience patience(100ms, child.alone());
  wait_until_over(patience);
  CHECK(patience.mostly_busy());
  CHECK(patience.busy() >= 100ms);
  CHECK(processor_time_of(child.id()) >= 100ms);
}

TEST_CASE("who wants the processor and does not get it has no chance, whatever the time") {
  const Child busy([] {
    be_on_one_processor();
    spin();
  });
  const Child starved([] {
    be_on_one_processor();
    sched_param none{};
    ::sched_setscheduler(0, SCHED_IDLE, &none);
    spin();
  });
  // As soon as it is one that others keep from the processor…
  Patience patience(1h, starved.alone());
  const auto begun = processor_time_of(busy.id());
  // … and while the other one uses half a second of it.
  while (processor_time_of(busy.id()) - begun < 500ms) {
    static_cast<void>(patience.over());
    std::this_thread::sleep_for(5ms);
  }
  CHECK(patience.had() == patience.busy());
}

TEST_CASE("who waits for a child that has its memory does not want to go on") {
  const Child parent([] {
    if (::vfork() == 0) {
      for (;;) ::pause();
    }
  });
  Patience patience(100ms, [id = parent.id()] {
    std::vector<pid_t> all = descendants_of(id);
    all.push_back(id);
    return all;
  });
  wait_until_over(patience);
  CHECK_FALSE(patience.mostly_busy());
  for (const pid_t child : descendants_of(parent.id())) ::kill(child, SIGKILL);
}

TEST_CASE("other threads of this process, but not the one that asks") {
  std::atomic<bool> on{true};
  std::thread sleeper([&] { on.wait(true); });
  Patience patience(50ms);
  wait_until_over(patience);
  CHECK_FALSE(patience.mostly_busy());
  on = false;
  on.notify_all();
  sleeper.join();
}

TEST_CASE("a sign renews the patience") {
  const Child child([] { ::pause(); });
  Patience patience(50ms, child.alone());
  wait_until_over(patience);
  patience.renew();
  CHECK(patience.had() == 0ms);
  wait_until_over(patience);
}

TEST_CASE("of a process that is gone there is nothing to tell") {
  pid_t gone = 0;
  {
    const Child child([] {});
    gone = child.id();
  }
  CHECK(threads_of(gone).empty());
  CHECK(descendants_of(gone).empty());
  CHECK(processor_time_of(gone) == 0ns);
  CHECK(memory_of({gone}) == 0);
}
