#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

/// The least that can be done by hand: bare coroutines over one FIFO vector. No cancellation, no errors, no results, no timers to
/// take back; what a library costs beyond this is what it offers beyond this.
namespace floor_ {

class Loop {
 public:
  void post(std::coroutine_handle<> handle) { ready_.push_back(handle); }
  void post_at(long when, std::coroutine_handle<> handle) { timers_.push(Timer{when, ++number_, handle}); }
  [[nodiscard]] long now() const { return now_; }
  void run() {
    for (;;) {
      if (ready_.empty()) {
        if (timers_.empty()) return;
        now_ = timers_.top().when;
        while (!timers_.empty() && timers_.top().when <= now_) {
          ready_.push_back(timers_.top().handle);
          timers_.pop();
        }
      }
      pass_.swap(ready_);
      for (const std::coroutine_handle<> handle : pass_) handle.resume();
      pass_.clear();
    }
  }

 private:
  struct Timer {
    long when;
    long number;
    std::coroutine_handle<> handle;
    bool operator<(const Timer& other) const { return when != other.when ? when > other.when : number > other.number; }
  };
  std::vector<std::coroutine_handle<>> ready_;
  std::vector<std::coroutine_handle<>> pass_;
  std::priority_queue<Timer> timers_;
  long now_ = 0;
  long number_ = 0;
};

/// A coroutine that is started by posting it, frees itself, and wakes one joiner when the last of its siblings ends.
struct Join {
  explicit Join(Loop& loop_, std::size_t left_) : loop(loop_), left(left_) {}
  Loop& loop;
  std::size_t left;
  std::coroutine_handle<> waiting;
};

struct Task {
  struct promise_type {
    Join* join = nullptr;
    Task get_return_object() { return Task{std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() noexcept {
      if (join != nullptr && --join->left == 0 && join->waiting) join->loop.post(join->waiting);
      return {};
    }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }
  };
  std::coroutine_handle<promise_type> handle;
};

inline void spawn(Loop& loop, Task task, Join* join = nullptr) {
  task.handle.promise().join = join;
  loop.post(task.handle);
}

struct Joined {
  explicit Joined(Join& join_) : join(join_) {}
  Join& join;
  [[nodiscard]] bool await_ready() const { return join.left == 0; }
  void await_suspend(std::coroutine_handle<> handle) const { join.waiting = handle; }
  void await_resume() const {}
};

struct Yield {
  explicit Yield(Loop& loop_) : loop(loop_) {}
  Loop& loop;
  [[nodiscard]] bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> handle) const { loop.post(handle); }
  void await_resume() const {}
};

struct Sleep {
  Sleep(Loop& loop_, long delay_) : loop(loop_), delay(delay_) {}
  Loop& loop;
  long delay;
  [[nodiscard]] bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> handle) const { loop.post_at(loop.now() + delay, handle); }
  void await_resume() const {}
};

class Semaphore {
 public:
  Semaphore(Loop& loop, std::size_t permits) : loop_(loop), permits_(permits) {}
  struct Acquire {
    explicit Acquire(Semaphore& semaphore_) : semaphore(semaphore_) {}
    Semaphore& semaphore;
    [[nodiscard]] bool await_ready() const {
      if (semaphore.permits_ == 0) return false;
      --semaphore.permits_;
      return true;
    }
    void await_suspend(std::coroutine_handle<> handle) const { semaphore.waiting_.push(handle); }
    void await_resume() const {}
  };
  Acquire acquire() { return Acquire(*this); }
  void release() {
    if (waiting_.empty()) {
      ++permits_;
    } else {
      loop_.post(waiting_.front());
      waiting_.pop();
    }
  }

 private:
  Loop& loop_;
  std::size_t permits_;
  std::queue<std::coroutine_handle<>> waiting_;
};

}  // namespace floor_
