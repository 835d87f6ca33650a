#pragma once

#include <concepts>
#include <memory>
#include <utility>

#include "scheduler/task/coroutine.hpp"
#include "scheduler/task/future_core.hpp"

namespace lawful {

/// A core together with room for its value.
template <class Core, class T>
class Valued : public Core {
 public:
  using Core::Core;
  ~Valued() override {
    if (filled_) std::destroy_at(room());
  }
  [[nodiscard]] void* value() noexcept final { return room(); }
  /// Puts the value in place, before the core is settled as finished. Not under the Guard: it runs the value's own code, and
  /// throws what that throws; the room is as empty as before then. By one thread: whoever completes the core, or has the claim.
  void fill(Stored<T>&& value) {
    std::construct_at(room(), std::move(value));
    filled_ = true;
  }
  /// The right to fill it, for one of those who may complete it from outside; false if somebody has it.
  [[nodiscard]] bool claim_guarded() noexcept { return !std::exchange(claimed_, true); }
  /// Gives that right back: filling it failed.
  void give_claim_back_guarded() noexcept { claimed_ = false; }

 private:
  [[nodiscard]] Stored<T>* room() noexcept { return reinterpret_cast<Stored<T>*>(&room_); }
  alignas(Stored<T>) std::byte room_[sizeof(Stored<T>)];
  bool filled_ = false;
  bool claimed_ = false;  // guarded
};

template <class T>
class FutureAwaiter;

/// The InvalidStateErrors of futures, made in one place.
[[nodiscard]] Error empty_handle();
[[noreturn]] void raise_empty_handle();
[[nodiscard]] Error not_done(const char* asked);
[[nodiscard]] Error done_already();
/// … and what else is refused.
[[nodiscard]] Error completed_from_outside();
[[nodiscard]] Error cancelled_as_exception();

/// A handle on a future or task of any type: what can be asked without knowing its value. Handles are values: copies share one
/// future. All members may be called from any thread if the scheduler is parallel. One may outlive its scheduler; what it answers
/// then FutureCore says: it is a plain value, cancel() answers false and callbacks are dropped.
///
/// A handle made by default, or moved from, is empty: it can be compared, assigned, and asked whether it is (operator bool).
/// Whatever else is done with it, or with whatever it is handed to, @throws InvalidStateError; members that answer an error or an
/// outcome answer that instead, and so does awaiting it.
class AnyFuture {
 public:
  AnyFuture() noexcept = default;
  explicit AnyFuture(Ref<FutureCore> core) noexcept : core_(std::move(core)) {}

  [[nodiscard]] bool done() const { return core().done(); }
  [[nodiscard]] bool cancelled() const { return core().state() == FutureCore::State::cancelled; }
  /// Requests that it end as cancelled, through whatever it waits for; false if it is done. A future is cancelled at once, a task
  /// at its next step (CANCEL rules).
  bool cancel() { return core().cancel(); }  // NOLINT(readability-make-member-function-const): it changes what it refers to
  /// The error it failed with, none if it has a value.
  /// @throws InvalidStateError if it is not done (EXCEPTION-BEFORE-DONE); CancelledError if it was cancelled
  [[nodiscard]] Error exception() const;
  /// The same without a throw: `refused` is why there is no answer.
  struct ExceptionAnswer {
    Error refused;
    Error exception;
  };
  [[nodiscard]] ExceptionAnswer try_exception() const;
  /// Calls `callback(*this)` soon after it is done, as a job of its own, in the order of these calls.
  template <std::invocable<AnyFuture> Function>
  void add_done_callback(Function callback);

  /// What it is a handle on. @throws InvalidStateError if it is empty
  [[nodiscard]] FutureCore& core() const {
    if (!core_) [[unlikely]]
      raise_empty_handle();
    return *core_;
  }
  /// The same; null if it is empty.
  [[nodiscard]] const Ref<FutureCore>& ref() const noexcept { return core_; }
  explicit operator bool() const noexcept { return static_cast<bool>(core_); }
  friend bool operator==(const AnyFuture& a, const AnyFuture& b) noexcept { return a.core_ == b.core_; }

 protected:
  Ref<FutureCore> core_;
};

/// Throws what an empty handle is refused with.
inline void refuse_empty(const AnyFuture& future) { static_cast<void>(future.core()); }

/// A value that will be there later, set by whoever owns the promise to set it: asyncio's Future.
template <class T = void>
class Future : public AnyFuture {
 public:
  using value_type = T;
  Future() noexcept = default;
  /// Over a core whose value() is a Stored<T>.
  explicit Future(Ref<FutureCore> core) noexcept : AnyFuture(std::move(core)) {}
  /// A new pending one: loop.create_future().
  [[nodiscard]] static Future pending(Scheduler& scheduler = Scheduler::current()) {
    return Future(make_counted<Valued<FutureCore, T>>(scheduler));
  }

  /// The value.
  /// @throws InvalidStateError if it is not done (RESULT-BEFORE-DONE); CancelledError if it was cancelled; else the error it failed
  /// with
  decltype(auto) result() const;
  /// The same as an outcome: nothing is thrown.
  [[nodiscard]] Outcome<T> result_outcome() const;
  /// Ends it with a value. @throws InvalidStateError if it is done (COMPLETED-ONCE), or if another set_result is putting its value
  /// in place; RuntimeError if it is a task or a gather; what moving the value throws: the future is as pending as before then
  void set_result(Stored<T> value = {});
  /// Ends it with an error; CancelledError is refused with ValueError. @throws as set_result
  void set_exception(Error error);
  /// The same two as outcomes.
  [[nodiscard]] Error try_set_result(Stored<T> value = {});
  [[nodiscard]] Error try_set_exception(Error error);
  /// Ends it as `outcome` says, as cancelled too. A value whose move throws ends it with the error that was thrown.
  [[nodiscard]] Error try_set_outcome(Outcome<T>&& outcome);

