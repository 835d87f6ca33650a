#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <vector>

#include "scheduler/lawful.hpp"
#include "scheduler/tbb.hpp"
#include "scheduler/test/on_both.hpp"

using namespace lawful;
using namespace std::chrono_literals;

TEST_CASE("a semaphore admits as many as it has permits, in the order of arrival") {
  on_both([]() -> Coroutine<void> {
    Semaphore semaphore(3);
    std::atomic<int> inside{0};
    std::atomic<int> most{0};
    auto work = [&]() -> Coroutine<void> {
      auto body = [&]() -> Coroutine<void> {
        const int now = ++inside;
        int seen = most.load();
        while (now > seen && !most.compare_exchange_weak(seen, now)) {
        }
        co_await sleep(500ms);
        --inside;
      };
      co_await with(semaphore, body);
    };
    std::vector<Coroutine<void>> nine;
    for (int i = 0; i < 9; ++i) nine.push_back(work());
    co_await gather(nine);
    CHECK(most == 3);
    CHECK(in_seconds(Scheduler::current().now().time_since_epoch()) == 1.5);
  });
}

TEST_CASE("a permit promised to a waiter that is cancelled goes to the next") {
  DeterministicScheduler scheduler;
  auto program = []() -> Coroutine<void> {
    Semaphore semaphore(0);
    auto take = [&]() -> Coroutine<void> { co_await semaphore.acquire(); };
    Task<void> first = create_task(take());
    Task<void> second = create_task(take());
    co_await sleep(1s);
    semaphore.release();
    first.cancel();
    co_await second;
    CHECK(first.cancelled());
    CHECK(semaphore.locked());
  };
  run(scheduler, program());
}

TEST_CASE("a bounded semaphore refuses to grow, a lock to be released unlocked") {
  DeterministicScheduler scheduler;
  auto program = []() -> Coroutine<void> {
    BoundedSemaphore bounded(1);
    CHECK_THROWS_AS(bounded.release(), ValueError);
    Lock lock;
    CHECK_THROWS_AS(lock.release(), RuntimeError);
    Condition condition;
    CHECK_THROWS_AS(condition.notify(), RuntimeError);
    Outcome<Unit> waited = co_await condition.wait().outcome();
    CHECK(waited.error().as<RuntimeError>() != nullptr);
    CHECK_THROWS_AS(Barrier(0), ValueError);
    Queue<int> queue(1);
    CHECK_THROWS_AS(queue.get_nowait(), QueueEmpty);
    queue.put_nowait(1);
    CHECK_THROWS_AS(queue.put_nowait(2), QueueFull);
    queue.task_done();
    CHECK_THROWS_AS(queue.task_done(), ValueError);
  };
  run(scheduler, program());
}

TEST_CASE("queue, condition, event and barrier bring tasks together") {
  on_both([]() -> Coroutine<void> {
    Queue<int> queue(2);
    std::atomic<int> sum{0};
    auto produce = [&]() -> Coroutine<void> {
      for (int i = 1; i <= 50; ++i) co_await queue.put(i);
    };
    auto consume = [&]() -> Coroutine<void> {
      for (int i = 0; i < 25; ++i) {
        sum += co_await queue.get();
        queue.task_done();
      }
    };
    co_await gather(produce(), consume(), consume());
    co_await queue.join();
    CHECK(sum == 50 * 51 / 2);

    Condition condition;
    std::atomic<bool> ready{false};
    auto wait_ready = [&]() -> Coroutine<void> {
      auto body = [&]() -> Coroutine<void> { co_await condition.wait_for([&] { return ready.load(); }); };
      co_await with(condition, body);
    };
    auto make_ready = [&]() -> Coroutine<void> {
      co_await sleep(1s);
      auto body = [&]() -> Coroutine<void> {
        ready = true;
        condition.notify_all();
        co_return;
      };
      co_await with(condition, body);
    };
    co_await gather(wait_ready(), wait_ready(), make_ready());

    Barrier barrier(3);
    std::atomic<std::size_t> places{0};
    auto arrive = [&]() -> Coroutine<void> {
      for (int round = 0; round < 2; ++round) places += co_await barrier.wait();
    };
    co_await gather(arrive(), arrive(), arrive());
    CHECK(places == 6);

    Event event;
    auto wait_event = [&]() -> Coroutine<void> { co_await event.wait(); };
    Task<void> waiting = create_task(wait_event());
    co_await sleep(1s);
    event.set();
    event.clear();
    co_await waiting;  // set() released it, although the event is clear again
    CHECK_FALSE(event.is_set());
  });
}

TEST_CASE("a queue that is shut down refuses, drains and wakes") {
  on_both([]() -> Coroutine<void> {
    Queue<int> queue(1);
    queue.put_nowait(1);
    auto puts = [&]() -> Coroutine<int> {
      Outcome<Unit> put = co_await queue.put(2).outcome();
      co_return put.error().as<QueueShutDown>() != nullptr ? 1 : 0;
    };
    Task<int> waiting = create_task(puts());
    co_await sleep(Duration(1));
    queue.shutdown();
    CHECK(co_await waiting == 1);
    CHECK_THROWS_AS(queue.put_nowait(3), QueueShutDown);
    CHECK(co_await queue.get() == 1);
    CHECK_THROWS_AS(static_cast<void>(queue.get_nowait()), QueueShutDown);
  });
}

TEST_CASE("an immediate shutdown throws away what is left, and join ends") {
  on_both([]() -> Coroutine<void> {
    Queue<int> queue;
    queue.put_nowait(1);
    auto joins = [&]() -> Coroutine<int> {
      co_await queue.join();
      co_return 1;
    };
    Task<int> joining = create_task(joins());
    co_await sleep(Duration(1));
    CHECK_FALSE(joining.done());
    queue.shutdown(true);
    CHECK(co_await joining == 1);
    CHECK(queue.empty());
  });
}

TEST_CASE("callbacks are called soon, later, or not at all, and what they throw is reported") {
  DeterministicScheduler scheduler;
  int reported = 0;
  scheduler.set_exception_handler([&](const Unretrieved&) { ++reported; });
  std::vector<int> called;
  auto program = [&]() -> Coroutine<void> {
    Scheduler& here = Scheduler::current();
    call_later(here, Duration(2), [&] { called.push_back(3); });
    call_soon(here, [&] {
      called.push_back(1);
      throw std::runtime_error("a callback's own");
    });
    call_soon(here, [&] { called.push_back(2); });
    CallbackHandle never = call_later(here, Duration(1), [&] { called.push_back(9); });
    never.cancel();
    CHECK(called.empty());
    co_await sleep(Duration(5));
  };
  run(scheduler, program());
  CHECK(called == std::vector<int>{1, 2, 3});
  CHECK(reported == 1);
}
