#pragma once

#include <chrono>
#include <cstdint>

namespace lawful {

/// Spans of time. One virtual tick of a program is one nanosecond here.
using Duration = std::chrono::nanoseconds;

/// The clock every Scheduler answers by: it starts at zero with the scheduler, and says nothing about the time of day.
/// Under virtual time it stands still while anything is ready (SPEC.md, "The virtual clock").
struct Clock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<Clock, duration>;
  static constexpr bool is_steady = true;
};

using TimePoint = Clock::time_point;

/// `when + delay`, held at the end of time instead of overflowing.
[[nodiscard]] constexpr TimePoint later(TimePoint when, Duration delay) noexcept {
  if (delay > TimePoint::max() - when) return TimePoint::max();
  return when + delay;
}

/// Seconds, as examples print them.
[[nodiscard]] constexpr double in_seconds(Duration span) noexcept { return std::chrono::duration<double>(span).count(); }

}  // namespace lawful
