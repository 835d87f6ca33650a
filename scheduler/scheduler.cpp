#include "scheduler/scheduler.hpp"

#include <cstdio>

#include "scheduler/task/offload.hpp"

namespace lawful {

namespace {
thread_local Scheduler* running = nullptr;
}  // namespace

Scheduler::Scheduler(Threads threads) : parallel_(threads == Threads::parallel) {}

Scheduler::~Scheduler() { delete offload_; }

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
