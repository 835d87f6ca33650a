// Chains of a million links, of whatever tasks, futures and errors can be chained by: nothing of the library may recurse by their
// length, neither while they run nor when they are destroyed, optimised or not.

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "scheduler/lawful.hpp"
#include "scheduler/tbb.hpp"

using namespace lawful;
using namespace std::chrono_literals;

namespace {

constexpr int depth = 1'000'000;

/// `program` on a scheduler of each kind.
template <class Program>
void on_each(Program program) {
  SUBCASE("deterministic") {
    DeterministicScheduler scheduler;
    program(scheduler);
  }
  SUBCASE("tbb") {
    TbbScheduler scheduler(2, TbbScheduler::Time::virtual_time);
    program(scheduler);
  }
}

/// Counts those that live.
class Alive {
 public:
  explicit Alive(int& count) : count_(&count) { ++*count_; }
  Alive(const Alive& other) : count_(other.count_) { ++*count_; }
  Alive& operator=(const Alive&) = delete;
  ~Alive() { --*count_; }

 private:
  int* count_;
};

Coroutine<int> deep(int links) {
  if (links == 0) co_return 0;
  const int below = co_await deep(links - 1);
  co_return below + 1;
}

Coroutine<int> stuck(int links, int& alive, Future<int> never) {
  const Alive here(alive);
  int value = 0;
  if (links != 0) {
    value = co_await stuck(links - 1, alive, never);
  } else {
    value = co_await never;
  }
  co_return value + 1;
}

/// Groups in groups; the innermost body fails, or waits for `never`.
Coroutine<void> groups(int links, int& alive, Future<void> never) {
  const Alive here(alive);
  if (links == 0) {
    co_await never;
    co_return;
  }
  auto body = [links, &alive, never]() -> Coroutine<void> { return groups(links - 1, alive, never); };
  Coroutine<void> block = with(TaskGroup(), std::move(body));  // not in the await: see temporaries.hpp
  co_await std::move(block);
}

Coroutine<int> wait_for_it(Future<int> next) {
  const int value = co_await next;
  co_return value + 1;
}

Coroutine<int> nested(Coroutine<int> inner) {
  const int value = co_await std::move(inner);
  co_return value + 1;
}

Coroutine<int> nothing() { co_return 0; }

}  // namespace

TEST_CASE("coroutines that await each other, to the end") {
  on_each([](Scheduler& scheduler) { CHECK(run(scheduler, deep(depth)) == depth); });
}

TEST_CASE("coroutines that await each other, destroyed while the innermost waits") {
  on_each([](Scheduler& scheduler) {
    int alive = 0;
    auto program = [&alive]() -> Coroutine<int> { return stuck(depth, alive, Future<int>::pending()); };
    auto main = [&program]() -> Coroutine<int> {
      const int value = co_await program();
      co_return value;
    };
    CHECK_THROWS_AS(run(scheduler, main()), DeadlockError);
    CHECK(alive == 0);
  });
}

TEST_CASE("coroutines that were given each other, run, and dropped without having run") {
  on_each([](Scheduler& scheduler) {
    Coroutine<int> chain = nothing();
    for (int i = 0; i < depth; ++i) chain = nested(std::move(chain));
    CHECK(run(scheduler, std::move(chain)) == depth);
    Coroutine<int> dropped = nothing();
    for (int i = 0; i < depth; ++i) dropped = nested(std::move(dropped));
  });
}

TEST_CASE("groups in groups that end well, are cancelled, or never end") {
  on_each([](Scheduler& scheduler) {
    int alive = 0;
    auto well = [&alive]() -> Coroutine<void> {
      Future<void> done = Future<void>::pending();
      done.set_result();
      co_await groups(depth, alive, done);
    };
    run(scheduler, well());
    CHECK(alive == 0);
    auto cancelled = [&alive]() -> Coroutine<void> {
      Task<void> task = create_task(groups(depth / 10, alive, Future<void>::pending()));
      co_await sleep(1s);
      CHECK(task.cancel());
      Outcome<void> outcome = co_await task.outcome();
      CHECK(outcome.error().is_cancelled());
    };
    run(scheduler, cancelled());
    CHECK(alive == 0);
    auto never = [&alive]() -> Coroutine<void> { co_await groups(depth, alive, Future<void>::pending()); };
    CHECK_THROWS_AS(run(scheduler, never()), DeadlockError);
    CHECK(alive == 0);
  });
}

TEST_CASE("groups in groups whose innermost fails: exception groups in exception groups") {
  // Each level throws a few times, at 1 µs and more.
  DeterministicScheduler scheduler;
  int alive = 0;
  auto failing = [&alive]() -> Coroutine<void> {
    Future<void> failed = Future<void>::pending();
    failed.set_exception(Error::of(std::runtime_error("boom")));
    co_await groups(depth, alive, failed);
  };
  try {
    run(scheduler, failing());
    CHECK(false);
  } catch (const ExceptionGroup& group) {
    const std::string told = Error::of(group).describe();
    CHECK(std::count(told.begin(), told.end(), '(') == depth);
    CHECK(told.find("boom") != std::string::npos);
  }
  CHECK(alive == 0);
}

