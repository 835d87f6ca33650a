// What is said of values, callables and handles at the edges: values whose moves throw, handles and coroutines that are empty.
#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "scheduler/lawful.hpp"
#include "scheduler/tbb.hpp"
#include "scheduler/test/on_both.hpp"

using namespace lawful;
using namespace std::chrono_literals;

namespace {

/// A value whose copies and moves throw when `fuse` of them have been made: 0 throws at the first.
class Fragile {
 public:
  explicit Fragile(int value, std::shared_ptr<std::atomic<int>> fuse) : value_(value), fuse_(std::move(fuse)) {}
  Fragile(const Fragile& other) : value_(other.value_), fuse_(other.fuse_) { burn(); }
  Fragile(Fragile&& other) : value_(other.value_), fuse_(other.fuse_) { burn(); }  // NOLINT: it throws, that is what it is for
  Fragile& operator=(const Fragile& other) {
    value_ = other.value_;
    fuse_ = other.fuse_;
    burn();
    return *this;
  }
  [[nodiscard]] int value() const { return value_; }

 private:
  void burn() const {
    if (fuse_->fetch_sub(1) == 0) throw std::runtime_error("broke on its way");
  }
  int value_;
  std::shared_ptr<std::atomic<int>> fuse_;
};

std::shared_ptr<std::atomic<int>> fuse(int moves) { return std::make_shared<std::atomic<int>>(moves); }

/// What `attempt(moves)` answers for a fuse of 0, 1, 2 … moves, until one is long enough: each shorter one must have ended with the
/// value's own error.
template <class Attempt>
Coroutine<void> break_everywhere(Attempt attempt) {
  constexpr int enough = 60;
  int broken = 0;
  for (int moves = 0; moves < enough; ++moves) {
    Outcome<int> ended = co_await attempt(fuse(moves)).outcome();
    if (ended.ok()) {
      CHECK(ended.value() == 7);
      CHECK(broken > 0);
      co_return;
    }
    REQUIRE(ended.error().describe() == "broke on its way");
    ++broken;
  }
  FAIL("no number of moves was enough");
}

using Fuse = std::shared_ptr<std::atomic<int>>;

Coroutine<Fragile> answer_fragile(Fuse fuse, Duration delay = 1s) {
  Fragile value(7, std::move(fuse));
  co_await sleep(delay);
  co_return std::move(value);
}

}  // namespace

TEST_CASE("a value whose move throws is an error of its task") {
  on_both([]() -> Coroutine<void> {
    auto attempt = [](Fuse fuse) -> Coroutine<int> {
      Task<Fragile> task = create_task(answer_fragile(std::move(fuse)));
      Outcome<Fragile> ended = co_await task.outcome();
      CHECK(task.done());
      if (!ended.ok()) co_return ended.error();
      co_return ended.value().value();
    };
    co_await break_everywhere(attempt);
  });
}

TEST_CASE("a value whose move throws is an error of the coroutine that is awaited for it") {
  on_both([]() -> Coroutine<void> {
    auto attempt = [](Fuse fuse) -> Coroutine<int> {
      Outcome<Fragile> ended = co_await answer_fragile(std::move(fuse)).outcome();
      if (!ended.ok()) co_return ended.error();
      co_return ended.value().value();
    };
    co_await break_everywhere(attempt);
  });
}

TEST_CASE("a gather whose list cannot be made fails; with return_exceptions the operand's place tells it, or the gather") {
  on_both([]() -> Coroutine<void> {
    auto listed = [](Fuse fuse) -> Coroutine<int> {
      auto ended = co_await gather(answer_fragile(std::move(fuse)), answer_fragile(::fuse(1000))).outcome();
      if (!ended.ok()) co_return ended.error();
      co_return std::get<0>(ended.value()).value();
    };
    co_await break_everywhere(listed);
    auto range = [](Fuse fuse) -> Coroutine<int> {
      std::vector<Coroutine<Fragile>> operands;
      operands.push_back(answer_fragile(std::move(fuse)));
      auto ended = co_await gather(operands).outcome();
      if (!ended.ok()) co_return ended.error();
      co_return ended.value()[0].value();
    };
    co_await break_everywhere(range);
    auto kept = [](Fuse fuse) -> Coroutine<int> {
      auto ended = co_await gather(return_exceptions, answer_fragile(std::move(fuse))).outcome();
      if (!ended.ok()) co_return ended.error();
      const Outcome<Fragile>& place = std::get<0>(ended.value());
      if (!place.ok()) co_return place.error();
      co_return place.value().value();
    };
    co_await break_everywhere(kept);
  });
}

TEST_CASE("a gather of what is done already cannot break its caller") {
  DeterministicScheduler scheduler;
  auto program = []() -> Coroutine<void> {
    auto attempt = [](Fuse fuse) -> Coroutine<int> {
      Task<Fragile> done = create_task(answer_fragile(std::move(fuse)));
      std::vector<Task<Fragile>> one(1, done);
      co_await wait(one);
      auto ended = co_await gather(done).outcome();
      if (!ended.ok()) co_return ended.error();
      co_return std::get<0>(ended.value()).value();
    };
    co_await break_everywhere(attempt);
  };
  run(scheduler, program());
}

TEST_CASE("a shield whose value cannot be copied fails") {
  on_both([]() -> Coroutine<void> {
    auto attempt = [](Fuse fuse) -> Coroutine<int> {
      auto ended = co_await shield(answer_fragile(std::move(fuse))).outcome();
      if (!ended.ok()) co_return ended.error();
      co_return ended.value().value();
    };
    co_await break_everywhere(attempt);
  });
}

