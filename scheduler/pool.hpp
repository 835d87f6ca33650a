#pragma once

#include <cstddef>

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

}  // namespace lawful
