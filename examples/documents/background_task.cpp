// A task runs by itself while its creator does other things.
#include "examples/documents/example.hpp"

using namespace example;

Coroutine<std::string> fetch(std::string url) {
  say("start  %s", url.c_str());
  co_await sleep(1s);
  say("finish %s", url.c_str());
  co_return url + " -> ok";
}

Coroutine<void> program() {
  Task<std::string> task = create_task(fetch("background"));
  say("task created; doing other work meanwhile");
  co_await sleep(200ms);
  say("other work done; now waiting on the task");
  const std::string result = co_await task;
  say("%s at %.2fs", result.c_str(), elapsed());

  const auto [a, b, c] = co_await gather(fetch("A"), fetch("B"), fetch("C"));
  say("[%s, %s, %s] at %.2fs", a.c_str(), b.c_str(), c.c_str(), elapsed());

  auto body = [](TaskGroup& group) -> Coroutine<void> {
    for (const char* url : {"A", "B", "C"}) group.create_task(fetch(url));
    co_return;
  };
  co_await with(TaskGroup(), body);
  say("all tasks complete at %.2fs", elapsed());
}

int main(int argc, char** argv) { return run_example(argc, argv, program); }
