#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

#include "scheduler/task/coroutine.hpp"

namespace lawful {

/// What can be entered and left around a body, as by Python's `async with`:
/// `co_await c.enter()` and `co_await c.leave(error)`, where `error` is what the body ended with. An outcome of leave() that is an
/// error replaces what the body ended with; one that is ok lets it stand.
template <class Context>
concept AsyncContext = requires(Context& context, Error error) {
  context.enter().outcome();
  context.leave(error).outcome();
};

/// What `body(context)` answers, or `body()`.
template <class Body, class Context>
struct ResultOfBody : std::invoke_result<std::decay_t<Body>&> {};
template <class Body, class Context>
requires std::invocable < std::decay_t<Body>
&, std::remove_reference_t<Context>& > struct ResultOfBody<Body, Context>
    : std::invoke_result<std::decay_t<Body>&, std::remove_reference_t<Context>&> {
};

/// A function of the context, or of nothing, that answers a Coroutine.
template <class Body, class Context>
concept BodyOf = IsCoroutine<typename ResultOfBody<Body, Context>::type>;

/// The type of the value of that coroutine.
template <class Body, class Context>
using ValueOfBody = typename ResultOfBody<Body, Context>::type::value_type;

/// Runs `body` inside `context`, and leaves it by whatever way the body ends: by its value, an error, or cancellation.
///
///     auto body = [&](TaskGroup& group) -> Coroutine<void> { group.create_task(work()); co_return; };
///     co_await with(TaskGroup(), std::move(body));
///
/// The body is a function that takes the context (or nothing) and answers a Coroutine; it is kept until it is over. A context given
/// as an lvalue is used in place.
/// @throws what the body or leaving the context throws
template <class Context, class Body>
requires AsyncContext<std::remove_reference_t<Context>> && BodyOf<Body, Context>
auto with(Context&& context, Body&& body) -> AnswerGiven<Coroutine<ValueOfBody<Body, Context>>, Context, Body>;

// implementation

/// An awaitable that has nothing to wait for.
class Ready : public Awaitable<Ready> {
 public:
  explicit Ready(Error error = {}) noexcept : error_(std::move(error)) {}
  [[nodiscard]] bool await_ready() const noexcept { return true; }
  template <InTask Promise>
  void await_suspend(std::coroutine_handle<Promise>) const noexcept {}
  [[nodiscard]] Outcome<void> take_outcome() {
    if (error_) return std::move(error_);
    return Unit();
  }

 private:
  Error error_;
};

/// A coroutine that fails with `error`.
template <class T>
Coroutine<T> failing(Error error) {
  if constexpr (std::is_void_v<T>) {
    error.raise();
    co_return;
  } else {
    co_return error;
  }
}

/// `Held` is the context itself, or a reference to it.
template <class T, class Held, class Body>
Coroutine<T> run_inside(Held context, Body body) {
  auto entered = co_await context.enter().outcome();
  if (!entered.ok()) entered.error().raise();
  Coroutine<T> inside;
  try {
    if constexpr (std::invocable<Body&, std::remove_reference_t<Held>&>) {
      inside = body(context);
    } else {
      inside = body();
    }
  } catch (...) {
    inside = failing<T>(Error::current());
  }
  // Built in its place: moving the body's value might throw, and the context would never be left.
  Outcome<T> ended = co_await std::move(inside).outcome();
  auto left = co_await context.leave(ended.error()).outcome();
  if (!left.ok()) left.error().raise();
  co_return std::move(ended).get();
}

template <class Context, class Body>
requires AsyncContext<std::remove_reference_t<Context>> && BodyOf<Body, Context>
auto with(Context&& context, Body&& body) -> AnswerGiven<Coroutine<ValueOfBody<Body, Context>>, Context, Body> {
  return run_inside<ValueOfBody<Body, Context>, Context, std::decay_t<Body>>(std::forward<Context>(context),
                                                                             std::forward<Body>(body));
}

}  // namespace lawful
