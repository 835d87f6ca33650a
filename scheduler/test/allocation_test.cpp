// Memory that runs out at the k-th allocation, for every k of a program that uses a bit of everything: the run ends with
// std::bad_alloc (or the task that was refused does), nothing leaks, and the same scheduler then runs the program in full.
//
// A program of its own, since it replaces operator new. It is linked with the pool's unpooled form (see CMakeLists.txt): frames and
// futures that were recycled would hide their allocations.

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "scheduler/lawful.hpp"
#include "scheduler/tbb.hpp"

namespace {

enum class Mode : int {
  off,
  one,   // the k-th allocation fails
  rest,  // and all after it
};

std::atomic<Mode> mode{Mode::off};
std::atomic<long> left{0};   // allocations until the one that fails
std::atomic<long> alive{0};  // blocks that were not given back

bool refused() noexcept {
  const Mode now = mode.load();
  if (now == Mode::off) return false;
  const long before = left.fetch_sub(1);
  return before == 1 || (before < 1 && now == Mode::rest);
}

void* allocate(std::size_t bytes, std::size_t alignment) noexcept {
  if (refused()) return nullptr;
  void* const block = alignment == 0 ? std::malloc(bytes == 0 ? 1 : bytes)
                                     : std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  if (block != nullptr) ++alive;
  return block;
}

void* allocate_or_throw(std::size_t bytes, std::size_t alignment) {
  void* const block = allocate(bytes, alignment);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

void give_back(void* block) noexcept {
  if (block != nullptr) --alive;
  std::free(block);
}

}  // namespace

void* operator new(std::size_t bytes) { return allocate_or_throw(bytes, 0); }
void* operator new[](std::size_t bytes) { return allocate_or_throw(bytes, 0); }
void* operator new(std::size_t bytes, std::align_val_t align) { return allocate_or_throw(bytes, static_cast<std::size_t>(align)); }
void* operator new[](std::size_t bytes, std::align_val_t align) {
  return allocate_or_throw(bytes, static_cast<std::size_t>(align));
}
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept { return allocate(bytes, 0); }
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept { return allocate(bytes, 0); }
void operator delete(void* block) noexcept { give_back(block); }
void operator delete[](void* block) noexcept { give_back(block); }
void operator delete(void* block, std::size_t) noexcept { give_back(block); }
void operator delete[](void* block, std::size_t) noexcept { give_back(block); }
void operator delete(void* block, std::align_val_t) noexcept { give_back(block); }
void operator delete[](void* block, std::align_val_t) noexcept { give_back(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { give_back(block); }
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept { give_back(block); }
void operator delete(void* block, const std::nothrow_t&) noexcept { give_back(block); }
void operator delete[](void* block, const std::nothrow_t&) noexcept { give_back(block); }

using namespace lawful;
using namespace std::chrono_literals;

namespace {

Coroutine<int> answer(int value, Duration delay) {
  co_await sleep(delay);
  co_return value;
}

Coroutine<int> fail(Duration delay) {
  co_await sleep(delay);
  co_return Error::of(std::runtime_error("boom"));
}

Coroutine<void> add(int& sum, int value, Duration delay) {
  co_await sleep(delay);
  sum += value;
}

/// Groups that end well, and that fail.
Coroutine<int> groups() {
  int sum = 0;
  auto body = [&sum](TaskGroup& group) -> Coroutine<void> {
    group.create_task(add(sum, 1, 1s), "one that adds, with a name that is longer than a short string");
    group.create_task(add(sum, 2, 2s));
    co_return;
  };
  co_await with(TaskGroup(), body);
  auto failing = [](TaskGroup& group) -> Coroutine<void> {
    group.create_task(answer(1, 10s));
    group.create_task(fail(1s));
    co_await sleep(20s);
  };
  Outcome<void> failed = co_await with(TaskGroup(), failing).outcome();
  const ExceptionGroup* group = failed.error().as<ExceptionGroup>();
  if (group == nullptr) failed.error().raise();
  if (group->exceptions()[0].describe() != "boom") failed.error().raise();
  co_return sum + 4;
}

/// One of each, for tasks that outlive the body that makes them.
struct Primitives {
  Semaphore semaphore{1};
  Lock lock;
  Event event;
  Condition condition;
  Barrier barrier{2};
  Queue<int> queue{1};
  int sum = 0;
};

Coroutine<void> work(Primitives& all) {
  auto inside = []() -> Coroutine<void> { co_await sleep(1s); };
  co_await with(all.semaphore, inside);
  co_await with(all.lock, inside);
  co_await all.event.wait();
  co_await all.barrier.wait();
}

Coroutine<void> wait_for_news(Primitives& all) {
  auto inside = [&all]() -> Coroutine<void> { co_await all.condition.wait(); };
  co_await with(all.condition, inside);
}

Coroutine<void> produce(Primitives& all) {
  for (int i = 1; i <= 3; ++i) co_await all.queue.put(i);
}

Coroutine<void> consume(Primitives& all) {
  for (int i = 1; i <= 3; ++i) {
    all.sum += co_await all.queue.get();
    all.queue.task_done();
  }
  co_await all.queue.join();
}

Coroutine<int> primitives() {
  Primitives all;
  auto body = [&all](TaskGroup& group) -> Coroutine<void> {
    group.create_task(work(all));
    group.create_task(work(all));
    group.create_task(wait_for_news(all));
    group.create_task(produce(all));
    group.create_task(consume(all));
    co_await sleep(10s);
    all.event.set();
    auto notify = [&all]() -> Coroutine<void> {
      all.condition.notify_all();
      co_return;
    };
    co_await with(all.condition, notify);
  };
  co_await with(TaskGroup(), body);
  co_return all.sum;
}

Coroutine<int> waits() {
  int sum = 0;
  auto slow = []() -> Coroutine<void> { co_await sleep(100s); };
  Outcome<void> late = co_await with(timeout(1s), slow).outcome();
  if (late.error().as<TimeoutError>() == nullptr) late.error().raise();
  sum += 1;
  auto moved = [](Timeout& deadline) -> Coroutine<void> {
    deadline.reschedule(Scheduler::current().now() + 10s);
    co_await sleep(5s);
  };
  co_await with(timeout(1s), moved);
  Coroutine<int> in_time = wait_for(answer(2, 1s), 5s);
  sum += co_await std::move(in_time);
  Coroutine<int> too_late = wait_for(create_task(answer(1, 9s)), 1s);
  Outcome<int> never = co_await std::move(too_late).outcome();
  if (never.error().as<TimeoutError>() == nullptr) never.error().raise();
  std::vector<Task<int>> tasks;
  for (int i = 0; i < 3; ++i) tasks.push_back(create_task(answer(i, Duration(1s) * (3 - i))));
  auto any = wait(tasks, FIRST_COMPLETED, 10s);
  const auto first = co_await std::move(any);
  sum += static_cast<int>(first.done.size());
  auto ended = as_completed(tasks, 100s);
  while (ended.more()) sum += co_await ended.next();
  co_return sum;
}

Coroutine<int> futures() {
  int sum = 0;
  // g++ 12 destroys what was never made if an allocation fails in the midst of a co_await expression: make the futures before.
  auto both = gather(answer(1, 2s), answer(2, 1s));
  const auto [a, b] = co_await both;
  sum += a + b;
  auto either = gather(return_exceptions, answer(3, 1s), fail(1s));
  const auto [good, bad] = co_await either;
  if (!good.ok()) good.error().raise();
  sum += good.value();
  if (bad.ok() || bad.error().describe() != "boom") bad.error().raise();
  std::vector<Task<int>> many;
  for (int i = 0; i < 20; ++i) many.push_back(create_task(answer(1, 1s)));
  auto all = gather(many);
  const std::vector<int> ones = co_await all;
  for (const int one : ones) sum += one;
  Task<int> inner = create_task(answer(5, 3s));
  Future<int> shielded = shield(inner);
  sum += co_await shielded;
  Future<int> future = Future<int>::pending();
  // Several who wait, and several callbacks.
  auto waiting = [](Future<int> awaited) -> Coroutine<int> {
    const int value = co_await awaited;
    co_return value;
  };
  Task<int> one = create_task(waiting(future));
  Task<int> two = create_task(waiting(future));
  Task<int> three = create_task(waiting(future));
  auto called = std::make_shared<std::atomic<int>>(0);
  for (int i = 0; i < 3; ++i) future.add_done_callback([called](const AnyFuture&) { ++*called; });
  CallbackHandle later = call_later(Scheduler::current(), 1s, [called] { ++*called; });
  CallbackHandle dropped = call_later(Scheduler::current(), 2s, [called] { *called += 100; });
  dropped.cancel();
  call_soon(Scheduler::current(), [called] { ++*called; });
  co_await sleep(5s);
  future.set_result(7);
  sum += co_await one + co_await two;
  sum += co_await three;
  co_await sleep(1s);
  sum += *called;
  Task<int> cancelled = create_task(answer(1, 50s));
  co_await sleep(1s);
  cancelled.cancel();
  Outcome<int> outcome = co_await cancelled.outcome();
  if (!outcome.error().is_cancelled()) outcome.error().raise();
  const int there = co_await to_thread([] { return 11; });
  sum += there;
  static_cast<void>(create_task(answer(1, 1000s)));  // for the shutdown
  co_return sum;
}

constexpr int right = 7 + 6 + 7 + 68;

Coroutine<int> everything() {
  int sum = co_await groups();
  sum += co_await primitives();
  sum += co_await waits();
  sum += co_await futures();
  co_return sum;
}

/// Whether `error` is std::bad_alloc, or holds one.
bool out_of_memory(const Error& error) {
  if (error.as<std::bad_alloc>() != nullptr) return true;
  const ExceptionGroup* group = error.as<ExceptionGroup>();
  if (group == nullptr) return false;
  for (const Error& part : group->exceptions()) {
    if (out_of_memory(part)) return true;
  }
  return false;
}

struct Ended {
  int value = 0;
  Error error;
};

/// One run whose k-th allocation fails, if it has as many: `refused` says so.
Ended run_short_of_memory(Scheduler& scheduler, Mode which, long k, bool& was_refused) {
  Ended ended;
  left = k;
  mode = which;
  try {
    ended.value = run(scheduler, everything());
  } catch (...) {
    ended.error = Error::current();
  }
  mode = Mode::off;
  was_refused = left.load() < 1;
  return ended;
}

template <class MakeScheduler>
void every_allocation(MakeScheduler make, Mode which) {
  {
    // What is made once for each process is made now.
    auto scheduler = make();
    REQUIRE(run(*scheduler, everything()) == right);
    REQUIRE(run(*scheduler, everything()) == right);
  }
  bool refused_one = true;
  int told = 0;
  long k = 0;
  long failed = 0;
  for (bool warm = false; refused_one && k < 100'000; warm = true) {
    k = std::max(k + warm, 1L);  // the first one twice: what the test itself makes once is made by then
    const long before = alive;
    {
      auto scheduler = make();
      std::atomic<int> reported{0};
      scheduler->set_exception_handler([&reported](const Unretrieved& unretrieved) {
        if (out_of_memory(unretrieved.error)) ++reported;
      });
      {
        const Ended ended = run_short_of_memory(*scheduler, which, k, refused_one);
        if (ended.error) {
          ++failed;
          INFO("allocation ", k, ": ", ended.error.describe());
          CHECK((out_of_memory(ended.error) || reported > 0));
          if (!out_of_memory(ended.error)) ++told;
        } else {
          INFO("allocation ", k);
          // Where the library can do without what it was refused, or a task that nobody asked had to.
          CHECK((ended.value == right || reported > 0));
        }
      }
      const int again = run(*scheduler, everything());
      INFO("after allocation ", k);
      CHECK(again == right);
    }
    const long leaked = alive - before;
    INFO("allocation ", k);
    if (warm) CHECK(leaked == 0);
  }
  MESSAGE(k, " allocations; ", failed, " runs failed, ", told, " of them by what followed from a reported std::bad_alloc");
  CHECK(failed > 100);
}

std::unique_ptr<Scheduler> deterministic() { return std::make_unique<DeterministicScheduler>(); }
std::unique_ptr<Scheduler> tbb() { return std::make_unique<TbbScheduler>(2, TbbScheduler::Time::virtual_time); }

}  // namespace

TEST_CASE("deterministic: one allocation fails") { every_allocation(deterministic, Mode::one); }
TEST_CASE("deterministic: an allocation and all after it fail") { every_allocation(deterministic, Mode::rest); }
TEST_CASE("tbb: one allocation fails") { every_allocation(tbb, Mode::one); }
TEST_CASE("tbb: an allocation and all after it fail") { every_allocation(tbb, Mode::rest); }
