#include "scheduler/task/future_core.hpp"

#include <algorithm>

namespace lawful {

void FutureCore::list() {
  const Guard guard(scheduler_);
  listed_ = true;
  previous_ = scheduler_->last_;
  (previous_ == nullptr ? scheduler_->first_ : previous_->next_) = this;
  scheduler_->last_ = this;
}

void FutureCore::unlist() noexcept {
  const Guard guard(scheduler_);
  unlist_guarded();
}

void FutureCore::withdraw(bool guarded) noexcept {
  if (guarded) {
    unlist_guarded();
  } else if (listed_) {
    unlist();
  }
}

void FutureCore::report_unretrieved(std::string (*who)(const FutureCore&)) const noexcept {
  if (state() != State::failed || error_.is_cancelled() || retrieved_.exchange(true, std::memory_order_relaxed)) return;
  std::string message = "a task failed";  // takes no memory
  try {
    message = who(*this) + " failed, and nobody asked for its result";
  } catch (const std::bad_alloc&) {
    // The error itself must be told all the same.
  }
  scheduler_->call_exception_handler(Unretrieved{std::move(message), error_});
}

void FutureCore::unlist_guarded() noexcept {
  if (!listed_) return;
  listed_ = false;
  (previous_ == nullptr ? scheduler_->first_ : previous_->next_) = next_;
  (next_ == nullptr ? scheduler_->last_ : next_->previous_) = previous_;
  previous_ = next_ = nullptr;
}

Error FutureCore::error() const noexcept {
  switch (state()) {
    case State::cancelled:
      return Error::cancelled();
    case State::failed:
      retrieved_.store(true, std::memory_order_relaxed);
      return error_;
    default:
      return {};
  }
}

bool FutureCore::cancel() noexcept {
  const Guard guard(scheduler_);
  return cancel_guarded();
}

bool FutureCore::cancel_guarded() noexcept {
  retrieved_.store(true, std::memory_order_relaxed);  // who cancels it has lost interest in how it ends
  if (scheduler_->closed()) return false;
  FutureCore* path = nullptr;  // the innermost of those whose parts are being cancelled
  FutureCore* next = this;
  for (;;) {
    bool effect = !next->done();
    if (effect && !next->on_path_) {
      FutureCore* const part = next->begin_cancel_guarded();
      if (part != nullptr) {
        next->on_path_ = true;
        next->outer_ = std::exchange(path, next);
        next = part;
        continue;
      }
    }
    // It is through: on with what it is a part of.
    for (;;) {
      if (path == nullptr) return effect;
      next = path->go_on_cancelling_guarded(effect);
      if (next != nullptr) break;
      path->on_path_ = false;
      path = std::exchange(path->outer_, nullptr);
    }
  }
}

FutureCore* FutureCore::begin_cancel_guarded() noexcept {
  settle_guarded(State::cancelled);
  return nullptr;
}

FutureCore* FutureCore::go_on_cancelling_guarded(bool&) noexcept { return nullptr; }

void FutureCore::add_callback(Callback callback) {
  if (scheduler_->closed()) return;
  {
    const Guard guard(scheduler_);
    if (!done()) return add_callback_guarded(std::move(callback));
  }
  // Behind those that were queued when it was done, and not under the guard: if this throws, the callback is destroyed.
  scheduler_->post(
      Job(callback.function, std::move(callback.target), callback.wants_future ? Ref<Counted>(*this) : Ref<Counted>()));
}

void FutureCore::add_callback_guarded(Callback&& callback) {
  if (scheduler_->closed()) return;
  if (done()) {
    scheduler_->post(
        Job(callback.function, std::move(callback.target), callback.wants_future ? Ref<Counted>(*this) : Ref<Counted>()));
  } else if (first_callback_.function == nullptr && more_callbacks_ == nullptr) {
    first_callback_ = std::move(callback);
  } else {
    if (more_callbacks_ == nullptr) more_callbacks_ = std::make_unique<std::vector<Callback>>();
    more_callbacks_->push_back(std::move(callback));
  }
}

std::size_t FutureCore::remove_callback(Job::Function function, const Counted& target) noexcept {
  const auto matches = [&](const Callback& callback) { return callback.function == function && callback.target.get() == &target; };
  for (std::size_t count = 0;; ++count) {
    Callback removed;  // destroyed after the guard is given back
    const Guard guard(scheduler_);
    if (matches(first_callback_)) {
      removed = std::exchange(first_callback_, Callback{});
      continue;
    }
    if (more_callbacks_ == nullptr) return count;
    const auto found = std::find_if(more_callbacks_->begin(), more_callbacks_->end(), matches);
    if (found == more_callbacks_->end()) return count;
    removed = std::move(*found);
    more_callbacks_->erase(found);
  }
}

void FutureCore::queue(Callback& callback) noexcept {
  scheduler_->post_or_fail(
      Job(callback.function, std::move(callback.target), callback.wants_future ? Ref<Counted>(*this) : Ref<Counted>()));
}

bool FutureCore::settle_guarded(State state, Error error) noexcept {
  if (done()) return false;
  error_ = std::move(error);
  state_.store(state, std::memory_order_release);
  unlist_guarded();
  if (first_callback_.function != nullptr) {
    queue(first_callback_);
    first_callback_ = Callback{};
  }
  if (more_callbacks_ != nullptr) {
    for (Callback& callback : *more_callbacks_) queue(callback);
    more_callbacks_.reset();
  }
  return true;
}

void Waiter::unlink() noexcept {
  if (list_ != nullptr) list_->remove(*this);
}

WaiterList::~WaiterList() {
  while (pop_front() != nullptr) {
  }
}

void WaiterList::push_back(Waiter& waiter) noexcept {
  waiter.list_ = this;
  waiter.before_ = back_;
  waiter.behind_ = nullptr;
  (back_ == nullptr ? front_ : back_->behind_) = &waiter;
  back_ = &waiter;
}

void WaiterList::remove(Waiter& waiter) noexcept {
  if (waiter.list_ != this) return;
  (waiter.before_ == nullptr ? front_ : waiter.before_->behind_) = waiter.behind_;
  (waiter.behind_ == nullptr ? back_ : waiter.behind_->before_) = waiter.before_;
  waiter.list_ = nullptr;
  waiter.before_ = waiter.behind_ = nullptr;
}

Waiter* WaiterList::pop_front() noexcept {
  Waiter* const waiter = front_;
  if (waiter != nullptr) remove(*waiter);
  return waiter;
}

bool WaiterList::any_live() const noexcept {
  for (const Waiter* waiter = front_; waiter != nullptr; waiter = waiter->behind_) {
    if (waiter->state() != FutureCore::State::cancelled) return true;
  }
  return false;
}

}  // namespace lawful
