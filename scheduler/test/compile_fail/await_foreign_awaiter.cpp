// An awaiter that knows nothing of tasks.
// REFUSED: only what runs in a task can be awaited here
#include "scheduler/task/sleep.hpp"
#include "scheduler/task/task.hpp"

lawful::Coroutine<int> program() {
  co_await lawful::sleep(lawful::Duration(1));
#ifdef REFUSED
  co_await std::suspend_always();
#endif
  co_return 1;
}
