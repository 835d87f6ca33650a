#pragma once

#include <cstddef>
#include <new>

namespace lawful {

/// Memory for coroutine frames and futures: sizes up to 1 KiB are recycled through free lists of each thread, so that a spawned
/// task costs no call of malloc once the program is warm. Larger ones, and all of them under a sanitizer, go to `operator new`.
/// From any thread; memory may be given back on another thread than it was taken on.
/// @throws std::bad_alloc
[[nodiscard]] void* take_pooled(std::size_t bytes);

/// Gives back what take_pooled(bytes) answered; `bytes` must be the same number.
void give_pooled(void* memory, std::size_t bytes) noexcept;

/// A base that makes `new` and `delete` of a class (and of what derives from it) use the pool.
struct Pooled {
  static void* operator new(std::size_t bytes) { return take_pooled(bytes); }
  static void operator delete(void* memory, std::size_t bytes) noexcept { give_pooled(memory, bytes); }
};

/// An allocator over the pool, for the nodes of containers.
template <class T>
class PoolAllocator {
 public:
  using value_type = T;
  PoolAllocator() noexcept = default;
  template <class U>
  PoolAllocator(const PoolAllocator<U>&) noexcept {}  // NOLINT(google-explicit-constructor): allocators convert
  [[nodiscard]] T* allocate(std::size_t count) {
    if constexpr (alignof(T) > alignof(std::max_align_t)) {
      return static_cast<T*>(::operator new(count * sizeof(T), std::align_val_t(alignof(T))));
    } else {
      return static_cast<T*>(take_pooled(count * sizeof(T)));
    }
  }
  void deallocate(T* memory, std::size_t count) noexcept {
    if constexpr (alignof(T) > alignof(std::max_align_t)) {
      ::operator delete(memory, std::align_val_t(alignof(T)));
    } else {
      give_pooled(memory, count * sizeof(T));
    }
  }
  friend bool operator==(PoolAllocator, PoolAllocator) noexcept { return true; }
};

}  // namespace lawful
