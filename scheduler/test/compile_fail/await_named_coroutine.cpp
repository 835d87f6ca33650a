// A coroutine that has a name is moved into the await.
// REFUSED: a coroutine (std::move a named one)
#include "scheduler/task/task.hpp"

lawful::Coroutine<int> program(lawful::Coroutine<int> coroutine) {
#ifdef REFUSED
  const int value = co_await coroutine;
#else
  const int value = co_await std::move(coroutine);
#endif
  co_return value;
}
