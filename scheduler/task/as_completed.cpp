#include "scheduler/task/as_completed.hpp"

#include <algorithm>

namespace lawful {

AsCompletedCore::AsCompletedCore(Scheduler& scheduler, const std::vector<Ref<FutureCore>>& operands)
    : Counted(scheduler.parallel()), scheduler_(scheduler), todo_(distinct(operands)), done_(0, scheduler), left_(todo_.size()) {}

void AsCompletedCore::begin(std::optional<Duration> timeout) {
  const std::vector<Ref<FutureCore>> operands = todo_;  // on threads callbacks may come while we add the others
  for (const Ref<FutureCore>& operand : operands) operand->add_callback(Callback{on_done, Ref<Counted>(*this), true});
  if (operands.empty() || !timeout) return;
  // Kept once it is posted: we and a handle that nobody will run would hold each other for ever.
  Ref<Handle> timer = make_counted<Handle>(scheduler_->parallel(), Job(on_timeout, Ref<Counted>(*this)));
  scheduler_->post_at(later(scheduler_->now(), std::max(*timeout, Duration::zero())), timer);
  const Guard guard(scheduler_);
  if (todo_.empty()) {
    scheduler_->forget(*timer);
  } else {
    timer_ = std::move(timer);
  }
}

Coroutine<Ref<FutureCore>> AsCompletedCore::next() {
  const Ref<AsCompletedCore> keep(*this);
  if (left_ == 0) co_return Error::of(RuntimeError("as_completed: there is no next one, ask more() first"));
  --left_;
  Outcome<Ref<FutureCore>> ended = co_await done_.get().outcome();
  if (!ended.ok()) co_return ended.error();
  co_return std::move(ended).value();
}

void AsCompletedCore::on_done(Counted& target, Counted* future) {
  auto& self = static_cast<AsCompletedCore&>(target);
  Ref<FutureCore> ended(static_cast<FutureCore&>(*future));
  Ref<FutureCore> dropped;
  {
    const Guard guard(self.scheduler_);
    const auto found = std::find(self.todo_.begin(), self.todo_.end(), ended);
    if (found == self.todo_.end()) return;  // the time was up before
    dropped = std::move(*found);
    self.todo_.erase(found);
    if (self.todo_.empty() && self.timer_) self.scheduler_->forget(*self.timer_);
  }
  static_cast<void>(self.done_.try_put(ended));
}

void AsCompletedCore::on_timeout(Counted& target, Counted*) {
  auto& self = static_cast<AsCompletedCore&>(target);
  std::vector<Ref<FutureCore>> missing;
  {
    const Guard guard(self.scheduler_);
    missing.swap(self.todo_);
  }
  for (const Ref<FutureCore>& future : missing) {
    future->remove_callback(on_done, self);
    Ref<FutureCore> none;
    static_cast<void>(self.done_.try_put(none));
  }
}

}  // namespace lawful
