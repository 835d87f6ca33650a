#include "properties/api.hpp"

#include <algorithm>

namespace lawful::properties {

Outcome<int> Api::run(Scheduler& scheduler, Coroutine<int> main) {
  try {
    return lawful::run(scheduler, std::move(main));
  } catch (...) {
    return Error::current();
  }
}

void Api::set_exception_handler(Scheduler& scheduler, ExceptionHandler handler) {
  scheduler.set_exception_handler(std::move(handler));
}

Coroutine<int> Api::coroutine(std::function<int()> body) { co_return body(); }

Coroutine<int> Api::await(Coroutine<int> coroutine) {
  Outcome<int> outcome = co_await std::move(coroutine).outcome();
  co_return std::move(outcome);
}

Coroutine<Outcome<int>> Api::await_again(Coroutine<int>& coroutine) {
  Outcome<int> outcome = co_await std::move(coroutine).outcome();
  co_return Outcome<Outcome<int>>(std::move(outcome));
}

void Api::drop(Coroutine<int> coroutine) { Coroutine<int> gone = std::move(coroutine); }

std::string Api::current_name() {
  try {
    return current_task().name();
  } catch (const RuntimeError&) {
    return {};
  }
}

Coroutine<Outcome<int>> Api::await_future(Future<int> future) {
  Outcome<int> outcome = co_await future.outcome();
  co_return Outcome<Outcome<int>>(std::move(outcome));
}

Error Api::exception(const AnyFuture& future) { return future.exception(); }
Error Api::set_result(Future<int> future, int value) { return future.try_set_result(value); }
bool Api::cancel(AnyFuture future) { return future.cancel(); }
bool Api::cancelled(const AnyFuture& future) { return future.cancelled(); }

void Api::add_done_callback(AnyFuture future, std::function<void()> callback) {
  auto call = [callback = std::move(callback)](const AnyFuture&) { callback(); };
  future.add_done_callback(std::move(call));
}

Future<std::vector<int>> Api::gather(std::vector<Task<int>> tasks) { return lawful::gather(tasks); }
Future<int> Api::shield(Task<int> task) { return lawful::shield(std::move(task)); }
Coroutine<int> Api::wait_for(Coroutine<int> coroutine, Duration delay) { return lawful::wait_for(std::move(coroutine), delay); }
AsCompleted<int> Api::as_completed(std::vector<Coroutine<int>> coroutines) { return lawful::as_completed(std::move(coroutines)); }
Error Api::enter(TaskGroup& group) { return group.enter().take_outcome().error(); }
Error Api::enter(Timeout& timeout) { return timeout.enter().take_outcome().error(); }
Coroutine<Unit> Api::wait_for(Condition& condition, std::function<bool()> predicate) {
  return condition.wait_for(std::move(predicate));
}
Coroutine<int> Api::to_thread(std::function<int()> function, Blocks) { return lawful::to_thread(std::move(function)); }
void Api::post_from_outside(Scheduler& scheduler, std::function<void()> job) {
  scheduler.post_from_outside(Job::of(std::move(job)));
}

void Api::post(Scheduler& scheduler, std::function<void()> job) { scheduler.post(Job::of(std::move(job))); }

void Api::set_witness(Witness* witness) {
  const std::lock_guard lock(mutex_);
  witness_ = witness;
}

std::string Api::account() {
  const std::lock_guard lock(mutex_);
  return witness_ == nullptr ? std::string() : witness_->account();
}

const ApiProperty* api_property(std::string_view rule) {
  const auto& all = api_properties();
  const auto found = std::find_if(all.begin(), all.end(), [&](const ApiProperty& property) { return property.rule == rule; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace lawful::properties
