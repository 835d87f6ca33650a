#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/system/system_error.hpp>

#include <memory>
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

/// The handler that completes the future.
template <class T>
class FutureHandler {
 public:
  FutureHandler(Future<T> future, std::shared_ptr<boost::asio::cancellation_signal> signal)
      : future_(std::move(future)), signal_(std::move(signal)) {}

  using cancellation_slot_type = boost::asio::cancellation_slot;
  [[nodiscard]] cancellation_slot_type get_cancellation_slot() const noexcept { return signal_->slot(); }

  template <class... Values>
  void operator()(const boost::system::error_code& error, Values&&... values) {
    Scheduler& scheduler = future_.core().scheduler();
    if (error) {
      complete(scheduler, [error](Future<T>& future) {
        static_cast<void>(future.try_set_exception(Error::of(boost::system::system_error(error))));
      });
    } else if constexpr (std::is_void_v<T>) {
      complete(scheduler, [](Future<T>& future) { static_cast<void>(future.try_set_result()); });
    } else {
      complete(scheduler, [outcome = Outcome<T>(T(std::forward<Values>(values)...))](Future<T>& future) mutable {
        static_cast<void>(future.try_set_outcome(std::move(outcome)));
      });
    }
  }

 private:
  /// As a job of the scheduler, which counts on it. A future that was cancelled meanwhile stays as it is.
  template <class Function>
  void complete(Scheduler& scheduler, Function function) {
    auto job = [future = future_, function = std::move(function)]() mutable { function(future); };
    scheduler.post_from_outside(Job::of(std::move(job)));
  }

  Future<T> future_;
  std::shared_ptr<boost::asio::cancellation_signal> signal_;
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
    lawful::Future<Value> future = lawful::Future<Value>::pending(scheduler);
    auto signal = std::make_shared<cancellation_signal>();
    future.add_done_callback([signal](const lawful::AnyFuture& done) {
      if (done.cancelled()) signal->emit(cancellation_type::terminal);
    });
    scheduler.expect_outside();
    std::forward<Initiation>(initiation)(lawful::FutureHandler<Value>(future, std::move(signal)),
                                         std::forward<Arguments>(arguments)...);
    return future;
  }
};

}  // namespace boost::asio
