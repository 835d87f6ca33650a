// Nine tasks, three at a time, half a second each: 1.5 s.
#include "examples/documents/example.hpp"

using namespace example;

Coroutine<std::string> fetch_limited(std::string url, Semaphore& semaphore) {
  auto body = [&url]() -> Coroutine<std::string> {
    co_await sleep(500ms);
    say("%.2fs %s", elapsed(), url.c_str());
    co_return url + " done";
  };
  std::string result = co_await with(semaphore, body);
  co_return result;
}

Coroutine<void> program() {
  Semaphore semaphore(3);
  std::vector<Coroutine<std::string>> fetches;
  for (int i = 0; i < 9; ++i) fetches.push_back(fetch_limited("url-" + std::to_string(i), semaphore));
  const std::vector<std::string> results = co_await gather(fetches);
  say("%zu done at %.2fs", results.size(), elapsed());
}

int main(int argc, char** argv) { return run_example(argc, argv, program); }
