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

namespace {

template <class Error, class T>
Coroutine<void> refuses(Coroutine<T> coroutine) {
  Outcome<T> ended = co_await std::move(coroutine).outcome();
  CHECK(ended.error().template as<Error>() != nullptr);
}

Coroutine<int> seven() { co_return 7; }

/// A coroutine that was awaited before.
Coroutine<int> consumed() {
  Coroutine<int> coroutine = seven();
  static_cast<void>(Coroutine<int>(std::move(coroutine)));
  return coroutine;  // NOLINT: moved from, that is what it is for
}

template <class Handle>
void refuses_everything(Handle handle) {
  CHECK_FALSE(handle);
  CHECK(handle == Handle());
  CHECK_THROWS_AS(static_cast<void>(handle.done()), InvalidStateError);
  CHECK_THROWS_AS(static_cast<void>(handle.cancelled()), InvalidStateError);
  CHECK_THROWS_AS(handle.cancel(), InvalidStateError);
  CHECK_THROWS_AS(static_cast<void>(handle.exception()), InvalidStateError);
  CHECK(handle.try_exception().refused.template as<InvalidStateError>() != nullptr);
  CHECK_THROWS_AS(handle.add_done_callback([](const AnyFuture&) {}), InvalidStateError);
  CHECK_THROWS_AS(static_cast<void>(handle.core()), InvalidStateError);
}

template <class F>
void refuses_values(F future) {
  CHECK_THROWS_AS(static_cast<void>(future.result()), InvalidStateError);
  CHECK(future.result_outcome().error().template as<InvalidStateError>() != nullptr);
  CHECK_THROWS_AS(future.set_result(1), InvalidStateError);
  CHECK(future.try_set_result(1).template as<InvalidStateError>() != nullptr);
  CHECK_THROWS_AS(future.set_exception(Error::of(RuntimeError("no"))), InvalidStateError);
  CHECK(future.try_set_outcome(Outcome<int>(Error::cancelled())).template as<InvalidStateError>() != nullptr);
}

template <class T>
void refuses_as_task(T task) {
  CHECK_THROWS_AS(static_cast<void>(task.name()), InvalidStateError);
  CHECK_THROWS_AS(task.set_name("no"), InvalidStateError);
  CHECK_THROWS_AS(static_cast<void>(task.cancelling()), InvalidStateError);
  CHECK_THROWS_AS(task.uncancel(), InvalidStateError);
  CHECK_THROWS_AS(static_cast<void>(task.task()), InvalidStateError);
}

}  // namespace

TEST_CASE("an empty handle answers everything with InvalidStateError") {
  refuses_everything(AnyFuture());
  refuses_everything(AnyTask());
  refuses_everything(Future<int>());
  refuses_everything(Task<int>());
  refuses_values(Future<int>());
  refuses_values(Task<int>());
  refuses_as_task(AnyTask());
  refuses_as_task(Task<int>());
  CHECK_FALSE(static_cast<AnyTask>(Task<int>()));
  on_both([]() -> Coroutine<void> {
    Future<int> future;
    Outcome<int> awaited = co_await future.outcome();
    CHECK(awaited.error().as<InvalidStateError>() != nullptr);
    auto throws = []() -> Coroutine<int> { co_return co_await Task<int>(); };
    co_await refuses<InvalidStateError>(throws());
    Task<int> moved = create_task(seven());
    co_await Task<int>(std::move(moved));
    co_await refuses<InvalidStateError>(wait_for(moved, 1s));  // NOLINT: moved from
    co_await refuses<InvalidStateError>(wait_for(Future<int>(), 0s));
    co_await refuses<InvalidStateError>(wait_for(Future<int>(), std::nullopt));
    std::vector<Future<int>> one(1);
    co_await refuses<InvalidStateError>(wait(one));
    CHECK_THROWS_AS(static_cast<void>(gather(future)), InvalidStateError);
    CHECK_THROWS_AS(static_cast<void>(gather(return_exceptions, future)), InvalidStateError);
    CHECK_THROWS_AS(static_cast<void>(gather(one)), InvalidStateError);
    CHECK_THROWS_AS(static_cast<void>(gather(return_exceptions, one)), InvalidStateError);
    CHECK_THROWS_AS(static_cast<void>(shield(future)), InvalidStateError);
    CHECK_THROWS_AS(static_cast<void>(as_completed(one)), InvalidStateError);
    co_await refuses<InvalidStateError>(cancel_and_wait(future));
  });
}

