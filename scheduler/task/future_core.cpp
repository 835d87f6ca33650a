#include "scheduler/task/future_core.hpp"

#include <algorithm>

namespace lawful {

void FutureCore::list() {
  const Guard guard(scheduler_);
  listed_ = true;
  previous_ = scheduler_.last_;
  (previous_ == nullptr ? scheduler_.first_ : previous_->next_) = this;
  scheduler_.last_ = this;
}

void FutureCore::unlist() noexcept {
  const Guard guard(scheduler_);
  unlist_guarded();
}

void FutureCore::report_unretrieved(const std::string& what) const noexcept {
  if (state() != State::failed || error_.is_cancelled() || retrieved_.exchange(true, std::memory_order_relaxed)) return;
  scheduler_.call_exception_handler(Unretrieved{what + " failed, and nobody asked for its result", error_});
}

void FutureCore::unlist_guarded() noexcept {
  if (!listed_) return;
  listed_ = false;
  (previous_ == nullptr ? scheduler_.first_ : previous_->next_) = next_;
  (next_ == nullptr ? scheduler_.last_ : next_->previous_) = previous_;
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

bool FutureCore::cancel() {
  const Guard guard(scheduler_);
  return cancel_guarded();
}

bool FutureCore::cancel_guarded() {
  retrieved_.store(true, std::memory_order_relaxed);  // who cancels it has lost interest in how it ends
  if (!cancellable_guarded()) return false;
  CancelWalk().run(*this);
  return true;
}

void FutureCore::take_cancel_guarded(CancelWalk&) { settle_guarded(State::cancelled); }

void FutureCore::add_callback(Callback callback) {
  const Guard guard(scheduler_);
  add_callback_guarded(std::move(callback));
}

void FutureCore::add_callback_guarded(Callback callback) {
  if (done()) {
    scheduler_.post(
        Job(callback.function, std::move(callback.target), callback.wants_future ? Ref<Counted>(*this) : Ref<Counted>()));
  } else if (first_callback_.function == nullptr && more_callbacks_ == nullptr) {
    first_callback_ = std::move(callback);
  } else {
    if (more_callbacks_ == nullptr) more_callbacks_ = std::make_unique<std::vector<Callback>>();
    more_callbacks_->push_back(std::move(callback));
  }
}

std::size_t FutureCore::remove_callback(Job::Function function, const Counted& target) {
  std::vector<Callback> removed;  // destroyed after the guard is given back
  const auto matches = [&](const Callback& callback) { return callback.function == function && callback.target.get() == &target; };
  const Guard guard(scheduler_);
  if (matches(first_callback_)) removed.push_back(std::exchange(first_callback_, Callback{}));
  if (more_callbacks_ != nullptr) {
    std::vector<Callback> kept;
    for (Callback& callback : *more_callbacks_) (matches(callback) ? removed : kept).push_back(std::move(callback));
    *more_callbacks_ = std::move(kept);
  }
  return removed.size();
}

bool FutureCore::settle_guarded(State state, Error error) {
  if (done()) return false;
  error_ = std::move(error);
  state_.store(state, std::memory_order_release);
  unlist_guarded();
  const auto queue = [this](Callback& callback) {
    scheduler_.post(
        Job(callback.function, std::move(callback.target), callback.wants_future ? Ref<Counted>(*this) : Ref<Counted>()));
  };
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

std::vector<Callback> FutureCore::take_callbacks() noexcept {
  std::vector<Callback> taken;
  if (more_callbacks_ != nullptr) taken = std::move(*more_callbacks_);
  more_callbacks_.reset();
  if (first_callback_.function != nullptr) taken.push_back(std::exchange(first_callback_, Callback{}));
  return taken;
}

void CancelWalk::run(FutureCore& root) {
  steps_.push_back(Step{&root, false});
  while (!steps_.empty()) {
    const Step step = steps_.back();
    steps_.pop_back();
    if (step.leaving) {
      step.future->on_path_ = false;
      continue;
    }
    if (step.future->done() || step.future->on_path_) continue;
    const std::size_t before = steps_.size();
    step.future->take_cancel_guarded(*this);
    if (steps_.size() == before) continue;
    // It has parts: they go next, the first one first, and until they are through it is on the path.
    std::reverse(steps_.begin() + static_cast<std::ptrdiff_t>(before), steps_.end());
    step.future->on_path_ = true;
    steps_.insert(steps_.begin() + static_cast<std::ptrdiff_t>(before), Step{step.future, true});
  }
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
