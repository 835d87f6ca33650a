#pragma once

#include <coroutine>
#include <cstdint>
#include <utility>

#include "scheduler/counted.hpp"

namespace lawful {

class PromiseBase;

/// How objects and coroutines that own each other in long chains are destroyed: nested up to a small depth, as C++ does by itself,
/// and from there on one after the other. It needs no memory: what has to wait is linked through itself.
class Disposal {
 public:
  static void dispose(const Counted& object) noexcept;
  static void dispose(PromiseBase& promise) noexcept;

  /// While one lives on this thread, which holds a Guard, nothing is deleted: whoever might be deleted has destructors that take
  /// the Guard, or are the user's. They wait in `list` instead, for delete_all().
  class Hold {
   public:
    explicit Hold(const Counted*& list) noexcept
        : list_(list), depth_(std::exchange(depth, held)), objects_(std::exchange(objects, nullptr)) {}
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    ~Hold() {
      if (objects != nullptr) add();
      depth = depth_;
      objects = objects_;
    }

   private:
    void add() noexcept;
    const Counted*& list_;
    const std::uint32_t depth_;
    const Counted* const objects_;
  };

  /// Deletes a list of those that waited.
  static void delete_all(const Counted*& list) noexcept;

 private:
  static constexpr std::uint32_t deepest = 32;
  static constexpr std::uint32_t held = deepest + 1;

  static void postpone(const Counted& object) noexcept;
  static void drain() noexcept;

  // What this thread is destroying. Plain data, so that it may still be used while the thread's other objects are destroyed.
  static inline constinit thread_local std::uint32_t depth = 0;
  static inline constinit thread_local const Counted* objects = nullptr;
  static inline constinit thread_local PromiseBase* frames = nullptr;
};

}  // namespace lawful
