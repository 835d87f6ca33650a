// The same pool, broken in another way: now and then a job never ends. The report comes all the same, and so does the end.
#include <atomic>

#include "conformance/cli/lawful.hpp"
#include "examples/plug_in/thread_pool.hpp"

int main(int argc, char** argv) {
  ThreadPool pool(4);
  std::atomic<unsigned> posted{0};
  return lawful::conformance::run_lawful(argc, argv, "stuck_pool", [&](auto job) {
    if (++posted % 1000 != 0) return pool.post(std::move(job));
    pool.post([] {
      for (std::atomic<int> forever{0};;) forever.wait(0);
    });
  });
}
