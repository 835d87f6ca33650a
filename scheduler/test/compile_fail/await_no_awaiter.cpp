// What cannot be awaited anywhere, with its result used.
// REFUSED: await a Future (Future<T>::pending) that is set by whoever completes it
#include "scheduler/task/task.hpp"

lawful::Coroutine<int> program() {
#ifdef REFUSED
  const int value = co_await 7;
  co_return value;
#else
  co_return 7;
#endif
}
