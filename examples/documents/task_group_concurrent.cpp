// Both at once in a task group: 5 s.
#include "examples/documents/example.hpp"

using namespace example;

Coroutine<void> work(const char* name, Duration delay) {
  const double began = elapsed();
  say("%s: starting; waiting %.0fs", name, in_seconds(delay));
  co_await sleep(delay);
  say("%s: finished (total %.2fs)", name, elapsed() - began);
}

Coroutine<void> program() {
  say("Running with TaskGroup...");
  auto body = [](TaskGroup& group) -> Coroutine<void> {
    group.create_task(work("first", 5s));
    group.create_task(work("second", 2s));
    co_return;
  };
  co_await with(TaskGroup(), body);
  say("total elapsed: %.2fs", elapsed());
}

int main(int argc, char** argv) { return run_example(argc, argv, program); }
