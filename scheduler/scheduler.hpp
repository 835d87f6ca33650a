#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

#include "scheduler/errors.hpp"
#include "scheduler/job.hpp"
#include "scheduler/time.hpp"

namespace lawful {

class FutureCore;
class Offload;
class Scheduler;

/// By what futures and primitives know their scheduler, and may outlive it: once it is no more they are led to one that is closed
/// (Scheduler::closed). It costs a counted pointer.
class SchedulerLink {
 public:
  /// To none: to be assigned.
  SchedulerLink() noexcept = default;
  SchedulerLink(Scheduler& scheduler) noexcept;  // NOLINT(google-explicit-constructor): stands for the scheduler
  operator Scheduler&() const noexcept { return *anchor_->scheduler; }  // NOLINT(google-explicit-constructor)
  Scheduler* operator->() const noexcept { return anchor_->scheduler; }

 private:
  friend class Scheduler;
  struct Anchor final : Counted {
    Anchor(bool shared, Scheduler& named) noexcept : Counted(shared), scheduler(&named) {}
    Scheduler* scheduler;
  };
  Ref<Anchor> anchor_;
};

/// What an exception handler is told about an error that nobody retrieved.
struct Unretrieved {
  std::string message;  ///< what happened, for people
  Error error;
};
using ExceptionHandler = std::function<void(const Unretrieved&)>;

/// Where jobs run and what time it is: everything that tasks, groups, timeouts and locks need to know of the world, and what
/// asyncio's AbstractEventLoop says. The task library is written once over this interface.
///
/// A *serial* scheduler runs one job at a time, on the thread that drives it, and is called on that thread only. A *parallel* one
/// may run jobs on many threads at once, and each of its members may be called from any thread, at any time; with the library's
/// Guard held too, so no member may take that guard or run a job before it returns.
///
/// Handles on futures, primitives and callbacks may outlive their scheduler (FutureCore and each of them say what they still
/// answer); only no other thread may use one while the scheduler is being destroyed.
class Scheduler {
 public:
  enum class Threads : bool { serial, parallel };
  enum class End {
    stopped,  ///< stop() was called
    idle,     ///< nothing is ready, nothing is scheduled, nothing is expected from outside: the run can never go on
    hung,     ///< jobs are missing: they were accepted, and nothing was heard of them for too long
  };

  /// @throws std::bad_alloc
  explicit Scheduler(Threads threads);
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;
  virtual ~Scheduler();

  /// The time since this scheduler began.
  [[nodiscard]] virtual TimePoint now() const noexcept = 0;
  /// Runs `job` soon: never before this returns. asyncio's call_soon (and call_soon_threadsafe, if parallel).
  /// What this and post_at throw for want of memory leaves everything as it was.
  virtual void post(Job job) = 0;
  /// Runs what `handle` holds at `when`, not before; jobs of one deadline go in the order of these calls.
  virtual void post_at(TimePoint when, Ref<Handle> handle) = 0;
  /// Forgets a job that has not begun. A deadline nobody waits for any more does not move a virtual clock, and costs no memory
  /// however many there are: a scheduler that keeps Timers tells them (Timers::forgotten).
  virtual void forget(Handle& handle) { handle.forget(); }
  /// Runs jobs until stop(), or until nothing can ever happen any more. Called by one thread at a time, and not by a job. When it
  /// returns no job is running and none runs until it is called again. A serial scheduler finishes the pass in which it was
  /// stopped. A job that throws stops it, too: see fail(). Want of memory for its own bookkeeping it may throw itself, in the same
  /// state as if it had returned.
  virtual End drive() = 0;
  /// Ends drive() soon. From a job. It takes no memory.
  virtual void stop() = 0;
  /// Drops every job and timer that has not run, and sets a virtual clock back to 0. While nobody drives. It takes no memory.
  virtual void discard() = 0;

  /// From any thread, serial schedulers' too: runs `job` soon. Each call answers one expect_outside(), which has made room for it:
  /// a thread outside has nobody to tell that memory is short.
  virtual void post_from_outside(Job job) = 0;
  /// Somebody outside will post: until then the run is not idle and a virtual clock stands still. On the scheduler's threads.
  virtual void expect_outside() = 0;

  [[nodiscard]] bool parallel() const noexcept { return parallel_; }
  /// Whether it stands for one that is no more: it drops whatever it is given.
  [[nodiscard]] bool closed() const noexcept { return closed_; }

  /// The run cannot go on as it should: a job threw, or there was no memory to wake a task. Stops drive(); run() raises the first
  /// such error after it has torn everything down. From a job, with the Guard held or not; with no run under way it is the next one
  /// that fails.
  void fail(Error error) noexcept;
  /// The error of fail(), if any; once.
  [[nodiscard]] Error take_failure() noexcept;
  /// Runs `job` soon, or fails. With the Guard held.
  void post_or_fail(Job&& job) noexcept;

  /// The scheduler whose job this thread is running, or which it drives.
  /// @throws RuntimeError if there is none
  [[nodiscard]] static Scheduler& current();
  [[nodiscard]] static Scheduler* current_or_null() noexcept;

  /// Marks this thread as running a scheduler's jobs, for as long as it lives.
  class Running {
   public:
    explicit Running(Scheduler* scheduler) noexcept;
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running();

   private:
    Scheduler* const before_;
  };

  /// Is told about errors that nobody retrieved; by default they are printed to standard error. Set it while nobody drives.
  void set_exception_handler(ExceptionHandler handler) { handler_ = std::move(handler); }
  void call_exception_handler(const Unretrieved& unretrieved) const noexcept;

 protected:
  /// The first act of the destructor of each class that is a scheduler: frees what can never go on any more (Leftovers::tear_down)
  /// while the scheduler still works, and leads those who outlive it to one that is closed.
  void close();

 private:
  class Closed;
  /// The one that stands for all that are no more.
  explicit Scheduler(const Closed&);
  [[nodiscard]] static Scheduler& the_closed_one();
  void detach() noexcept;

  friend class SchedulerLink;
  friend class FutureCore;
  friend class Guard;
  friend class TaskCore;
  friend class Leftovers;
  friend class Offload;

  const bool parallel_;
  const bool closed_;
  std::mutex mutex_;             // the Guard of a parallel scheduler
  FutureCore* first_ = nullptr;  // every future and task that is not done, in order of creation
  FutureCore* last_ = nullptr;
  std::uint64_t tasks_created_ = 0;  // for the names of tasks that have none
  ExceptionHandler handler_;
  Offload* offload_ = nullptr;  // the threads of to_thread, once somebody used it
  std::atomic<const ErrorBody*> failure_{nullptr};
  const Counted* dropped_ = nullptr;  // what jobs that could not be posted held: to be deleted without the Guard
  SchedulerLink self_;
};

inline SchedulerLink::SchedulerLink(Scheduler& scheduler) noexcept : anchor_(scheduler.self_.anchor_) {}

/// The one place where state changes are guarded: whoever changes a future, a task or a primitive of a parallel scheduler holds its
/// Guard; a serial scheduler pays a test of one constant byte. No user code runs under a Guard.
class [[nodiscard]] Guard {
 public:
  explicit Guard(Scheduler& scheduler) : mutex_(scheduler.parallel_ ? &scheduler.mutex_ : nullptr) {
    if (mutex_ != nullptr) mutex_->lock();
  }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
  ~Guard() {
    if (mutex_ != nullptr) mutex_->unlock();
  }

 private:
  std::mutex* const mutex_;
};

}  // namespace lawful
