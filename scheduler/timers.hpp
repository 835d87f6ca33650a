#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "scheduler/job.hpp"
#include "scheduler/time.hpp"

namespace lawful {

/// Jobs that wait for a deadline, earliest first; equal deadlines in the order in which they were added. Not guarded: its owner is.
///
/// It holds at most twice as many handles as wait for their deadline, and a few: those that are forgotten behind one far in the
/// future do not pile up. For that its owner's Scheduler::forget tells it of them (forgotten).
class Timers {
 public:
  Timers() = default;
  Timers(const Timers&) = delete;  // a handle is in one of them at most
  Timers& operator=(const Timers&) = delete;

  /// O(log n).
  void add(TimePoint when, Ref<Handle> handle);
  /// `handle` has been forgotten: if it is in here its place is given up, soon. O(1), averaged over many calls. It destroys
  /// handles, and never a job: a forgotten handle has none.
  void forgotten(Handle& handle) noexcept;
  /// The earliest deadline of a handle that is not forgotten. Forgotten ones before it are dropped on the way.
  [[nodiscard]] std::optional<TimePoint> earliest();
  /// Whether take_due(now) has one to answer.
  [[nodiscard]] bool due(TimePoint now);
  /// Takes out the earliest handle if it is due at `now`; null if none is.
  [[nodiscard]] Ref<Handle> take_due(TimePoint now);
  [[nodiscard]] bool empty() const noexcept { return heap_.empty(); }
  /// How many handles it holds, forgotten ones too.
  [[nodiscard]] std::size_t size() const noexcept { return heap_.size(); }
  /// Takes out one handle, whichever; there must be one. It takes no memory.
  [[nodiscard]] Ref<Handle> take_any() noexcept;
  /// Forgets them all. What their jobs own is destroyed here. It takes no memory.
  void clear() noexcept;

 private:
  struct Entry {
    TimePoint when;
    std::uint64_t number;
    Ref<Handle> handle;
  };
  static bool after(const Entry& a, const Entry& b) noexcept { return a.when != b.when ? a.when > b.when : a.number > b.number; }
  [[nodiscard]] Ref<Handle> pop();
  void let_go(Handle& handle) noexcept;
  void drop_forgotten() noexcept;

  std::vector<Entry> heap_;
  std::uint64_t added_ = 0;
  std::size_t forgotten_ = 0;  // entries of handles that we were told are forgotten
};

}  // namespace lawful
