#pragma once

#include <algorithm>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "conformance/subjects/runtime.hpp"
#include "conformance/subjects/trace.hpp"
#include "spec/program.hpp"
#include "spec/run.hpp"

namespace lawful::conformance {

/// Runs one program on a runtime, statement by statement, and writes the trace. It lives until the last task is gone.
template <Runtime R>
class Interpreter {
 public:
  template <class T>
  using Coroutine = typename R::template Coroutine<T>;
  using Task = typename R::Task;

  Interpreter(R& runtime, const spec::Program& program)
      : runtime_(runtime),
        program_(program),
        trace_(runtime.parallel()),
        tasks_(program.names().size()),
        groups_(program.names().size()),
        timeouts_(program.names().size()),
        callbacks_(program.names().size()),
        resources_(program.names().size()) {}

  /// The body of the main task: creates the resources, in the order written, then runs the program.
  Coroutine<Outcome> main() { return task(spec::main_task, program_.main()); }

  /// Creates the resources. Once, on the runtime, before main runs.
  void begin() {
    for (const spec::Resource& resource : program_.resources()) {
      if (resource.kind == spec::ResourceKind::future) {
        if constexpr (has_futures<R>) tasks_[resource.name] = runtime_.create_future();
      } else {
        if constexpr (has_resources<R>) resources_[resource.name] = runtime_.create_resource(resource);
      }
    }
  }
  /// Makes the main task known by its name.
  void know_main(Task task) {
    const Locked locked(*this);
    tasks_[spec::main_task] = std::move(task);
  }

  /// Lets go of all handles, before their runtime goes. When the run is over, and nothing of it is left to be asked for.
  void forget() {
    tasks_.clear();
    groups_.clear();
    timeouts_.clear();
    callbacks_.clear();
    resources_.clear();
  }

  /// What was seen; when the run is over.
  spec::Run take_run(spec::Status status) {
    spec::Run run;
    const Locked locked(*this);
    if (!refused_.empty()) {
      run.status = spec::Status::error;
      run.message = refused_;
      return run;
    }
    run.status = status;
    run.end = runtime_.now();
    for (NameId name = 0; name < tasks_.size(); ++name) {
      if (tasks_[name] && program_.is_task(name)) run.outcomes.emplace_back(name, runtime_.outcome(*tasks_[name]));
    }
    run.trace = trace_.take();
    return run;
  }

 private:
  using Kind = spec::Event::Kind;
  using Op = spec::Op;

  /// How a body ended: its outcome, and whether a return goes on through what encloses it.
  struct Flow {
    Flow(Outcome outcome_ = Value(), bool returned_ = false)  // NOLINT(google-explicit-constructor)
        : outcome(std::move(outcome_)), returned(returned_) {}
    [[nodiscard]] bool leaves() const noexcept { return returned || !outcome.ok(); }
    Outcome outcome;
    bool returned;
  };

  /// The tables of names are shared by all tasks.
  class Locked {
   public:
    explicit Locked(Interpreter& interpreter) : mutex_(interpreter.runtime_.parallel() ? &interpreter.mutex_ : nullptr) {
      if (mutex_ != nullptr) mutex_->lock();
    }
    Locked(const Locked&) = delete;
    Locked& operator=(const Locked&) = delete;
    ~Locked() {
      if (mutex_ != nullptr) mutex_->unlock();
    }

   private:
    std::mutex* const mutex_;
  };

  void record(NameId task, spec::StatementId at, Kind kind, Outcome outcome = {}) {
    trace_.append(spec::Event{runtime_.now(), task, at, kind, std::move(outcome)});
  }

  Coroutine<Outcome> task(NameId name, const spec::Body& body) {
    record(name, spec::no_statement, Kind::start);
    Flow flow = co_await block(name, body);
    record(name, spec::no_statement, Kind::finish, flow.outcome);
    co_return std::move(flow.outcome);
  }

