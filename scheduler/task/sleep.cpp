#include "scheduler/task/sleep.hpp"

namespace lawful {

namespace {

class Sleeping final : public FutureCore {
 public:
  using FutureCore::FutureCore;
  [[nodiscard]] std::string description() const override { return "a sleep"; }
};

void wake(Counted& target, Counted*) {
  auto& woken = static_cast<FutureCore&>(target);
  const Guard guard(woken.scheduler());
  woken.settle_guarded(FutureCore::State::finished);
}

}  // namespace

void SleepAwaiter::arm(std::coroutine_handle<> leaf) {
  Scheduler& scheduler = task_->scheduler();
  woken_ = make_counted<Sleeping>(scheduler);
  timer_ = make_counted<Handle>(scheduler.parallel(), Job(wake, Ref<Counted>(woken_)));
  scheduler.post_at(later(scheduler.now(), delay_), timer_);
  task_->wait_for(*woken_, leaf);
}

void SleepAwaiter::disarm() noexcept {
  woken_->scheduler().forget(*timer_);
  timer_ = nullptr;
}

}  // namespace lawful
