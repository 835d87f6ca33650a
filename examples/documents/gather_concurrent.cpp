// Both at once with gather: 5 s, and their results in the order asked for.
#include "examples/documents/example.hpp"

using namespace example;

Coroutine<std::string> work(std::string name, Duration delay) {
  const double began = elapsed();
  say("%s: starting; waiting %.0fs", name.c_str(), in_seconds(delay));
  co_await sleep(delay);
  say("%s: finished (total %.2fs)", name.c_str(), elapsed() - began);
  co_return name;
}

Coroutine<void> program() {
  say("Running with gather...");
  const auto [first, second] = co_await gather(work("first", 5s), work("second", 2s));
  say("results: %s, %s", first.c_str(), second.c_str());
  say("total elapsed: %.2fs", elapsed());
}

int main(int argc, char** argv) { return run_example(argc, argv, program); }
