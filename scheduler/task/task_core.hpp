#pragma once

#include <coroutine>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "scheduler/task/future_core.hpp"

namespace lawful {

/// A task, whatever the type of its value: a coroutine that is run step by step, each step a job. It is a future that ends as its
/// coroutine does.
///
/// Awaiters only record what they wait for (wait_for, yield, enter); after the coroutine has come to rest, the step adds the
/// callback and looks at a pending cancel. That is asyncio's own order, and on threads it keeps another thread from resuming a
/// frame that is still leaving.
class TaskCore : public FutureCore {
 public:
  TaskCore(Scheduler& scheduler, std::coroutine_handle<> root, std::optional<std::string> name);
  ~TaskCore() override;

  /// Queues the first step. Once, by whoever made the task.
  void begin();

  [[nodiscard]] std::string name() const;
  void set_name(std::string name);
  /// How many requests to cancel it stand: cancel() adds one, uncancel() takes one back.
  [[nodiscard]] std::uint32_t cancelling() const;
  /// Takes one request back, not below zero, and answers what remains. At zero a request not delivered yet is withdrawn.
  std::uint32_t uncancel();
  [[nodiscard]] std::uint32_t cancelling_guarded() const noexcept { return cancels_; }
  std::uint32_t uncancel_guarded() noexcept;

  [[nodiscard]] std::string description() const override;
  [[nodiscard]] bool is_task() const noexcept override { return true; }
  [[nodiscard]] bool completes_itself() const noexcept override { return true; }
  /// What it waits for, for people; empty if it is ready or running.
  [[nodiscard]] std::string waits_for_guarded() const;

  /// The task whose step this thread is running; null in a plain callback or outside of run().
  [[nodiscard]] static TaskCore* current() noexcept;

  // For awaiters, from inside a step.

  /// Rest until `future` is done; `leaf` is resumed then. The future must live until that.
  void wait_for(FutureCore& future, std::coroutine_handle<> leaf) noexcept {
    leaf_ = leaf;
    waiter_ = &future;
    rest_ = Rest::waiting;
  }
  /// Rest for one turn (asyncio's sleep(0)).
  void yield(std::coroutine_handle<> leaf) noexcept {
    leaf_ = leaf;
    rest_ = Rest::yielding;
  }
  /// Go on with `next`, in this step: a coroutine awaited directly, or the one that awaited it.
  void enter(std::coroutine_handle<> next) noexcept {
    leaf_ = next;
    rest_ = Rest::entering;
  }
  /// The root coroutine has ended.
  void end() noexcept { rest_ = Rest::ended; }
  /// The error that was thrown in at the await that has just been resumed, if any.
  [[nodiscard]] Error take_incoming() noexcept { return std::move(incoming_); }

  /// Which place this task has among the children of its group.
  std::uint32_t group_place = 0;

 protected:
  void take_cancel_guarded(CancelWalk& walk) override;
  /// Moves the ended coroutine's value to where value() finds it; its error if it has none, or what moving it threw.
  [[nodiscard]] virtual Error harvest() = 0;

 private:
  friend class Leftovers;
  enum class Rest : std::uint8_t { unsaid, waiting, yielding, entering, ended };

  static void on_step(Counted& target, Counted*) { static_cast<TaskCore&>(target).step(); }
  void step();
  void conclude(Error error);
  void destroy_frame() noexcept;

  std::coroutine_handle<> root_;  // null once the frame is gone
  std::coroutine_handle<> leaf_;  // what the next step resumes: the innermost coroutine that rests
  FutureCore* waiter_ = nullptr;  // what it waits for; kept alive by the frame that awaits it
  bool registered_ = false;       // waiter_ has our callback: guarded, unlike waiter_ itself while a step runs
  Rest rest_ = Rest::unsaid;      // why the coroutine came to rest, once awaiters have said so
  bool started_ = false;
  bool must_cancel_ = false;  // a cancel was requested while there was nothing to forward it to: the next step delivers it
  std::uint32_t cancels_ = 0;
  Error incoming_;
  std::uint64_t number_;
  std::unique_ptr<std::string> name_;
};

/// The end of a run: what is left of a scheduler's futures when nobody drives it any more.
class Leftovers {
 public:
  explicit Leftovers(Scheduler& scheduler) noexcept : scheduler_(scheduler) {}
  /// Every task that is not done, in order of creation.
  [[nodiscard]] std::vector<Ref<TaskCore>> tasks() const;
  /// One line for each waiting task and what it waits for.
  [[nodiscard]] std::string report() const;
  /// Frees everything that can never go on: first all frames, then callbacks, then the jobs. The futures stay pending.
  void tear_down();

 private:
  Scheduler& scheduler_;
};

}  // namespace lawful
