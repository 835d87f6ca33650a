#pragma once

#include <coroutine>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "scheduler/task/future_core.hpp"

namespace lawful {

class PromiseBase;

/// A task, whatever the type of its value: a coroutine that is run step by step, each step a job. It is a future that ends as its
/// coroutine does.
///
/// Awaiters only record what they wait for (wait_for, yield, enter); after the coroutine has come to rest, the step adds the
/// callback and looks at a pending cancel. That is asyncio's own order, and on threads it keeps another thread from resuming a
/// frame that is still leaving.
class TaskCore : public FutureCore {
 public:
  /// Its coroutine comes by PromiseBase::run_in.
  TaskCore(Scheduler& scheduler, std::optional<std::string> name);
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
  /// A request to cancel of one's own, to be taken back.
  struct CancelRequest {
    bool undelivered = false;      // it was left to a later step to deliver it
    std::uint32_t deliveries = 0;  // of this task, until then
  };
  /// cancel(), and what it can be taken back by.
  [[nodiscard]] CancelRequest request_cancel_guarded();
  /// uncancel() of `request`: if it is not delivered yet it never will be, whatever other requests stand. Answers what remains.
  std::uint32_t withdraw_guarded(const CancelRequest& request) noexcept;
  /// Whether a request is not delivered yet; it counts as delivered now. For who answers it with CancelledError in its stead.
  [[nodiscard]] bool take_undelivered_cancel();

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
  /// Go on with `next`, in this step: a coroutine awaited directly, or the one that awaited it. It is the innermost from now on.
  void enter(PromiseBase& promise, std::coroutine_handle<> next) noexcept {
    innermost_ = &promise;
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
  [[nodiscard]] FutureCore* begin_cancel_guarded() noexcept override;
  [[nodiscard]] FutureCore* go_on_cancelling_guarded(bool& effect) noexcept override;
  /// Moves the ended coroutine's value to where value() finds it; its error if it has none, or what moving it threw.
  [[nodiscard]] virtual Error harvest() = 0;

 private:
  friend class Leftovers;
  enum class Rest : std::uint8_t { unsaid, waiting, yielding, entering, ended };

  static void on_step(Counted& target, Counted*) { static_cast<TaskCore&>(target).step(); }
  void delivered_guarded() noexcept {
    must_cancel_ = held_back_ = 0;
    ++deliveries_;
  }
  void step();
  void conclude(Error error);
  void destroy_frames() noexcept;

  PromiseBase* innermost_ = nullptr;  // of the chain of coroutines that await each other; null once they are gone
  std::coroutine_handle<> leaf_;      // what the next step resumes: the innermost coroutine, where it rests
  FutureCore* waiter_ = nullptr;  // what it waits for; kept alive by the frame that awaits it
  bool registered_ = false;       // waiter_ has our callback: guarded, unlike waiter_ itself while a step runs
  Rest rest_ = Rest::unsaid;      // why the coroutine came to rest, once awaiters have said so
  bool started_ = false;
  std::uint32_t must_cancel_ = 0;  // requests that a later step must deliver: there was nothing to forward them to
  std::uint32_t held_back_ = 0;    // of them: those that a value went before (keeps_value)
  std::uint32_t deliveries_ = 0;
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
  /// One line for each waiting task and what it waits for; of more than 100, for the first 100, and how many more there are.
  [[nodiscard]] std::string report() const;
  /// Frees everything that can never go on: first all frames, then callbacks, then the jobs. It takes no memory. The futures stay
  /// pending; a task among them is never resumed, and no later run of this scheduler knows of it.
  void tear_down();

 private:
  friend class Scheduler;
  /// Futures taken out of their scheduler's list and held, linked by what linked them there: it takes no memory.
  class Chain {
   public:
    /// Appends all that are listed; false if none was.
    bool take(Scheduler& scheduler) noexcept;
    /// Destroys the frames of those taken since this was called last, then their callbacks.
    void drop() noexcept;
    /// Lets go of them all. Those that somebody may complete still, not the tasks, are listed again, unless their scheduler is
    /// closed.
    void release() noexcept;

   private:
    FutureCore* first_ = nullptr;
    FutureCore* last_ = nullptr;
    FutureCore* fresh_ = nullptr;  // the first that is not dropped yet
  };

  Scheduler& scheduler_;
};

}  // namespace lawful
