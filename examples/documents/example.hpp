#pragma once

/// What all examples share: a main that runs them in virtual time, or with --real on the TBB scheduler in real time; and a
/// transcript.

#include <cstdio>
#include <cstring>
#include <exception>
#include <string>

#include "scheduler/lawful.hpp"
#include "scheduler/tbb.hpp"

namespace example {

using namespace lawful;
using namespace std::chrono_literals;

/// Prints a line. Lines of tasks that run on several threads do not mix.
template <class... Arguments>
void say(const char* format, Arguments... arguments) {
  char line[512];
  std::snprintf(line, sizeof line, format, arguments...);
  std::puts(line);
}
inline void say(const char* line) { std::puts(line); }

/// Seconds since the scheduler began.
inline double elapsed() { return in_seconds(Scheduler::current().now().time_since_epoch()); }

/// Runs `program` as asked for on the command line; 0 if it ended well.
inline int run_example(int argc, char** argv, Coroutine<void> (*program)()) {
  const bool real = argc > 1 && std::strcmp(argv[1], "--real") == 0;
  if (argc > 1 && !real) {
    std::fprintf(stderr, "usage: %s [--real]\n", argv[0]);
    return 2;
  }
  try {
    if (real) {
      TbbScheduler scheduler;
      run(scheduler, program());
    } else {
      DeterministicScheduler scheduler;
      run(scheduler, program());
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}

}  // namespace example
