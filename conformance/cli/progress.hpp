#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace lawful::conformance {

/// How far something is, on standard error: a bar that is written over on a terminal; elsewhere nothing, or a line now and then.
class Progress {
 public:
  /// `what` is done by and by: "tbb", of so many `things`. A terminal shows nothing of what takes no longer than `quiet`.
  Progress(std::string what, std::string things, std::chrono::milliseconds quiet);
  void tell(std::size_t done, std::size_t all);
  /// The same with a rate, and a line every ten seconds where there is no terminal.
  void tell_rate(std::size_t done, std::size_t all);
  /// Takes the bar away.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  const std::string what_;
  const std::string things_;
  const std::chrono::milliseconds quiet_;
  const bool terminal_;
  const Clock::time_point begun_ = Clock::now();
  Clock::time_point told_{};
  bool shown_ = false;
};

}  // namespace lawful::conformance
