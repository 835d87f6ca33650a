#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/system/system_error.hpp>

#include <atomic>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "scheduler/task/future.hpp"

namespace lawful {

/// A completion token for Boost.Asio: an asynchronous operation answers a Future, for the task that awaits it.
///
///     std::size_t n = co_await socket.async_read_some(buffer, as_future);
///
/// It is the operation's value (nothing, one value, or a tuple of several), or raises its error as boost::system::system_error.
/// Cancelling the future, or the task that awaits it, cancels the operation. For I/O objects on the context() of the AsioScheduler
/// that runs the task.
///
/// What has been read is not lost. A cancel is a request: the future is done when the operation is, as cancelled if it was
/// interrupted, and with its value if it completed all the same. A task that awaits it (itself, by wait_for, or in a `timeout`
/// block) gets that value, also if its cancel or deadline strikes between the completion and its next step. The cancel stays due:
///  - it strikes at the task's next suspension, or at its next operation, which is not begun then but answers CancelledError;
///  - a timeout whose block ends with the value before that takes its request back, and raises no TimeoutError;
///  - a task that returns before that ends with what it returns.
/// That holds for who awaits the future. A gather, or a wait_for of a task that awaits it, follows the law of futures: keep the
/// future to have its value. Of an operation made of several (async_read) that is interrupted, Asio tells no more than that: what
/// had been read by then is in the buffer, its size is not known. An operation that cannot be interrupted (a resolver's) is left
/// behind: its future is cancelled at once, and its value dropped.
struct AsFuture {};
inline constexpr AsFuture as_future{};

/// What a completion handler gets behind its error code, as one value.
template <class... Values>
struct CompletionValue {
  using type = std::tuple<std::decay_t<Values>...>;
};
template <>
struct CompletionValue<> {
  using type = void;
};
template <class One>
struct CompletionValue<One> {
  using type = std::decay_t<One>;
};

/// The future of an operation. It is done when the operation's handler was called, whoever cancels it.
template <class T>
class Operation final : public Valued<FutureCore, T> {
 public:
  explicit Operation(Scheduler& scheduler) : Valued<FutureCore, T>(scheduler) {}

  [[nodiscard]] std::string description() const override { return "an operation of Asio"; }
  [[nodiscard]] bool keeps_value() const noexcept override { return true; }
  [[nodiscard]] boost::asio::cancellation_slot slot() noexcept { return signal_.slot(); }

  /// Its handler is called: nothing can interrupt it any more.
  void complete() noexcept { complete_.store(true, std::memory_order_release); }
  void finish(Stored<T> value) {
    if (this->done()) return;
    try {
      this->fill(std::move(value));
    } catch (...) {
      return fail(Error::current());
    }
    const Guard guard(this->scheduler());
    this->settle_guarded(FutureCore::State::finished);
  }
  void fail(Error error) {
    const Guard guard(this->scheduler());
    // Whoever cancelled it has lost interest in how it ends.
    if (asked_) {
      this->settle_guarded(FutureCore::State::cancelled);
    } else {
      this->settle_guarded(FutureCore::State::failed, std::move(error));
    }
  }
  /// Is not begun.
  void refuse() {
    const Guard guard(this->scheduler());
    this->settle_guarded(FutureCore::State::cancelled);
  }

 private:
  [[nodiscard]] FutureCore* begin_cancel_guarded() noexcept override {
    if (std::exchange(asked_, true)) return nullptr;
    // By a job: Asio may call back at once, and we are under the guard.
    try {
      this->scheduler().post(Job(interrupt, Ref<Counted>(*this)));
    } catch (const std::bad_alloc&) {
      this->settle_guarded(FutureCore::State::cancelled);
    }
    return nullptr;
  }
  static void interrupt(Counted& target, Counted*) {
    auto& operation = static_cast<Operation&>(target);
    if (operation.done() || operation.complete_.load(std::memory_order_acquire)) return;
    if (operation.slot().has_handler()) {
      operation.signal_.emit(boost::asio::cancellation_type::terminal);
    } else {
      operation.refuse();
    }
  }

  boost::asio::cancellation_signal signal_;
  std::atomic<bool> complete_{false};
  bool asked_ = false;  // to end as cancelled: guarded
};

/// The handler that completes the future.
template <class T>
class FutureHandler {
 public:
  explicit FutureHandler(Ref<Operation<T>> operation) : operation_(std::move(operation)) {}

  using cancellation_slot_type = boost::asio::cancellation_slot;
  [[nodiscard]] cancellation_slot_type get_cancellation_slot() const noexcept { return operation_->slot(); }

  template <class... Values>
  void operator()(const boost::system::error_code& error, Values&&... values) {
    operation_->complete();
    if (error) {
      post([error](Operation<T>& operation) { operation.fail(Error::of(boost::system::system_error(error))); });
    } else if constexpr (std::is_void_v<T>) {
      post([](Operation<T>& operation) { operation.finish({}); });
    } else {
      post([outcome = Outcome<T>(T(std::forward<Values>(values)...))](Operation<T>& operation) mutable {
        operation.finish(std::move(outcome).value());
      });
    }
  }

 private:
  /// As a job of the scheduler, which counts on it.
  template <class Function>
  void post(Function function) {
    auto job = [operation = operation_, function = std::move(function)]() mutable { function(*operation); };
    operation_->scheduler().post_from_outside(Job::of(std::move(job)));
  }

  Ref<Operation<T>> operation_;
};

}  // namespace lawful

namespace boost::asio {

template <class... Values>
class async_result<lawful::AsFuture, void(boost::system::error_code, Values...)> {
 public:
  using Value = typename lawful::CompletionValue<Values...>::type;
  using return_type = lawful::Future<Value>;

  template <class Initiation, class... Arguments>
  static return_type initiate(Initiation&& initiation, lawful::AsFuture, Arguments&&... arguments) {
    lawful::Scheduler& scheduler = lawful::Scheduler::current();
    auto operation = lawful::make_counted<lawful::Operation<Value>>(scheduler);
    return_type future{lawful::Ref<lawful::FutureCore>(operation)};
    lawful::TaskCore* const task = lawful::TaskCore::current();
    if (task != nullptr && task->take_undelivered_cancel()) {
      // Once begun it could not be cancelled without losing what it may have read: a task that always finds something to read would
      // never be cancelled.
      operation->refuse();
      return future;
    }
    scheduler.expect_outside();
    std::forward<Initiation>(initiation)(lawful::FutureHandler<Value>(std::move(operation)), std::forward<Arguments>(arguments)...);
    return future;
  }
};

}  // namespace boost::asio
