#pragma once

#include <concepts>
#include <functional>
#include <optional>
#include <vector>

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
template <class R>
concept Runtime = requires(R& r, typename R::Task task, std::vector<typename R::Task> tasks, typename R::Group group,
                           typename R::Timeout timeout, typename R::Resource resource, typename R::Completed completed,
                           typename R::template Coroutine<Outcome> body, NameId name, Tick ticks, std::optional<Tick> at_most,
                           Outcome outcome, Value value, std::int64_t n, const spec::Resource& declared,
                           typename R::Callback callback, std::function<void()> function) {
  // Time.
  { r.now() } -> std::same_as<Tick>;
  { r.sleep(ticks) } -> std::same_as<typename R::template Coroutine<Outcome>>;
  // Tasks. A task ends with the outcome that its body answers.
  { r.create_task(name, std::move(body)) } -> std::same_as<typename R::Task>;
  { r.await(task) } -> std::same_as<typename R::template Coroutine<Outcome>>;
  { r.cancel(task) } -> std::same_as<bool>;
  { r.uncancel() } -> std::convertible_to<std::int64_t>;
  { r.cancelling(task) } -> std::convertible_to<std::int64_t>;
  { r.result(task) } -> std::same_as<Outcome>;
  { r.exception(task) } -> std::same_as<Outcome>;
  { r.done(task) } -> std::same_as<bool>;
  { r.cancelled(task) } -> std::same_as<bool>;
  { r.outcome(task) } -> std::same_as<Outcome>;  // pending if it is
  // Futures, which are named like tasks.
  { r.create_future() } -> std::same_as<typename R::Task>;
  { r.set_result(task, value) } -> std::same_as<Outcome>;
  { r.set_exception(task, outcome) } -> std::same_as<Outcome>;
  // Waiting for several.
  { r.gather(tasks, true) } -> std::same_as<typename R::template Coroutine<Outcome>>;
  { r.wait_for(task, ticks) } -> std::same_as<typename R::template Coroutine<Outcome>>;
  { r.shield(task) } -> std::same_as<typename R::template Coroutine<Outcome>>;
  { r.wait(tasks, spec::ReturnWhen{}, at_most) } -> std::same_as<typename R::template Coroutine<Outcome>>;
  { r.as_completed(tasks, at_most) } -> std::same_as<typename R::Completed>;
  { r.more(completed) } -> std::same_as<bool>;
  { r.next(completed) } -> std::same_as<typename R::template Coroutine<Outcome>>;
  // Blocks: leaving is told how the body ended, and an error it answers replaces that.
  { r.create_group() } -> std::same_as<typename R::Group>;
  { r.enter(group) } -> std::same_as<Outcome>;
  { r.create_task(group, name, std::move(body)) } -> std::same_as<std::pair<typename R::Task, Outcome>>;
  { r.leave(group, outcome) } -> std::same_as<typename R::template Coroutine<Outcome>>;
  { r.create_timeout(ticks) } -> std::same_as<typename R::Timeout>;
  { r.enter(timeout) } -> std::same_as<Outcome>;
  { r.reschedule(timeout, ticks) } -> std::same_as<Outcome>;
  { r.leave(timeout, outcome) } -> std::same_as<Outcome>;
  // Resources.
  { r.create_resource(declared) } -> std::same_as<typename R::Resource>;
  { r.acquire(resource) } -> std::same_as<typename R::template Coroutine<Outcome>>;
  { r.release(resource) } -> std::same_as<Outcome>;
  { r.locked(resource) } -> std::same_as<bool>;
  { r.set(resource) } -> std::same_as<void>;
  { r.clear(resource) } -> std::same_as<void>;
  { r.is_set(resource) } -> std::same_as<bool>;
  { r.wait_event(resource) } -> std::same_as<typename R::template Coroutine<Outcome>>;
  { r.wait_condition(resource) } -> std::same_as<typename R::template Coroutine<Outcome>>;
  { r.notify(resource, n) } -> std::same_as<Outcome>;
  { r.notify_all(resource) } -> std::same_as<Outcome>;
  { r.wait_barrier(resource) } -> std::same_as<typename R::template Coroutine<Outcome>>;
  { r.reset_barrier(resource) } -> std::same_as<typename R::template Coroutine<Outcome>>;
  { r.abort_barrier(resource) } -> std::same_as<typename R::template Coroutine<Outcome>>;
  { r.put(resource, value) } -> std::same_as<typename R::template Coroutine<Outcome>>;
  { r.put_nowait(resource, value) } -> std::same_as<Outcome>;
  { r.get(resource) } -> std::same_as<typename R::template Coroutine<Outcome>>;
  { r.get_nowait(resource) } -> std::same_as<Outcome>;
  { r.qsize(resource) } -> std::convertible_to<std::int64_t>;
  { r.task_done(resource) } -> std::same_as<Outcome>;
  { r.join(resource) } -> std::same_as<typename R::template Coroutine<Outcome>>;
  { r.shutdown(resource, true) } -> std::same_as<void>;
  // Callbacks: functions that the scheduler calls.
  { r.call_soon(function) } -> std::same_as<typename R::Callback>;
  { r.call_later(ticks, function) } -> std::same_as<typename R::Callback>;
  { r.cancel_callback(callback) } -> std::same_as<void>;
  { r.add_done_callback(task, function) } -> std::same_as<void>;
  // What a handler for all ordinary errors catches: everything but cancellation.
  { r.ordinary(outcome) } -> std::same_as<bool>;
  // Whether steps of different tasks may overlap.
  { r.parallel() } -> std::same_as<bool>;
};

}  // namespace lawful::conformance