  Coroutine<Flow> block(NameId task, const spec::Body& body) {
    for (const spec::Statement& s : body) {
      record(task, s.id, Kind::begin);
      Flow flow;
      switch (s.op) {
        case Op::task_group:
          if constexpr (has_groups<R>) flow = co_await task_group(task, s);
          break;
        case Op::timeout:
          if constexpr (has_timeouts<R>) flow = co_await timeout(task, s);
          break;
        case Op::with:
          if constexpr (has_locks<R>) flow = co_await with(task, s);
          break;
        case Op::try_:
          flow = co_await try_(task, s);
          break;
        case Op::return_:
          flow.outcome = s.value;
          flow.returned = true;
          break;
        default: {
          std::optional<Outcome> now = at_once(s);
          if (now) {
            flow.outcome = std::move(*now);
          } else {
            flow.outcome = co_await waiting(s);
          }
        }
      }
      record(task, s.id, Kind::end, flow.outcome);
      if (flow.leaves()) co_return flow;
    }
    co_return Flow();
  }

  // compound statements

  Coroutine<Flow> task_group(NameId task, const spec::Statement& s) requires has_groups<R> {
    typename R::Group group = runtime_.create_group();
    Outcome entered = runtime_.enter(group);
    if (!entered.ok()) co_return Flow(entered);
    {
      const Locked locked(*this);
      groups_[s.group] = group;
    }
    Flow flow = co_await block(task, s.body);
    Outcome left = co_await runtime_.leave(group, flow.outcome);
    co_return settled(std::move(flow), std::move(left));
  }

  Coroutine<Flow> timeout(NameId task, const spec::Statement& s) requires has_timeouts<R> {
    typename R::Timeout timeout = runtime_.create_timeout(deadline(s, s.ticks));
    Outcome entered = runtime_.enter(timeout);
    if (!entered.ok()) co_return Flow(entered);
    if (s.name != spec::no_name) {
      const Locked locked(*this);
      timeouts_[s.name] = timeout;
    }
    Flow flow = co_await block(task, s.body);
    Outcome left = runtime_.leave(timeout, flow.outcome);
    co_return settled(std::move(flow), std::move(left));
  }

  Coroutine<Flow> with(NameId task, const spec::Statement& s) requires has_locks<R> {
    typename R::Resource resource = *resources_[s.name];
    Outcome acquired = co_await runtime_.acquire(resource);
    if (!acquired.ok()) co_return Flow(acquired);
    Flow flow = co_await block(task, s.body);
    Outcome released = runtime_.release(resource);
    co_return settled(std::move(flow), std::move(released));
  }

  Coroutine<Flow> try_(NameId task, const spec::Statement& s) {
    Flow flow = co_await block(task, s.body);
    if (handled(s, flow.outcome)) flow = co_await block(task, s.handler);
    if (s.has_finally) {
      Flow last = co_await block(task, s.finally);
      // A return there ends that body only; an error replaces what was.
      if (!last.outcome.ok()) co_return last;
    }
    co_return flow;
  }

  bool handled(const spec::Statement& s, const Outcome& outcome) {
    const spec::Raised* raised = outcome.raised();
    if (raised == nullptr) return false;
    switch (s.handles) {
      case spec::Handles::nothing:
        return false;
      case spec::Handles::any:
        return true;
      case spec::Handles::error:
        return runtime_.ordinary(outcome);
      case spec::Handles::group:
        return raised->kind() == spec::Raised::Kind::group;
      default:
        return *raised == *s.error;
    }
  }

  /// An error from leaving a block replaces what its body ended with.
  static Flow settled(Flow flow, Outcome left) {
    if (!left.ok()) return Flow(std::move(left));
    return flow;
  }

  // statements that do not wait

