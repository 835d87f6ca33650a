// third() needs second()'s result. A group (or gather) is left only when first() has ended too: 5 s + 3 s. Asking for a result
// before it is there is an InvalidStateError.
#include "examples/documents/example.hpp"

using namespace example;

Coroutine<int> work(const char* name, Duration delay, int result) {
  say("%.2fs %s: starting", elapsed(), name);
  co_await sleep(delay);
  say("%.2fs %s: finished", elapsed(), name);
  co_return result;
}

Coroutine<void> program() {
  Task<int> second;
  auto body = [&second](TaskGroup& group) -> Coroutine<void> {
    Task<int> first = group.create_task(work("first", 5s, 1));
    second = group.create_task(work("second", 2s, 2));
    co_await sleep(3s);
    say("%.2fs second's result is %d", elapsed(), second.result());
    try {
      first.result();
    } catch (const InvalidStateError& error) {
      say("%.2fs InvalidStateError: %s", elapsed(), error.what());
    }
  };
  co_await with(TaskGroup(), body);
  const int third = co_await work("third", 3s, second.result() + 1);
  say("total elapsed: %.2fs, third's result is %d", elapsed(), third);
}

int main(int argc, char** argv) { return run_example(argc, argv, program); }
