#include "conformance/subjects/task_runtime.hpp"

namespace lawful::conformance {

namespace {

/// An error of a program: thrown only if somebody awaits it with a throw, which the interpreter never does.
class RaisedBody final : public ErrorBody {
 public:
  explicit RaisedBody(spec::Raised raised) : raised_(std::move(raised)) {}
  [[noreturn]] void raise() const override { throw RuntimeError(raised_.name()); }
  [[nodiscard]] const std::type_info& type() const noexcept override { return typeid(RaisedBody); }
  [[nodiscard]] const void* object() const noexcept override { return this; }
  [[nodiscard]] const spec::Raised& raised() const noexcept { return raised_; }

 private:
  spec::Raised raised_;
};

/// Ticks of a program are nanoseconds of the library.
Duration to_duration(Tick ticks) { return Duration(ticks); }

template <class T>
Outcome to_outcome(const lawful::Outcome<T>& outcome) {
  if (!outcome.ok()) return to_raised(outcome.error());
  if constexpr (std::is_same_v<T, Value>) {
    return outcome.value();
  } else if constexpr (std::is_integral_v<T>) {
    return Value(static_cast<std::int64_t>(outcome.value()));
  } else {
    return Value();
  }
}

Outcome refused_or_null(const Error& error) {
  if (error) return to_raised(error);
  return Value();
}

Error error_of(const Outcome& outcome) {
  const spec::Raised* raised = outcome.raised();
  return raised == nullptr ? Error() : to_error(*raised);
}

std::vector<Ref<FutureCore>> cores_of(const std::vector<Future<Value>>& tasks) {
  std::vector<Ref<FutureCore>> cores;
  cores.reserve(tasks.size());
  for (const Future<Value>& task : tasks) cores.push_back(task.ref());
  return cores;
}

}  // namespace

Error to_error(const spec::Raised& raised) {
  if (raised.cancelled()) return Error::cancelled();
  return Error::from(Ref<const ErrorBody>(make_counted<RaisedBody>(raised)));
}

spec::Raised to_raised(const Error& error) {
  using Kind = spec::Raised::Kind;
  if (error.is_cancelled()) return spec::Raised(Kind::cancelled);
  const std::type_info& type = error.body()->type();
  if (type == typeid(RaisedBody)) return static_cast<const RaisedBody*>(error.body())->raised();
  if (type == typeid(TimeoutError)) return spec::Raised(Kind::timeout);
  if (type == typeid(InvalidStateError)) return spec::Raised(Kind::invalid_state);
  if (type == typeid(RuntimeError)) return spec::Raised(Kind::runtime);
  if (type == typeid(ValueError)) return spec::Raised(Kind::value);
  if (type == typeid(QueueEmpty)) return spec::Raised(Kind::queue_empty);
  if (type == typeid(QueueFull)) return spec::Raised(Kind::queue_full);
  if (type == typeid(QueueShutDown)) return spec::Raised(Kind::queue_shut_down);
  if (type == typeid(BrokenBarrierError)) return spec::Raised(Kind::broken_barrier);
  if (type == typeid(ExceptionGroup)) {
    std::vector<spec::Raised> members;
    for (const Error& member : static_cast<const ExceptionGroup*>(error.body()->object())->exceptions()) {
      members.push_back(to_raised(member));
    }
    return spec::Raised::group(std::move(members));
  }
  // Thrown by somebody: its type is known once it is caught.
  if (error.as<TimeoutError>() != nullptr) return spec::Raised(Kind::timeout);
  if (error.as<InvalidStateError>() != nullptr) return spec::Raised(Kind::invalid_state);
  if (error.as<RuntimeError>() != nullptr) return spec::Raised(Kind::runtime);
  if (error.as<ValueError>() != nullptr) return spec::Raised(Kind::value);
  return spec::Raised::unknown("an error the format does not know: " + error.describe());
}

Coroutine<Value> as_task_body(Coroutine<Outcome> body) {
  Outcome outcome = co_await std::move(body);
  if (outcome.raised() != nullptr) co_return to_error(*outcome.raised());
  co_return outcome.value();
}

Scheduler::End TaskRuntime::drive(const Task& main) { return drive_to_end(scheduler_, main); }

Tick TaskRuntime::now() { return scheduler_.now().time_since_epoch().count(); }

Coroutine<Outcome> TaskRuntime::sleep(Tick ticks) {
  lawful::Outcome<void> slept = co_await lawful::sleep(to_duration(ticks)).outcome();
  co_return to_outcome(slept);
}

TaskRuntime::Task TaskRuntime::create_task(NameId, Coroutine<Outcome> body) {
  return lawful::create_task(scheduler_, as_task_body(std::move(body)));
}

Coroutine<Outcome> TaskRuntime::await(Task task) {
  lawful::Outcome<Value> outcome = co_await task.outcome();
  co_return to_outcome(outcome);
}

bool TaskRuntime::cancel(Task task) { return task.cancel(); }
std::int64_t TaskRuntime::uncancel() { return current_task().uncancel(); }
std::int64_t TaskRuntime::cancelling(Task task) { return static_cast<TaskCore&>(task.core()).cancelling(); }
Outcome TaskRuntime::result(Task task) { return to_outcome(task.result_outcome()); }

Outcome TaskRuntime::exception(Task task) {
  const AnyFuture::ExceptionAnswer answer = task.try_exception();
  if (answer.refused) return to_raised(answer.refused);
  if (answer.exception) return Value(to_raised(answer.exception));
  return Value();
}

bool TaskRuntime::done(Task task) { return task.done(); }
bool TaskRuntime::cancelled(Task task) { return task.cancelled(); }

Outcome TaskRuntime::outcome(Task task) {
  if (!task.done()) return Outcome();
  return to_outcome(task.result_outcome());
}

TaskRuntime::Task TaskRuntime::create_future() { return Future<Value>::pending(scheduler_); }
Outcome TaskRuntime::set_result(Task task, Value value) { return refused_or_null(task.try_set_result(std::move(value))); }
Outcome TaskRuntime::set_exception(Task task, Outcome error) { return refused_or_null(task.try_set_exception(error_of(error))); }

Coroutine<Outcome> TaskRuntime::gather(std::vector<Task> tasks, bool return_exceptions) {
  // Values and errors alike become a list of the format.
  auto collect = [](const std::vector<Ref<FutureCore>>& children) {
    spec::List list;
    list.reserve(children.size());
    for (const Ref<FutureCore>& child : children) {
      lawful::Outcome<Value> outcome = Future<Value>(child).result_outcome();
      list.push_back(outcome.ok() ? outcome.value() : Value(to_raised(outcome.error())));
    }
    return Value(std::move(list));
  };
  // gather() of nothing has no operand to take the scheduler from: it is the running one.
  Future<Value> all = make_gather<Value>(return_exceptions, cores_of(tasks), collect);
  tasks.clear();
  lawful::Outcome<Value> outcome = co_await all.outcome();
  co_return to_outcome(outcome);
}

Coroutine<Outcome> TaskRuntime::wait_for(Task task, Tick ticks) {
  lawful::Outcome<Value> outcome = co_await lawful::wait_for(std::move(task), to_duration(ticks)).outcome();
  co_return to_outcome(outcome);
}

Coroutine<Outcome> TaskRuntime::shield(Task task) {
  Future<Value> outer = lawful::shield(std::move(task));
  lawful::Outcome<Value> outcome = co_await outer.outcome();
  co_return to_outcome(outcome);
}

Coroutine<Outcome> TaskRuntime::wait(std::vector<Task> tasks, spec::ReturnWhen when, std::optional<Tick> at_most) {
  const ReturnWhen satisfied = when == spec::ReturnWhen::first_completed   ? FIRST_COMPLETED
                               : when == spec::ReturnWhen::first_exception ? FIRST_EXCEPTION
                                                                           : ALL_COMPLETED;
  std::optional<Duration> timeout;
  if (at_most) timeout = to_duration(*at_most);
  lawful::Outcome<Unit> waited = co_await wait_until(distinct(cores_of(tasks)), satisfied, timeout).outcome();
  if (!waited.ok()) co_return to_raised(waited.error());
  spec::List flags;
  for (const Task& task : tasks) flags.emplace_back(task.done());
  co_return Outcome(Value(std::move(flags)));
}

TaskRuntime::Completed TaskRuntime::as_completed(std::vector<Task> tasks, std::optional<Tick> at_most) {
  std::optional<Duration> timeout;
  if (at_most) timeout = to_duration(*at_most);
  auto core = make_counted<AsCompletedCore>(scheduler_, cores_of(tasks));
  core->begin(timeout);
  return Completed(std::move(core));
}

Coroutine<Outcome> TaskRuntime::next(Completed completed) {
  lawful::Outcome<Ref<FutureCore>> ended = co_await completed.next_future().outcome();
  if (!ended.ok()) co_return to_raised(ended.error());
  if (!ended.value()) co_return spec::Raised(spec::Raised::Kind::timeout);
  co_return to_outcome(Future<Value>(ended.value()).result_outcome());
}

Outcome TaskRuntime::enter(Group& group) { return to_outcome(group.enter().take_outcome()); }

std::pair<TaskRuntime::Task, Outcome> TaskRuntime::create_task(Group group, NameId, Coroutine<Outcome> body) {
  const Error refused = group.refusal();
  if (refused) return {Task(), to_raised(refused)};
  try {
    return {group.create_task(as_task_body(std::move(body))), Value()};
  } catch (const RuntimeError&) {
    // On threads it may have begun to shut down since we asked.
    return {Task(), spec::Raised(spec::Raised::Kind::runtime)};
  }
}

Coroutine<Outcome> TaskRuntime::leave(Group group, Outcome body) {
  lawful::Outcome<Unit> left = co_await group.leave(error_of(body)).outcome();
  co_return to_outcome(left);
}

TaskRuntime::Timeout TaskRuntime::create_timeout(Tick ticks) {
  return lawful::Timeout(scheduler_, later(scheduler_.now(), to_duration(ticks)));
}
Outcome TaskRuntime::enter(Timeout& timeout) { return to_outcome(timeout.enter().take_outcome()); }
Outcome TaskRuntime::reschedule(Timeout timeout, Tick ticks) {
  return refused_or_null(timeout.try_reschedule(later(scheduler_.now(), to_duration(ticks))));
}
Outcome TaskRuntime::leave(Timeout& timeout, Outcome body) { return to_outcome(timeout.leave(error_of(body)).take_outcome()); }

TaskRuntime::Resource TaskRuntime::create_resource(const spec::Resource& declared) {
  auto resource = std::make_shared<TaskResource>();
  const auto value = static_cast<std::size_t>(declared.value);
  resource->bound = value;
  switch (declared.kind) {
    case spec::ResourceKind::semaphore:
      resource->semaphore = std::make_unique<Semaphore>(value, scheduler_);
      break;
    case spec::ResourceKind::bounded_semaphore:
      resource->semaphore = std::make_unique<BoundedSemaphore>(value, scheduler_);
      break;
    case spec::ResourceKind::lock:
      resource->lock = std::make_unique<Lock>(scheduler_);
      break;
    case spec::ResourceKind::condition:
      resource->condition = std::make_unique<Condition>(scheduler_);
      break;
    case spec::ResourceKind::event:
      resource->event = std::make_unique<Event>(scheduler_);
      break;
    case spec::ResourceKind::barrier:
      resource->barrier = std::make_unique<Barrier>(value, scheduler_);
      break;
    default:
      resource->queue = std::make_unique<Queue<Value>>(value, scheduler_);
  }
  return resource;
}

Coroutine<Outcome> TaskRuntime::acquire(Resource resource) {
  if (resource->semaphore != nullptr) {
    lawful::Outcome<void> acquired = co_await resource->semaphore->acquire().outcome();
    co_return to_outcome(acquired);
  }
  if (resource->lock != nullptr) {
    lawful::Outcome<void> acquired = co_await resource->lock->acquire().outcome();
    co_return to_outcome(acquired);
  }
  lawful::Outcome<void> acquired = co_await resource->condition->acquire().outcome();
  co_return to_outcome(acquired);
}

Outcome TaskRuntime::release(Resource resource) {
  if (resource->semaphore != nullptr) return refused_or_null(resource->semaphore->try_release());
  if (resource->lock != nullptr) return refused_or_null(resource->lock->try_release());
  return refused_or_null(resource->condition->try_release());
}

bool TaskRuntime::locked(Resource resource) {
  if (resource->semaphore != nullptr) return resource->semaphore->locked();
  return resource->lock != nullptr ? resource->lock->locked() : resource->condition->locked();
}

void TaskRuntime::set(Resource resource) { resource->event->set(); }
void TaskRuntime::clear(Resource resource) { resource->event->clear(); }
bool TaskRuntime::is_set(Resource resource) { return resource->event->is_set(); }

Coroutine<Outcome> TaskRuntime::wait_event(Resource resource) {
  lawful::Outcome<void> waited = co_await resource->event->wait().outcome();
  co_return to_outcome(waited);
}

Coroutine<Outcome> TaskRuntime::wait_condition(Resource resource) {
  lawful::Outcome<Unit> waited = co_await resource->condition->wait().outcome();
  co_return to_outcome(waited);
}

Outcome TaskRuntime::notify(Resource resource, std::int64_t n) {
  return refused_or_null(resource->condition->try_notify(static_cast<std::size_t>(n)));
}
Outcome TaskRuntime::notify_all(Resource resource) { return refused_or_null(resource->condition->try_notify_all()); }

Coroutine<Outcome> TaskRuntime::wait_barrier(Resource resource) {
  lawful::Outcome<std::size_t> waited = co_await resource->barrier->wait().outcome();
  co_return to_outcome(waited);
}

Coroutine<Outcome> TaskRuntime::put(Resource resource, Value value) {
  lawful::Outcome<Unit> done = co_await resource->queue->put(std::move(value)).outcome();
  co_return to_outcome(done);
}
Outcome TaskRuntime::put_nowait(Resource resource, Value value) { return refused_or_null(resource->queue->try_put(value)); }

Coroutine<Outcome> TaskRuntime::get(Resource resource) {
  lawful::Outcome<Value> item = co_await resource->queue->get().outcome();
  co_return to_outcome(item);
}
Outcome TaskRuntime::get_nowait(Resource resource) { return to_outcome(resource->queue->try_get()); }
std::int64_t TaskRuntime::qsize(Resource resource) { return static_cast<std::int64_t>(resource->queue->qsize()); }
Outcome TaskRuntime::task_done(Resource resource) { return refused_or_null(resource->queue->try_task_done()); }

Coroutine<Outcome> TaskRuntime::join(Resource resource) {
  lawful::Outcome<Unit> joined = co_await resource->queue->join().outcome();
  co_return to_outcome(joined);
}

Coroutine<Outcome> TaskRuntime::reset_barrier(Resource resource) {
  lawful::Outcome<Unit> done = co_await resource->barrier->reset().outcome();
  co_return to_outcome(done);
}

Coroutine<Outcome> TaskRuntime::abort_barrier(Resource resource) {
  lawful::Outcome<Unit> done = co_await resource->barrier->abort().outcome();
  co_return to_outcome(done);
}

void TaskRuntime::shutdown(Resource resource, bool immediate) { resource->queue->shutdown(immediate); }

TaskRuntime::Callback TaskRuntime::call_soon(std::function<void()> function) {
  return lawful::call_soon(scheduler_, std::move(function));
}
TaskRuntime::Callback TaskRuntime::call_later(Tick ticks, std::function<void()> function) {
  return lawful::call_later(scheduler_, to_duration(ticks), std::move(function));
}
void TaskRuntime::cancel_callback(Callback callback) { callback.cancel(); }
void TaskRuntime::add_done_callback(Task task, std::function<void()> function) {
  auto call = [function = std::move(function)](const AnyFuture&) { function(); };
  task.add_done_callback(std::move(call));
}
bool TaskRuntime::ordinary(const Outcome& outcome) { return outcome.raised() != nullptr && !outcome.cancelled(); }

static_assert(Runtime<TaskRuntime>);

}  // namespace lawful::conformance
