// Several pools in one process. Jobs here wait for one another by synchronisation, with their threads: what does not get its
// threads never ends.
#include <doctest/doctest.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

#include <atomic>
#include <barrier>
#include <cstddef>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "scheduler/lawful.hpp"
#include "scheduler/tbb.hpp"

using namespace lawful;

namespace {

using Meeting = std::barrier<>;

/// As many jobs as there are threads meet, `rounds` times, each blocking its thread until all are there. Answers how many of them
/// ran in another arena than one of `threads` threads.
int meet(TbbScheduler& scheduler, Meeting& meeting, int rounds) {
  std::atomic<int> astray{0};
  const int threads = static_cast<int>(scheduler.threads());
  auto one = [&]() -> Coroutine<void> {
    for (int i = 0; i < rounds; ++i) {
      meeting.arrive_and_wait();
      if (oneapi::tbb::this_task_arena::max_concurrency() != threads) ++astray;
      co_await sleep(Duration(0));
    }
  };
  auto all = [&]() -> Coroutine<void> {
    std::vector<Task<void>> tasks;
    for (int i = 0; i < threads; ++i) tasks.push_back(create_task(one()));
    for (Task<void>& task : tasks) co_await task;
  };
  run(scheduler, all());
  return astray;
}

int meet(TbbScheduler& scheduler) {
  Meeting meeting(static_cast<std::ptrdiff_t>(scheduler.threads()));
  return meet(scheduler, meeting, 10);
}

}  // namespace

TEST_CASE("a pool has its threads while a smaller one lives") {
  TbbScheduler a(1);
  TbbScheduler b(4);
  CHECK(meet(b) == 0);
  CHECK(meet(a) == 0);
}

TEST_CASE("a pool has its threads when a smaller one comes or goes after it") {
  TbbScheduler b(4);
  {
    TbbScheduler a(1);
    CHECK(meet(b) == 0);
  }
  CHECK(meet(b) == 0);
}

TEST_CASE("a pool may have more threads than the machine has cores") {
  TbbScheduler many(16);
  CHECK(meet(many) == 0);
}

TEST_CASE("two pools at the same time have all their threads, and each thread works for its own pool") {
  TbbScheduler a(3);
  TbbScheduler b(5);
  Meeting meeting(8);
  int astray = 0;
  std::thread other([&] { astray = meet(a, meeting, 200); });
  CHECK(meet(b, meeting, 200) == 0);
  other.join();
  CHECK(astray == 0);
}

TEST_CASE("workers that are hired for two pools at the same time do not change places") {
  TbbScheduler a(3);
  TbbScheduler b(5);
  // Each run hires anew.
  const auto often = [](TbbScheduler& scheduler) {
    int astray = 0;
    Meeting meeting(static_cast<std::ptrdiff_t>(scheduler.threads()));
    for (int i = 0; i < 200; ++i) astray += meet(scheduler, meeting, 1);
    return astray;
  };
  int astray = 0;
  std::thread other([&] { astray = often(a); });
  CHECK(often(b) == 0);
  other.join();
  CHECK(astray == 0);
}

TEST_CASE("pools that come and go take no thread from one that works") {
  TbbScheduler b(4);
  std::atomic<bool> over{false};
  std::thread other([&] {
    while (!over) {
      TbbScheduler a(1);
      TbbScheduler c(2);
      static_cast<void>(meet(c));
    }
  });
  Meeting meeting(4);
  CHECK(meet(b, meeting, 500) == 0);
  over = true;
  other.join();
}

TEST_CASE("more pools than there are slots are refused, and one that ends makes room") {
  std::vector<std::unique_ptr<TbbScheduler>> pools;
  std::size_t made = 0;
  bool refused = false;
  while (!refused && made < 1000) {
    try {
      pools.push_back(std::make_unique<TbbScheduler>(1));
      ++made;
    } catch (const RuntimeError&) {
      refused = true;
    }
  }
  CHECK(refused);
  CHECK(made == 256);
  CHECK(meet(*pools.back()) == 0);
  pools.front().reset();
  TbbScheduler another(1);
  CHECK(meet(another) == 0);
}

TEST_CASE("a pool that cannot have its threads is refused") {
  const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism, 4);
  std::optional<TbbScheduler> pool;
  pool.emplace(3);
  CHECK(meet(*pool) == 0);
  CHECK_THROWS_AS(TbbScheduler(1), RuntimeError);
  pool.reset();
  TbbScheduler fits(3);
  CHECK(meet(fits) == 0);
}
