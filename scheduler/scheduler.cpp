#include "scheduler/scheduler.hpp"

#include <cstdio>

#include "scheduler/disposal.hpp"
#include "scheduler/task/offload.hpp"
#include "scheduler/task/task_core.hpp"

namespace lawful {

namespace {
thread_local Scheduler* running = nullptr;
}  // namespace

/// What stands for schedulers that are no more. Those who outlive them may use it from any thread.
class Scheduler::Closed final : public Scheduler {
 public:
  Closed() : Scheduler(*this) {}
  [[nodiscard]] TimePoint now() const noexcept override { return {}; }
  void post(Job job) override { job.give_up(); }
  void post_at(TimePoint, Ref<Handle> handle) override { handle->forget(); }
  End drive() override { return End::idle; }
  void stop() override {}
  void discard() override {}
  void post_from_outside(Job job) override { job.give_up(); }
  void expect_outside() override {}
};

Scheduler::Scheduler(Threads threads) : parallel_(threads == Threads::parallel), closed_(false) {
  static_cast<void>(the_closed_one());  // now, when there may be no memory for it
  self_.anchor_ = make_counted<SchedulerLink::Anchor>(parallel_, *this);
}

Scheduler::Scheduler(const Closed&) : parallel_(true), closed_(true) {
  self_.anchor_ = make_counted<SchedulerLink::Anchor>(true, *this);
}

Scheduler& Scheduler::the_closed_one() {
  static Scheduler* const closed = new Closed;  // outlives every handle, whatever the order of destruction
  return *closed;
}

Scheduler::~Scheduler() { detach(); }

void Scheduler::close() {
  Leftovers(*this).tear_down();
  detach();
}

void Scheduler::detach() noexcept {
  if (closed_ || self_->closed()) return;
  // Once more, for those whose class did not close them; their jobs and timers are theirs to drop.
  Offload::close(*this);
  Leftovers::Chain left;
  left.take(*this);
  self_.anchor_->scheduler = &the_closed_one();
  left.drop();
  left.release();
  Disposal::delete_all(dropped_);
  static_cast<void>(take_failure());
}

void Scheduler::fail(Error error) noexcept {
  const ErrorBody* none = nullptr;
  if (failure_.compare_exchange_strong(none, error.body())) error.detach();
  stop();
}

Error Scheduler::take_failure() noexcept { return Error::from(Ref<const ErrorBody>::adopt(failure_.exchange(nullptr))); }

void Scheduler::post_or_fail(Job&& job) noexcept {
  const Disposal::Hold hold(dropped_);
  try {
    post(std::move(job));
  } catch (...) {
    fail(Error::current());
  }
}

void Job::fail() noexcept {
  if (running == nullptr) std::terminate();
  running->fail(Error::current());
}

Scheduler& Scheduler::current() {
  if (running == nullptr) throw RuntimeError("no scheduler is running on this thread: call this from a task, inside run()");
  return *running;
}

Scheduler* Scheduler::current_or_null() noexcept { return running; }

Scheduler::Running::Running(Scheduler* scheduler) noexcept : before_(running) { running = scheduler; }
Scheduler::Running::~Running() { running = before_; }

void Scheduler::call_exception_handler(const Unretrieved& unretrieved) const noexcept {
  // A handler that throws must not take the scheduler with it: what it threw is printed beside what it was told.
  try {
    if (handler_) return handler_(unretrieved);
    std::fprintf(stderr, "lawful: %s: %s\n", unretrieved.message.c_str(), unretrieved.error.describe().c_str());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "lawful: the exception handler threw (%s) when told: %s\n", error.what(), unretrieved.message.c_str());
  } catch (...) {
    std::fprintf(stderr, "lawful: the exception handler threw when told: %s\n", unretrieved.message.c_str());
  }
}

}  // namespace lawful
