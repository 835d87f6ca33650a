#pragma once

#include <concepts>
#include <functional>
#include <optional>
#include <vector>

#include "scheduler/scheduler.hpp"
#include "spec/program.hpp"
#include "spec/run.hpp"

namespace lawful::conformance {

using spec::NameId;
using spec::Outcome;
using spec::Tick;
using spec::Value;

/// A whole runtime that programs are interpreted on: its own coroutines, tasks, gather, cancellation, time.
///
/// Every operation answers a spec::Outcome and throws nothing; those that may wait answer a Coroutine<Outcome>, awaited once, at
/// once, in the calling task. The interpreter calls the operations of a task from that task's coroutine. Handles (Task, Group, …)
/// are cheap to copy. A runtime only executes: programs, equality, time and judgement belong to the suite, so no adapter can weaken
/// them.
///
/// This much every runtime has. What stands below it may leave out, by not declaring it: programs that need it are not run, and the
/// rules about it read "unsupported".
template <class R>
concept Runtime = requires(R& r, typename R::Task task, typename R::template Coroutine<Outcome> body, NameId name, Tick ticks,
                           Outcome outcome) {
  // Virtual time.
  { r.now() } -> std::same_as<Tick>;
  { r.sleep(ticks) } -> std::same_as<typename R::template Coroutine<Outcome>>;
  // Tasks. A task ends with the outcome that its body answers.
  { r.create_task(name, std::move(body)) } -> std::same_as<typename R::Task>;
  { r.await(task) } -> std::same_as<typename R::template Coroutine<Outcome>>;
  { r.outcome(task) } -> std::same_as<Outcome>;  // pending if it is
  // Runs until `task`, the main one, has ended and whatever the runtime does afterwards is over, or until nothing can go on.
  { r.drive(task) } -> std::same_as<Scheduler::End>;
  // What a handler for all ordinary errors catches: everything but cancellation.
  { r.ordinary(outcome) } -> std::same_as<bool>;
  // Whether steps of different tasks may overlap.
  { r.parallel() } -> std::same_as<bool>;
};

// What a runtime may have.

template <class R>
concept has_cancel = requires(R& r, typename R::Task task) {
  { r.cancel(task) } -> std::same_as<bool>;
};
template <class R>
concept has_cancel_counts = requires(R& r, typename R::Task task) {
  { r.uncancel() } -> std::convertible_to<std::int64_t>;
  { r.cancelling(task) } -> std::convertible_to<std::int64_t>;
};
template <class R>
concept has_questions = requires(R& r, typename R::Task task) {
  { r.result(task) } -> std::same_as<Outcome>;
  { r.exception(task) } -> std::same_as<Outcome>;
  { r.done(task) } -> std::same_as<bool>;
  { r.cancelled(task) } -> std::same_as<bool>;
};
/// Futures, which are named like tasks.
template <class R>
concept has_futures = requires(R& r, typename R::Task task, Value value, Outcome outcome) {
  { r.create_future() } -> std::same_as<typename R::Task>;
  { r.set_result(task, value) } -> std::same_as<Outcome>;
  { r.set_exception(task, outcome) } -> std::same_as<Outcome>;
};
// Waiting for several.
template <class R>
concept has_gather = requires(R& r, std::vector<typename R::Task> tasks) {
  { r.gather(tasks, true) } -> std::same_as<typename R::template Coroutine<Outcome>>;
};
template <class R>
concept has_wait_for = requires(R& r, typename R::Task task, Tick ticks) {
  { r.wait_for(task, ticks) } -> std::same_as<typename R::template Coroutine<Outcome>>;
};
template <class R>
concept has_shield = requires(R& r, typename R::Task task) {
  { r.shield(task) } -> std::same_as<typename R::template Coroutine<Outcome>>;
};
template <class R>
concept has_wait = requires(R& r, std::vector<typename R::Task> tasks, std::optional<Tick> at_most) {
  { r.wait(tasks, spec::ReturnWhen{}, at_most) } -> std::same_as<typename R::template Coroutine<Outcome>>;
};
template <class R>
concept has_as_completed = requires(R& r, std::vector<typename R::Task> tasks, std::optional<Tick> at_most,
                                    typename R::Completed completed) {
  { r.as_completed(tasks, at_most) } -> std::same_as<typename R::Completed>;
  { r.more(completed) } -> std::same_as<bool>;
  { r.next(completed) } -> std::same_as<typename R::template Coroutine<Outcome>>;
};
// Blocks: leaving is told how the body ended, and an error it answers replaces that.
template <class R>
concept has_groups = requires(R& r, typename R::Group group, NameId name, typename R::template Coroutine<Outcome> body,
                              Outcome outcome) {
  { r.create_group() } -> std::same_as<typename R::Group>;
  { r.enter(group) } -> std::same_as<Outcome>;
  { r.create_task(group, name, std::move(body)) } -> std::same_as<std::pair<typename R::Task, Outcome>>;
  { r.leave(group, outcome) } -> std::same_as<typename R::template Coroutine<Outcome>>;
};
template <class R>
concept has_timeouts = requires(R& r, typename R::Timeout timeout, Tick ticks, Outcome outcome) {
  { r.create_timeout(ticks) } -> std::same_as<typename R::Timeout>;
  { r.enter(timeout) } -> std::same_as<Outcome>;
  { r.reschedule(timeout, ticks) } -> std::same_as<Outcome>;
  { r.leave(timeout, outcome) } -> std::same_as<Outcome>;
};
// Resources, and what their kinds can do.
template <class R>
concept has_resources = requires(R& r, const spec::Resource& declared) {
  { r.create_resource(declared) } -> std::same_as<typename R::Resource>;
};
/// Locks, semaphores and the locks of conditions.
template <class R>
concept has_locks = has_resources<R> && requires(R& r, typename R::Resource resource) {
  { r.acquire(resource) } -> std::same_as<typename R::template Coroutine<Outcome>>;
  { r.release(resource) } -> std::same_as<Outcome>;
  { r.locked(resource) } -> std::same_as<bool>;
};
template <class R>
concept has_events = has_resources<R> && requires(R& r, typename R::Resource resource) {
  { r.set(resource) } -> std::same_as<void>;
  { r.clear(resource) } -> std::same_as<void>;
  { r.is_set(resource) } -> std::same_as<bool>;
  { r.wait_event(resource) } -> std::same_as<typename R::template Coroutine<Outcome>>;
};
template <class R>
concept has_conditions = has_resources<R> && requires(R& r, typename R::Resource resource, std::int64_t n) {
  { r.wait_condition(resource) } -> std::same_as<typename R::template Coroutine<Outcome>>;
  { r.notify(resource, n) } -> std::same_as<Outcome>;
  { r.notify_all(resource) } -> std::same_as<Outcome>;
};
template <class R>
concept has_barriers = has_resources<R> && requires(R& r, typename R::Resource resource) {
  { r.wait_barrier(resource) } -> std::same_as<typename R::template Coroutine<Outcome>>;
  { r.reset_barrier(resource) } -> std::same_as<typename R::template Coroutine<Outcome>>;
  { r.abort_barrier(resource) } -> std::same_as<typename R::template Coroutine<Outcome>>;
};
template <class R>
concept has_queues = has_resources<R> && requires(R& r, typename R::Resource resource, Value value) {
  { r.put(resource, value) } -> std::same_as<typename R::template Coroutine<Outcome>>;
  { r.put_nowait(resource, value) } -> std::same_as<Outcome>;
  { r.get(resource) } -> std::same_as<typename R::template Coroutine<Outcome>>;
  { r.get_nowait(resource) } -> std::same_as<Outcome>;
};
template <class R>
concept has_queue_counts = has_resources<R> && requires(R& r, typename R::Resource resource) {
  { r.qsize(resource) } -> std::convertible_to<std::int64_t>;
  { r.task_done(resource) } -> std::same_as<Outcome>;
  { r.join(resource) } -> std::same_as<typename R::template Coroutine<Outcome>>;
};
template <class R>
concept has_queue_shutdown = has_resources<R> && requires(R& r, typename R::Resource resource) {
  { r.shutdown(resource, true) } -> std::same_as<void>;
};
// Callbacks: functions that the scheduler calls.
template <class R>
concept has_callbacks = requires(R& r, Tick ticks, typename R::Callback callback, std::function<void()> function) {
  { r.call_soon(function) } -> std::same_as<typename R::Callback>;
  { r.call_later(ticks, function) } -> std::same_as<typename R::Callback>;
  { r.cancel_callback(callback) } -> std::same_as<void>;
};
template <class R>
concept has_done_callbacks = requires(R& r, typename R::Task task, std::function<void()> function) {
  { r.add_done_callback(task, function) } -> std::same_as<void>;
};

/// The ops that programs for `R` may use.
template <Runtime R>
[[nodiscard]] spec::Ops ops_offered() {
  using spec::Op;
  spec::Ops ops;
  const auto offer = [&](bool offered, std::initializer_list<Op> list) {
    for (const Op op : list) ops.set(static_cast<std::size_t>(op), offered);
  };
  offer(true, {Op::sleep, Op::return_, Op::raise, Op::try_, Op::create_task, Op::await});
  offer(has_cancel<R>, {Op::cancel});
  offer(has_cancel_counts<R>, {Op::uncancel, Op::cancelling});
  offer(has_questions<R>, {Op::result, Op::exception, Op::done, Op::cancelled});
  offer(has_futures<R>, {Op::set_result, Op::set_exception});
  offer(has_gather<R>, {Op::gather});
  offer(has_wait_for<R>, {Op::wait_for});
  offer(has_shield<R>, {Op::shield});
  offer(has_wait<R>, {Op::wait});
  offer(has_as_completed<R>, {Op::as_completed});
  offer(has_groups<R>, {Op::task_group});
  offer(has_timeouts<R>, {Op::timeout, Op::reschedule});
  offer(has_locks<R>, {Op::with, Op::acquire, Op::release, Op::locked});
  offer(has_events<R>, {Op::set, Op::clear, Op::is_set, Op::wait_event});
  offer(has_conditions<R>, {Op::wait_condition, Op::notify, Op::notify_all});
  offer(has_barriers<R>, {Op::wait_barrier, Op::reset, Op::abort});
  offer(has_queues<R>, {Op::put, Op::put_nowait, Op::get, Op::get_nowait});
  offer(has_queue_counts<R>, {Op::qsize, Op::task_done, Op::join});
  offer(has_queue_shutdown<R>, {Op::shutdown});
  offer(has_callbacks<R>, {Op::call_soon, Op::call_later, Op::cancel_callback});
  offer(has_done_callbacks<R>, {Op::add_done_callback});
  return ops;
}

/// Stands for a type of handles that a runtime lacks.
struct Absent {};
template <class R>
struct GroupOf {
  using type = Absent;
};
template <has_groups R>
struct GroupOf<R> {
  using type = typename R::Group;
};
template <class R>
struct TimeoutOf {
  using type = Absent;
};
template <has_timeouts R>
struct TimeoutOf<R> {
  using type = typename R::Timeout;
};
template <class R>
struct ResourceOf {
  using type = Absent;
};
template <has_resources R>
struct ResourceOf<R> {
  using type = typename R::Resource;
};
template <class R>
struct CallbackOf {
  using type = Absent;
};
template <has_callbacks R>
struct CallbackOf<R> {
  using type = typename R::Callback;
};

}  // namespace lawful::conformance
