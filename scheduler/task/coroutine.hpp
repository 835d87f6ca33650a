#pragma once

#include <coroutine>
#include <optional>
#include <utility>

#include "scheduler/errors.hpp"
#include "scheduler/task/task_core.hpp"
#include "scheduler/task/temporaries.hpp"

namespace lawful {

/// An awaiter that runs in a task says so by a member type of this name; the library's own do, and what derives from Awaitable.
///
///     class UntilRung {
///      public:
///       using runs_in_task = void;
///       explicit UntilRung(Bell& bell) noexcept;  // g++ before 13 wants a constructor of every awaiter, see temporaries.hpp
///       [[nodiscard]] bool await_ready() const noexcept;
///       template <InTask Promise>
///       void await_suspend(std::coroutine_handle<Promise> leaf) {
///         task_ = &leaf.promise().task();
///         task_->wait_for(bell_.rung().core(), leaf);
///       }
///       void await_resume() {
///         const Error incoming = task_->take_incoming();  // why the wait was ended: cancelled, or the future failed
///         if (incoming) incoming.raise();
///       }
///
/// By that it promises that whenever it suspends, it has told the task why, by TaskCore::wait_for or yield, in await_suspend; that
/// nobody but the task resumes the coroutine; and that it asks for the incoming error when it is resumed.
template <class Awaiter>
concept RunsInTask = requires {
  typename std::remove_cvref_t<Awaiter>::runs_in_task;
};

template <class A>
concept HasMemberCoAwait = requires(A&& awaited) {
  std::forward<A>(awaited).operator co_await();
};
template <class A>
concept HasFreeCoAwait = requires(A&& awaited) {
  operator co_await(std::forward<A>(awaited));
};

/// What a coroutine of the library can await: an awaiter that runs in a task, or what answers one to `operator co_await`.
template <class A>
consteval bool awaited_in_task() {
  if constexpr (HasMemberCoAwait<A>) {
    return RunsInTask<decltype(std::declval<A>().operator co_await())>;
  } else if constexpr (HasFreeCoAwait<A>) {
    return RunsInTask<decltype(operator co_await(std::declval<A>()))>;
  } else {
    return RunsInTask<A>;
  }
}

/// What is awaited in the place of something refused, so that the refusal is the only error.
class Refused {
 public:
  struct Anything {
    template <class T>
    operator T() const;  // NOLINT(google-explicit-constructor)
  };
  [[nodiscard]] bool await_ready() const noexcept { return true; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  Anything await_resume() const noexcept { return {}; }
};

class PromiseBase;

/// A type whose promises run inside a task: only our coroutines can await what the library offers.
template <class Promise>
concept InTask = std::is_base_of_v<PromiseBase, Promise>;

/// An awaiter that stays where it is, as an object of its own: g++ 12 copies what await_transform answers by reference.
template <class Awaiter>
class AwaiterInPlace {
 public:
  explicit AwaiterInPlace(Awaiter& awaiter) noexcept : awaiter_(awaiter) {}
  [[nodiscard]] bool await_ready() { return awaiter_.await_ready(); }
  template <InTask Promise>
  auto await_suspend(std::coroutine_handle<Promise> handle) {
    return awaiter_.await_suspend(handle);
  }
  decltype(auto) await_resume() { return awaiter_.await_resume(); }

 private:
  Awaiter& awaiter_;
};

/// What the promises of all our coroutines share, so that awaiters find the task they run in.
class PromiseBase {
 public:
  [[nodiscard]] TaskCore& task() const noexcept { return *task_; }
  /// Runs inside `task`, and when it has ended that goes on with `parent`; with none, the task has ended. From now on its frame,
  /// `self`, is the task's to destroy, until it has ended: a task that ends early destroys what it was in the midst of from the
  /// innermost coroutine outwards, one after the other, whatever the depth.
  void run_in(TaskCore& task, std::coroutine_handle<> self, PromiseBase* parent) noexcept {
    task_ = &task;
    self_ = self;
    parent_ = parent;
    task.enter(*this, self);
  }
  /// Destroys its frame, `self`, which does not run (it was not started, or has ended): at once, or soon if that is nested deeply.
  void dispose(std::coroutine_handle<> self) noexcept;  // in disposal.cpp

  static void* operator new(std::size_t bytes) { return take_pooled(bytes); }
  static void operator delete(void* memory, std::size_t bytes) noexcept { give_pooled(memory, bytes); }

  struct Final {
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
      const PromiseBase& promise = ended.promise();
      if (promise.parent_ != nullptr) {
        promise.task_->enter(*promise.parent_, promise.parent_->self_);
      } else {
        promise.task_->end();
      }
    }
    void await_resume() const noexcept {}
  };

