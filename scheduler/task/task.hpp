#pragma once

#include <concepts>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
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

/// The name of a task, as the first argument in front of what it calls: `create_task(TaskName("worker"), work, 3)`.
class TaskName {
 public:
  explicit TaskName(std::string name) noexcept : text_(std::move(name)) {}
  [[nodiscard]] std::string take() && noexcept { return std::move(text_); }

 private:
  std::string text_;
};

/// A function, lambda or member function that answers a Coroutine when it is called with such arguments.
template <class Callable, class... Arguments>
concept CoroutineFunction = IsCoroutine < std::invoke_result_t < std::decay_t<Callable>
&, std::decay_t<Arguments>... >> ;

/// The type of the value of that coroutine.
template <class Callable, class... Arguments>
using ValueOfCall = typename std::invoke_result_t<std::decay_t<Callable>&, std::decay_t<Arguments>...>::value_type;

/// The task that create_task answers for such a callable.
template <class Callable, class... Arguments>
using TaskOfCall = AnswerGiven<Task<ValueOfCall<Callable, Arguments...>>, Callable, Arguments...>;

/// Makes the coroutine that `callable(arguments…)` answers a task, and keeps `callable` and `arguments` as long as its frame: until
/// the task is over. Both are copied or moved in now (std::ref what is to be referred to); the call is part of the first step.
///
///     Task<int> task = create_task([&counter](int n) -> Coroutine<int> { co_return counter += n; }, 3);
///
/// This is the way to make a lambda with captures a task. A coroutine refers to the lambda it was made from and to whatever it
/// takes by reference; it owns neither. `create_task([&]() -> Coroutine<void> {…}())` leaves a task that refers to a lambda that
/// is gone at the semicolon, and `create_task(body())` one that refers to `body`, a name that must outlive the task. No compiler
/// can be made to refuse that: a coroutine made from a temporary looks like any other. What *is* captured by reference has to
/// outlive the task in every form. An AddressSanitizer tells of all of them when they happen.
/// @throws as create_task of a coroutine; what copying them throws. What the call throws is the task's error.
template <class Callable, class... Arguments>
requires CoroutineFunction<Callable, Arguments...> TaskOfCall<Callable, Arguments...> create_task(Callable&& callable,
                                                                                                  Arguments&&... arguments);
template <class Callable, class... Arguments>
requires CoroutineFunction<Callable, Arguments...> TaskOfCall<Callable, Arguments...> create_task(TaskName name,
                                                                                                  Callable&& callable,
                                                                                                  Arguments&&... arguments);
template <class Callable, class... Arguments>
requires CoroutineFunction<Callable, Arguments...> TaskOfCall<Callable, Arguments...> create_task(Scheduler& scheduler,
                                                                                                  Callable&& callable,
                                                                                                  Arguments&&... arguments);
template <class Callable, class... Arguments>
requires CoroutineFunction<Callable, Arguments...> TaskOfCall<Callable, Arguments...> create_task(Scheduler& scheduler,
                                                                                                  TaskName name,
                                                                                                  Callable&& callable,
                                                                                                  Arguments&&... arguments);

/// The task that is running this. @throws RuntimeError if none is: in a plain callback, or outside of run()
[[nodiscard]] AnyTask current_task();

// implementation

/// The core of a task whose coroutine answers a T.
template <class T>
class TaskOf final : public Valued<TaskCore, T> {
 public:
  /// Takes the frame from `coroutine`, unless it throws.
  TaskOf(Scheduler& scheduler, Coroutine<T>& coroutine, std::optional<std::string> name)
      : Valued<TaskCore, T>(scheduler, std::move(name)), promise_(coroutine.handle().promise()) {
    promise_.run_in(*this, coroutine.detach(), nullptr);
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
  Ref<TaskOf<T>> core = make_counted<TaskOf<T>>(scheduler, coroutine, std::move(name));
  core->begin();
  return Task<T>(Ref<TaskCore>(std::move(core)));
}

template <class T>
Task<T> create_task(Coroutine<T> coroutine, std::optional<std::string> name) {
  return create_task(Scheduler::current(), std::move(coroutine), std::move(name));
}

/// Calls `callable(arguments…)` in its first step, and keeps both until the coroutine it answered is over.
template <class T, class Callable, class... Arguments>
Coroutine<T> call_and_keep(Callable callable, Arguments... arguments) {
  Outcome<T> outcome = co_await std::invoke(callable, std::move(arguments)...).outcome();
  if constexpr (std::is_void_v<T>) {
    std::move(outcome).get();
    co_return;
  } else {
    co_return std::move(outcome);
  }
}

/// A coroutine of that call, which has not begun.
template <class Callable, class... Arguments>
Coroutine<ValueOfCall<Callable, Arguments...>> calling(Callable&& callable, Arguments&&... arguments) {
  return call_and_keep<ValueOfCall<Callable, Arguments...>, std::decay_t<Callable>, std::decay_t<Arguments>...>(
      std::forward<Callable>(callable), std::forward<Arguments>(arguments)...);
}

template <class Callable, class... Arguments>
requires CoroutineFunction<Callable, Arguments...> TaskOfCall<Callable, Arguments...> create_task(Callable&& callable,
                                                                                                  Arguments&&... arguments) {
  return create_task(calling(std::forward<Callable>(callable), std::forward<Arguments>(arguments)...));
}
template <class Callable, class... Arguments>
requires CoroutineFunction<Callable, Arguments...> TaskOfCall<Callable, Arguments...> create_task(TaskName name,
                                                                                                  Callable&& callable,
                                                                                                  Arguments&&... arguments) {
  return create_task(calling(std::forward<Callable>(callable), std::forward<Arguments>(arguments)...), std::move(name).take());
}
template <class Callable, class... Arguments>
requires CoroutineFunction<Callable, Arguments...> TaskOfCall<Callable, Arguments...> create_task(Scheduler& scheduler,
                                                                                                  Callable&& callable,
                                                                                                  Arguments&&... arguments) {
  return create_task(scheduler, calling(std::forward<Callable>(callable), std::forward<Arguments>(arguments)...));
}
template <class Callable, class... Arguments>
requires CoroutineFunction<Callable, Arguments...> TaskOfCall<Callable, Arguments...> create_task(Scheduler& scheduler,
                                                                                                  TaskName name,
                                                                                                  Callable&& callable,
                                                                                                  Arguments&&... arguments) {
  return create_task(scheduler, calling(std::forward<Callable>(callable), std::forward<Arguments>(arguments)...),
                     std::move(name).take());
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
