#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <limits>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "conformance/subjects/runtime.hpp"
#include "scheduler/asio/asio_scheduler.hpp"
#include "spec/rule.hpp"

/// Boost.Asio's own coroutines as a Runtime: awaitable, co_spawn, parallel_group, channel and cancellation slots, used as its
/// documentation uses them. Nothing is added that Asio lacks, and nothing is bent to what asyncio would do.
class AsioRuntime {
 public:
  using Tick = lawful::spec::Tick;
  using Value = lawful::spec::Value;
  using Outcome = lawful::spec::Outcome;
  using Raised = lawful::spec::Raised;
  template <class T>
  using Coroutine = boost::asio::awaitable<T>;

  /// It runs one handler at a time, and promises no order among them.
  static constexpr lawful::spec::Profiles profiles{lawful::spec::Profile::core, lawful::spec::Profile::time,
                                                   lawful::spec::Profile::serial};

 private:
  using Timer = boost::asio::basic_waitable_timer<lawful::AsioVirtualClock, lawful::AsioVirtualWait>;
  static constexpr auto answer = boost::asio::as_tuple(boost::asio::use_awaitable);

  /// What is left of a coroutine that was spawned: how it ended, a signal to cancel it, and Asio's way to wait for something: a
  /// timer that never expires, and is cancelled.
  struct Spawned {
    explicit Spawned(boost::asio::io_context& context) : ended(context, lawful::AsioVirtualClock::time_point::max()) {}
    Outcome outcome;
    boost::asio::cancellation_signal signal;
    Timer ended;
  };
  using Channel = boost::asio::experimental::channel<void(boost::system::error_code, Value)>;
  /// A deadline that somebody waits for, for as long as it lives: the clock jumps to the earliest.
  class Deadline {
   public:
    Deadline(std::multiset<Tick>& all, Tick when) : all_(all), place_(all.insert(when)) {}
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;
    ~Deadline() { all_.erase(place_); }

   private:
    std::multiset<Tick>& all_;
    const std::multiset<Tick>::iterator place_;
  };
  /// How an operand of a parallel_group fails.
  struct Failed {
    Outcome outcome;
  };

  Tick now_ = 0;
  std::multiset<Tick> deadlines_;  // of timers that somebody waits for
  boost::asio::io_context context_{1};
  static Outcome cancelled() { return Raised(Raised::Kind::cancelled); }
  static lawful::AsioVirtualClock::time_point at(Tick tick) { return lawful::AsioVirtualClock::time_point(lawful::Duration(tick)); }
  static Outcome failure(const std::exception_ptr& error) {
    try {
      std::rethrow_exception(error);
    } catch (const Failed& failed) {
      return failed.outcome;
    } catch (const std::exception&) {
      return cancelled();
    }
  }

  /// Whether this coroutine was cancelled: then every co_await throws, in Asio, and what the interpreter sees is that error.
  static Coroutine<bool> cancelled_here() {
    const boost::asio::cancellation_state state = co_await boost::asio::this_coro::cancellation_state;
    co_return state.cancelled() != boost::asio::cancellation_type::none;
  }
  /// A body whose errors travel as outcomes. Operations look whether they are cancelled themselves.
  static Coroutine<Outcome> quietly(Coroutine<Outcome> body) {
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    Outcome outcome = co_await std::move(body);
    co_return outcome;
  }
  /// Waits so long; false if it was cancelled.
  Coroutine<bool> pause(Tick ticks) {
    Timer timer(context_, at(now_ + ticks));
    const Deadline deadline(deadlines_, now_ + ticks);
    auto [error] = co_await timer.async_wait(answer);
    co_return !error;
  }
  /// An operand of a group: cancelled with it, and waited for.
  Coroutine<Outcome> joined(std::shared_ptr<Spawned> task, bool throws) {
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    if (task->outcome.pending()) static_cast<void>(co_await task->ended.async_wait(answer));
    if (task->outcome.pending()) task->signal.emit(boost::asio::cancellation_type::terminal);
    while (task->outcome.pending()) {
      co_await boost::asio::this_coro::reset_cancellation_state();
      static_cast<void>(co_await task->ended.async_wait(answer));
    }
    if (throws && !task->outcome.ok()) throw Failed{task->outcome};
    co_return task->outcome;
  }
  auto operand(std::shared_ptr<Spawned> task, bool throws) {
    return boost::asio::co_spawn(context_, joined(std::move(task), throws), boost::asio::deferred);
  }

 public:
  using Task = std::shared_ptr<Spawned>;
  using Resource = std::shared_ptr<Channel>;

  [[nodiscard]] Tick now() const { return now_; }
  [[nodiscard]] bool parallel() const { return false; }

  Coroutine<Outcome> sleep(Tick ticks) {
    const bool cancelled_before = co_await cancelled_here();
    if (cancelled_before) co_return cancelled();
    const bool over = co_await pause(ticks);
    if (!over) co_return cancelled();
    co_return Value();
  }

  Task create_task(lawful::spec::NameId, Coroutine<Outcome> body) {
    auto task = std::make_shared<Spawned>(context_);
    auto ended = [task](const std::exception_ptr& error, Outcome outcome) {
      // It is cancelled before its first step: then the body was never entered.
      task->outcome = error ? cancelled() : std::move(outcome);
      task->ended.cancel();
    };
    boost::asio::co_spawn(context_, quietly(std::move(body)),
                          boost::asio::bind_cancellation_slot(task->signal.slot(), std::move(ended)));
    return task;
  }

