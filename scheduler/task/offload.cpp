#include "scheduler/task/offload.hpp"

#include <algorithm>

namespace lawful {

Offload& Offload::of(Scheduler& scheduler) {
  const Guard guard(scheduler);
  if (scheduler.offload_ == nullptr) scheduler.offload_ = new Offload(scheduler);
  return *scheduler.offload_;
}

void Offload::close(Scheduler& scheduler) { delete std::exchange(scheduler.offload_, nullptr); }

Offload::~Offload() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Offload::submit(Ref<Work> work) {
  const std::size_t most = std::min<std::size_t>(32, std::thread::hardware_concurrency() + 4);
  const std::lock_guard lock(mutex_);
  if (idle_ <= waiting_.size() && threads_.size() < most) {
    try {
      threads_.reserve(most);
      threads_.emplace_back([this] { serve(); });
    } catch (...) {
      if (threads_.empty()) throw;  // else those there are do it, one after the other
    }
  }
  waiting_.push_back(std::move(work));
  try {
    scheduler_.expect_outside();
  } catch (...) {
    waiting_.pop_back();
    throw;
  }
  changed_.notify_one();
}

void Offload::serve() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    changed_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
    --idle_;
    if (waiting_.empty()) return;
    Ref<Work> work = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    if (work->wanted()) work->call();
    scheduler_.post_from_outside(Job([](Counted& target, Counted*) { static_cast<Work&>(target).deliver(); }, std::move(work)));
    lock.lock();
  }
}

}  // namespace lawful
