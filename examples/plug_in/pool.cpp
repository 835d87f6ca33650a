// Is this pool lawful? One function and three lines, and it has every verb of `lawful`: pool check, pool run pool, …
#include "conformance/cli/lawful.hpp"
#include "examples/plug_in/thread_pool.hpp"

int main(int argc, char** argv) {
  ThreadPool pool(4);
  return lawful::conformance::run_lawful(argc, argv, "pool", [&](auto job) { pool.post(std::move(job)); });
}
