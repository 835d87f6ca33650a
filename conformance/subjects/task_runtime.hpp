#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "conformance/subjects/runtime.hpp"
#include "scheduler/lawful.hpp"

namespace lawful::conformance {

/// An error of a program inside the library, and back.
[[nodiscard]] Error to_error(const spec::Raised& raised);
[[nodiscard]] spec::Raised to_raised(const Error& error);

/// A resource of a program: exactly one of its members is there.
struct TaskResource {
  std::unique_ptr<Semaphore> semaphore;
  std::unique_ptr<Lock> lock;
  std::unique_ptr<Condition> condition;
  std::unique_ptr<Event> event;
  std::unique_ptr<Barrier> barrier;
  std::unique_ptr<Queue<Value>> queue;
  std::size_t bound = 0;  // permits at first
};

/// The library itself as a Runtime: tasks over any Scheduler. Operations are virtual, so that a mutant is a class that
/// overrides one of them and does one thing wrong.
class TaskRuntime {
 public:
  template <class T>
  using Coroutine = lawful::Coroutine<T>;
  using Task = Future<Value>;
  using Group = TaskGroup;
  using Timeout = lawful::Timeout;
  using Resource = std::shared_ptr<TaskResource>;
  using Completed = AsCompleted<Value>;
  using Callback = CallbackHandle;

  explicit TaskRuntime(Scheduler& scheduler) : scheduler_(scheduler) {}
  TaskRuntime(const TaskRuntime&) = delete;
  TaskRuntime& operator=(const TaskRuntime&) = delete;
  virtual ~TaskRuntime() = default;

  [[nodiscard]] Scheduler& scheduler() const noexcept { return scheduler_; }
  [[nodiscard]] bool parallel() const noexcept { return scheduler_.parallel(); }
  [[nodiscard]] virtual Tick now();
  /// Runs until `main` has ended and shutdown is over, or until nothing can go on.
  virtual Scheduler::End drive(const Task& main);

  virtual Coroutine<Outcome> sleep(Tick ticks);
  virtual Task create_task(NameId name, Coroutine<Outcome> body);
  virtual Coroutine<Outcome> await(Task task);
  virtual bool cancel(Task task);
  virtual std::int64_t uncancel();
  virtual std::int64_t cancelling(Task task);
  virtual Outcome result(Task task);
  virtual Outcome exception(Task task);
  virtual bool done(Task task);
  virtual bool cancelled(Task task);
  virtual Outcome outcome(Task task);
  virtual Task create_future();
  virtual Outcome set_result(Task task, Value value);
  virtual Outcome set_exception(Task task, Outcome error);

  virtual Coroutine<Outcome> gather(std::vector<Task> tasks, bool return_exceptions);
  virtual Coroutine<Outcome> wait_for(Task task, Tick ticks);
  virtual Coroutine<Outcome> shield(Task task);
  virtual Coroutine<Outcome> wait(std::vector<Task> tasks, spec::ReturnWhen when, std::optional<Tick> at_most);
  virtual Completed as_completed(std::vector<Task> tasks, std::optional<Tick> at_most);
  bool more(Completed& completed) { return completed.more(); }
  virtual Coroutine<Outcome> next(Completed completed);

  Group create_group() { return TaskGroup(scheduler_); }
  virtual Outcome enter(Group& group);
  virtual std::pair<Task, Outcome> create_task(Group group, NameId name, Coroutine<Outcome> body);
  virtual Coroutine<Outcome> leave(Group group, Outcome body);
  virtual Timeout create_timeout(Tick ticks);
  virtual Outcome enter(Timeout& timeout);
  virtual Outcome reschedule(Timeout timeout, Tick ticks);
  virtual Outcome leave(Timeout& timeout, Outcome body);

  virtual Resource create_resource(const spec::Resource& declared);
  virtual Coroutine<Outcome> acquire(Resource resource);
  virtual Outcome release(Resource resource);
  virtual bool locked(Resource resource);
  virtual void set(Resource resource);
  virtual void clear(Resource resource);
  virtual bool is_set(Resource resource);
  virtual Coroutine<Outcome> wait_event(Resource resource);
  virtual Coroutine<Outcome> wait_condition(Resource resource);
  virtual Outcome notify(Resource resource, std::int64_t n);
  virtual Outcome notify_all(Resource resource);
  virtual Coroutine<Outcome> wait_barrier(Resource resource);
  virtual Coroutine<Outcome> reset_barrier(Resource resource);
  virtual Coroutine<Outcome> abort_barrier(Resource resource);
  virtual Coroutine<Outcome> put(Resource resource, Value value);
  virtual Outcome put_nowait(Resource resource, Value value);
  virtual Coroutine<Outcome> get(Resource resource);
  virtual Outcome get_nowait(Resource resource);
  virtual std::int64_t qsize(Resource resource);
  virtual Outcome task_done(Resource resource);
  virtual Coroutine<Outcome> join(Resource resource);
  virtual void shutdown(Resource resource, bool immediate);

  virtual Callback call_soon(std::function<void()> function);
  virtual Callback call_later(Tick ticks, std::function<void()> function);
  virtual void cancel_callback(Callback callback);
  virtual void add_done_callback(Task task, std::function<void()> function);
  [[nodiscard]] virtual bool ordinary(const Outcome& outcome);

 private:
  Scheduler& scheduler_;
};

/// A body as the library's tasks end: by its value, or failed with its error.
[[nodiscard]] Coroutine<Value> as_task_body(Coroutine<Outcome> body);

}  // namespace lawful::conformance
