#include "scheduler/task/task_core.hpp"

#include <algorithm>

#include "scheduler/disposal.hpp"
#include "scheduler/task/coroutine.hpp"
#include "scheduler/task/offload.hpp"

namespace lawful {

namespace {
thread_local TaskCore* current_task = nullptr;
}  // namespace

TaskCore* TaskCore::current() noexcept { return current_task; }

TaskCore::TaskCore(Scheduler& scheduler, std::optional<std::string> name) : FutureCore(scheduler) {
  if (name) name_ = std::make_unique<std::string>(std::move(*name));
  const Guard guard(scheduler);
  number_ = ++scheduler.tasks_created_;
}

TaskCore::~TaskCore() {
  destroy_frames();
  if (unseen_failure()) report_unretrieved([](const FutureCore& task) { return task.description(); });
}

void TaskCore::destroy_frames() noexcept {
  leaf_ = nullptr;
  PromiseBase* frame = std::exchange(innermost_, nullptr);
  while (frame != nullptr) {
    const std::coroutine_handle<> self = frame->self_;
    frame = frame->parent_;
    self.destroy();
  }
}

void TaskCore::begin() { scheduler().post(Job(on_step, Ref<Counted>(*this))); }

std::string TaskCore::name() const {
  const Guard guard(scheduler());
  return name_ != nullptr ? *name_ : "Task-" + std::to_string(number_);
}

void TaskCore::set_name(std::string name) {
  auto fresh = std::make_unique<std::string>(std::move(name));
  const Guard guard(scheduler());
  name_.swap(fresh);
}

std::uint32_t TaskCore::cancelling() const {
  const Guard guard(scheduler());
  return cancels_;
}

std::uint32_t TaskCore::uncancel() {
  const Guard guard(scheduler());
  return uncancel_guarded();
}

std::uint32_t TaskCore::uncancel_guarded() noexcept {
  if (cancels_ > 0 && --cancels_ == 0) must_cancel_ = held_back_ = 0;
  return cancels_;
}

TaskCore::CancelRequest TaskCore::request_cancel_guarded() {
  const std::uint32_t before = must_cancel_;
  static_cast<void>(cancel_guarded());
  CancelRequest request;
  request.undelivered = must_cancel_ > before;
  request.deliveries = deliveries_;
  return request;
}

std::uint32_t TaskCore::withdraw_guarded(const CancelRequest& request) noexcept {
  // Each delivery is of all requests together: without one since, it is still among them.
  if (request.undelivered && request.deliveries == deliveries_ && must_cancel_ > 0) {
    --must_cancel_;
    if (held_back_ > 0) --held_back_;
  }
  return uncancel_guarded();
}

bool TaskCore::take_undelivered_cancel() {
  const Guard guard(scheduler());
  if (must_cancel_ == 0) return false;
  delivered_guarded();
  return true;
}

std::string TaskCore::description() const {
  return "task '" + (name_ != nullptr ? *name_ : "Task-" + std::to_string(number_)) + "'";
}

std::string TaskCore::waits_for_guarded() const { return registered_ ? waiter_->description() : std::string(); }

FutureCore* TaskCore::begin_cancel_guarded() noexcept {
  ++cancels_;
  if (registered_) return waiter_;  // it stays our waiter: a task may catch this and have to be cancelled again
  ++must_cancel_;
  return nullptr;
}

FutureCore* TaskCore::go_on_cancelling_guarded(bool& effect) noexcept {
  // One that keeps its value may have it all the same.
  if (!effect || waiter_->keeps_value()) ++must_cancel_;
  effect = true;
  return nullptr;
}

void TaskCore::step() {
  if (innermost_ == nullptr) return;  // it was torn down, and something has called it since
  {
    const Guard guard(scheduler());
    const bool kept = must_cancel_ != 0 && registered_ && waiter_->state() == State::finished && waiter_->keeps_value();
    if (registered_ && waiter_->state() != State::finished) incoming_ = waiter_->error();
    registered_ = false;
    waiter_ = nullptr;
    if (kept) {
      held_back_ = must_cancel_;
    } else if (must_cancel_ != 0) {
      delivered_guarded();
      if (!incoming_.is_cancelled()) incoming_ = Error::cancelled();
    }
  }
  if (!started_) {
    started_ = true;
    if (incoming_) return conclude(std::move(incoming_));  // cancelled before its first step: no statement of it runs
  }

  TaskCore* const before = std::exchange(current_task, this);
  do {
    rest_ = Rest::unsaid;
    leaf_.resume();
  } while (rest_ == Rest::entering);
  current_task = before;

  switch (rest_) {
    case Rest::yielding:
      scheduler().post(Job(on_step, Ref<Counted>(*this)));
      return;
    case Rest::waiting: {
      if (waiter_ == this || &waiter_->scheduler() != &scheduler()) {
        incoming_ = Error::of(RuntimeError(waiter_ == this ? description() + " cannot await itself"
                                                           : description() + " cannot await a future of another scheduler"));
        waiter_ = nullptr;
        scheduler().post(Job(on_step, Ref<Counted>(*this)));
        return;
      }
      const Guard guard(scheduler());
      FutureCore& waiter = *waiter_;
      // Once this is posted another thread may run our next step, as soon as the guard is free.
      waiter.add_callback_guarded(Callback{on_step, Ref<Counted>(*this), false});
      registered_ = true;
      if (must_cancel_ != 0 && waiter.cancel_guarded() && !waiter.keeps_value()) delivered_guarded();
      return;
    }
    case Rest::unsaid:
      // Nobody would ever resume it, or a stranger would while it is a job's to step: it ends here.
      conclude(Error::of(RuntimeError(description() + " was suspended by an awaiter that did not say what to wait for: call "
                                                      "wait_for or yield of the task in await_suspend, or do not suspend")));
      return;
    case Rest::entering:  // only inside of the loop
    case Rest::ended:
      conclude(harvest());
  }
}

void TaskCore::conclude(Error error) {
  destroy_frames();  // before anybody learns that the task is done
  const Guard guard(scheduler());
  if (!error && must_cancel_ > held_back_) {
    // Requested in its last step: the return value is discarded. One that a value went before has come too late.
    error = Error::cancelled();
  }
  if (!error) {
    settle_guarded(State::finished);
  } else if (error.is_cancelled()) {
    settle_guarded(State::cancelled);
  } else {
    settle_guarded(State::failed, std::move(error));
  }
}

std::vector<Ref<TaskCore>> Leftovers::tasks() const {
  std::vector<Ref<TaskCore>> found;
  const Guard guard(scheduler_);
  const Disposal::Hold hold(scheduler_.dropped_);
  for (FutureCore* future = scheduler_.first_; future != nullptr; future = future->next_) {
    // One that is being deleted on another thread may not even be asked what it is.
    if (!future->try_retain()) continue;
    const Ref<FutureCore> held = Ref<FutureCore>::adopt(future);
    if (future->is_task()) found.emplace_back(static_cast<TaskCore&>(*future));
  }
  return found;
}

std::string Leftovers::report() const {
  constexpr std::size_t most = 100;
  const std::vector<Ref<TaskCore>> left = tasks();
  std::string text;
  for (std::size_t i = 0; i < std::min(left.size(), most); ++i) {
    const Guard guard(scheduler_);
    const std::string what = left[i]->waits_for_guarded();
    text += "\n  " + left[i]->description() + (what.empty() ? " has not gone on" : " waits for " + what);
  }
  if (left.size() > most) text += "\n  and " + std::to_string(left.size() - most) + " more";
  return text;
}

void Leftovers::tear_down() {
  // What is destroyed may run code of the user, which may make futures and jobs again: on until there are none but those that we
  // hold already.
  Chain left;
  do {
    left.drop();
    while (left.take(scheduler_)) left.drop();
    Offload::close(scheduler_);  // functions still running on other threads are waited for
    scheduler_.discard();
    const Counted* dropped = nullptr;
    {
      const Guard guard(scheduler_);
      dropped = std::exchange(scheduler_.dropped_, nullptr);
    }
    Disposal::delete_all(dropped);
  } while (left.take(scheduler_));
  left.release();
  static_cast<void>(scheduler_.take_failure());
}

bool Leftovers::Chain::take(Scheduler& scheduler) noexcept {
  const Guard guard(scheduler);
  bool any = false;
  for (FutureCore* next = scheduler.first_; next != nullptr;) {
    FutureCore* const future = std::exchange(next, next->next_);
    if (!future->try_retain()) continue;  // it is being deleted on another thread
    future->unlist_guarded();
    (first_ == nullptr ? first_ : last_->next_) = future;
    last_ = future;
    if (fresh_ == nullptr) fresh_ = future;
    any = true;
  }
  return any;
}

void Leftovers::Chain::drop() noexcept {
  for (FutureCore* future = fresh_; future != nullptr; future = future->next_) {
    if (future->is_task()) static_cast<TaskCore*>(future)->destroy_frames();
  }
  for (FutureCore* future = std::exchange(fresh_, nullptr); future != nullptr; future = future->next_) {
    Callback first;  // destroyed after the guard is given back
    std::unique_ptr<std::vector<Callback>> more;
    const Guard guard(future->scheduler());
    if (future->is_task()) static_cast<TaskCore*>(future)->registered_ = false;
    first = std::exchange(future->first_callback_, Callback{});
    more = std::move(future->more_callbacks_);
  }
}

void Leftovers::Chain::release() noexcept {
  while (first_ != nullptr) {
    FutureCore* const future = std::exchange(first_, first_->next_);
    future->next_ = nullptr;
    if (!future->done() && !future->is_task() && !future->scheduler().closed()) future->list();
    future->release();
  }
  last_ = fresh_ = nullptr;
}

}  // namespace lawful
