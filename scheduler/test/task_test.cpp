#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "scheduler/lawful.hpp"
#include "scheduler/tbb.hpp"
#include "scheduler/test/on_both.hpp"

using namespace lawful;
using namespace std::chrono_literals;

namespace {

Coroutine<int> answer(int value, Duration delay) {
  co_await sleep(delay);
  co_return value;
}

Coroutine<int> fail(const char* what, Duration delay) {
  co_await sleep(delay);
  throw std::runtime_error(what);
}

double seconds() { return in_seconds(Scheduler::current().now().time_since_epoch()); }

}  // namespace

TEST_CASE("run answers main's value and raises main's error") {
  DeterministicScheduler scheduler;
  CHECK(run(scheduler, answer(7, 2s)) == 7);
  CHECK_THROWS_WITH_AS(run(scheduler, fail("boom", 1s)), "boom", std::runtime_error);
}

TEST_CASE("run inside of run is refused before anything of the coroutine runs") {
  DeterministicScheduler scheduler;
  bool ran = false;
  auto inner = [&ran]() -> Coroutine<void> {
    ran = true;
    co_return;
  };
  auto outer = [&]() -> Coroutine<void> {
    DeterministicScheduler other;
    CHECK_THROWS_AS(run(other, inner()), RuntimeError);
    co_return;
  };
  run(scheduler, outer());
  CHECK_FALSE(ran);
}

TEST_CASE("a coroutine runs nothing until it is awaited, and is awaited once") {
  DeterministicScheduler scheduler;
  auto program = []() -> Coroutine<void> {
    Coroutine<int> coroutine = answer(1, 0s);
    CHECK(co_await std::move(coroutine) == 1);
    Outcome<int> again = co_await std::move(coroutine).outcome();
    CHECK(again.error().as<RuntimeError>() != nullptr);
  };
  run(scheduler, program());
}

TEST_CASE("gather keeps the order of its operands") {
  on_both([]() -> Coroutine<void> {
    const auto [a, b] = co_await gather(answer(1, 2s), answer(2, 1s));
    CHECK(a == 1);
    CHECK(b == 2);
    CHECK(seconds() == 2.0);
    std::vector<Task<int>> tasks;
    for (int i = 0; i < 20; ++i) tasks.push_back(create_task(answer(i, Duration((20 - i) * 1000))));
    const std::vector<int> all = co_await gather(tasks);
    for (int i = 0; i < 20; ++i) CHECK(all[static_cast<std::size_t>(i)] == i);
  });
}

TEST_CASE("gather of nothing is done") {
  DeterministicScheduler scheduler;
  auto program = []() -> Coroutine<void> {
    Future<std::vector<int>> all = gather(std::vector<Task<int>>());
    CHECK(all.done());
    CHECK((co_await all).empty());
  };
  run(scheduler, program());
}

TEST_CASE("return_exceptions gives every outcome its place") {
  on_both([]() -> Coroutine<void> {
    const auto [good, bad] = co_await gather(return_exceptions, answer(1, 2s), fail("boom", 1s));
    CHECK(good.value() == 1);
    CHECK(bad.error().describe() == "boom");
    CHECK(seconds() == 2.0);
  });
}

TEST_CASE("a failing task cancels its group, and the group raises what failed") {
  on_both([]() -> Coroutine<void> {
    Task<int> sibling;
    auto body = [&sibling](TaskGroup& group) -> Coroutine<void> {
      sibling = group.create_task(answer(1, 5s));
      group.create_task(fail("boom", 1s));
      co_return;
    };
    Outcome<void> left = co_await with(TaskGroup(), body).outcome();
    const ExceptionGroup* raised = left.error().as<ExceptionGroup>();
    REQUIRE(raised != nullptr);
    CHECK(raised->exceptions().size() == 1);
    CHECK(sibling.cancelled());
    CHECK(seconds() == 1.0);
  });
}

