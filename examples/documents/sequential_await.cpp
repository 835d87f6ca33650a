// Two coroutines awaited one after the other: 5 s + 2 s.
#include "examples/documents/example.hpp"

using namespace example;

Coroutine<void> work(const char* name, Duration delay) {
  const double began = elapsed();
  say("%s: starting; waiting %.0fs", name, in_seconds(delay));
  co_await sleep(delay);
  say("%s: finished (total %.2fs)", name, elapsed() - began);
}

Coroutine<void> program() {
  say("Running sequentially with await...");
  co_await work("first", 5s);
  co_await work("second", 2s);
  say("total elapsed: %.2fs", elapsed());
}

int main(int argc, char** argv) { return run_example(argc, argv, program); }