  Coroutine<Outcome> await(Task task) {
    const bool cancelled_before = co_await cancelled_here();
    if (cancelled_before) co_return cancelled();
    if (task->outcome.pending()) static_cast<void>(co_await task->ended.async_wait(answer));
    if (task->outcome.pending()) co_return cancelled();
    co_return task->outcome;
  }

  bool cancel(const Task& task) {
    if (!task->outcome.pending()) return false;
    task->signal.emit(boost::asio::cancellation_type::terminal);
    return true;
  }
  [[nodiscard]] Outcome outcome(const Task& task) const { return task->outcome; }
  [[nodiscard]] bool done(const Task& task) const { return !task->outcome.pending(); }
  [[nodiscard]] bool cancelled(const Task& task) const { return task->outcome.cancelled(); }
  [[nodiscard]] Outcome result(const Task& task) const {
    return done(task) ? task->outcome : Outcome(Raised(Raised::Kind::invalid_state));
  }
  [[nodiscard]] Outcome exception(const Task& task) const {
    if (!done(task)) return Raised(Raised::Kind::invalid_state);
    if (task->outcome.cancelled()) return task->outcome;
    return task->outcome.ok() ? Value() : Value(*task->outcome.raised());
  }

  Coroutine<Outcome> gather(std::vector<Task> tasks, bool return_exceptions) {
    using boost::asio::experimental::make_parallel_group;
    const bool cancelled_before = co_await cancelled_here();
    if (cancelled_before) co_return cancelled();
    if (tasks.empty()) co_return Value(lawful::spec::List());  // a group of nothing is not allowed
    std::vector<decltype(operand(tasks.front(), false))> operands;
    for (Task& task : tasks) operands.push_back(operand(task, !return_exceptions));
    auto group = make_parallel_group(std::move(operands));
    std::vector<std::size_t> order;
    std::vector<std::exception_ptr> errors;
    std::vector<Outcome> outcomes;
    if (return_exceptions) {
      std::tie(order, errors, outcomes) = co_await group.async_wait(boost::asio::experimental::wait_for_all(), answer);
    } else {
      std::tie(order, errors, outcomes) = co_await group.async_wait(boost::asio::experimental::wait_for_one_error(), answer);
    }
    const bool cancelled_meanwhile = co_await cancelled_here();
    if (cancelled_meanwhile) co_return cancelled();
    for (const std::size_t i : order) {
      if (!return_exceptions && errors[i]) co_return failure(errors[i]);
    }
    lawful::spec::List list;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      const Outcome one = errors[i] ? failure(errors[i]) : outcomes[i];
      list.push_back(one.ok() ? one.value() : Value(*one.raised()));
    }
    co_return Value(std::move(list));
  }

  Coroutine<Outcome> wait_for(Task task, Tick ticks) {
    using boost::asio::experimental::make_parallel_group;
    const bool cancelled_before = co_await cancelled_here();
    if (cancelled_before) co_return cancelled();
    auto group = make_parallel_group(operand(task, false), boost::asio::co_spawn(context_, pause(ticks), boost::asio::deferred));
    auto [order, error, outcome, late, over] = co_await group.async_wait(boost::asio::experimental::wait_for_one(), answer);
    const bool cancelled_meanwhile = co_await cancelled_here();
    if (cancelled_meanwhile) co_return cancelled();
    if (order[0] != 0) co_return Raised(Raised::Kind::timeout);
    if (error) co_return failure(error);
    co_return outcome;
  }

  Resource create_resource(const lawful::spec::Resource& declared) {
    if (declared.kind != lawful::spec::ResourceKind::queue) return nullptr;
    // asyncio's unbounded queue is a channel that is never full.
    const auto size = static_cast<std::size_t>(declared.value);
    return std::make_shared<Channel>(context_, size == 0 ? std::numeric_limits<std::size_t>::max() : size);
  }
  Coroutine<Outcome> put(Resource channel, Value value) {
    const bool cancelled_before = co_await cancelled_here();
    if (cancelled_before) co_return cancelled();
    auto [error] = co_await channel->async_send(boost::system::error_code(), std::move(value), answer);
    if (error) co_return cancelled();
    co_return Value();
  }
  Coroutine<Outcome> get(Resource channel) {
    const bool cancelled_before = co_await cancelled_here();
    if (cancelled_before) co_return cancelled();
    auto [error, value] = co_await channel->async_receive(answer);
    if (error) co_return cancelled();
    co_return value;
  }
  Outcome put_nowait(const Resource& channel, Value value) {
    if (channel->try_send(boost::system::error_code(), std::move(value))) return Value();
    return Raised(Raised::Kind::queue_full);
  }
  Outcome get_nowait(const Resource& channel) {
    Outcome item = Raised(Raised::Kind::queue_empty);
    channel->try_receive([&](boost::system::error_code, Value value) { item = std::move(value); });
    return item;
  }

  /// A cancelled operation throws a system_error, which is an error like any other to a handler of std::exception.
  [[nodiscard]] bool ordinary(const Outcome& outcome) const { return outcome.raised() != nullptr; }

  /// context.run(), in virtual time: until there is nothing to do any more.
  lawful::Scheduler::End drive(const Task& main) {
    for (;;) {
      lawful::AsioVirtualClock::current = at(now_);
      if (context_.stopped()) context_.restart();
      if (context_.poll() != 0) continue;
      const bool due = !deadlines_.empty() && *deadlines_.begin() <= now_;
      if (due) continue;  // the reactor has not looked at its timers yet
      if (deadlines_.empty()) break;
      now_ = *deadlines_.begin();
    }
    return main->outcome.pending() ? lawful::Scheduler::End::idle : lawful::Scheduler::End::stopped;
  }
};