TEST_CASE("an empty coroutine is a ValueError wherever it is handed in, and a RuntimeError where it is awaited") {
  {
    DeterministicScheduler scheduler;
    CHECK_THROWS_AS(run(scheduler, Coroutine<int>()), ValueError);
    CHECK(run(scheduler, seven()) == 7);
  }
  on_both([]() -> Coroutine<void> {
    CHECK_THROWS_AS(create_task(Coroutine<int>()), ValueError);
    CHECK_THROWS_AS(create_task(consumed(), "name"), ValueError);
    CHECK_THROWS_AS(create_task(Scheduler::current(), consumed()), ValueError);
    CHECK_THROWS_AS(static_cast<void>(gather(consumed())), ValueError);
    CHECK_THROWS_AS(static_cast<void>(gather(return_exceptions, seven(), Coroutine<int>())), ValueError);
    std::vector<Coroutine<int>> one;
    one.push_back(consumed());
    CHECK_THROWS_AS(static_cast<void>(gather(one)), ValueError);
    CHECK_THROWS_AS(static_cast<void>(as_completed(one)), ValueError);
    CHECK_THROWS_AS(static_cast<void>(shield(consumed())), ValueError);
    co_await refuses<ValueError>(wait_for(consumed(), 1s));
    co_await refuses<ValueError>(wait_for(consumed(), 0s));
    co_await refuses<ValueError>(wait_for(Coroutine<int>(), std::nullopt));
    auto body = [](TaskGroup& group) -> Coroutine<int> {
      CHECK_THROWS_AS(group.create_task(consumed()), ValueError);
      CHECK_THROWS_AS(group.create_task(Coroutine<int>()), ValueError);
      TaskGroup other = std::move(group);
      Task<int> task = group.create_task(seven());  // NOLINT: a group that was moved from is the same group
      co_return co_await task;
    };
    CHECK(co_await with(TaskGroup(), body) == 7);
    co_await refuses<RuntimeError>(consumed());
    auto empty = [] { return consumed(); };
    Lock lock;
    co_await refuses<RuntimeError>(with(lock, empty));
    CHECK_FALSE(lock.locked());
  });
}

namespace {

/// An awaiter of a user's own that does as it says: it rests through its task.
class UntilDone {
 public:
  using runs_in_task = void;
  explicit UntilDone(Future<int> future) : future_(std::move(future)) {}
  UntilDone(const UntilDone&) = delete;  // awaited where it is
  UntilDone& operator=(const UntilDone&) = delete;
  [[nodiscard]] bool await_ready() const { return future_.done(); }
  template <InTask Promise>
  void await_suspend(std::coroutine_handle<Promise> leaf) {
    task_ = &leaf.promise().task();
    task_->wait_for(future_.core(), leaf);
  }
  [[nodiscard]] int await_resume() {
    if (task_ != nullptr) {
      const Error incoming = task_->take_incoming();
      if (incoming) incoming.raise();
    }
    return future_.result();
  }

 private:
  Future<int> future_;
  TaskCore* task_ = nullptr;
};

/// One that breaks its word: it suspends and tells the task nothing.
class SaysNothing {
 public:
  using runs_in_task = void;
  SaysNothing() = default;
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  void await_resume() const noexcept {}
};

}  // namespace

TEST_CASE("an awaiter of one's own can run in a task, is cancelled there, and may be named") {
  on_both([]() -> Coroutine<void> {
    Future<int> future = Future<int>::pending();
    auto waits = [future]() -> Coroutine<int> { co_return co_await UntilDone(future); };
    Task<int> waiting = create_task(waits());
    co_await sleep(1s);
    future.set_result(7);
    CHECK(co_await waiting == 7);
    UntilDone named(future);
    CHECK(co_await named == 7);
    Future<int> never = Future<int>::pending();
    auto waits_long = [never]() -> Coroutine<int> { co_return co_await UntilDone(never); };
    Task<int> cut = create_task(waits_long());
    co_await sleep(1s);
    cut.cancel();
    Outcome<int> ended = co_await cut.outcome();
    CHECK(ended.error().is_cancelled());
  });
}

TEST_CASE("a task that is suspended for no reason known fails, and is not resumed") {
  on_both([]() -> Coroutine<void> {
    for (const bool first : {true, false}) {
      auto resumed = std::make_shared<std::atomic<bool>>(false);
      auto left = std::make_shared<std::atomic<bool>>(false);
      auto suspends = [first](std::shared_ptr<std::atomic<bool>> went_on,
                              std::shared_ptr<std::atomic<bool>> ended) -> Coroutine<void> {
        struct Leaves {
          explicit Leaves(std::atomic<bool>& given) : ended(given) {}
          ~Leaves() { ended = true; }
          std::atomic<bool>& ended;
        };
        const Leaves leaves(*ended);
        if (!first) co_await sleep(1s);
        co_await SaysNothing();
        *went_on = true;
      };
      Task<void> task = create_task(suspends(resumed, left), "silent");
      Outcome<void> ended = co_await task.outcome();
      REQUIRE(ended.error().as<RuntimeError>() != nullptr);
      CHECK(ended.error().describe().starts_with("task 'silent' was suspended by an awaiter that did not say what to wait for"));
      CHECK_FALSE(*resumed);
      CHECK(*left);
    }
  });
}
