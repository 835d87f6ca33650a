#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "properties/proc.hpp"

namespace lawful::properties {

/// How long threads have had their chance to give a sign, and gave none.
///
/// Not the seconds that pass count: others may have the processor meanwhile. What counts is the processor time that the threads
/// used, and the time in which they all slept, so that nothing but a timer of theirs could wake them. While one of them wants the
/// processor and does not get it, or waits for a device, or is held by a debugger, nothing is counted. On a machine that does
/// nothing else this is the time on the clock; on a busy one it takes longer and comes to the same.
///
/// Where the kernel does not tell (no /proc), it is the time on the clock.
class Patience {
 public:
  using Clock = std::chrono::steady_clock;
  using Processes = std::function<std::vector<pid_t>()>;

  /// With all other threads of this process: those beside the one that calls over().
  explicit Patience(std::chrono::nanoseconds limit);
  /// With all threads of the processes that `processes()` names, asked at each look.
  Patience(std::chrono::nanoseconds limit, Processes processes);

  /// Looks at what the threads did since the last look, and answers whether they have had their chance. Call it often, some
  /// hundredth of a second apart: each look reads a few files for each thread. Looks follow each other on one thread.
  [[nodiscard]] bool over();
  /// They gave a sign: from now on everything is counted anew.
  void renew();

  /// What was counted since the last sign: all of it, and of that the processor time.
  [[nodiscard]] std::chrono::nanoseconds had() const noexcept { return had_; }
  [[nodiscard]] std::chrono::nanoseconds busy() const noexcept { return busy_; }
  /// Whether they were at work most of that time, rather than asleep.
  [[nodiscard]] bool mostly_busy() const noexcept { return busy_ * 2 > had_; }
  /// Whether one of them was stopped by a signal at the last look.
  [[nodiscard]] bool stopped() const noexcept { return stopped_; }

 private:
  struct Look {
    Clock::time_point at;
    std::chrono::nanoseconds busy{0};                             // of all processes
    std::unordered_map<pid_t, std::chrono::nanoseconds> held_up;  // by thread
    bool wants = false;  // a thread wants to go on, and it is not its own doing that it does not
  };
  [[nodiscard]] Look look();

  const std::chrono::nanoseconds limit_;
  const Processes processes_;
  const bool own_;  // the threads of this process, without the one that looks
  Look last_;
  std::chrono::nanoseconds had_{0};
  std::chrono::nanoseconds busy_{0};
  bool stopped_ = false;
};

}  // namespace lawful::properties