TEST_CASE("a group that is not entered, or over, takes no tasks") {
  DeterministicScheduler scheduler;
  auto program = []() -> Coroutine<void> {
    TaskGroup group;
    CHECK_THROWS_AS(group.create_task(answer(1, 1s)), RuntimeError);
    auto body = [](TaskGroup&) -> Coroutine<void> { co_return; };
    co_await with(group, body);
    CHECK_THROWS_AS(group.create_task(answer(1, 1s)), RuntimeError);
    Outcome<void> again = co_await with(group, body).outcome();
    CHECK(again.error().as<RuntimeError>() != nullptr);
  };
  run(scheduler, program());
}

TEST_CASE("a timeout cancels its body, and can be moved") {
  on_both([]() -> Coroutine<void> {
    auto slow = []() -> Coroutine<void> { co_await sleep(5s); };
    Outcome<void> cut = co_await with(timeout(1s), slow).outcome();
    CHECK(cut.error().as<TimeoutError>() != nullptr);
    CHECK(seconds() == 1.0);
    auto moved = [](Timeout& deadline) -> Coroutine<void> {
      deadline.reschedule(Scheduler::current().now() + 10s);
      co_await sleep(5s);
    };
    co_await with(timeout(1s), moved);
    CHECK(seconds() == 6.0);
  });
}

TEST_CASE("wait_for waits for the clean-up of what it cancels") {
  on_both([]() -> Coroutine<void> {
    auto stubborn = []() -> Coroutine<int> {
      Outcome<void> slept = co_await sleep(5s).outcome();
      CHECK_FALSE(slept.ok());
      co_await sleep(2s);
      co_return Error::cancelled();
    };
    Outcome<int> outcome = co_await wait_for(create_task(stubborn()), 1s).outcome();
    CHECK(outcome.error().as<TimeoutError>() != nullptr);
    CHECK(seconds() == 3.0);
    CHECK(co_await wait_for(answer(3, 1s), 2s) == 3);
    Outcome<int> never = co_await wait_for(answer(3, 1s), 0s).outcome();
    CHECK(never.error().as<TimeoutError>() != nullptr);
  });
}

TEST_CASE("shield keeps a cancel from what it shields") {
  on_both([]() -> Coroutine<void> {
    Task<int> inner = create_task(answer(7, 5s));
    auto waiting = [inner]() -> Coroutine<int> {
      const int value = co_await shield(inner);
      co_return value;
    };
    Task<int> outer = create_task(waiting());
    co_await sleep(1s);
    CHECK(outer.cancel());
    co_await sleep(1s);
    CHECK(outer.cancelled());
    CHECK(inner.cancelling() == 0);
    CHECK(co_await inner == 7);
  });
}

TEST_CASE("wait and as_completed tell what ended when") {
  on_both([]() -> Coroutine<void> {
    std::vector<Task<int>> tasks;
    tasks.push_back(create_task(answer(1, 3s)));
    tasks.push_back(create_task(answer(2, 1s)));
    const auto first = co_await wait(tasks, FIRST_COMPLETED);
    REQUIRE(first.done.size() == 1);
    CHECK(first.done[0] == tasks[1]);
    auto ended = as_completed(tasks);
    CHECK(co_await ended.next() == 2);
    CHECK(co_await ended.next() == 1);
    CHECK_FALSE(ended.more());
    const std::vector<Task<int>> none;
    auto nothing = co_await wait(none).outcome();
    CHECK(nothing.error().as<ValueError>() != nullptr);
  });
}

TEST_CASE("asking too early is an InvalidStateError, completing twice too") {
  DeterministicScheduler scheduler;
  auto program = []() -> Coroutine<void> {
    Task<int> task = create_task(answer(1, 1s));
    CHECK_THROWS_AS(task.result(), InvalidStateError);
    CHECK_THROWS_AS(static_cast<void>(task.exception()), InvalidStateError);
    CHECK_THROWS_AS(task.set_result(2), RuntimeError);
    co_await task;
    CHECK(task.result() == 1);
    CHECK_FALSE(task.exception());
    Future<int> future = Future<int>::pending();
    future.set_result(1);
    CHECK_THROWS_AS(future.set_result(2), InvalidStateError);
    CHECK(future.result() == 1);
    Future<int> other = Future<int>::pending();
    CHECK_THROWS_AS(other.set_exception(Error::cancelled()), ValueError);
    CHECK(other.cancel());
    CHECK_FALSE(other.cancel());
    CHECK_THROWS_AS(other.result(), CancelledError);
  };
  run(scheduler, program());
}