  std::optional<Outcome> at_once(const spec::Statement& s) {
    switch (s.op) {
      case Op::raise:
        return Outcome(*s.error);
      case Op::create_task:
        return create_task(s);
      case Op::uncancel:
        if constexpr (has_cancel_counts<R>) return number(runtime_.uncancel());
        break;
      case Op::cancel:
      case Op::cancelling:
      case Op::result:
      case Op::exception:
      case Op::done:
      case Op::cancelled: {
        const std::optional<Task> task = find(s.name);
        if (!task) return missing();
        return ask(s.op, *task);
      }
      case Op::set_result:
        if constexpr (has_futures<R>) return runtime_.set_result(*find(s.name), s.value);
        break;
      case Op::set_exception:
        if constexpr (has_futures<R>) return runtime_.set_exception(*find(s.name), Outcome(*s.error));
        break;
      case Op::reschedule:
        if constexpr (has_timeouts<R>) {
          std::optional<typename R::Timeout> timeout;
          {
            const Locked locked(*this);
            timeout = timeouts_[s.name];
          }
          if (!timeout) return missing();
          return runtime_.reschedule(*timeout, deadline(s, s.ticks));
        }
        break;
      case Op::call_soon:
      case Op::call_later:
      case Op::cancel_callback:
        if constexpr (has_callbacks<R>) return on_callback(s);
        break;
      case Op::add_done_callback:
        if constexpr (has_done_callbacks<R>) {
          const std::optional<Task> task = find(s.name);
          if (!task) return missing();
          runtime_.add_done_callback(*task, caller(s.callback));
          return Outcome(Value());
        }
        break;
      case Op::release:
      case Op::locked:
      case Op::set:
      case Op::clear:
      case Op::is_set:
      case Op::notify:
      case Op::notify_all:
      case Op::put_nowait:
      case Op::get_nowait:
      case Op::qsize:
      case Op::task_done:
      case Op::shutdown:
        if constexpr (has_resources<R>) return on_resource(s, *resources_[s.name]);
        break;
      default:
        return std::nullopt;
    }
    return absent();
  }

  Outcome on_resource(const spec::Statement& s, const auto& resource) {
    switch (s.op) {
      case Op::release:
        if constexpr (has_locks<R>) return runtime_.release(resource);
        break;
      case Op::locked:
        if constexpr (has_locks<R>) return Outcome(Value(runtime_.locked(resource)));
        break;
      case Op::set:
        if constexpr (has_events<R>) return done_with([&] { runtime_.set(resource); });
        break;
      case Op::clear:
        if constexpr (has_events<R>) return done_with([&] { runtime_.clear(resource); });
        break;
      case Op::is_set:
        if constexpr (has_events<R>) return Outcome(Value(runtime_.is_set(resource)));
        break;
      case Op::notify:
        if constexpr (has_conditions<R>) return runtime_.notify(resource, s.n);
        break;
      case Op::notify_all:
        if constexpr (has_conditions<R>) return runtime_.notify_all(resource);
        break;
      case Op::put_nowait:
        if constexpr (has_queues<R>) return runtime_.put_nowait(resource, s.value);
        break;
      case Op::get_nowait:
        if constexpr (has_queues<R>) return runtime_.get_nowait(resource);
        break;
      case Op::qsize:
        if constexpr (has_queue_counts<R>) return number(runtime_.qsize(resource));
        break;
      case Op::task_done:
        if constexpr (has_queue_counts<R>) return runtime_.task_done(resource);
        break;
      default:
        if constexpr (has_queue_shutdown<R>) return done_with([&] { runtime_.shutdown(resource, s.immediate); });
    }
    return absent();
  }

  std::optional<Outcome> on_callback(const spec::Statement& s) requires has_callbacks<R> {
    if (s.op != Op::cancel_callback) {
      // It may be called before we know it: whoever cancels it must find it all the same.
      const Tick ticks = deadline(s, s.ticks);
      const Locked locked(*this);
      callbacks_[s.callback] =
          s.op == Op::call_soon ? runtime_.call_soon(caller(s.callback)) : runtime_.call_later(ticks, caller(s.callback));
      return Outcome(Value());
    }
    std::optional<typename R::Callback> callback;
    {
      const Locked locked(*this);
      callback = callbacks_[s.callback];
    }
    if (!callback) return missing();
    runtime_.cancel_callback(*callback);
    return Outcome(Value());
  }

