// Timers, and that those which are forgotten cost nothing on any scheduler (Asio's: asio_test.cpp; the executor kit's:
// executor_test.cpp).
#include "scheduler/timers.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "scheduler/tbb.hpp"
#include "scheduler/test/forgotten_timers.hpp"

using namespace lawful;
using namespace std::chrono_literals;

namespace {

Ref<Handle> handle(std::vector<int>& ran, int number) {
  auto note = [&ran, number] { ran.push_back(number); };
  return make_counted<Handle>(false, Job::of(std::move(note)));
}

void forget(Timers& timers, Handle& handle) {
  handle.forget();
  timers.forgotten(handle);
}

std::vector<int> run_due(Timers& timers, std::vector<int>& ran, TimePoint now) {
  while (Ref<Handle> due = timers.take_due(now)) due->take().run();
  return std::exchange(ran, {});
}

}  // namespace

TEST_CASE("timers of one deadline go in the order of adding, whatever was forgotten among them") {
  Timers timers;
  std::vector<int> ran;
  std::vector<Ref<Handle>> handles;
  std::vector<int> expected;
  for (int i = 0; i < 1000; ++i) {
    handles.push_back(handle(ran, i));
    timers.add(TimePoint(i % 2 == 0 ? 1s : 2s), handles.back());
  }
  for (int i = 0; i < 1000; ++i) {
    if (i % 10 > 1) forget(timers, *handles[static_cast<std::size_t>(i)]);
  }
  CHECK(timers.size() <= 400);
  for (int i = 0; i < 1000; i += 10) expected.push_back(i);
  CHECK(run_due(timers, ran, TimePoint(1s)) == expected);
  for (int& i : expected) ++i;
  CHECK(run_due(timers, ran, TimePoint(2s)) == expected);
  CHECK(timers.empty());
}

TEST_CASE("timers hold few forgotten handles, in whatever order they are forgotten") {
  Timers timers;
  std::vector<int> ran;
  const Ref<Handle> near = handle(ran, 0);
  timers.add(TimePoint(1s), near);
  std::vector<Ref<Handle>> later;
  for (int i = 0; i < 10'000; ++i) {
    later.push_back(handle(ran, i));
    timers.add(TimePoint(2s), later.back());
  }
  std::size_t idle = 0;  // most handles beyond what is allowed
  while (!later.empty()) {
    forget(timers, *later.back());
    forget(timers, *later.back());  // once more is no more
    later.pop_back();
    const std::size_t allowed = std::max<std::size_t>(64, 2 * (later.size() + 1));
    idle = std::max(idle, timers.size() - std::min(timers.size(), allowed));
  }
  CHECK(idle == 0);
  CHECK(timers.earliest() == TimePoint(1s));
  CHECK(run_due(timers, ran, TimePoint(3s)) == std::vector<int>{0});
}

TEST_CASE("a handle that is forgotten before it is added, or elsewhere, is not counted") {
  Timers timers;
  std::vector<int> ran;
  const Ref<Handle> gone = handle(ran, 0);
  forget(timers, *gone);
  timers.add(TimePoint(1s), gone);
  CHECK(timers.empty());
  const Ref<Handle> here = handle(ran, 1);
  timers.add(TimePoint(1s), here);
  timers.clear();
  forget(timers, *here);
  CHECK(timers.empty());
  CHECK_FALSE(timers.earliest().has_value());
}

TEST_CASE("what a forgotten timer owned goes at once, though its place in the heap does not") {
  DeterministicScheduler scheduler;
  auto program = [&]() -> Coroutine<void> {
    auto owned = std::make_shared<int>(1);
    auto callback = [owned] {};
    CallbackHandle later = call_later(scheduler, 1h, std::move(callback));
    CHECK(owned.use_count() == 2);
    later.cancel();
    CHECK(owned.use_count() == 1);
    co_return;
  };
  run(scheduler, program());
}

TEST_CASE("a callback that owns its own handle may be cancelled through it") {
  DeterministicScheduler scheduler;
  auto program = [&]() -> Coroutine<void> {
    auto own = std::make_shared<CallbackHandle>();
    auto callback = [own] {};
    *own = call_later(scheduler, 1h, std::move(callback));
    CallbackHandle& inside = *own;
    own.reset();  // only the callback holds it now
    inside.cancel();
    co_return;
  };
  run(scheduler, program());
}

TEST_CASE("a million forgotten timers cost no memory") {
  SUBCASE("deterministic") {
    DeterministicScheduler scheduler;
    check_forgotten_timers_cost_no_memory(scheduler);
  }
  SUBCASE("tbb, virtual time") {
    TbbScheduler scheduler(4, TbbScheduler::Time::virtual_time);
    check_forgotten_timers_cost_no_memory(scheduler);
  }
  SUBCASE("tbb, real time") {
    TbbScheduler scheduler(4, TbbScheduler::Time::real_time);
    check_forgotten_timers_cost_no_memory(scheduler);
  }
}