TEST_CASE("cancel requests are counted, and taken back") {
  DeterministicScheduler scheduler;
  auto program = []() -> Coroutine<void> {
    Task<int> task = create_task(answer(1, 1s), "worker");
    CHECK(task.name() == "worker");
    CHECK(task.cancel());
    CHECK(task.cancel());
    CHECK(task.cancelling() == 2);
    CHECK(task.uncancel() == 1);
    CHECK(task.uncancel() == 0);
    CHECK(task.uncancel() == 0);
    CHECK(co_await task == 1);  // the request was not delivered yet: it is withdrawn
    CHECK_FALSE(task.cancel());
  };
  run(scheduler, program());
}

TEST_CASE("a task cancelled before its first step runs nothing") {
  on_both([]() -> Coroutine<void> {
    auto ran = std::make_shared<bool>(false);
    auto body = [](std::shared_ptr<bool> flag) -> Coroutine<void> {
      *flag = true;
      co_await sleep(1s);
    };
    Scheduler& scheduler = Scheduler::current();
    if (!scheduler.parallel()) {
      Task<void> task = create_task(body(ran));
      task.cancel();
      Outcome<void> outcome = co_await task.outcome();
      CHECK(outcome.error().is_cancelled());
      CHECK_FALSE(*ran);
    }
    co_return;
  });
}

TEST_CASE("a deadlock is an error that lists each waiting task and what it waits for") {
  DeterministicScheduler scheduler;
  auto program = []() -> Coroutine<void> {
    Lock lock;
    Event event;
    auto holder = [&]() -> Coroutine<void> { co_await event.wait(); };
    Task<void> child = create_task(with(lock, holder), "holder");
    auto waiter = [&]() -> Coroutine<void> { co_await lock.acquire(); };
    Task<void> other = create_task(waiter(), "waiter");
    co_await child;
  };
  std::string message;
  try {
    run(scheduler, program());
  } catch (const DeadlockError& error) {
    message = error.what();
  }
  CHECK(message ==
        "deadlock: nothing is ready and nothing is scheduled, but these tasks wait:\n  task 'main' waits for task 'holder'\n"
        "  task 'holder' waits for an event\n  task 'waiter' waits for a lock");
}