  static Outcome done_with(const auto& call) {
    call();
    return Value();
  }
  /// What the runtime lacks: its subject refuses such programs before they run.
  static Outcome absent() { return spec::Raised::unknown("not offered by this runtime"); }

  std::function<void()> caller(NameId callback) {
    return [this, callback] { record(callback, spec::no_statement, Kind::call); };
  }

  Outcome ask(Op op, const Task& task) {
    switch (op) {
      case Op::cancel:
        if constexpr (has_cancel<R>) return Value(runtime_.cancel(task));
        break;
      case Op::cancelling:
        if constexpr (has_cancel_counts<R>) return number(runtime_.cancelling(task));
        break;
      case Op::result:
        if constexpr (has_questions<R>) return runtime_.result(task);
        break;
      case Op::exception:
        if constexpr (has_questions<R>) return runtime_.exception(task);
        break;
      case Op::done:
        if constexpr (has_questions<R>) return Value(runtime_.done(task));
        break;
      default:
        if constexpr (has_questions<R>) return Value(runtime_.cancelled(task));
    }
    return absent();
  }

  // statements that may wait

  Coroutine<Outcome> waiting(const spec::Statement& s) {
    switch (s.op) {
      case Op::sleep:
        return runtime_.sleep(deadline(s, s.ticks));
      case Op::await: {
        std::optional<Task> task = find(s.name);
        if (!task) return answer(missing());
        return runtime_.await(*task);
      }
      case Op::wait_event:
        if constexpr (has_events<R>) return runtime_.wait_event(*resources_[s.name]);
        break;
      case Op::wait_condition:
        if constexpr (has_conditions<R>) return runtime_.wait_condition(*resources_[s.name]);
        break;
      case Op::wait_barrier:
        if constexpr (has_barriers<R>) return runtime_.wait_barrier(*resources_[s.name]);
        break;
      case Op::acquire:
        if constexpr (has_locks<R>) return runtime_.acquire(*resources_[s.name]);
        break;
      case Op::put:
        if constexpr (has_queues<R>) return runtime_.put(*resources_[s.name], s.value);
        break;
      case Op::get:
        if constexpr (has_queues<R>) return runtime_.get(*resources_[s.name]);
        break;
      case Op::join:
        if constexpr (has_queue_counts<R>) return runtime_.join(*resources_[s.name]);
        break;
      case Op::reset:
        if constexpr (has_barriers<R>) return runtime_.reset_barrier(*resources_[s.name]);
        break;
      case Op::abort:
        if constexpr (has_barriers<R>) return runtime_.abort_barrier(*resources_[s.name]);
        break;
      default:
        return for_operands(s);
    }
    return answer(absent());
  }

  static Coroutine<Outcome> answer(Outcome outcome) { co_return outcome; }

  Coroutine<Outcome> for_operands(const spec::Statement& s) {
    std::vector<Task> tasks;
    std::vector<NameId> names;
    tasks.reserve(s.of.size());
    for (const spec::Operand& operand : s.of) {
      std::optional<Task> task = operand.fresh ? spawn(operand.name, operand.body) : find(operand.name);
      if (!task) return answer(missing());
      tasks.push_back(std::move(*task));
      names.push_back(operand.name);
    }
    const std::optional<Tick> at_most = s.has_ticks ? std::optional(deadline(s, s.ticks)) : std::nullopt;
    switch (s.op) {
      case Op::gather:
        if constexpr (has_gather<R>) return runtime_.gather(std::move(tasks), s.return_exceptions);
        break;
      case Op::wait_for:
        if constexpr (has_wait_for<R>) return runtime_.wait_for(std::move(tasks.front()), at_most.value_or(0));
        break;
      case Op::shield:
        if constexpr (has_shield<R>) return runtime_.shield(std::move(tasks.front()));
        break;
      case Op::wait:
        if constexpr (has_wait<R>) return wait(std::move(tasks), std::move(names), s.return_when, at_most);
        break;
      default:
        if constexpr (has_as_completed<R>) return as_completed(std::move(tasks), at_most);
    }
    return answer(absent());
  }

