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
  if (cancels_ > 0 && --cancels_ == 0) must_cancel_ = false;
  return cancels_;
}

std::string TaskCore::description() const {
  return "task '" + (name_ != nullptr ? *name_ : "Task-" + std::to_string(number_)) + "'";
}

std::string TaskCore::waits_for_guarded() const { return registered_ ? waiter_->description() : std::string(); }

void TaskCore::take_cancel_guarded(CancelWalk& walk) {
  ++cancels_;
  if (registered_ && waiter_->cancellable_guarded()) {
    walk.then(*waiter_);  // it stays our waiter: a task may catch this and have to be cancelled again
  } else {
    must_cancel_ = true;
  }
}

void TaskCore::step() {
  {
    const Guard guard(scheduler());
    if (registered_ && waiter_->state() != State::finished) incoming_ = waiter_->error();
    registered_ = false;
    waiter_ = nullptr;
    if (must_cancel_) {
      must_cancel_ = false;
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
      registered_ = true;
      FutureCore& waiter = *waiter_;
      // Once this is posted another thread may run our next step, as soon as the guard is free.
      waiter.add_callback_guarded(Callback{on_step, Ref<Counted>(*this), false});
      if (must_cancel_ && waiter.cancel_guarded()) must_cancel_ = false;
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
  destroy_frame();  // before anybody learns that the task is done
  const Guard guard(scheduler());
  if (!error && must_cancel_) {
    must_cancel_ = false;  // requested in its last step: the return value is discarded
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
