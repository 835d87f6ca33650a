#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <vector>

#include "scheduler/lawful.hpp"
#include "scheduler/test/live_allocations.hpp"

/// Forgets a million timers behind one that is due before them, by CallbackHandle::cancel() and by wait_for, from several tasks:
/// what is allocated stays flat.
inline void check_forgotten_timers_cost_no_memory(lawful::Scheduler& scheduler) {
  using namespace lawful;
  using namespace std::chrono_literals;
  constexpr int tasks = 4;
  constexpr int cancelled_by_each = 225'000;
  constexpr int waited_by_each = 25'000;
  // A leak would be of a million blocks at least. Those kept by the threads for their next use are a few thousand of each size.
  constexpr std::int64_t allowed = 60'000;
  std::atomic<std::int64_t> most{0};
  const std::int64_t before = live_allocations();
  const auto look = [&] {
    const std::int64_t live = live_allocations() - before;
    std::int64_t known = most.load();
    while (live > known && !most.compare_exchange_weak(known, live)) {
    }
  };
  auto nothing = [] {};
  auto turn = []() -> Coroutine<void> { co_await sleep(Duration(0)); };
  auto forget_many = [&]() -> Coroutine<void> {
    for (int i = 0; i < cancelled_by_each; ++i) {
      call_later(scheduler, 2h, nothing).cancel();
      if (i % 1000 == 0) look();
    }
    for (int i = 0; i < waited_by_each; ++i) {
      co_await wait_for(turn(), 2h);
      if (i % 1000 == 0) look();
    }
  };
  auto program = [&]() -> Coroutine<void> {
    CallbackHandle far = call_later(scheduler, 1h, nothing);
    std::vector<Task<void>> all;
    for (int i = 0; i < tasks; ++i) all.push_back(create_task(forget_many()));
    for (Task<void>& task : all) co_await task;
    look();
    far.cancel();
  };
  run(scheduler, program());
  CHECK(most.load() < allowed);
}
