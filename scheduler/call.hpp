#pragma once

#include <concepts>
#include <utility>

#include "scheduler/scheduler.hpp"

namespace lawful {

/// A callback that was scheduled, to take it back: asyncio's Handle and TimerHandle. Handles are values: copies name one callback.
/// From any thread if the scheduler is parallel. It may outlive the scheduler, and does nothing then.
class CallbackHandle {
 public:
  CallbackHandle() noexcept = default;
  CallbackHandle(Scheduler& scheduler, Ref<Handle> handle) noexcept : scheduler_(scheduler), handle_(std::move(handle)) {}
  /// It will not be called, unless it has begun (CANCELLED-CALLBACK-NEVER-RUNS).
  void cancel() {
    const Ref<Handle> handle = handle_;  // the callback, which is destroyed here, may own this
    if (handle) scheduler_->forget(*handle);
  }

 private:
  SchedulerLink scheduler_;
  Ref<Handle> handle_;
};

/// Calls `function()` soon, behind what is ready, and never before this returns. What it throws goes to the exception handler, and
/// the scheduler goes on (CALLBACK-ERRORS-STOP-NOBODY).
template <std::invocable Function>
CallbackHandle call_soon(Scheduler& scheduler, Function function);
/// The same when `delay` has passed; callbacks of one deadline in the order of these calls. Zero or less: as soon as what is ready
/// has had its turn.
template <std::invocable Function>
CallbackHandle call_later(Scheduler& scheduler, Duration delay, Function function);

// implementation

/// `function` as a job that lets no error out.
template <std::invocable Function>
Job guarded_call(Scheduler& scheduler, Function function) {
  auto call = [&scheduler, function = std::move(function)]() mutable {
    try {
      function();
    } catch (...) {
      scheduler.call_exception_handler(Unretrieved{"a callback threw", Error::current()});
    }
  };
  return Job::of(std::move(call));
}

template <std::invocable Function>
CallbackHandle call_soon(Scheduler& scheduler, Function function) {
  Ref<Handle> handle = make_counted<Handle>(true, guarded_call(scheduler, std::move(function)));
  scheduler.post(Handle::job_of(handle));
  return CallbackHandle(scheduler, std::move(handle));
}

template <std::invocable Function>
CallbackHandle call_later(Scheduler& scheduler, Duration delay, Function function) {
  Ref<Handle> handle = make_counted<Handle>(true, guarded_call(scheduler, std::move(function)));
  scheduler.post_at(later(scheduler.now(), delay), handle);
  return CallbackHandle(scheduler, std::move(handle));
}

}  // namespace lawful
