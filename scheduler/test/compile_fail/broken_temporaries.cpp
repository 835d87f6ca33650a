// What g++ before 13 would destroy twice; and what it would not, which is allowed.
// REFUSED: or name the object before, and pass the name
// FORMS: with_aggregate with_moved with_closure with_outcome put create_task create_task_outcome group gather shield wait_for to_thread condition awaiter
#include <memory>
#include <string>

#include "scheduler/lawful.hpp"

using namespace lawful;

struct Resource {
  std::string name;
  Ready enter() { return Ready(); }
  Ready leave(const Error&) { return Ready(); }
};
struct Item {
  std::string text;
};
struct Number {
  int value;
};
struct Brace {
  using runs_in_task = void;
  std::string text;
  bool await_ready() const { return true; }
  void await_suspend(std::coroutine_handle<>) const {}
  void await_resume() const {}
};

Coroutine<void> program(TaskGroup group, Queue<Item>& items, Queue<Number>& numbers, Queue<std::string>& texts, Condition& condition) {
  auto shared = std::make_shared<int>(1);
  auto body = []() -> Coroutine<void> { co_return; };
  auto kept = [shared]() -> Coroutine<void> { co_return; };
  auto moved_only = [owned = std::make_unique<int>(1)]() -> Coroutine<void> { co_return; };
  auto number = [shared] { return *shared; };
  Resource resource{"a"};
  Item item{"a"};
  Brace brace{"a"};

  co_await with(resource, body);
  co_await with(TaskGroup(), kept);
  co_await with(TaskGroup(), std::ref(moved_only));
  co_await with(TaskGroup(), [&]() -> Coroutine<void> { co_return; });
  co_await with(timeout(Duration(1)), [n = 1]() -> Coroutine<void> { co_return co_await sleep(Duration(n)); });
  Coroutine<void> made = with(Resource{"a"}, [shared]() -> Coroutine<void> { co_return; });
  co_await std::move(made);
  co_await items.put(item);
  co_await numbers.put({1});
  co_await texts.put("a");
  Task<void> task = create_task([shared]() -> Coroutine<void> { co_return; });
  co_await task;
  auto named = group.create_task([shared]() -> Coroutine<void> { co_return; });
  co_await named.outcome();
  co_await gather(named, create_task([&]() -> Coroutine<void> { co_return; }));
  co_await create_task(kept);
  co_await to_thread(number);
  co_await to_thread([&] { return *shared; });
  co_await condition.wait_for([&] { return *shared == 1; });
  co_await brace;

#if defined(REFUSED_with_aggregate)
  co_await with(Resource{"a"}, body);
#elif defined(REFUSED_with_moved)
  co_await with(TaskGroup(), std::move(moved_only));  // looks the same
#elif defined(REFUSED_with_closure)
  co_await with(TaskGroup(), [shared]() -> Coroutine<void> { co_return; });
#elif defined(REFUSED_with_outcome)
  Outcome<void> ended = co_await with(TaskGroup(), [shared](TaskGroup&) -> Coroutine<void> { co_return; }).outcome();
#elif defined(REFUSED_put)
  co_await items.put(Item{"a"});
#elif defined(REFUSED_create_task)
  co_await create_task([shared]() -> Coroutine<void> { co_return; });
#elif defined(REFUSED_create_task_outcome)
  Outcome<void> ended = co_await create_task([shared](Item) -> Coroutine<void> { co_return; }, Item{"a"}).outcome();
#elif defined(REFUSED_group)
  co_await group.create_task([](Item) -> Coroutine<void> { co_return; }, Item{"a"});
#elif defined(REFUSED_gather)
  co_await gather(task, create_task([shared]() -> Coroutine<void> { co_return; }));
#elif defined(REFUSED_shield)
  co_await shield(with(TaskGroup(), [shared]() -> Coroutine<void> { co_return; }));
#elif defined(REFUSED_wait_for)
  co_await wait_for(with(Resource{"a"}, body), Duration(1));
#elif defined(REFUSED_to_thread)
  co_await to_thread([shared] { return *shared; });
#elif defined(REFUSED_condition)
  co_await condition.wait_for([shared] { return *shared == 1; });
#elif defined(REFUSED_awaiter)
  co_await Brace{"a"};
#endif
}
