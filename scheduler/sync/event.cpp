#include "scheduler/sync/event.hpp"

namespace lawful {

bool EventAwaiter::await_ready() {
  const Guard guard(event_.scheduler_);
  if (event_.set_) return true;
  event_.waiters_.push_back(waiter_.emplace(event_.scheduler_, "an event"));
  return false;
}

Outcome<void> EventAwaiter::take_outcome() {
  if (!waiter_) return Unit();
  Error incoming = task_->take_incoming();
  const Guard guard(event_.scheduler_);
  event_.waiters_.remove(*waiter_);
  if (incoming) return incoming;
  return Unit();
}

void Event::set_guarded() {
  if (set_) return;
  set_ = true;
  for (Waiter* waiter = waiters_.front(); waiter != nullptr; waiter = WaiterList::after(*waiter)) {
    waiter->settle_guarded(FutureCore::State::finished);
  }
}

void Event::set() {
  const Guard guard(scheduler_);
  set_guarded();
}

void Event::clear() {
  const Guard guard(scheduler_);
  clear_guarded();
}

bool Event::is_set() const {
  const Guard guard(scheduler_);
  return set_;
}

}  // namespace lawful
