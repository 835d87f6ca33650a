#include "scheduler/task/wait.hpp"

#include <algorithm>
#include <unordered_set>

#include "scheduler/task/wait_for.hpp"

namespace lawful {

namespace {

/// What one wait() waits for: done when enough of its futures are.
class WaitCore final : public FutureCore {
 public:
  WaitCore(Scheduler& scheduler, ReturnWhen return_when, std::size_t left)
      : FutureCore(scheduler), return_when_(return_when), left_(left) {}
  [[nodiscard]] std::string description() const override { return "a wait for " + std::to_string(left_) + " futures"; }

  static void on_done(Counted& target, Counted* future) {
    auto& wait = static_cast<WaitCore&>(target);
    auto& done = static_cast<FutureCore&>(*future);
    const Guard guard(wait.scheduler());
    --wait.left_;
    const bool failed = wait.return_when_ == FIRST_EXCEPTION && done.state() == State::failed;
    if (failed) static_cast<void>(done.error());
    if (wait.left_ == 0 || wait.return_when_ == FIRST_COMPLETED || failed) {
      if (wait.timer) wait.scheduler().forget(*wait.timer);
      wait.settle_guarded(State::finished);
    }
  }

  Ref<Handle> timer;  // once it is posted

 private:
  const ReturnWhen return_when_;
  std::size_t left_;
};

void release_waiter(Counted& target, Counted*) {
  auto& waiter = static_cast<FutureCore&>(target);
  const Guard guard(waiter.scheduler());
  waiter.settle_guarded(FutureCore::State::finished);
}

/// A wait under way: however it ends, it leaves no timer and no callbacks behind.
class Waiting {
 public:
  Waiting(WaitCore& core, const std::vector<Ref<FutureCore>>& futures) : core_(core), futures_(futures) {}
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  ~Waiting() {
    if (core_.timer) core_.scheduler().forget(*core_.timer);
    for (const Ref<FutureCore>& future : futures_) future->remove_callback(WaitCore::on_done, core_);
  }

 private:
  WaitCore& core_;
  const std::vector<Ref<FutureCore>>& futures_;
};

class EndOfCancelled final : public FutureCore {
 public:
  using FutureCore::FutureCore;
  [[nodiscard]] std::string description() const override { return "the end of what it cancelled"; }
};

}  // namespace

std::vector<Ref<FutureCore>> distinct(const std::vector<Ref<FutureCore>>& futures) {
  std::vector<Ref<FutureCore>> once;
  std::unordered_set<const FutureCore*> seen;
  for (const Ref<FutureCore>& future : futures) {
    if (seen.insert(future.get()).second) once.push_back(future);
  }
  return once;
}

Coroutine<Unit> wait_until(std::vector<Ref<FutureCore>> futures, ReturnWhen return_when, std::optional<Duration> timeout) {
  if (futures.empty()) co_return Error::of(ValueError("wait: there is nothing to wait for"));
  Scheduler& scheduler = futures.front()->scheduler();
  auto waiter = make_counted<WaitCore>(scheduler, return_when, futures.size());
  Outcome<void> waited = Unit();
  {
    const Waiting waiting(*waiter, futures);
    if (timeout) {
      Ref<Handle> timer = make_counted<Handle>(scheduler.parallel(), Job(release_waiter, Ref<Counted>(waiter)));
      scheduler.post_at(later(scheduler.now(), std::max(*timeout, Duration::zero())), timer);
      waiter->timer = std::move(timer);
    }
    for (const Ref<FutureCore>& future : futures) {
      future->add_callback(Callback{WaitCore::on_done, Ref<Counted>(waiter), true});
    }
    waited = co_await FutureOutcome<void>(Ref<FutureCore>(waiter));
  }
  if (!waited.ok()) co_return waited.error();
  co_return Unit();
}

Coroutine<Unit> cancel_and_wait(AnyFuture future) {
  auto waiter = make_counted<EndOfCancelled>(future.core().scheduler());
  future.core().add_callback(Callback{release_waiter, Ref<Counted>(waiter), false});
  future.cancel();
  Outcome<void> waited = co_await FutureOutcome<void>(Ref<FutureCore>(waiter));
  future.core().remove_callback(release_waiter, *waiter);
  if (!waited.ok()) co_return waited.error();
  co_return Unit();
}

}  // namespace lawful
