#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "scheduler/scheduler.hpp"

namespace lawful {

/// The threads that run blocking functions for to_thread. They are started as they are needed, min(32, cores + 4) at most.
class Offload {
 public:
  /// One function on its way to a thread and back. It is moved, never shared, so that a serial scheduler's counts stay on its
  /// thread.
  class Work : public Counted {
   public:
    Work() : Counted(true) {}
    /// On the thread; not called if wanted() is false when its turn comes.
    virtual void call() noexcept = 0;
    [[nodiscard]] virtual bool wanted() const noexcept = 0;
    /// Back on the scheduler: hands the outcome over.
    virtual void deliver() = 0;
  };

  explicit Offload(Scheduler& scheduler) : scheduler_(scheduler) {}
  Offload(const Offload&) = delete;
  Offload& operator=(const Offload&) = delete;
  /// Waits for functions still running.
  ~Offload();

  /// The offload of `scheduler`, made at first use.
  [[nodiscard]] static Offload& of(Scheduler& scheduler);
  /// Ends that of `scheduler`, if it has one: waits for functions still running. While nobody drives.
  static void close(Scheduler& scheduler);
  /// Queues `work`. On the scheduler's threads.
  void submit(Ref<Work> work);

 private:
  void serve();
  Scheduler& scheduler_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Ref<Work>> waiting_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool closing_ = false;
};

}  // namespace lawful