  Coroutine<Outcome> wait(std::vector<Task> tasks, std::vector<NameId> names, spec::ReturnWhen when,
                          std::optional<Tick> at_most) requires has_wait<R> {
    Outcome done = co_await runtime_.wait(std::move(tasks), when, at_most);
    const spec::List* const flags = done.value().list();
    if (!done.ok() || flags == nullptr) co_return done;
    // The runtime answers which operands were done, one flag for each; the format wants their names, once each.
    std::vector<std::string> found;
    for (std::size_t i = 0; i < flags->size() && i < names.size(); ++i) {
      if (*(*flags)[i].boolean()) found.push_back(program_.name(names[i]));
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    spec::List list;
    for (std::string& name : found) list.emplace_back(std::move(name));
    co_return Outcome(Value(std::move(list)));
  }

  Coroutine<Outcome> as_completed(std::vector<Task> tasks, std::optional<Tick> at_most) requires has_as_completed<R> {
    typename R::Completed completed = runtime_.as_completed(std::move(tasks), at_most);
    spec::List list;
    while (runtime_.more(completed)) {
      Outcome next = co_await runtime_.next(completed);
      if (next.cancelled()) co_return next;
      if (const spec::Raised* raised = next.raised()) {
        list.emplace_back(*raised);
      } else {
        list.push_back(next.value());
      }
    }
    co_return Outcome(Value(std::move(list)));
  }

  // names

  std::optional<Task> find(NameId name) {
    const Locked locked(*this);
    return tasks_[name];
  }

  /// A new task, known by its name before it can run.
  std::optional<Task> spawn(NameId name, const spec::Body& body) {
    const Locked locked(*this);
    tasks_[name] = runtime_.create_task(name, task(name, body));
    return tasks_[name];
  }

  Outcome create_task(const spec::Statement& s) {
    if (s.group == spec::no_name) {
      spawn(s.name, s.body);
      return Value();
    }
    if constexpr (has_groups<R>) {
      const Locked locked(*this);
      if (!groups_[s.group]) return missing();
      std::pair<Task, Outcome> made = runtime_.create_task(*groups_[s.group], s.name, task(s.name, s.body));
      if (made.second.ok()) tasks_[s.name] = std::move(made.first);
      return std::move(made.second);
    } else {
      return absent();
    }
  }

  static Outcome missing() { return spec::Raised(spec::Raised::Kind::no_such_task); }
  static Outcome number(std::int64_t n) { return Value(n); }

  /// `ticks`, if the sum with now is one the format allows; else the program is refused.
  Tick deadline(const spec::Statement& s, Tick ticks) {
    if (ticks <= spec::max_tick - runtime_.now()) return ticks;
    const Locked locked(*this);
    if (refused_.empty()) {
      const spec::Place& place = program_.place(s.id);
      refused_ = "task \"" + program_.name(place.task) + "\", statement \"" + place.path + "\": " + std::to_string(runtime_.now()) +
                 " + " + std::to_string(ticks) + " ticks exceed 2^53, the end of virtual time";
    }
    return 0;
  }

  R& runtime_;
  const spec::Program program_;
  Trace trace_;
  std::mutex mutex_;  // guards what follows, if the runtime is parallel
  std::vector<std::optional<Task>> tasks_;
  std::vector<std::optional<typename GroupOf<R>::type>> groups_;
  std::vector<std::optional<typename TimeoutOf<R>::type>> timeouts_;
  std::vector<std::optional<typename CallbackOf<R>::type>> callbacks_;
  std::vector<std::optional<typename ResourceOf<R>::type>> resources_;  // written before main starts only
  std::string refused_;                                                 // why the program cannot be run
};

}  // namespace lawful::conformance
