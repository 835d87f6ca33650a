// Who owns what a task was made of: callables and arguments kept with its frame, and temporaries of co_await expressions.
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

struct Worker {
  int base = 40;
  Coroutine<int> add(int more) {
    co_await sleep(1s);
    co_return base + more;
  }
};

Coroutine<std::string> twice(const std::string& text) {
  co_await sleep(1s);
  co_return text + text;
}

Coroutine<int> increment(int& counter) {
  co_await sleep(1s);
  co_return ++counter;
}

}  // namespace

TEST_CASE("create_task keeps a callable and its arguments until the task is over, and no longer") {
  on_both([]() -> Coroutine<void> {
    auto shared = std::make_shared<int>(7);
    std::weak_ptr<int> watched = shared;
    Task<int> task = create_task([held = std::move(shared)]() -> Coroutine<int> {
      co_await sleep(1s);
      co_return *held;
    });
    CHECK_FALSE(watched.expired());
    CHECK(co_await task == 7);
    CHECK(watched.expired());  // although the task's handle lives

    // What is taken by reference is there as long as the task, too.
    Task<std::string> text = create_task(twice, std::string("a text that is too long to be kept in place "));
    CHECK((co_await text).size() == 88);
    Worker worker;
    Task<int> member = create_task(&Worker::add, &worker, 2);
    CHECK(co_await member == 42);
    int counter = 1;
    Task<int> referred = create_task(increment, std::ref(counter));
    CHECK(co_await referred == 2);
    CHECK(counter == 2);
    // What can only be moved is moved in, and on into the call.
    auto consume = [](std::unique_ptr<int> owned) -> Coroutine<int> { co_return *owned; };
    Task<int> moved = create_task(consume, std::make_unique<int>(3));
    CHECK(co_await moved == 3);
    Task<int> counted = create_task([n = 0](int by) mutable -> Coroutine<int> { co_return n += by; }, 5);
    CHECK(co_await counted == 5);
  });
}

TEST_CASE("a callable's task can be named and given to a scheduler or a group; it starts later like any other") {
  on_both([]() -> Coroutine<void> {
    Scheduler& scheduler = Scheduler::current();
    auto kept = std::make_shared<int>(1);
    auto answer = [kept](int more) -> Coroutine<int> { co_return *kept + more; };
    Task<int> named = create_task(TaskName("worker"), answer, 1);
    CHECK(named.name() == "worker");
    Task<int> placed = create_task(scheduler, answer, 2);
    Task<int> both = create_task(scheduler, TaskName("placed"), answer, 3);
    CHECK(both.name() == "placed");
    CHECK(co_await named == 2);
    CHECK(co_await placed == 3);
    CHECK(co_await both == 4);
    std::vector<Task<int>> made;
    auto body = [&made, kept](TaskGroup& group) -> Coroutine<void> {
      made.push_back(group.create_task(
          [kept](int more) -> Coroutine<int> {
            co_await sleep(1s);
            co_return *kept + more;
          },
          4));
      made.push_back(group.create_task(TaskName("grouped"), [kept]() -> Coroutine<int> { co_return *kept; }));
      CHECK(made.back().name() == "grouped");
      co_return;
    };
    co_await with(TaskGroup(), body);
    CHECK(made[0].result() == 5);
    CHECK(made[1].result() == 1);
    if (!scheduler.parallel()) {
      bool called = false;
      const std::string text = "x";
      auto plain = [&]() {
        called = true;
        return twice(text);
      };
      Task<std::string> later = create_task(plain);
      CHECK_FALSE(called);
      CHECK(co_await later == "xx");
      CHECK(called);
      called = false;
      Task<std::string> never = create_task(plain);
      never.cancel();
      co_await sleep(1s);
      CHECK(never.cancelled());
      CHECK_FALSE(called);
    }
    CHECK(kept.use_count() == 3);  // ours, answer's and body's
  });
}

TEST_CASE("what the call itself throws is the task's error, and an empty coroutine that it answers is too") {
  on_both([]() -> Coroutine<void> {
    auto fails = [](int) -> Coroutine<int> {
      throw std::runtime_error("in the coroutine");
      co_return 1;
    };
    auto refuses = [](int value) {
      if (value == 0) throw std::runtime_error("in the call");
      return Coroutine<int>();
    };
    Task<int> failed = create_task(fails, 0);
    Task<int> refused = create_task(refuses, 0);
    Task<int> empty = create_task(refuses, 1);
    Outcome<int> in_coroutine = co_await failed.outcome();
    CHECK(in_coroutine.error().describe() == "in the coroutine");
    Outcome<int> in_call = co_await refused.outcome();
    CHECK(in_call.error().describe() == "in the call");
    Outcome<int> of_nothing = co_await empty.outcome();
    CHECK(of_nothing.error().as<RuntimeError>() != nullptr);
  });
}

namespace {

int born = 0;
int died = 0;

/// Counts its lives: each that begins has to end once.
class Life {
 public:
  Life() { ++born; }
  Life(const Life&) { ++born; }
  Life(Life&&) noexcept { ++born; }
  Life& operator=(const Life&) = default;
  ~Life() { ++died; }
};

struct Resource {  // an aggregate, as in a program's own first draft
  std::string name;
  Life life;
  Ready enter() { return Ready(); }
  Ready leave(const Error&) { return Ready(); }
};

class Constructed {
 public:
  explicit Constructed(std::string name) : name_(std::move(name)) {}
  Ready enter() { return Ready(); }
  Ready leave(const Error&) { return Ready(); }

