#pragma once

#include <optional>

#include "scheduler/task/task.hpp"
#include "scheduler/task/with.hpp"

namespace lawful {

/// The state of a timeout, shared with its timer.
class TimeoutCore final : public Counted {
 public:
  TimeoutCore(Scheduler& scheduler, std::optional<TimePoint> when)
      : Counted(scheduler.parallel()), scheduler_(scheduler), when_(when) {}

  [[nodiscard]] Error enter();
  [[nodiscard]] Error leave(const Error& body_error);
  [[nodiscard]] Error reschedule(std::optional<TimePoint> when);
  [[nodiscard]] std::optional<TimePoint> when() const;
  [[nodiscard]] bool expired() const;

 private:
  enum class State : std::uint8_t { created, active, expiring, expired, finished };
  static void on_deadline(Counted& target, Counted*);
  void arm_guarded();
  void disarm_guarded();

  const SchedulerLink scheduler_;
  State state_ = State::created;
  std::optional<TimePoint> when_;
  Ref<Handle> handle_;
  Ref<TaskCore> task_;
  std::uint32_t cancelling_ = 0;     // the task's requests at entry
  TaskCore::CancelRequest request_;  // ours, once the deadline has struck
};

/// A block with a deadline: asyncio's Timeout. When the deadline passes inside of it, its task is cancelled there, and leaving the
/// block raises TimeoutError instead of that CancelledError.
/// It may outlive its scheduler: no deadline strikes any more then.
///
///     auto body = [&]() -> Coroutine<void> { co_await slow(); };
///     co_await with(timeout(1s), std::move(body));
class Timeout {
 public:
  Timeout(Scheduler& scheduler, std::optional<TimePoint> when) : core_(make_counted<TimeoutCore>(scheduler, when)) {}

  Timeout(const Timeout&) = default;  // moving one copies it, so that none is ever empty
  Timeout& operator=(const Timeout&) = default;
  ~Timeout() = default;

  /// The deadline, if there is one.
  [[nodiscard]] std::optional<TimePoint> when() const { return core_->when(); }
  /// Moves the deadline, or takes it away. One that is not in the future strikes at the next suspension.
  /// @throws RuntimeError before entry, after the end, and once it has expired
  void reschedule(std::optional<TimePoint> when) {
    const Error refused = try_reschedule(when);
    if (refused) refused.raise();
  }
  [[nodiscard]] Error try_reschedule(std::optional<TimePoint> when) { return core_->reschedule(when); }
  /// Whether the deadline has struck.
  [[nodiscard]] bool expired() const { return core_->expired(); }

  /// The same for copies of one timeout, and for no other that lives.
  [[nodiscard]] const void* id() const noexcept { return core_.get(); }

  /// For `with`.
  [[nodiscard]] Ready enter() { return Ready(core_->enter()); }
  [[nodiscard]] Ready leave(const Error& body_error) { return Ready(core_->leave(body_error)); }

 private:
  Ref<TimeoutCore> core_;
};

/// A block that ends at most `delay` from now; nullopt: it never does by itself.
[[nodiscard]] inline Timeout timeout(std::optional<Duration> delay) {
  Scheduler& scheduler = Scheduler::current();
  return Timeout(scheduler, delay ? std::optional(later(scheduler.now(), *delay)) : std::nullopt);
}
/// A block that ends at `when` at the latest.
[[nodiscard]] inline Timeout timeout_at(std::optional<TimePoint> when) { return Timeout(Scheduler::current(), when); }

}  // namespace lawful
