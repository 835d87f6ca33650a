// The four ways to run coroutines: await, create_task, gather, TaskGroup.
#include "examples/documents/example.hpp"

using namespace example;

Coroutine<std::string> worker(std::string name, Duration delay) {
  co_await sleep(delay);
  co_return name;
}

Coroutine<void> program() {
  const std::string awaited = co_await worker("A", 2s);
  say("await: %s at %.2fs", awaited.c_str(), elapsed());

  Task<std::string> task = create_task(worker("A", 2s));
  const std::string from_task = co_await task;
  say("create_task: %s at %.2fs", from_task.c_str(), elapsed());

  const auto [a, b] = co_await gather(worker("A", 2s), worker("B", 1s));
  say("gather: %s, %s at %.2fs", a.c_str(), b.c_str(), elapsed());

  auto body = [](TaskGroup& group) -> Coroutine<void> {
    group.create_task(worker("A", 2s));
    group.create_task(worker("B", 1s));
    co_return;
  };
  co_await with(TaskGroup(), body);
  say("TaskGroup: left at %.2fs", elapsed());
}

int main(int argc, char** argv) { return run_example(argc, argv, program); }
