#include "properties/patience.hpp"

#include <unistd.h>

#include <algorithm>
#include <utility>

namespace lawful::properties {

using std::chrono::nanoseconds;

namespace {
constexpr std::chrono::milliseconds most_for_a_look{100};
}  // namespace

Patience::Patience(nanoseconds limit)
    : limit_(limit), processes_([] { return std::vector<pid_t>{::getpid()}; }), own_(true), last_(look()) {}

Patience::Patience(nanoseconds limit, Processes processes)
    : limit_(limit), processes_(std::move(processes)), own_(false), last_(look()) {}

Patience::Look Patience::look() {
  Look seen;
  seen.at = Clock::now();
  stopped_ = false;
  const pid_t me = own_ ? ::gettid() : 0;
  const std::vector<pid_t> processes = processes_();
  for (const pid_t process : processes) {
    seen.busy += processor_time_of(process);
    for (const ThreadSeen& thread : threads_of(process)) {
      if (thread.id == me) {
        seen.busy -= thread.ran;
        continue;
      }
      seen.held_up.emplace(thread.id, thread.held_up);
      // A thread that sleeps waits for somebody else; these do not. One that was stopped, by a signal or by a tracer among those
      // that are looked at, had its chance and does not take it.
      const bool by_each_other = std::find(processes.begin(), processes.end(), thread.traced_by) != processes.end();
      seen.wants = seen.wants || thread.state == 'R' || (thread.state == 'D' && !thread.waits_for_child) ||
                   (thread.state == 't' && !by_each_other);
      stopped_ = stopped_ || thread.state == 'T' || (thread.state == 't' && by_each_other);
    }
  }
  return seen;
}

bool Patience::over() {
  Look now = look();
  // Whoever looks may be held up too, and the whole machine may stand still for a while: a look counts for no more than a few.
  const nanoseconds passed = std::min<nanoseconds>(now.at - last_.at, most_for_a_look);
  // Processes that have ended take their times with them.
  const nanoseconds busy = std::max(now.busy - last_.busy, nanoseconds(0));
  nanoseconds held_up{0};
  for (const auto& [thread, ever] : now.held_up) {
    const auto before = last_.held_up.find(thread);
    if (before != last_.held_up.end()) held_up += std::max(ever - before->second, nanoseconds(0));
  }
  busy_ += busy;
  had_ += now.wants || last_.wants ? busy : std::max(busy, passed - held_up);
  last_ = std::move(now);
  return had_ >= limit_;
}

void Patience::renew() {
  last_ = look();
  had_ = busy_ = nanoseconds(0);
}

}  // namespace lawful::properties