TEST_CASE("set_result throws what moving its value throws, and leaves the future to be completed") {
  on_both([]() -> Coroutine<void> {
    auto attempt = [](Fuse fuse) -> Coroutine<int> {
      Future<Fragile> future = Future<Fragile>::pending();
      Error thrown;
      try {
        future.set_result(Fragile(7, std::move(fuse)));
      } catch (...) {
        thrown = Error::current();
      }
      if (thrown) {
        CHECK_FALSE(future.done());
        future.set_result(Fragile(8, ::fuse(1000)));
        CHECK(future.result().value() == 8);
        co_return thrown;
      }
      Outcome<Fragile> ended = co_await future.outcome();
      if (!ended.ok()) co_return ended.error();
      co_return ended.value().value();
    };
    co_await break_everywhere(attempt);
  });
}

namespace {

/// A value that does something whenever it is moved.
class Meddler {
 public:
  explicit Meddler(std::function<void()> act) : act_(std::move(act)) {}
  Meddler(Meddler&& other) : act_(other.act_) { act_(); }  // NOLINT: it may throw

 private:
  std::function<void()> act_;
};

}  // namespace

TEST_CASE("no user code runs under a Guard: a value that is moved may ask the scheduler anything") {
  on_both([]() -> Coroutine<void> {
    Lock lock;
    int asked = 0;
    auto ask = [&] {
      if (!lock.locked()) ++asked;  // takes the Guard
    };
    Future<Meddler> future = Future<Meddler>::pending();
    future.set_result(Meddler(ask));
    CHECK(asked > 0);
    Queue<Meddler> queue;
    asked = 0;
    queue.put_nowait(Meddler(ask));
    CHECK(asked > 0);
    asked = 0;
    Outcome<Meddler> out = queue.try_get();
    CHECK(out.ok());
    CHECK(asked > 0);
    co_return;
  });
}

TEST_CASE("whatever happens while set_result moves its value, the future is completed once") {
  on_both([]() -> Coroutine<void> {
    for (int when = 0; when < 5; ++when) {
      int moves = 0;
      Future<Meddler> future = Future<Meddler>::pending();
      int won = 0;
      auto rival = [&] {
        if (moves++ != when) return;
        if (!future.try_set_result(Meddler([] {}))) ++won;
      };
      if (!future.try_set_result(Meddler(rival))) ++won;
      CHECK(future.done());
      CHECK(won == 1);
      moves = 0;
      Future<Meddler> cancelled = Future<Meddler>::pending();
      auto cancel = [&] {
        if (moves++ == when) cancelled.cancel();
      };
      const bool set = !cancelled.try_set_result(Meddler(cancel));
      CHECK(cancelled.done());
      CHECK(cancelled.cancelled() == !set);
    }
    co_return;
  });
}

TEST_CASE("to_thread fails with what moving its value throws") {
  on_both([]() -> Coroutine<void> {
    auto attempt = [](Fuse fuse) -> Coroutine<int> {
      auto function = [fuse] { return Fragile(7, fuse); };
      Outcome<Fragile> ended = co_await to_thread(function).outcome();
      if (!ended.ok()) co_return ended.error();
      co_return ended.value().value();
    };
    co_await break_everywhere(attempt);
  });
}

TEST_CASE("a queue survives items whose moves throw") {
  on_both([]() -> Coroutine<void> {
    auto attempt = [](Fuse fuse) -> Coroutine<int> {
      Queue<Fragile> queue(1);
      auto put = [&]() -> Coroutine<Unit> {
        Outcome<Unit> ended = co_await queue.put(Fragile(7, fuse)).outcome();
        if (!ended.ok()) {
          CHECK(queue.empty());
          co_return ended.error();
        }
        co_return Unit();
      };
      Outcome<Unit> in = co_await put().outcome();
      if (!in.ok()) co_return in.error();
      Outcome<Fragile> out = co_await queue.get().outcome();
      CHECK(queue.empty());
      if (!out.ok()) co_return out.error();
      co_return out.value().value();
    };
    co_await break_everywhere(attempt);
    auto nowait = [](Fuse fuse) -> Coroutine<int> {
      Queue<Fragile> queue(1);
      queue.put_nowait(Fragile(7, fuse));
      Outcome<Fragile> out = queue.try_get();
      CHECK(queue.empty());
      if (!out.ok()) co_return out.error();
      co_return out.value().value();
    };
    co_await break_everywhere(nowait);
  });
}

TEST_CASE("a context is left, and a timeout disarmed, when the body's value breaks on its way out") {
  on_both([]() -> Coroutine<void> {
    auto attempt = [](Fuse fuse) -> Coroutine<int> {
      Lock lock;
      auto body = [&]() -> Coroutine<Fragile> { return answer_fragile(fuse); };
      Outcome<Fragile> ended = co_await with(lock, body).outcome();
      CHECK_FALSE(lock.locked());
      if (!ended.ok()) co_return ended.error();
      co_return ended.value().value();
    };
    co_await break_everywhere(attempt);
    auto timed = [](Fuse fuse) -> Coroutine<int> {
      Outcome<Fragile> ended = co_await wait_for(answer_fragile(std::move(fuse)), 5s).outcome();
      co_await sleep(10s);  // a deadline left behind would cancel this
      if (!ended.ok()) co_return ended.error();
      co_return ended.value().value();
    };
    co_await break_everywhere(timed);
  });
}
