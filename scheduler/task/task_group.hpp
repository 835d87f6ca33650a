#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scheduler/task/task.hpp"
#include "scheduler/task/with.hpp"

namespace lawful {

/// The state of a task group, shared with the callbacks of its children.
class TaskGroupCore final : public Counted {
 public:
  explicit TaskGroupCore(Scheduler& scheduler) : Counted(scheduler.parallel()), scheduler_(scheduler) {}

  /// What entering found wrong, if anything.
  [[nodiscard]] Error enter();
  /// Why a child may not be added now, if so.
  [[nodiscard]] Error refusal_guarded() const;
  /// Queues the first step of `child`, and counts it among those that leaving waits for; if this throws, neither.
  void begin_guarded(TaskCore& child);
  /// Waits for the children, and decides what leaving answers. What it needs was made by enter(): it waits also if no memory is
  /// left.
  [[nodiscard]] Coroutine<Unit> leave(Error body_error) noexcept;
  [[nodiscard]] Scheduler& scheduler() const noexcept { return scheduler_; }

 private:
  class Wait;
  static void on_child(Counted& target, Counted* child);
  [[nodiscard]] Coroutine<Unit> leave_when_done();
  void child_done_guarded(FutureCore& child);
  void abort_guarded();

  const SchedulerLink scheduler_;
  Ref<TaskCore> owner_;
  std::vector<Ref<TaskCore>> children_;  // in order of creation, null once done
  std::size_t live_ = 0;                 // how many of them are not
  std::vector<Error> errors_;            // of children, as they ended
  Waiter* all_done_ = nullptr;           // what leave() waits for
  Coroutine<Unit> leaving_;              // what leave() answers, made at entry
  Error body_error_;                     // what the body ended with
  bool entered_ = false;
  bool exiting_ = false;
  bool aborting_ = false;                // children were cancelled, new ones are refused
  bool owner_cancel_requested_ = false;  // by us: leave() takes it back
  TaskCore::CancelRequest owner_request_;
};

/// A group of tasks that is left only when all of them have ended: asyncio's TaskGroup. When one fails, the others (and the body)
/// are cancelled and waited for, and leaving raises an ExceptionGroup of all failures (chapter "Sibling cancellation" of SPEC.md).
///
///     auto body = [&](TaskGroup& group) -> Coroutine<void> {
///       group.create_task(fetch("A"));
///       group.create_task([&]() -> Coroutine<void> { found = co_await fetch("B"); });
///       co_return;
///     };
///     co_await with(TaskGroup(), std::move(body));
///
/// A group is entered once, by a task, which owns it.
/// It may outlive its scheduler, and takes no task any more then.
class TaskGroup {
 public:
  explicit TaskGroup(Scheduler& scheduler = Scheduler::current()) : core_(make_counted<TaskGroupCore>(scheduler)) {}
  TaskGroup(const TaskGroup&) = default;  // moving one copies it, so that none is ever empty
  TaskGroup& operator=(const TaskGroup&) = default;
  ~TaskGroup() = default;

  /// A new task that belongs to the group. @throws RuntimeError if the group was not entered, is over, or is shutting down: the
  /// coroutine is dropped unstarted then; ValueError if the coroutine is empty
  template <class T>
  Task<T> create_task(Coroutine<T> coroutine, std::optional<std::string> name = std::nullopt);
  /// The same for the coroutine that `callable(arguments…)` answers; both are kept until the task is over, as by the free
  /// create_task, where it is told which lambdas need this.
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
  /// Why create_task would be refused now; none if it would not.
  [[nodiscard]] Error refusal() const;
  /// The same for copies of one group, and for no other that lives.
  [[nodiscard]] const void* id() const noexcept { return core_.get(); }

  /// For `with`. Entering twice, or outside a task, is a RuntimeError.
  [[nodiscard]] Ready enter() { return Ready(core_->enter()); }
  [[nodiscard]] Coroutine<Unit> leave(Error body_error) { return core_->leave(std::move(body_error)); }

 private:
  Ref<TaskGroupCore> core_;
};

// implementation

template <class T>
Task<T> TaskGroup::create_task(Coroutine<T> coroutine, std::optional<std::string> name) {
  refuse_empty(coroutine);
  Error refused = refusal();
  if (refused) refused.raise();
  Ref<TaskOf<T>> task = make_counted<TaskOf<T>>(core_->scheduler(), coroutine, std::move(name));
  {
    const Guard guard(core_->scheduler());
    refused = core_->refusal_guarded();  // on threads the group may have begun to shut down meanwhile
    if (!refused) core_->begin_guarded(*task);
  }
  if (refused) {
    task->cancel();  // it never starts, and ends as cancelled
    task->begin();
    refused.raise();
  }
  return Task<T>(Ref<TaskCore>(std::move(task)));
}

}  // namespace lawful
