#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

#include "scheduler/pool.hpp"

namespace lawful {

/// An object that lives as long as somebody holds a Ref to it. Objects that are `shared` between threads count atomically;
/// a serial scheduler's objects pay for no lock prefix.
///
/// The last release deletes it, and what it held in turn, a chain of a million too: beyond a small depth what is to be deleted
/// waits in a list of the thread (which takes no memory) until the deletion that is under way at that depth comes to it.
class Counted : public Pooled {
 public:
  explicit Counted(bool shared) noexcept : life_(shared) {}
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

  void retain() const noexcept {
    std::atomic<std::uint32_t>& count = life_.counting.count;
    if (life_.counting.shared) {
      count.fetch_add(1, std::memory_order_relaxed);
    } else {
      count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }
  }

  /// Retains it for who found it without holding a reference: false if it is being deleted already.
  [[nodiscard]] bool try_retain() const noexcept {
    std::atomic<std::uint32_t>& count = life_.counting.count;
    std::uint32_t now = count.load(std::memory_order_relaxed);
    while (now != 0) {
      if (count.compare_exchange_weak(now, now + 1, std::memory_order_relaxed)) return true;
    }
    return false;
  }

  void release() const noexcept {
    std::atomic<std::uint32_t>& count = life_.counting.count;
    if (life_.counting.shared) {
      if (count.fetch_sub(1, std::memory_order_acq_rel) == 1) dispose();
      return;
    }
    const std::uint32_t left = count.load(std::memory_order_relaxed) - 1;
    count.store(left, std::memory_order_relaxed);
    if (left == 0) dispose();
  }

 protected:
  virtual ~Counted() = default;
  /// The last reference is gone, and it must wait until it is deleted: from now on nobody may find it any more. `guarded` says
  /// whether this thread holds the Guard.
  virtual void withdraw([[maybe_unused]] bool guarded) noexcept {}

 private:
  friend class Disposal;
  void dispose() const noexcept;  // in disposal.cpp

  struct Counting {
    std::atomic<std::uint32_t> count;
    bool shared;
  };
  /// Nobody counts any more what waits to be deleted: its place links it into the list of those that do.
  union Life {
    explicit Life(bool shared) noexcept : counting{1, shared} {}  // the creator holds the first reference
    Counting counting;
    const Counted* next;
  };
  mutable Life life_;
};

/// A counted pointer to a Counted.
template <class T>
class Ref {
 public:
  Ref() noexcept = default;
  Ref(std::nullptr_t) noexcept {}  // NOLINT(google-explicit-constructor): null is a Ref
  explicit Ref(T& object) noexcept : object_(&object) { object_->retain(); }
  Ref(const Ref& other) noexcept : object_(other.object_) {
    if (object_ != nullptr) object_->retain();
  }
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  template <class U>
  requires std::is_convertible_v<U*, T*> Ref(Ref<U> other)
  noexcept : object_(other.detach()) {}  // NOLINT(google-explicit-constructor)
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_ != nullptr) object_->release();
  }

  /// Takes over the reference that a new object is born with.
  [[nodiscard]] static Ref adopt(T* object) noexcept {
    Ref ref;
    ref.object_ = object;
    return ref;
  }
  /// Gives the reference up without releasing it.
  [[nodiscard]] T* detach() noexcept { return std::exchange(object_, nullptr); }

  [[nodiscard]] T* get() const noexcept { return object_; }
  T& operator*() const noexcept { return *object_; }
  T* operator->() const noexcept { return object_; }
  explicit operator bool() const noexcept { return object_ != nullptr; }
  friend bool operator==(const Ref& a, const Ref& b) noexcept { return a.object_ == b.object_; }

 private:
  T* object_ = nullptr;
};

/// A new T, held by its first Ref.
template <class T, class... Arguments>
[[nodiscard]] Ref<T> make_counted(Arguments&&... arguments) {
  return Ref<T>::adopt(new T(std::forward<Arguments>(arguments)...));
}

}  // namespace lawful