  /// Lets pass what runs in a task, and refuses to compile `co_await` of anything else: its promise to resume us would not be kept
  /// to the task, which must know what it waits for to be cancelled, and steps on one of its scheduler's threads alone.
  template <class Awaited>
  decltype(auto) await_transform(Awaited&& awaited) {
    refuse_broken_temporaries<!may_break<Awaited> && !DoubtfulRvalue<Awaited>>();
    constexpr bool runs_in_task = awaited_in_task<Awaited>();
    static_assert(
        runs_in_task,
        "lawful: only what runs in a task can be awaited here: a coroutine (std::move a named one), a Future or a Task, and "
        "what the library's own functions answer. Of anything else, await a Future (Future<T>::pending) that is set by "
        "whoever completes it; of an Asio operation, pass as_future as its completion token. An awaiter of your own that "
        "suspends through its task says so by a member type runs_in_task: see scheduler/task/coroutine.hpp.");
    if constexpr (!runs_in_task) {
      return Refused();
    } else if constexpr (HasMemberCoAwait<Awaited>) {
      return std::forward<Awaited>(awaited).operator co_await();
    } else if constexpr (HasFreeCoAwait<Awaited>) {
      return operator co_await(std::forward<Awaited>(awaited));
    } else {
      return AwaiterInPlace<std::remove_reference_t<Awaited>>(awaited);
    }
  }

  [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
  [[nodiscard]] Final final_suspend() const noexcept { return {}; }

 private:
  friend class Disposal;
  friend class TaskCore;
  TaskCore* task_ = nullptr;
  std::coroutine_handle<> self_;
  PromiseBase* parent_ = nullptr;  // of the coroutine that awaits it
};

/// What an awaiter answers that would rather not throw: `co_await x.outcome()` is an Outcome, and the error in it was never thrown.
/// It refers to the awaiter it was made from, in the same full expression.
template <class Awaiter>
class OutcomeAwaiter {
 public:
  using runs_in_task = void;
  explicit OutcomeAwaiter(Awaiter& awaiter) noexcept : awaiter_(awaiter) {}
  [[nodiscard]] bool await_ready() { return awaiter_.await_ready(); }
  template <InTask Promise>
  auto await_suspend(std::coroutine_handle<Promise> handle) {
    return awaiter_.await_suspend(handle);
  }
  auto await_resume() { return awaiter_.take_outcome(); }

 private:
  Awaiter& awaiter_;
};

/// Base of the library's awaiters: they offer take_outcome(), and throw only in await_resume.
template <class Awaiter>
class Awaitable {
 public:
  using runs_in_task = void;
  auto await_resume() { return static_cast<Awaiter&>(*this).take_outcome().get(); }
  /// Await this to get an Outcome instead of a throw.
  [[nodiscard]] OutcomeAwaiter<Awaiter> outcome() & { return OutcomeAwaiter<Awaiter>(static_cast<Awaiter&>(*this)); }
  [[nodiscard]] OutcomeAwaiter<Awaiter> outcome() && { return OutcomeAwaiter<Awaiter>(static_cast<Awaiter&>(*this)); }
};

template <class T>
class CoroutineAwaiter;

/// A coroutine of the library. Calling a function that returns one runs nothing of its body; it runs when it is awaited, inside the
/// awaiting task and without giving anybody else a turn, or as a task of its own (create_task). It is awaited once.
template <class T = void>
class [[nodiscard]] Coroutine {
 public:
  class promise_type;
  using Handle = std::coroutine_handle<promise_type>;
  using value_type = T;

