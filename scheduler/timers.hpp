#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "scheduler/job.hpp"
#include "scheduler/time.hpp"

namespace lawful {

/// Jobs that wait for a deadline, earliest first; equal deadlines in the order in which they were added. Not guarded: its owner is.
class Timers {
 public:
  /// O(log n).
  void add(TimePoint when, Ref<Handle> handle);
  /// The earliest deadline of a handle that is not forgotten. Forgotten ones before it are dropped on the way.
  [[nodiscard]] std::optional<TimePoint> earliest();
  /// Whether take_due(now) has one to answer.
  [[nodiscard]] bool due(TimePoint now);
  /// Takes out the earliest handle if it is due at `now`; null if none is.
  [[nodiscard]] Ref<Handle> take_due(TimePoint now);
  [[nodiscard]] bool empty() const noexcept { return heap_.empty(); }
  /// Forgets them all.
  void clear();

 private:
  struct Entry {
    TimePoint when;
    std::uint64_t number;
    Ref<Handle> handle;
  };
  static bool after(const Entry& a, const Entry& b) noexcept { return a.when != b.when ? a.when > b.when : a.number > b.number; }
  [[nodiscard]] Ref<Handle> pop();

  std::vector<Entry> heap_;
  std::uint64_t added_ = 0;
};

}  // namespace lawful