  /// Waits for it: its value, or @throws its error. If it is done already, without giving anybody a turn.
  FutureAwaiter<T> operator co_await() const noexcept { return FutureAwaiter<T>(core_); }
  /// The same, answering an Outcome<T>.
  [[nodiscard]] auto outcome() const noexcept;
};

/// Awaits a future or task.
template <class T>
class FutureAwaiter : public Awaitable<FutureAwaiter<T>> {
 public:
  explicit FutureAwaiter(Ref<FutureCore> core) noexcept : core_(std::move(core)) {}
  [[nodiscard]] bool await_ready() const noexcept { return !core_ || core_->done(); }
  template <InTask Promise>
  void await_suspend(std::coroutine_handle<Promise> leaf) noexcept {
    task_ = &leaf.promise().task();
    task_->wait_for(*core_, leaf);
  }
  [[nodiscard]] Outcome<T> take_outcome() {
    if (task_ != nullptr) {
      Error incoming = task_->take_incoming();
      if (incoming) return incoming;
    }
    return Future<T>(core_).result_outcome();
  }

 private:
  Ref<FutureCore> core_;
  TaskCore* task_ = nullptr;
};

/// co_await future.outcome(): owns its awaiter.
template <class T>
class FutureOutcome {
 public:
  using runs_in_task = void;
  explicit FutureOutcome(Ref<FutureCore> core) noexcept : awaiter_(std::move(core)) {}
  [[nodiscard]] bool await_ready() const noexcept { return awaiter_.await_ready(); }
  template <InTask Promise>
  void await_suspend(std::coroutine_handle<Promise> leaf) noexcept {
    awaiter_.await_suspend(leaf);
  }
  [[nodiscard]] Outcome<T> await_resume() { return awaiter_.take_outcome(); }

 private:
  FutureAwaiter<T> awaiter_;
};

// implementation

template <std::invocable<AnyFuture> Function>
void AnyFuture::add_done_callback(Function callback) {
  struct Held : Counted {
    explicit Held(Function given) : Counted(true), function(std::move(given)) {}
    Function function;
  };
  core().add_callback(Callback{
      [](Counted& target, Counted* future) {
        auto& core = static_cast<FutureCore&>(*future);
        try {
          static_cast<Held&>(target).function(AnyFuture(Ref<FutureCore>(core)));
        } catch (...) {
          core.scheduler().call_exception_handler(Unretrieved{"a callback of " + core.description() + " threw", Error::current()});
        }
      },
      make_counted<Held>(std::move(callback)), true});
}

template <class T>
Outcome<T> Future<T>::result_outcome() const {
  if (!core_) return empty_handle();
  if (!core_->done()) return not_done("result");
  Error error = core_->error();
  if (error) return error;
  if constexpr (std::is_void_v<T>) {
    return Unit();
  } else {
    try {
      if constexpr (std::is_copy_constructible_v<T>) {
        return Outcome<T>(*static_cast<const T*>(core_->value()));
      } else {
        return Outcome<T>(std::move(*static_cast<T*>(core_->value())));  // what cannot be copied goes to the first who asks
      }
    } catch (...) {
      return Error::current();
    }
  }
}

template <class T>
decltype(auto) Future<T>::result() const {
  return result_outcome().get();
}

template <class T>
Error Future<T>::try_set_result(Stored<T> value) {
  if (!core_) return empty_handle();
  const Ref<FutureCore> core = core_;  // moving the value is user code: it may let go of this handle
  if (core->completes_itself()) return completed_from_outside();
  auto& room = static_cast<Valued<FutureCore, T>&>(*core);
  {
    const Guard guard(core->scheduler());
    if (core->done() || !room.claim_guarded()) return done_already();
  }
  try {
    room.fill(std::move(value));
  } catch (...) {
    const Guard guard(core->scheduler());
    room.give_claim_back_guarded();
    throw;
  }
  const Guard guard(core->scheduler());
  // Cancelled meanwhile, it stays so.
  return core->settle_guarded(FutureCore::State::finished) ? Error() : done_already();
}

template <class T>
Error Future<T>::try_set_outcome(Outcome<T>&& outcome) {
  Error error = outcome.error();
  if (!error) {
    try {
      return try_set_result(std::move(outcome).value());
    } catch (...) {
      error = Error::current();
    }
  }
  if (!core_ || !error.is_cancelled()) return try_set_exception(std::move(error));
  return cancel() ? Error() : done_already();
}

template <class T>
Error Future<T>::try_set_exception(Error error) {
  if (!core_) return empty_handle();
  if (core_->completes_itself()) return completed_from_outside();
  if (error.is_cancelled()) return cancelled_as_exception();
  const Guard guard(core_->scheduler());
  return core_->settle_guarded(FutureCore::State::failed, std::move(error)) ? Error() : done_already();
}

template <class T>
void Future<T>::set_result(Stored<T> value) {
  const Error error = try_set_result(std::move(value));
  if (error) error.raise();
}

template <class T>
void Future<T>::set_exception(Error error) {
  const Error refused = try_set_exception(std::move(error));
  if (refused) refused.raise();
}

template <class T>
auto Future<T>::outcome() const noexcept {
  return FutureOutcome<T>(core_);
}

}  // namespace lawful
