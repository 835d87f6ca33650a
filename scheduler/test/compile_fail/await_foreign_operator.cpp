// A foreign type whose `operator co_await` answers a foreign awaiter; one that answers ours is as good as ours.
// REFUSED: only what runs in a task can be awaited here
#include "scheduler/task/task.hpp"

struct Foreign {
  std::suspend_never operator co_await() const noexcept { return {}; }
};

struct Ours {
  lawful::Future<int> future;
  auto operator co_await() const { return future.operator co_await(); }
};

struct Free {
  lawful::Future<int> future;
};
auto operator co_await(const Free& free) { return free.future.operator co_await(); }

lawful::Coroutine<int> program(Ours ours, Free free) {
  const int one = co_await ours;
  const int two = co_await free;
#ifdef REFUSED
  co_await Foreign();
#endif
  co_return one + two;
}
