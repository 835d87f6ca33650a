// The same pool, broken on purpose: it drops one job in a thousand. The suite reports the run that never ended, and goes home.
#include <atomic>

#include "conformance/cli/lawful.hpp"
#include "examples/plug_in/thread_pool.hpp"

int main(int argc, char** argv) {
  ThreadPool pool(4);
  std::atomic<unsigned> posted{0};
  return lawful::conformance::run_lawful(argc, argv, "leaky_pool", [&](auto job) {
    if (++posted % 1000 != 0) pool.post(std::move(job));
  });
}