TEST_CASE("chains of 100,000 tasks are cancelled and freed without recursion") {
  DeterministicScheduler scheduler;
  auto program = []() -> Coroutine<void> {
    auto link = [](Task<int> next) -> Coroutine<int> {
      const int value = co_await next;
      co_return value;
    };
    Task<int> last = create_task(answer(1, 1000s));
    for (int i = 0; i < 100'000; ++i) last = create_task(link(last));
    co_await sleep(1s);
    last.cancel();
    Outcome<int> outcome = co_await last.outcome();
    CHECK(outcome.error().is_cancelled());
  };
  run(scheduler, program());
  auto left_waiting = []() -> Coroutine<void> {
    auto link = [](Future<int> next) -> Coroutine<int> {
      const int value = co_await next;
      co_return value;
    };
    Future<int> last = Future<int>::pending();
    for (int i = 0; i < 100'000; ++i) last = create_task(link(last));
    co_await last;
  };
  CHECK_THROWS_AS(run(scheduler, left_waiting()), DeadlockError);
}

TEST_CASE("coroutines awaited 100,000 deep, and in a loop, use no stack") {
  DeterministicScheduler scheduler;
  struct Deep {
    static Coroutine<int> go(int depth) {
      if (depth == 0) co_return 0;
      const int below = co_await go(depth - 1);
      co_return below + 1;
    }
    static Coroutine<int> loop() {
      int sum = 0;
      for (int i = 0; i < 100'000; ++i) sum += co_await go(1);
      co_return sum;
    }
  };
  CHECK(run(scheduler, Deep::go(100'000)) == 100'000);
  CHECK(run(scheduler, Deep::loop()) == 100'000);
}

TEST_CASE("tasks that wait for each other in a circle answer to a cancel") {
  DeterministicScheduler scheduler;
  auto program = []() -> Coroutine<void> {
    auto tasks = std::make_shared<std::vector<Task<int>>>();
    auto member = [tasks](std::size_t next) -> Coroutine<int> {
      Task<int> other = (*tasks)[next];
      const int value = co_await other;
      co_return value;
    };
    for (std::size_t i = 0; i < 3; ++i) tasks->push_back(create_task(member((i + 1) % 3)));
    co_await sleep(1s);
    CHECK((*tasks)[0].cancel());
    co_await sleep(1s);
    CHECK_FALSE((*tasks)[0].done());
    Error last;
    auto selfish = []() -> Coroutine<void> {
      AnyTask self = current_task();
      co_await Future<void>(self.ref());
    };
    Task<void> self = create_task(selfish());
    Outcome<void> outcome = co_await self.outcome();
    CHECK(outcome.error().as<RuntimeError>() != nullptr);
    // The circle's members hold each other through what they were given: let go of them.
    co_await sleep(1s);
  };
  CHECK_THROWS_AS(run(scheduler, program()), DeadlockError);  // shutdown cannot end them either
}

TEST_CASE("an error nobody retrieves goes to the exception handler") {
  DeterministicScheduler scheduler;
  std::vector<std::string> told;
  scheduler.set_exception_handler(
      [&](const Unretrieved& unretrieved) { told.push_back(unretrieved.message + ": " + unretrieved.error.describe()); });
  auto program = []() -> Coroutine<void> {
    static_cast<void>(create_task(fail("boom", 1s), "lost"));
    co_await sleep(2s);
  };
  run(scheduler, program());
  REQUIRE(told.size() == 1);
  CHECK(told[0] == "task 'lost' failed, and nobody asked for its result: boom");
}

TEST_CASE("callbacks run later, in the order in which they were added; one that throws is reported") {
  DeterministicScheduler scheduler;
  int reports = 0;
  scheduler.set_exception_handler([&](const Unretrieved&) { ++reports; });
  std::string order;
  auto program = [&order]() -> Coroutine<void> {
    Future<void> future = Future<void>::pending();
    future.add_done_callback([&order](const AnyFuture&) { order += 'a'; });
    future.add_done_callback([](const AnyFuture&) { throw std::runtime_error("in a callback"); });
    future.add_done_callback([&order](const AnyFuture&) { order += 'b'; });
    future.set_result();
    CHECK(order.empty());
    co_await sleep(1s);
  };
  run(scheduler, program());
  CHECK(order == "ab");
  CHECK(reports == 1);
}

TEST_CASE("blocking work runs on another thread") {
  on_both([]() -> Coroutine<void> {
    const std::thread::id here = std::this_thread::get_id();
    const bool elsewhere = co_await to_thread([here] { return std::this_thread::get_id() != here; });
    CHECK(elsewhere);
    auto raising = []() -> int { throw std::runtime_error("there"); };
    Outcome<int> outcome = co_await to_thread(raising).outcome();
    CHECK(outcome.error().describe() == "there");
  });
}

TEST_CASE("what main leaves behind is cancelled once and waited for") {
  on_both([]() -> Coroutine<void> {
    auto left = []() -> Coroutine<void> {
      Outcome<void> slept = co_await sleep(100s).outcome();
      CHECK(slept.error().is_cancelled());
      co_await sleep(3s);
    };
    static_cast<void>(create_task(left()));
    co_await sleep(1s);
  });
}

TEST_CASE("real time: the TBB scheduler sleeps by the clock on the wall") {
  TbbScheduler scheduler(2, TbbScheduler::Time::real_time);
  const auto began = std::chrono::steady_clock::now();
  CHECK(run(scheduler, answer(5, 30ms)) == 5);
  CHECK(std::chrono::steady_clock::now() - began >= 30ms);
}