TEST_CASE("shields around shields: completed, cancelled from within, left waiting, and dropped") {
  on_each([](Scheduler& scheduler) {
    auto program = [](bool complete) -> Coroutine<int> {
      Future<int> inner = Future<int>::pending();
      Future<int> outer = inner;
      for (int i = 0; i < depth; ++i) outer = shield(outer);
      if (complete) {
        inner.set_result(7);
      } else {
        inner.cancel();
      }
      const int value = co_await outer;
      co_return value;
    };
    CHECK(run(scheduler, program(true)) == 7);
    CHECK_THROWS_AS(run(scheduler, program(false)), CancelledError);
    auto never = []() -> Coroutine<int> {
      Future<int> outer = Future<int>::pending();
      for (int i = 0; i < depth; ++i) outer = shield(outer);
      const int value = co_await outer;
      co_return value;
    };
    std::string told;
    try {
      run(scheduler, never());
    } catch (const DeadlockError& error) {
      told = error.what();
    }
    CHECK(told.find("more shields around a future") != std::string::npos);
    CHECK(told.size() < 1000);
  });
}

TEST_CASE("gathers of gathers: completed, cancelled from outside, and left waiting") {
  on_each([](Scheduler& scheduler) {
    // A gather has the type of what it gathers: a chain of any length is one of cores.
    auto chain = [](const Future<int>& inner) {
      Ref<FutureCore> outer = inner.ref();
      for (int i = 0; i < depth; ++i) {
        std::vector<Ref<FutureCore>> children;
        children.push_back(std::move(outer));
        auto collect = [](const std::vector<Ref<FutureCore>>&) { return Unit(); };
        outer = make_gather<Unit>(false, std::move(children), collect).ref();
      }
      return Future<Unit>(std::move(outer));
    };
    auto complete = [&chain]() -> Coroutine<Unit> {
      Future<int> inner = Future<int>::pending();
      Future<Unit> outer = chain(inner);
      inner.set_result(1);
      co_await outer;
      co_return Unit();
    };
    run(scheduler, complete());
    auto cancel = [&chain]() -> Coroutine<Unit> {
      Future<int> inner = Future<int>::pending();
      Future<Unit> outer = chain(inner);
      CHECK(outer.cancel());
      CHECK(inner.cancelled());
      CHECK_FALSE(outer.cancel());  // what it would cancel is done, if it does not know it yet
      Outcome<Unit> outcome = co_await outer.outcome();
      CHECK(outcome.error().is_cancelled());
      co_return Unit();
    };
    run(scheduler, cancel());
    auto never = [&chain]() -> Coroutine<Unit> {
      Future<Unit> outer = chain(Future<int>::pending());
      co_await outer;
      co_return Unit();
    };
    CHECK_THROWS_AS(run(scheduler, never()), DeadlockError);
  });
}

TEST_CASE("tasks that wait for each other: completed, cancelled, and deadlocked") {
  on_each([](Scheduler& scheduler) {
    auto chain = [](Future<int> last) {
      for (int i = 0; i < depth; ++i) last = create_task(wait_for_it(last));
      return last;
    };
    auto complete = [&chain]() -> Coroutine<int> {
      Future<int> first = Future<int>::pending();
      Future<int> last = chain(first);
      co_await sleep(1s);
      first.set_result(0);
      const int value = co_await last;
      co_return value;
    };
    CHECK(run(scheduler, complete()) == depth);
    auto cancel = [&chain]() -> Coroutine<int> {
      Future<int> last = chain(Future<int>::pending());
      co_await sleep(1s);
      CHECK(last.cancel());
      const int value = co_await last;
      co_return value;
    };
    CHECK_THROWS_AS(run(scheduler, cancel()), CancelledError);
    auto deadlock = [&chain]() -> Coroutine<int> {
      const int value = co_await chain(Future<int>::pending());
      co_return value;
    };
    std::string told;
    try {
      run(scheduler, deadlock());
    } catch (const DeadlockError& error) {
      told = error.what();
    }
    CHECK(std::count(told.begin(), told.end(), '\n') == 101);
    CHECK(told.find("and " + std::to_string(depth + 1 - 100) + " more") != std::string::npos);
  });
}

TEST_CASE("callbacks that hold the next future, dropped with the first") {
  on_each([](Scheduler& scheduler) {
    Future<int> last = Future<int>::pending(scheduler);
    for (int i = 0; i < depth; ++i) {
      Future<int> next = Future<int>::pending(scheduler);
      next.add_done_callback([last](const AnyFuture&) {});
      last = std::move(next);
    }
  });
}
