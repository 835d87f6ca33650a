#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

#include "scheduler/pool.hpp"

namespace lawful {

/// An object that lives as long as somebody holds a Ref to it. Objects that are `shared` between threads count atomically;
/// a serial scheduler's objects pay for no lock prefix.
class Counted : public Pooled {
 public:
  explicit Counted(bool shared) noexcept : shared_(shared) {}
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

  void retain() const noexcept {
    if (shared_) {
      count_.fetch_add(1, std::memory_order_relaxed);
    } else {
      count_.store(count_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }
  }

  void release() const noexcept {
    if (shared_) {
      if (count_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
      return;
    }
    const std::uint32_t left = count_.load(std::memory_order_relaxed) - 1;
    count_.store(left, std::memory_order_relaxed);
    if (left == 0) delete this;
  }

 protected:
  virtual ~Counted() = default;

 private:
  mutable std::atomic<std::uint32_t> count_{1};  // the creator holds the first reference
  const bool shared_;
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
