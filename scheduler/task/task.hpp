#pragma once

#include <optional>
#include <string>
#include <utility>

#include "scheduler/task/coroutine.hpp"
#include "scheduler/task/future.hpp"

namespace lawful {

/// A handle on a task of any type.
class AnyTask : public AnyFuture {
 public:
  AnyTask() noexcept = default;
  explicit AnyTask(Ref<TaskCore> core) noexcept : AnyFuture(Ref<FutureCore>(std::move(core))) {}

  [[nodiscard]] std::string name() const { return task().name(); }
  void set_name(std::string name) { task().set_name(std::move(name)); }
  /// How many requests to cancel it stand.
  [[nodiscard]] std::uint32_t cancelling() const { return task().cancelling(); }
  /// Takes one request back, not below zero; answers what remains.
  std::uint32_t uncancel() { return task().uncancel(); }
  [[nodiscard]] TaskCore& task() const { return static_cast<TaskCore&>(core()); }
};

/// A coroutine that runs by itself, step by step, and the future of its outcome: asyncio's Task. Dropping the handle does not stop
/// the task; its scheduler keeps every unfinished task alive.
template <class T = void>
class Task : public Future<T> {
 public:
  Task() noexcept = default;
  explicit Task(Ref<TaskCore> core) noexcept : Future<T>(Ref<FutureCore>(std::move(core))) {}

  [[nodiscard]] std::string name() const { return task().name(); }
  void set_name(std::string name) { task().set_name(std::move(name)); }
  /// How many requests to cancel it stand.
  [[nodiscard]] std::uint32_t cancelling() const { return task().cancelling(); }
  /// Takes one request back, not below zero; answers what remains.
  std::uint32_t uncancel() { return task().uncancel(); }
  operator AnyTask() const { return *this ? AnyTask(Ref<TaskCore>(task())) : AnyTask(); }  // NOLINT(google-explicit-constructor)
  [[nodiscard]] TaskCore& task() const { return static_cast<TaskCore&>(this->core()); }
};

/// Makes `coroutine` a task: its first step is queued behind what is ready, and nothing of it runs before this returns
/// (TASK-STARTS-LATER). O(1), one allocation beside the frame.
/// @throws RuntimeError if no scheduler runs on this thread; ValueError if the coroutine is empty
template <class T>
Task<T> create_task(Coroutine<T> coroutine, std::optional<std::string> name = std::nullopt);
/// The same on a scheduler of one's own choice, from any thread if it is parallel.
template <class T>
Task<T> create_task(Scheduler& scheduler, Coroutine<T> coroutine, std::optional<std::string> name = std::nullopt);

/// The task that is running this. @throws RuntimeError if none is: in a plain callback, or outside of run()
[[nodiscard]] AnyTask current_task();

// implementation

/// The core of a task whose coroutine answers a T.
template <class T>
class TaskOf final : public Valued<TaskCore, T> {
 public:
  TaskOf(Scheduler& scheduler, typename Coroutine<T>::Handle handle, std::optional<std::string> name)
      : Valued<TaskCore, T>(scheduler, handle, std::move(name)), promise_(handle.promise()) {
    promise_.run_in(*this, nullptr);
  }

 private:
  Error harvest() override {
    Outcome<T>& outcome = promise_.outcome();
    if (!outcome.ok()) return outcome.error();
    try {
      this->fill(std::move(outcome).value());
      return {};
    } catch (...) {
      return Error::current();
    }
  }
  typename Coroutine<T>::promise_type& promise_;  // lives as long as the frame: harvest comes before its end
};

template <class T>
Task<T> create_task(Scheduler& scheduler, Coroutine<T> coroutine, std::optional<std::string> name) {
  refuse_empty(coroutine);
  Ref<TaskOf<T>> core = make_counted<TaskOf<T>>(scheduler, coroutine.detach(), std::move(name));
  core->begin();
  return Task<T>(Ref<TaskCore>(std::move(core)));
}

template <class T>
Task<T> create_task(Coroutine<T> coroutine, std::optional<std::string> name) {
  return create_task(Scheduler::current(), std::move(coroutine), std::move(name));
}

inline AnyTask current_task() {
  TaskCore* const task = TaskCore::current();
  if (task == nullptr) throw RuntimeError("no task is running here: call this from a coroutine that runs in a task");
  return AnyTask(Ref<TaskCore>(*task));
}

/// Something to wait for, made a future: futures and tasks as they are, a coroutine as a new task (asyncio's ensure_future).
/// @throws InvalidStateError if the future is empty, ValueError if the coroutine is
template <class T>
Future<T> ensure_future(Future<T> future) {
  refuse_empty(future);
  return future;
}
template <class T>
Future<T> ensure_future(Task<T> task) {
  refuse_empty(task);
  return task;
}
template <class T>
Future<T> ensure_future(Coroutine<T> coroutine) {
  return create_task(std::move(coroutine));
}

/// What can be waited for together with others: a future, a task or a coroutine.
template <class A>
concept Awaited = requires(A&& awaited) {
  ensure_future(std::forward<A>(awaited));
};

/// The type of the value of an Awaited.
template <Awaited A>
using ValueOf = typename decltype(ensure_future(std::declval<A>()))::value_type;

}  // namespace lawful