 private:
  std::string name_;
  Life life_;
};

struct Item {
  std::string text;
  Life life;
};

/// Runs `program` and looks at the lives.
template <class Program>
void lives_are_lived_once(Program program) {
  born = died = 0;
  {
    DeterministicScheduler scheduler;
    run(scheduler, program());
  }
  CHECK(born > 0);
  CHECK(born == died);
}

}  // namespace

TEST_CASE("whatever is named, or has a constructor, can be part of a co_await expression") {
  auto contexts = []() -> Coroutine<void> {
    auto body = []() -> Coroutine<void> { co_return; };
    Resource resource{"a name that is too long to be kept in place", {}};
    co_await with(resource, body);
    co_await with(Constructed("a name that is too long to be kept in place"), body);
    Coroutine<void> inside = with(Resource{"a name that is too long to be kept in place", {}}, body);
    co_await std::move(inside);
    Task<void> task = create_task(with(Resource{"a name that is too long to be kept in place", {}}, body));
    co_await task;
  };
  lives_are_lived_once(contexts);
  auto closures = []() -> Coroutine<void> {
    Life life;
    auto body = [life]() -> Coroutine<void> { co_return; };
    co_await with(TaskGroup(), body);
    co_await create_task(body);
    co_await to_thread([&life] { static_cast<void>(life); });
    auto function = [life] { return 1; };
    co_await to_thread(function);
    Condition condition;
    co_await condition.wait_for([&life] {
      static_cast<void>(life);
      return true;
    });
    auto once = [life, owned = std::make_unique<int>(1)]() -> Coroutine<void> { co_return; };
    co_await with(TaskGroup(), std::ref(once));
    Task<void> task = create_task([life]() -> Coroutine<void> { co_return; });
    co_await task;
    auto same = create_task([life](Item) -> Coroutine<void> { co_return; }, Item{"a", {}});
    co_await same.outcome();
  };
  lives_are_lived_once(closures);
  auto items = []() -> Coroutine<void> {
    Queue<Item> queue;
    Item item{"a text that is too long to be kept in place", {}};
    co_await queue.put(item);
    Coroutine<Unit> put = queue.put(Item{"a text that is too long to be kept in place", {}});
    co_await std::move(put);
    queue.put_nowait({"a text that is too long to be kept in place", {}});
    CHECK((co_await queue.get()).text == item.text);
  };
  lives_are_lived_once(items);
}

#if !defined(__GNUC__) || defined(__clang__) || __GNUC__ >= 13
TEST_CASE("temporaries of a co_await expression live once, where the compiler is not broken") {
  CHECK_FALSE(breaks_temporaries);
  auto program = []() -> Coroutine<void> {
    Life life;
    auto body = []() -> Coroutine<void> { co_return; };
    co_await with(Resource{"a name that is too long to be kept in place", {}}, body);
    co_await with(TaskGroup(), [life]() -> Coroutine<void> { co_return; });
    co_await create_task([life]() -> Coroutine<void> { co_return; });
    co_await gather(create_task([life]() -> Coroutine<void> { co_return; }), twice("x"));
    co_await wait_for(with(Resource{"a", {}}, body), 1s);
    co_await shield(create_task([life]() -> Coroutine<void> { co_return; }));
    co_await to_thread([life] { return 1; });
    Condition condition;
    co_await condition.wait_for([life] { return true; });
    Queue<Item> queue;
    co_await queue.put(Item{"a text that is too long to be kept in place", {}});
    co_await queue.put({"a text that is too long to be kept in place", {}});
    CHECK(queue.qsize() == 2);
  };
  lives_are_lived_once(program);
}
#endif

TEST_CASE("which arguments may break: rvalues of aggregates and of closures that do something when they die") {
  std::string text;
  auto closure = [text](int, std::vector<int>) { return text; };
  auto trivial = [&text] { return text; };
  auto generic = [text](auto) { return text; };
#if defined(__GNUC__) && !defined(__clang__)
  constexpr bool told = true;
#else
  constexpr bool told = false;
#endif
  CHECK(is_closure<decltype(closure)>() == told);
  CHECK(is_closure<decltype(trivial)>() == told);
  CHECK(is_closure<decltype(generic)>() == told);
  static_assert(!is_closure<std::vector<decltype(closure)>>());
  static_assert(!is_closure<std::vector<int>>());
  static_assert(!is_closure<std::string>());
  static_assert(!is_closure<int>());
  CHECK(may_break<decltype(closure)> == breaks_temporaries);
  CHECK(may_break<decltype(generic)> == breaks_temporaries);
  CHECK(may_break<Resource> == breaks_temporaries);
  CHECK_FALSE(may_break<decltype(closure)&>);
  CHECK_FALSE(may_break<Resource&>);
  CHECK_FALSE(may_break<decltype(trivial)>);
  CHECK_FALSE(may_break<Constructed>);
  CHECK_FALSE(may_break<std::string>);
  CHECK_FALSE(may_break<std::vector<decltype(closure)>>);
}
