#pragma once

#include <mutex>
#include <vector>

#include "spec/run.hpp"

namespace lawful::conformance {

/// Where tasks write down what they do: they only append, and judgement comes when the run is over. Events of a parallel run are
/// numbered by the order in which they were appended.
class Trace {
 public:
  explicit Trace(bool parallel) : parallel_(parallel) { events_.reserve(64); }

  void append(spec::Event event) {
    if (!parallel_) return events_.push_back(std::move(event));
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
  }
  /// What has been written; more may come if the run was given up.
  [[nodiscard]] std::vector<spec::Event> take() {
    const std::lock_guard lock(mutex_);
    return std::move(events_);
  }

 private:
  const bool parallel_;
  std::mutex mutex_;
  std::vector<spec::Event> events_;
};

}  // namespace lawful::conformance
