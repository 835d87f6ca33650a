// The same four workloads on a hand-written floor, on both schedulers of lawful, and on Boost.Asio, in one run. Read the ratios.
#include <benchmark/benchmark.h>

#include <vector>

#include "bench/floor.hpp"
#include "scheduler/lawful.hpp"
#include "scheduler/tbb.hpp"

#ifdef LAWFUL_BENCH_ASIO
#include <boost/asio.hpp>
#include <boost/asio/experimental/channel.hpp>
#endif

namespace {

constexpr int batches = 1000;  // spawn + join: 1,000 tasks at once, 1,000 times
constexpr int tasks = 1000;    // yield and semaphore: 1,000 tasks, 1,000 times each
constexpr int times = 1000;
constexpr int permits = 10;
constexpr int sleepers = 100'000;

void per_item(benchmark::State& state, long items) {
  state.SetItemsProcessed(state.iterations() * items);
  state.counters["each"] = benchmark::Counter(static_cast<double>(items) * static_cast<double>(state.iterations()),
                                              benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

// the floor

namespace f = floor_;

f::Task floor_trivial() { co_return; }
f::Task floor_spawn_join(f::Loop& loop) {
  for (int b = 0; b < batches; ++b) {
    f::Join join(loop, tasks);
    for (int i = 0; i < tasks; ++i) f::spawn(loop, floor_trivial(), &join);
    co_await f::Joined(join);
  }
}
f::Task floor_yields(f::Loop& loop) {
  for (int i = 0; i < times; ++i) co_await f::Yield(loop);
}
f::Task floor_sleeps(f::Loop& loop, long delay) { co_await f::Sleep(loop, delay); }
f::Task floor_contends(f::Loop& loop, f::Semaphore& semaphore) {
  for (int i = 0; i < times; ++i) {
    co_await semaphore.acquire();
    co_await f::Yield(loop);
    semaphore.release();
  }
}

void spawn_join_floor(benchmark::State& state) {
  for (auto _ : state) {
    f::Loop loop;
    f::spawn(loop, floor_spawn_join(loop));
    loop.run();
  }
  per_item(state, static_cast<long>(batches) * tasks);
}
void yield_floor(benchmark::State& state) {
  for (auto _ : state) {
    f::Loop loop;
    for (int i = 0; i < tasks; ++i) f::spawn(loop, floor_yields(loop));
    loop.run();
  }
  per_item(state, static_cast<long>(tasks) * times);
}
void timer_floor(benchmark::State& state) {
  for (auto _ : state) {
    f::Loop loop;
    for (int i = 0; i < sleepers; ++i) f::spawn(loop, floor_sleeps(loop, 1 + i * 7919L % sleepers));
    loop.run();
  }
  per_item(state, sleepers);
}
void semaphore_floor(benchmark::State& state) {
  for (auto _ : state) {
    f::Loop loop;
    f::Semaphore semaphore(loop, permits);
    for (int i = 0; i < tasks; ++i) f::spawn(loop, floor_contends(loop, semaphore));
    loop.run();
  }
  per_item(state, static_cast<long>(tasks) * times);
}

// lawful

using namespace lawful;

struct Deterministic {
  DeterministicScheduler scheduler;
};
struct Tbb {
  TbbScheduler scheduler{2, TbbScheduler::Time::virtual_time};
};

Coroutine<void> trivial() { co_return; }
Coroutine<void> spawn_and_join() {
  std::vector<Task<void>> spawned;
  spawned.reserve(tasks);
  for (int b = 0; b < batches; ++b) {
    for (int i = 0; i < tasks; ++i) spawned.push_back(create_task(trivial()));
    for (Task<void>& task : spawned) co_await task;
    spawned.clear();
  }
}
Coroutine<void> yields() {
  for (int i = 0; i < times; ++i) co_await sleep(Duration::zero());
}
Coroutine<void> sleeps(Duration delay) { co_await sleep(delay); }
Coroutine<void> contends(Semaphore& semaphore) {
  for (int i = 0; i < times; ++i) {
    co_await semaphore.acquire();
    co_await sleep(Duration::zero());
    semaphore.release();
  }
}
Coroutine<void> all_yield() {
  std::vector<Task<void>> spawned;
  for (int i = 0; i < tasks; ++i) spawned.push_back(create_task(yields()));
  for (Task<void>& task : spawned) co_await task;
}
Coroutine<void> all_sleep() {
  std::vector<Task<void>> spawned;
  for (int i = 0; i < sleepers; ++i) spawned.push_back(create_task(sleeps(Duration(1 + i * 7919L % sleepers))));
  for (Task<void>& task : spawned) co_await task;
}
Coroutine<void> all_contend() {
  Semaphore semaphore(permits);
  std::vector<Task<void>> spawned;
  for (int i = 0; i < tasks; ++i) spawned.push_back(create_task(contends(semaphore)));
  for (Task<void>& task : spawned) co_await task;
}

template <class On>
void spawn_join(benchmark::State& state) {
  On on;
  for (auto _ : state) run(on.scheduler, spawn_and_join());
  per_item(state, static_cast<long>(batches) * tasks);
}
template <class On>
void yield(benchmark::State& state) {
  On on;
  for (auto _ : state) run(on.scheduler, all_yield());
  per_item(state, static_cast<long>(tasks) * times);
}
template <class On>
void timer(benchmark::State& state) {
  On on;
  for (auto _ : state) run(on.scheduler, all_sleep());
  per_item(state, sleepers);
}
template <class On>
void semaphore(benchmark::State& state) {
  On on;
  for (auto _ : state) run(on.scheduler, all_contend());
  per_item(state, static_cast<long>(tasks) * times);
}

// Boost.Asio

#ifdef LAWFUL_BENCH_ASIO
namespace asio = boost::asio;
using Channel = asio::experimental::channel<void(boost::system::error_code)>;

asio::awaitable<void> asio_trivial() { co_return; }
asio::awaitable<void> asio_spawn_join() {
  auto executor = co_await asio::this_coro::executor;
  for (int b = 0; b < batches / 10; ++b) {
    for (int i = 0; i < tasks; ++i) asio::co_spawn(executor, asio_trivial(), asio::detached);
    co_await asio::post(executor, asio::use_awaitable);
  }
}
asio::awaitable<void> asio_yields() {
  auto executor = co_await asio::this_coro::executor;
  for (int i = 0; i < times / 10; ++i) co_await asio::post(executor, asio::use_awaitable);
}
asio::awaitable<void> asio_sleeps(int delay) {
  asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::nanoseconds(delay));
  co_await timer.async_wait(asio::use_awaitable);
}
asio::awaitable<void> asio_contends(Channel& free) {
  auto executor = co_await asio::this_coro::executor;
  for (int i = 0; i < times / 10; ++i) {
    co_await free.async_receive(asio::use_awaitable);
    co_await asio::post(executor, asio::use_awaitable);
    co_await free.async_send(boost::system::error_code(), asio::use_awaitable);
  }
}

// A tenth of the work: the figures are for each item.
void spawn_join_asio(benchmark::State& state) {
  for (auto _ : state) {
    asio::io_context context(1);
    asio::co_spawn(context, asio_spawn_join(), asio::detached);
    context.run();
  }
  per_item(state, static_cast<long>(batches / 10) * tasks);
}
void yield_asio(benchmark::State& state) {
  for (auto _ : state) {
    asio::io_context context(1);
    for (int i = 0; i < tasks; ++i) asio::co_spawn(context, asio_yields(), asio::detached);
    context.run();
  }
  per_item(state, static_cast<long>(tasks) * (times / 10));
}
void timer_asio(benchmark::State& state) {
  for (auto _ : state) {
    asio::io_context context(1);
    for (int i = 0; i < sleepers; ++i)
      asio::co_spawn(context, asio_sleeps(static_cast<int>(1 + i * 7919L % sleepers)), asio::detached);
    context.run();
  }
  per_item(state, sleepers);
}
void semaphore_asio(benchmark::State& state) {
  for (auto _ : state) {
    asio::io_context context(1);
    Channel free(context, permits);
    for (int i = 0; i < permits; ++i) free.try_send(boost::system::error_code());
    for (int i = 0; i < tasks; ++i) asio::co_spawn(context, asio_contends(free), asio::detached);
    context.run();
  }
  per_item(state, static_cast<long>(tasks) * (times / 10));
}
#endif

}  // namespace

BENCHMARK(spawn_join_floor)->Unit(benchmark::kMillisecond);
BENCHMARK(spawn_join<Deterministic>)->Unit(benchmark::kMillisecond);
BENCHMARK(spawn_join<Tbb>)->Unit(benchmark::kMillisecond)->UseRealTime();
#ifdef LAWFUL_BENCH_ASIO
BENCHMARK(spawn_join_asio)->Unit(benchmark::kMillisecond);
#endif
BENCHMARK(yield_floor)->Unit(benchmark::kMillisecond);
BENCHMARK(yield<Deterministic>)->Unit(benchmark::kMillisecond);
BENCHMARK(yield<Tbb>)->Unit(benchmark::kMillisecond)->UseRealTime();
#ifdef LAWFUL_BENCH_ASIO
BENCHMARK(yield_asio)->Unit(benchmark::kMillisecond);
#endif
BENCHMARK(timer_floor)->Unit(benchmark::kMillisecond);
BENCHMARK(timer<Deterministic>)->Unit(benchmark::kMillisecond);
BENCHMARK(timer<Tbb>)->Unit(benchmark::kMillisecond)->UseRealTime();
#ifdef LAWFUL_BENCH_ASIO
BENCHMARK(timer_asio)->Unit(benchmark::kMillisecond);
#endif
BENCHMARK(semaphore_floor)->Unit(benchmark::kMillisecond);
BENCHMARK(semaphore<Deterministic>)->Unit(benchmark::kMillisecond);
BENCHMARK(semaphore<Tbb>)->Unit(benchmark::kMillisecond)->UseRealTime();
#ifdef LAWFUL_BENCH_ASIO
BENCHMARK(semaphore_asio)->Unit(benchmark::kMillisecond);
#endif

BENCHMARK_MAIN();