  Coroutine() noexcept = default;
  explicit Coroutine(Handle handle) noexcept : handle_(handle) {}
  Coroutine(Coroutine&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Coroutine& operator=(Coroutine&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Coroutine() {
    if (handle_) handle_.promise().dispose(handle_);
  }

  /// Runs it here: its value, or @throws its error; RuntimeError if it was awaited before.
  CoroutineAwaiter<T> operator co_await() && noexcept { return CoroutineAwaiter<T>(std::move(*this)); }
  /// The same, answering an Outcome<T>.
  [[nodiscard]] auto outcome() && noexcept;

  /// Gives the frame away; null if there is none.
  [[nodiscard]] Handle detach() noexcept { return std::exchange(handle_, nullptr); }
  [[nodiscard]] Handle handle() const noexcept { return handle_; }
  explicit operator bool() const noexcept { return static_cast<bool>(handle_); }

 private:
  friend class CoroutineAwaiter<T>;
  Handle handle_;
};

/// An empty coroutine (one that was awaited or made a task before, was moved from, or never held anything) is refused with this
/// wherever one is handed in: to create_task, a group, gather, shield, wait_for, as_completed or run. Awaiting it is a
/// RuntimeError.
[[nodiscard]] Error empty_coroutine();

/// Throws that, if it is empty.
template <class T>
void refuse_empty(const Coroutine<T>& coroutine) {
  if (!coroutine) [[unlikely]]
    empty_coroutine().raise();
}

/// A Coroutine<T>, of whatever T.
template <class C>
concept IsCoroutine = std::is_base_of_v<Coroutine<typename C::value_type>, C>;

namespace promise {

template <class T>
class Holder : public PromiseBase {
 public:
  void unhandled_exception() { outcome_.emplace(Error::current()); }
  /// What the coroutine ended with; once, after it has ended. A value whose move throws is the error that was thrown.
  [[nodiscard]] Outcome<T> take_outcome() {
    try {
      return Outcome<T>(std::move(*outcome_));
    } catch (...) {
      return Error::current();
    }
  }
  /// The same, to be moved from where it is.
  [[nodiscard]] Outcome<T>& outcome() noexcept { return *outcome_; }

 protected:
  std::optional<Outcome<T>> outcome_;
};

template <class T>
class Returning : public Holder<T> {
 public:
  /// `co_return value`, or `co_return error`: the coroutine fails with it, and nothing was thrown.
  template <class U = T>
  requires std::is_constructible_v<Outcome<T>, U &&> void return_value(U&& value) {
    this->outcome_.emplace(std::forward<U>(value));
  }
};

template <>
class Returning<void> : public Holder<void> {
 public:
  void return_void() { outcome_.emplace(Unit()); }
};

}  // namespace promise

template <class T>
class Coroutine<T>::promise_type : public promise::Returning<T> {
 public:
  Coroutine get_return_object() noexcept { return Coroutine(Handle::from_promise(*this)); }
};

/// Awaits a coroutine in the task that awaits it.
template <class T>
class CoroutineAwaiter : public Awaitable<CoroutineAwaiter<T>> {
 public:
  explicit CoroutineAwaiter(Coroutine<T>&& coroutine) noexcept : coroutine_(std::move(coroutine)) {}
  [[nodiscard]] bool await_ready() const noexcept { return !coroutine_; }
  template <InTask Promise>
  void await_suspend(std::coroutine_handle<Promise> parent) noexcept {
    running_ = coroutine_.detach();
    // The task's step goes on with it: no recursion, whatever the depth.
    running_.promise().run_in(parent.promise().task(), running_, &parent.promise());
  }
  [[nodiscard]] Outcome<T> take_outcome() {
    if (running_) coroutine_ = Coroutine<T>(std::exchange(running_, nullptr));  // it has ended, and is ours again
    if (!coroutine_) return Error::of(RuntimeError("this coroutine was awaited before, or never existed"));
    const Coroutine<T> ended = std::move(coroutine_);  // its frame goes when the outcome is out of it
    return ended.handle_.promise().take_outcome();
  }

 private:
  Coroutine<T> coroutine_;
  typename Coroutine<T>::Handle running_;  // while it belongs to the task
};

/// co_await x.outcome() for a coroutine: owns the awaiter.
template <class T>
class CoroutineOutcome {
 public:
  using runs_in_task = void;
  explicit CoroutineOutcome(Coroutine<T>&& coroutine) noexcept : awaiter_(std::move(coroutine)) {}
  [[nodiscard]] bool await_ready() const noexcept { return awaiter_.await_ready(); }
  template <InTask Promise>
  void await_suspend(std::coroutine_handle<Promise> parent) noexcept {
    awaiter_.await_suspend(parent);
  }
  [[nodiscard]] Outcome<T> await_resume() { return awaiter_.take_outcome(); }

 private:
  CoroutineAwaiter<T> awaiter_;
};

template <class T>
auto Coroutine<T>::outcome() && noexcept {
  return CoroutineOutcome<T>(std::move(*this));
}

/// Gives every other ready job a turn, whatever the clock: asyncio's sleep(0).
class YieldAwaiter : public Awaitable<YieldAwaiter> {
 public:
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  template <InTask Promise>
  void await_suspend(std::coroutine_handle<Promise> leaf) noexcept {
    task_ = &leaf.promise().task();
    task_->yield(leaf);
  }
  [[nodiscard]] Outcome<void> take_outcome() noexcept {
    Error error = task_->take_incoming();
    if (error) return error;
    return Unit();
  }

 private:
  TaskCore* task_ = nullptr;
};

/// Awaits a waiter of one's own frame, for primitives: the error that ended the wait, or none.
class WaiterAwaiter {
 public:
  using runs_in_task = void;
  explicit WaiterAwaiter(Waiter& waiter) noexcept : waiter_(waiter) {}
  /// Never without suspending: whoever wakes the waiter is inside of it until the guard is free, and only a step looks at that.
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  template <InTask Promise>
  void await_suspend(std::coroutine_handle<Promise> leaf) noexcept {
    task_ = &leaf.promise().task();
    task_->wait_for(waiter_, leaf);
  }
  [[nodiscard]] Error await_resume() noexcept { return task_->take_incoming(); }

 private:
  Waiter& waiter_;
  TaskCore* task_ = nullptr;
};

}  // namespace lawful
