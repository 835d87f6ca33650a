// Handles that outlive their scheduler: whatever is asked of them has an answer, and touches nothing that is gone. Under
// AddressSanitizer these tests see what is touched all the same.

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "scheduler/lawful.hpp"
#include "scheduler/tbb.hpp"

using namespace lawful;
using namespace std::chrono_literals;

namespace {

Coroutine<int> answer(int value) { co_return value; }

Coroutine<int> fail() {
  throw std::runtime_error("boom");
  co_return 0;
}

/// What somebody may hold of a scheduler.
struct Held {
  Future<int> pending;
  Future<int> finished;
  Future<int> failed;
  Future<int> cancelled;
  Future<int> awaited;
  Task<int> waiting;
  Task<int> ended;
  Task<int> unstarted;
  Future<std::vector<int>> gathered;
  Future<int> shielded;
  CallbackHandle soon;
  CallbackHandle later;
  std::optional<TaskGroup> group;
  std::optional<TaskGroup> entered;
  std::optional<Timeout> timeout;
  std::optional<Timeout> running;
  std::optional<AsCompleted<int>> completed;
  std::unique_ptr<Semaphore> semaphore;
  std::unique_ptr<BoundedSemaphore> bounded;
  std::unique_ptr<Lock> lock;
  std::unique_ptr<Event> event;
  std::unique_ptr<Condition> condition;
  std::unique_ptr<Barrier> barrier;
  std::unique_ptr<Queue<int>> queue;
  int callbacks = 0;
  std::shared_ptr<int> captured = std::make_shared<int>(0);
};

Coroutine<void> hold(Held& held) {
  Scheduler& scheduler = Scheduler::current();
  auto count = [&held, captured = held.captured](const AnyFuture&) { ++held.callbacks; };
  held.pending = Future<int>::pending();
  held.pending.add_done_callback(count);
  held.pending.add_done_callback(count);
  held.finished = Future<int>::pending();
  held.finished.set_result(7);
  held.failed = Future<int>::pending();
  held.failed.set_exception(Error::of(std::runtime_error("boom")));
  held.cancelled = Future<int>::pending();
  held.cancelled.cancel();
  held.awaited = Future<int>::pending();
  auto waiting = [](Future<int> future) -> Coroutine<int> {
    const int value = co_await future;
    co_return value;
  };
  held.waiting = create_task(waiting(held.awaited), "waiting");
  held.ended = create_task(answer(3), "ended");
  held.gathered = gather(std::vector<Future<int>>{held.pending, held.awaited});
  held.shielded = shield(held.waiting);
  held.soon = call_soon(scheduler, [captured = held.captured] {});
  held.later = call_later(scheduler, 1000s, [captured = held.captured] {});
  held.group.emplace();
  held.timeout.emplace(timeout(1s));
  held.completed.emplace(as_completed(std::vector<Future<int>>{held.pending, held.finished}, 5000s));
  held.semaphore = std::make_unique<Semaphore>(0);
  held.bounded = std::make_unique<BoundedSemaphore>(2);
  held.lock = std::make_unique<Lock>();
  held.event = std::make_unique<Event>();
  held.condition = std::make_unique<Condition>();
  held.barrier = std::make_unique<Barrier>(2);
  held.queue = std::make_unique<Queue<int>>(2);
  auto queue_up = [&held]() -> Coroutine<void> { co_await held.semaphore->acquire(); };
  static_cast<void>(create_task(queue_up()));
  auto in_group = [&held](TaskGroup& group) -> Coroutine<void> {
    held.entered = group;
    group.create_task(answer(1));
    auto in_time = [&held](Timeout& deadline) -> Coroutine<void> {
      held.running = deadline;
      held.unstarted = create_task(answer(1));
      co_await held.event->wait();
    };
    co_await with(timeout(10'000s), in_time);
  };
  co_await with(TaskGroup(), in_group);
}

void ask(Held& held) {
  // What is done stays done.
  CHECK(held.finished.done());
  CHECK(held.finished.result() == 7);
  CHECK_FALSE(held.finished.cancel());
  CHECK_THROWS_AS(held.finished.set_result(8), InvalidStateError);
  held.finished.add_done_callback([&held](const AnyFuture&) { ++held.callbacks; });
  CHECK(held.failed.exception().describe() == "boom");
  CHECK(held.cancelled.cancelled());
  CHECK(held.ended.result() == 3);
  CHECK(held.ended.name() == "ended");
  // What is not stays as it is, for ever, unless it is given its value by hand.
  CHECK_FALSE(held.waiting.done());
  CHECK(held.waiting.name() == "waiting");
  held.waiting.set_name("still waiting");
  CHECK(held.waiting.name() == "still waiting");
  CHECK_FALSE(held.waiting.cancel());
  CHECK(held.waiting.cancelling() == 0);
  CHECK(held.waiting.uncancel() == 0);
  CHECK_THROWS_AS(held.waiting.result(), InvalidStateError);
  CHECK_FALSE(held.gathered.cancel());
  CHECK_FALSE(held.shielded.cancel());
  CHECK_FALSE(held.pending.cancel());
  held.pending.add_done_callback([&held, captured = held.captured](const AnyFuture&) { ++held.callbacks; });
  CHECK_THROWS_AS(held.pending.result(), InvalidStateError);
  held.pending.set_result(5);
  CHECK(held.pending.result() == 5);
  held.awaited.set_exception(Error::of(std::runtime_error("too late")));
  CHECK(held.awaited.exception().describe() == "too late");
  CHECK_FALSE(held.waiting.done());
  CHECK(held.callbacks == 0);
  held.soon.cancel();
  held.later.cancel();
  // Nothing keeps a callback that nobody will call.
  CHECK(held.captured.use_count() == 1);

  CHECK_THROWS_AS(held.group->create_task(answer(1)), RuntimeError);
  CHECK_THROWS_AS(held.entered->create_task(answer(1)), RuntimeError);
  CHECK_FALSE(held.running->expired());
  CHECK(held.running->when());
  held.running->reschedule(TimePoint(20'000s));
  held.running->reschedule(TimePoint(0s));
  held.running->reschedule(std::nullopt);
  CHECK_THROWS_AS(held.timeout->reschedule(std::nullopt), RuntimeError);
  CHECK(held.completed->more());

  held.semaphore->release();
  CHECK_FALSE(held.semaphore->locked());
  CHECK_THROWS_AS(held.bounded->release(), ValueError);
  CHECK_FALSE(held.lock->locked());
  CHECK_THROWS_AS(held.lock->release(), RuntimeError);
  held.event->set();
  CHECK(held.event->is_set());
  held.event->clear();
  CHECK_THROWS_AS(held.condition->notify_all(), RuntimeError);
  CHECK(held.barrier->parties() == 2);
  held.queue->put_nowait(1);
  CHECK(held.queue->get_nowait() == 1);
  held.queue->task_done();
  held.queue->shutdown();
  CHECK_THROWS_AS(held.queue->put_nowait(1), QueueShutDown);
}

/// Somebody else's scheduler is another one, too, when it is no more.
void use_on_another(Held& held) {
  DeterministicScheduler other;
  auto program = [&held]() -> Coroutine<void> {
    Outcome<int> outcome = co_await held.waiting.outcome();
    CHECK(outcome.error().as<RuntimeError>() != nullptr);
    CHECK(co_await held.finished == 7);
    co_await held.lock->acquire();
    held.lock->release();
    Outcome<void> waited = co_await held.event->wait().outcome();
    CHECK(waited.error().as<RuntimeError>() != nullptr);
  };
  run(other, program());
}

/// Runs it for a second, into the midst of everything.
void run_into(Scheduler& scheduler, Held& held) {
  static_cast<void>(create_task(scheduler, hold(held)));
  call_later(scheduler, 1s, [&scheduler] { scheduler.stop(); });
  CHECK(scheduler.drive() == Scheduler::End::stopped);
  CHECK(held.running);
}

template <class MakeScheduler>
void outlive(MakeScheduler make) {
  SUBCASE("its run was torn down") {
    Held held;
    {
      auto scheduler = make();
      run_into(*scheduler, held);
      Leftovers(*scheduler).tear_down();
    }
    ask(held);
    use_on_another(held);
  }
  SUBCASE("nobody tore its run down") {
    Held held;
    {
      auto scheduler = make();
      run_into(*scheduler, held);
    }
    ask(held);
    use_on_another(held);
  }
  SUBCASE("it never ran") {
    Held held;
    std::optional<Task<int>> task;
    Future<int> pending;
    {
      auto scheduler = make();
      task = create_task(*scheduler, answer(1));
      pending = Future<int>::pending(*scheduler);
      pending.add_done_callback([captured = held.captured](const AnyFuture&) {});
      held.soon = call_soon(*scheduler, [captured = held.captured] {});
      held.later = call_later(*scheduler, 1s, [captured = held.captured] {});
    }
    CHECK(held.captured.use_count() == 1);
    CHECK_FALSE(task->done());
    CHECK_FALSE(task->cancel());
    CHECK_FALSE(pending.done());
    held.soon.cancel();
    held.later.cancel();
  }
  SUBCASE("copies of the handles are dropped one after the other") {
    auto held = std::make_unique<Held>();
    {
      auto scheduler = make();
      run_into(*scheduler, *held);
    }
    Held* const bare = held.get();
    bare->gathered = {};
    bare->shielded = {};
    bare->awaited = {};
    bare->waiting = {};
    bare->pending = {};
    bare->completed.reset();
    bare->entered.reset();
    bare->running.reset();
    held.reset();
  }
}

}  // namespace

TEST_CASE("handles outlive a deterministic scheduler") {
  outlive([] { return std::make_unique<DeterministicScheduler>(); });
}

TEST_CASE("handles outlive a TBB scheduler") {
  outlive([] { return std::make_unique<TbbScheduler>(2, TbbScheduler::Time::virtual_time); });
}

TEST_CASE("an error that nobody retrieved before the scheduler was gone is told to nobody's handler") {
  Task<int> failed;
  int told = 0;
  {
    DeterministicScheduler scheduler;
    scheduler.set_exception_handler([&told](const Unretrieved&) { ++told; });
    auto program = [&failed]() -> Coroutine<void> {
      failed = create_task(fail());
      co_await sleep(1s);
    };
    run(scheduler, program());
  }
  failed = {};  // printed to standard error
  CHECK(told == 0);
}

TEST_CASE("frames that are destroyed with their scheduler may use it to the last") {
  // A guard in a frame that gives back what it holds: by calls on primitives and futures of the dying scheduler.
  struct Release {
    Release(Semaphore& semaphore, Future<void> done) : semaphore_(semaphore), done_(std::move(done)) {}
    Release(const Release&) = delete;
    Release& operator=(const Release&) = delete;
    ~Release() {
      semaphore_.release();
      static_cast<void>(done_.try_set_result());
      call_soon(done_.core().scheduler(), [] {});
    }
    Semaphore& semaphore_;
    Future<void> done_;
  };
  std::optional<Semaphore> semaphore;
  Future<void> done;
  {
    DeterministicScheduler scheduler;
    semaphore.emplace(std::size_t{0}, scheduler);
    done = Future<void>::pending(scheduler);
    auto waiting = [&semaphore]() -> Coroutine<void> { co_await semaphore->acquire(); };
    auto holding = [&semaphore, &done]() -> Coroutine<void> {
      const Release release(*semaphore, done);
      co_await Future<void>::pending();
    };
    Task<void> first = create_task(scheduler, waiting());
    Task<void> second = create_task(scheduler, holding());
    auto never = []() -> Coroutine<void> { co_await Future<void>::pending(); };
    Task<void> main = create_task(scheduler, never());
    CHECK(drive_to_end(scheduler, main) == Scheduler::End::idle);
  }
  CHECK(done.done());
  CHECK_FALSE(semaphore->locked());
}

TEST_CASE("a deadlocked run leaves nothing that troubles the next one") {
  DeterministicScheduler scheduler;
  Task<int> kept;
  Future<int> never = Future<int>::pending(scheduler);
  auto deadlock = [&kept, &never]() -> Coroutine<int> {
    auto waiting = [](Future<int> future) -> Coroutine<int> {
      const int value = co_await future;
      co_return value;
    };
    kept = create_task(waiting(never));
    const int value = co_await kept;
    co_return value;
  };
  CHECK_THROWS_AS(run(scheduler, deadlock()), DeadlockError);
  // The task that is kept can never go on: shutdown must not wait for it.
  auto again = [&never]() -> Coroutine<int> {
    auto set = [&never]() -> Coroutine<void> {
      co_await sleep(1s);
      never.set_result(4);
    };
    static_cast<void>(create_task(set()));
    const int value = co_await never;
    co_return value;
  };
  CHECK(run(scheduler, again()) == 4);
  CHECK_FALSE(kept.done());
}
