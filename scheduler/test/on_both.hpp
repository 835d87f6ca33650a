#pragma once

#include <doctest/doctest.h>

#include "scheduler/lawful.hpp"
#include "scheduler/tbb.hpp"

/// Runs `program` on a deterministic scheduler and on the TBB scheduler, in virtual time.
template <class Program>
inline void on_both(Program program) {
  SUBCASE("deterministic") {
    lawful::DeterministicScheduler scheduler;
    lawful::run(scheduler, program());
  }
  SUBCASE("tbb") {
    lawful::TbbScheduler scheduler(4, lawful::TbbScheduler::Time::virtual_time);
    lawful::run(scheduler, program());
  }
}
