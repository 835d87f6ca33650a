#pragma once

#include "scheduler/sync/in_line.hpp"

namespace lawful {

class Event;

/// Waits until an event is set. Made by Event::wait().
class EventAwaiter : public InLine<EventAwaiter> {
 public:
  explicit EventAwaiter(Event& event) noexcept : event_(event) {}
  [[nodiscard]] bool await_ready();
  [[nodiscard]] Outcome<void> take_outcome();

 private:
  Event& event_;
};

/// A flag that tasks can wait for: asyncio's Event.
/// It may outlive its scheduler: it keeps its state then, with nobody waiting.
class Event {
 public:
  explicit Event(Scheduler& scheduler = Scheduler::current()) noexcept : scheduler_(scheduler) {}
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  /// Sets the flag and wakes everybody who waits, first come first.
  void set();
  /// Takes the flag back. Whoever was waiting when it was set goes on all the same.
  void clear();
  [[nodiscard]] bool is_set() const;
  /// Suspends until the flag is set; not at all if it is.
  [[nodiscard]] EventAwaiter wait() noexcept { return EventAwaiter(*this); }

  /// With the scheduler's Guard held.
  void set_guarded();
  void clear_guarded() noexcept { set_ = false; }

 private:
  friend class EventAwaiter;
  const SchedulerLink scheduler_;
  WaiterList waiters_;
  bool set_ = false;
};

}  // namespace lawful
