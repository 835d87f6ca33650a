// A bare tbb::task_arena, judged as an executor. It promises no order, and owes none.
#include <tbb/task_arena.h>

#include "conformance/cli/lawful.hpp"

int main(int argc, char** argv) {
  tbb::task_arena arena(4, 0);
  return lawful::conformance::run_lawful(argc, argv, "tbb_arena", [&](auto job) { arena.enqueue(std::move(job)); });
}
