#include "scheduler/task/task_core.hpp"

#include "scheduler/task/offload.hpp"

namespace lawful {

namespace {
thread_local TaskCore* current_task = nullptr;
}  // namespace

TaskCore* TaskCore::current() noexcept { return current_task; }

TaskCore::TaskCore(Scheduler& scheduler, std::coroutine_handle<> root, std::optional<std::string> name)
    : FutureCore(scheduler), root_(root), leaf_(root) {
  if (name) name_ = std::make_unique<std::string>(std::move(*name));
  const Guard guard(scheduler);
  number_ = ++scheduler.tasks_created_;
}

TaskCore::~TaskCore() {
  destroy_frame();
  if (unseen_failure()) report_unretrieved(description());
}

void TaskCore::destroy_frame() noexcept {
  if (root_) std::exchange(root_, nullptr).destroy();
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

void TaskCore::take_cancel_guarded(CancelWalk& walk) {
  ++cancels_;
  if (registered_ && waiter_->cancellable_guarded()) {
    walk.then(*waiter_);                         // it stays our waiter: a task may catch this and have to be cancelled again
    if (waiter_->keeps_value()) ++must_cancel_;  // it may have its value all the same
  } else {
    ++must_cancel_;
  }
}

void TaskCore::step() {
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
      registered_ = true;
      FutureCore& waiter = *waiter_;
      // Once this is posted another thread may run our next step, as soon as the guard is free.
      waiter.add_callback_guarded(Callback{on_step, Ref<Counted>(*this), false});
      if (must_cancel_ != 0 && waiter.cancel_guarded() && !waiter.keeps_value()) delivered_guarded();
      return;
    }
    default:
      conclude(harvest());
  }
}

void TaskCore::conclude(Error error) {
  destroy_frame();  // before anybody learns that the task is done
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
  const Guard guard(scheduler_);
  std::vector<Ref<TaskCore>> found;
  for (FutureCore* future = scheduler_.first_; future != nullptr; future = future->next_) {
    if (future->is_task()) found.emplace_back(static_cast<TaskCore&>(*future));
  }
  return found;
}

std::string Leftovers::report() const {
  std::string text;
  for (const Ref<TaskCore>& task : tasks()) {
    const Guard guard(scheduler_);
    const std::string what = task->waits_for_guarded();
    text += "\n  " + task->description() + (what.empty() ? " has not gone on" : " waits for " + what);
  }
  return text;
}

void Leftovers::tear_down() {
  // Destroying a frame may create futures again (user code runs): go on until nothing is left that was not here before.
  const std::vector<Ref<TaskCore>> held = tasks();
  for (const Ref<TaskCore>& task : held) task->destroy_frame();
  std::vector<Callback> dropped;
  {
    const Guard guard(scheduler_);
    for (FutureCore* future = scheduler_.first_; future != nullptr; future = future->next_) {
      if (future->is_task()) static_cast<TaskCore*>(future)->registered_ = false;
      for (Callback& callback : future->take_callbacks()) dropped.push_back(std::move(callback));
    }
  }
  dropped.clear();
  Offload::close(scheduler_);  // functions still running on other threads are waited for
  scheduler_.discard();
}

}  // namespace lawful
