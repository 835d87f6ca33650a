#pragma once

#include <exception>
#include <stdexcept>
#include <string>
#include <typeinfo>
#include <utility>
#include <variant>
#include <vector>

#include "scheduler/counted.hpp"

namespace lawful {

/// A task was cancelled. It is no std::exception, as asyncio's is no Exception: a handler for ordinary errors lets it pass.
class CancelledError {
 public:
  [[nodiscard]] const char* what() const noexcept { return "cancelled"; }
};

/// The state of a future or task does not allow this: its result was asked for too early, or it is completed already.
class InvalidStateError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// A deadline passed.
class TimeoutError : public std::runtime_error {
 public:
  TimeoutError() : std::runtime_error("timed out") {}
};

/// asyncio's RuntimeError: the operation is not allowed here.
class RuntimeError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// asyncio's ValueError: the argument, or one call too many.
class ValueError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

class QueueEmpty : public std::runtime_error {
 public:
  QueueEmpty() : std::runtime_error("the queue is empty") {}
};

class QueueFull : public std::runtime_error {
 public:
  QueueFull() : std::runtime_error("the queue is full") {}
};

class QueueShutDown : public std::runtime_error {
 public:
  QueueShutDown() : std::runtime_error("the queue was shut down") {}
};

class BrokenBarrierError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Nothing was ready and nothing was scheduled, yet tasks were waiting. The message lists each of them and what it waits for.
class DeadlockError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What stands behind an Error. Derive from it to carry an error of one's own as a value that is thrown only if somebody
/// awaits it: `raise` throws it.
class ErrorBody : public Counted {
 public:
  explicit ErrorBody(bool immortal = false) noexcept : Counted(true), immortal_(immortal) {}
  [[noreturn]] virtual void raise() const = 0;
  /// The type of the error and its object, if they are known without throwing it.
  [[nodiscard]] virtual const std::type_info& type() const noexcept { return typeid(void); }
  [[nodiscard]] virtual const void* object() const noexcept { return nullptr; }
  [[nodiscard]] bool immortal() const noexcept { return immortal_; }

 private:
  const bool immortal_;  // the bodies of all cancellations and of all bad_allocs are never counted
};

/// An error as a value, or none. Errors travel as values inside the library and are thrown only where user code awaits: a throw
/// costs more than a microsecond, and as much again for every coroutine it crosses. A copy costs one count; a cancellation costs
/// nothing.
class Error {
 public:
  Error() noexcept = default;
  Error(const Error& other) noexcept : body_(other.body_) { hold(); }
  Error(Error&& other) noexcept : body_(std::exchange(other.body_, nullptr)) {}
  Error& operator=(Error other) noexcept {
    std::swap(body_, other.body_);
    return *this;
  }
  ~Error() {
    if (body_ != nullptr && !body_->immortal()) body_->release();
  }

  /// Cancellation.
  [[nodiscard]] static Error cancelled() noexcept;
  /// `exception` as an error; every raise() throws the same object.
  template <class Exception>
  [[nodiscard]] static Error of(Exception exception);
  /// An error of one's own kind.
  [[nodiscard]] static Error from(Ref<const ErrorBody> body) noexcept;
  /// The exception being handled: in a catch block only. If there is no memory to keep it, it is std::bad_alloc instead.
  [[nodiscard]] static Error current() noexcept;
  /// What `exception` holds; it must not be null. The same if memory is short.
  [[nodiscard]] static Error from(const std::exception_ptr& exception) noexcept;
  /// std::bad_alloc. It takes no memory, and costs no count.
  [[nodiscard]] static Error out_of_memory() noexcept;

  explicit operator bool() const noexcept { return body_ != nullptr; }
  [[nodiscard]] bool is_cancelled() const noexcept;
  /// The exception, if it is an E (or derives from one); else null. Valid as long as this error or a copy lives.
  template <class E>
  [[nodiscard]] const E* as() const;
  /// @throws the error; calling it on no error ends the program.
  [[noreturn]] void raise() const;
  /// One line for people: "E1: what it said". Groups in groups are told with all they hold, to any depth.
  [[nodiscard]] std::string describe() const;
  [[nodiscard]] const ErrorBody* body() const noexcept { return body_; }
  /// Gives its body away, with its count.
  const ErrorBody* detach() noexcept { return std::exchange(body_, nullptr); }

 private:
  [[nodiscard]] std::string describe_single() const;
  void hold() const noexcept {
    if (body_ != nullptr && !body_->immortal()) body_->retain();
  }
  const ErrorBody* body_ = nullptr;
};

/// Several errors at once: what a TaskGroup raises.
class ExceptionGroup : public std::exception {
 public:
  ExceptionGroup(std::string message, std::vector<Error> exceptions);
  [[nodiscard]] const char* what() const noexcept override { return message_.c_str(); }
  /// In the order in which the tasks failed, the group body's own error last (GROUP-COLLECTS-FAILURES).
  [[nodiscard]] const std::vector<Error>& exceptions() const noexcept { return exceptions_; }

 private:
  std::string message_;
  std::vector<Error> exceptions_;
};

/// The value of what has none.
struct Unit {
  friend bool operator==(Unit, Unit) noexcept = default;
};

/// T, or Unit for void.
template <class T>
using Stored = std::conditional_t<std::is_void_v<T>, Unit, T>;

/// A value or an error: what an awaitable's `.outcome()` answers instead of throwing.
template <class T>
class Outcome {
 public:
  Outcome(Stored<T> value) : held_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Outcome(Error error) : held_(std::in_place_index<1>, std::move(error)) {}      // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const noexcept { return held_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }
  /// The value; only if ok().
  [[nodiscard]] Stored<T>& value() & noexcept { return *std::get_if<0>(&held_); }
  [[nodiscard]] const Stored<T>& value() const& noexcept { return *std::get_if<0>(&held_); }
  [[nodiscard]] Stored<T>&& value() && noexcept { return std::move(*std::get_if<0>(&held_)); }
  /// The error; none if ok().
  [[nodiscard]] Error error() const {
    const Error* error = std::get_if<1>(&held_);
    return error == nullptr ? Error() : *error;
  }
  /// The value, or @throws the error.
  T get() && {
    if (!ok()) std::get_if<1>(&held_)->raise();
    if constexpr (!std::is_void_v<T>) return std::move(*std::get_if<0>(&held_));
  }

 private:
  std::variant<Stored<T>, Error> held_;
};

// implementation

template <class Exception>
Error Error::of(Exception exception) {
  class Body final : public ErrorBody {
   public:
    explicit Body(Exception given) : exception_(given), pointer_(std::make_exception_ptr(std::move(given))) {}
    [[noreturn]] void raise() const override { std::rethrow_exception(pointer_); }
    [[nodiscard]] const std::type_info& type() const noexcept override { return typeid(Exception); }
    [[nodiscard]] const void* object() const noexcept override { return &exception_; }

   private:
    Exception exception_;
    std::exception_ptr pointer_;
  };
  return from(Ref<const ErrorBody>(make_counted<Body>(std::move(exception))));
}

template <class E>
const E* Error::as() const {
  if (body_ == nullptr) return nullptr;
  if (body_->type() == typeid(E)) return static_cast<const E*>(body_->object());
  if (is_cancelled()) return nullptr;
  try {
    raise();
  } catch (const E& exception) {
    return &exception;
  } catch (...) {
    return nullptr;
  }
}

}  // namespace lawful
