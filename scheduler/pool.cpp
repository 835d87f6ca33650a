#include "scheduler/pool.hpp"

#include <array>
#include <cstdint>
#include <new>

// A sanitizer must see each allocation, to find what is used after its end; so must who counts allocations, and defines this.
#ifndef LAWFUL_UNPOOLED
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define LAWFUL_UNPOOLED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LAWFUL_UNPOOLED
#endif
#endif

namespace lawful {

#ifdef LAWFUL_UNPOOLED

void* take_pooled(std::size_t bytes) { return ::operator new(bytes); }
void give_pooled(void* memory, std::size_t) noexcept { ::operator delete(memory); }

#else

namespace {

constexpr std::size_t step = 32;
constexpr std::size_t classes = 1024 / step;
constexpr std::uint32_t kept = 4096;  // blocks a thread keeps of each size

struct Free {
  Free* next;
};

struct Shelf {
  Free* first = nullptr;
  std::uint32_t count = 0;
};

// Plain data, so that it may still be used while the thread's other objects are destroyed.
thread_local std::array<Shelf, classes> shelves;
thread_local bool closed = false;

struct Closer {
  ~Closer() {
    closed = true;
    for (Shelf& shelf : shelves) {
      while (shelf.first != nullptr) {
        Free* block = shelf.first;
        shelf.first = block->next;
        ::operator delete(block);
      }
    }
  }
};
thread_local Closer closer;

}  // namespace

void* take_pooled(std::size_t bytes) {
  const std::size_t index = (bytes - 1) / step;
  if (index >= classes) return ::operator new(bytes);
  Shelf& shelf = shelves[index];
  if (shelf.first != nullptr) {
    Free* block = shelf.first;
    shelf.first = block->next;
    --shelf.count;
    return block;
  }
  return ::operator new((index + 1) * step);
}

void give_pooled(void* memory, std::size_t bytes) noexcept {
  const std::size_t index = (bytes - 1) / step;
  if (index >= classes || closed) return ::operator delete(memory);
  Shelf& shelf = shelves[index];
  if (shelf.count == kept) return ::operator delete(memory);
  if (shelf.count == 0) static_cast<void>(&closer);  // its destructor is registered by the first use on each thread
  shelf.first = new (memory) Free{shelf.first};
  ++shelf.count;
}

#endif

}  // namespace lawful
