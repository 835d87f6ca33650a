#include "scheduler/task/future.hpp"

namespace lawful {

Error empty_handle() {
  return Error::of(
      InvalidStateError("this handle is empty: it was made by default, or moved from, and no future or task was put in it"));
}

void raise_empty_handle() { empty_handle().raise(); }

Error empty_coroutine() {
  return Error::of(
      ValueError("this coroutine is empty: it was awaited or made a task before, and each runs once; call its function again"));
}

Error not_done(const char* asked) {
  return Error::of(InvalidStateError(std::string(asked) + "() of a future that is not done: await it, or ask done() first"));
}

Error done_already() { return Error::of(InvalidStateError("the future is done already: it keeps its first outcome")); }

Error completed_from_outside() {
  return Error::of(RuntimeError("a task, gather or shield ends by itself: it cannot be completed from outside"));
}

Error cancelled_as_exception() {
  return Error::of(ValueError("a future is cancelled by cancel(), not by set_exception(CancelledError)"));
}

AnyFuture::ExceptionAnswer AnyFuture::try_exception() const {
  if (!core_) return {empty_handle(), {}};
  if (!done()) return {not_done("exception"), {}};
  if (cancelled()) return {Error::cancelled(), {}};
  return {{}, core_->error()};
}

Error AnyFuture::exception() const {
  ExceptionAnswer answer = try_exception();
  if (answer.refused) answer.refused.raise();
  return answer.exception;
}

}  // namespace lawful
