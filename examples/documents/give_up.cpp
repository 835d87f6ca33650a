// A timeout cancels what takes too long, and blocking work goes to a thread.
#include "examples/documents/example.hpp"

using namespace example;

Coroutine<std::string> slow() {
  co_await sleep(5s);
  co_return "eventually";
}

Coroutine<void> program() {
  auto body = []() -> Coroutine<void> { co_await slow(); };
  try {
    co_await with(timeout(1s), body);
  } catch (const TimeoutError&) {
    say("gave up at %.2fs", elapsed());
  }
  const int doubled = co_await to_thread([] { return 3 * 2; });
  say("result: %d", doubled);
}

int main(int argc, char** argv) { return run_example(argc, argv, program); }
