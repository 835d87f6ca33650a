#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "scheduler/scheduler.hpp"

namespace lawful {

class FutureCore;

/// What runs, as a job of its own, when a future is done: a function and the counted object it is about, so that two callbacks can
/// be compared and one removed. It is given the future if it asked for it.
struct Callback {
  Job::Function function = nullptr;
  Ref<Counted> target;
  bool wants_future = false;
};

/// The state of a future, a task or a gather, whatever the type of its value: pending, then exactly once done. Handles (Future<T>,
/// Task<T>) share it. Members that end in `_guarded` are called with the scheduler's Guard held; all others take it themselves.
///
/// It may outlive its scheduler, and is a plain value then: it can be asked for ever, one still pending can be given a value or an
/// error by set_result and set_exception, cancel() answers false, and callbacks are dropped, since nobody would run them. A task
/// that had not ended stays pending. An error that nobody retrieved is printed to standard error.
class FutureCore : public Counted {
 public:
  enum class State : std::uint8_t { pending, finished, failed, cancelled };
  /// Whether the scheduler keeps account of it while it is pending. An embedded one is a member of a coroutine's frame: never
  /// shared, never counted, awaited by its own frame only.
  enum class Residence : bool { listed, embedded };

  explicit FutureCore(Scheduler& scheduler, Residence residence = Residence::listed)
      : Counted(scheduler.parallel()), scheduler_(scheduler) {
    if (residence == Residence::listed) list();
  }
  ~FutureCore() override {
    if (listed_) unlist();
    if (unseen_failure()) report_unretrieved([](const FutureCore&) { return std::string("a future"); });
  }

  /// Its scheduler; once that is no more, one that does nothing.
  [[nodiscard]] Scheduler& scheduler() const noexcept { return scheduler_; }
  /// Without taking the guard: once true, state, error and value never change.
  [[nodiscard]] bool done() const noexcept { return state() != State::pending; }
  [[nodiscard]] State state() const noexcept { return state_.load(std::memory_order_acquire); }
  /// Why it has no value: CancelledError if it was cancelled; no error if it is pending or finished. Reading it retrieves it.
  [[nodiscard]] Error error() const noexcept;

  /// asyncio's cancel(): asks it to end as cancelled, and through it whatever it waits for, and so on: chains of a million tasks
  /// and circles too, without recursion and without memory. A task met again inside itself is left alone. False if that had no
  /// effect: it is done already, or its scheduler is no more.
  bool cancel() noexcept;
  bool cancel_guarded() noexcept;

  /// Queues `callback` behind those added before it, or at once if the future is done (CALLBACKS-ARE-QUEUED). Dropped if its
  /// scheduler is no more.
  void add_callback(Callback callback);
  void add_callback_guarded(Callback&& callback);
  /// Removes the callbacks with this function and target; how many there were.
  std::size_t remove_callback(Job::Function function, const Counted& target) noexcept;

  /// Ends it, unless it is done: false then. The value, if it has one, must be in place before. If there is no memory to queue its
  /// callbacks, the run fails (Scheduler::fail).
  bool settle_guarded(State state, Error error = {}) noexcept;

  /// What a task that waits for this is told to wait for, in a deadlock's report.
  [[nodiscard]] virtual std::string description() const { return "a future"; }
  /// Where its value is, once it is finished: a Stored<T>.
  [[nodiscard]] virtual void* value() noexcept { return nullptr; }
  [[nodiscard]] virtual bool is_task() const noexcept { return false; }
  /// Whether a task that waits for it gets its value also if it is cancelled meanwhile: what has been read from a socket cannot be
  /// read again. The cancel stays due, and strikes at the task's next suspension.
  [[nodiscard]] virtual bool keeps_value() const noexcept { return false; }
  /// Whether set_result and set_exception are refused: it is the library that completes it.
  [[nodiscard]] virtual bool completes_itself() const noexcept { return false; }

 protected:
  friend class Leftovers;
  /// Tells the exception handler of an error that nobody saw: "`who` failed, …". In the destructor of who knows what it is; once.
  void report_unretrieved(std::string (*who)(const FutureCore&)) const noexcept;
  [[nodiscard]] bool unseen_failure() const noexcept {
    return state() == State::failed && !retrieved_.load(std::memory_order_relaxed);
  }
  /// Takes the effect of one cancel() on a pending future, and answers the first of what must be cancelled with it; null if it is
  /// alone, and the cancel has had its effect.
  [[nodiscard]] virtual FutureCore* begin_cancel_guarded() noexcept;
  /// What was answered last has been cancelled; `effect` says whether that had an effect. Answers the next one, or null when it was
  /// the last, and whether all of it had an effect then.
  [[nodiscard]] virtual FutureCore* go_on_cancelling_guarded(bool& effect) noexcept;
  void withdraw(bool guarded) noexcept override;

 private:
  void list();
  void unlist() noexcept;
  void unlist_guarded() noexcept;
  void queue(Callback& callback) noexcept;

  std::atomic<State> state_{State::pending};
  mutable std::atomic<bool> retrieved_{false};  // somebody saw the error
  bool listed_ = false;
  bool on_path_ = false;  // a cancel is inside of it: it closes a circle if it is met again
  const SchedulerLink scheduler_;
  FutureCore* outer_ = nullptr;     // by which that cancel came to it
  FutureCore* previous_ = nullptr;  // neighbours in the scheduler's list of what is pending
  FutureCore* next_ = nullptr;
  Error error_;
  Callback first_callback_;  // nearly every future has one callback at most
  std::unique_ptr<std::vector<Callback>> more_callbacks_;
};

/// A future inside a coroutine's frame, for the queue of a lock or semaphore: it costs no allocation. Its frame is the only one
/// that awaits it, and outlives it.
class Waiter final : public FutureCore {
 public:
  Waiter(Scheduler& scheduler, const char* waits_for) noexcept
      : FutureCore(scheduler, Residence::embedded), waits_for_(waits_for) {}
  ~Waiter() override { unlink(); }
  [[nodiscard]] std::string description() const override { return waits_for_; }

 private:
  friend class WaiterList;
  void unlink() noexcept;

  const char* const waits_for_;
  class WaiterList* list_ = nullptr;  // the queue it stands in
  Waiter* before_ = nullptr;
  Waiter* behind_ = nullptr;
};

/// A queue of waiters, first come first. It owns none of them; guarded by the scheduler of the primitive it belongs to.
class WaiterList {
 public:
  WaiterList() noexcept = default;
  WaiterList(const WaiterList&) = delete;
  WaiterList& operator=(const WaiterList&) = delete;
  ~WaiterList();

  void push_back(Waiter& waiter) noexcept;
  void remove(Waiter& waiter) noexcept;
  /// Takes out the first; null if there is none.
  Waiter* pop_front() noexcept;
  [[nodiscard]] Waiter* front() const noexcept { return front_; }
  [[nodiscard]] static Waiter* after(const Waiter& waiter) noexcept { return waiter.behind_; }
  [[nodiscard]] bool empty() const noexcept { return front_ == nullptr; }
  /// Whether a waiter stands in it that was not cancelled.
  [[nodiscard]] bool any_live() const noexcept;

 private:
  friend class Waiter;
  Waiter* front_ = nullptr;
  Waiter* back_ = nullptr;
};

}  // namespace lawful
