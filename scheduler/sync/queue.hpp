#pragma once

#include <algorithm>
#include <cstddef>
#include <list>
#include <utility>

#include "scheduler/sync/event.hpp"
#include "scheduler/task/coroutine.hpp"

namespace lawful {

/// A first-in-first-out queue between tasks: asyncio's Queue. A `maxsize` of 0 means no bound.
/// It may outlive its scheduler: it keeps its state then, with nobody waiting.
///
/// Moving an item may throw. On its way in: the put fails with that, and nothing was put. On its way out: the get fails with that,
/// and the item is gone.
template <class T>
class Queue {
 public:
  explicit Queue(std::size_t maxsize = 0, Scheduler& scheduler = Scheduler::current())
      : scheduler_(scheduler), maxsize_(maxsize), finished_(scheduler) {
    finished_.set();
  }
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  /// Puts `item` in, waiting while the queue is full; waiting puts complete first come, first served.
  /// @throws QueueShutDown if it was shut down
  [[nodiscard]] Coroutine<Unit> put(const T& item) { return put_kept(item); }
  [[nodiscard]] AnswerGiven<Coroutine<Unit>, T> put(T&& item) { return put_kept(std::move(item)); }
  /// Takes the oldest item out, waiting while there is none. @throws QueueShutDown if it was shut down and is empty
  [[nodiscard]] Coroutine<T> get();
  /// Puts without waiting. @throws QueueFull, QueueShutDown
  void put_nowait(T item);
  /// Takes without waiting. @throws QueueEmpty; QueueShutDown if it was shut down and is empty
  T get_nowait() { return try_get().get(); }
  /// The same two without a throw; try_put takes the item only if it answers no error, and throws only what moving it throws.
  [[nodiscard]] Error try_put(T& item) requires std::is_move_assignable_v<T>;
  [[nodiscard]] Outcome<T> try_get();

  [[nodiscard]] std::size_t qsize() const {
    const Guard guard(scheduler_);
    return items_.size();
  }
  [[nodiscard]] bool empty() const { return qsize() == 0; }
  [[nodiscard]] bool full() const {
    const Guard guard(scheduler_);
    return full_guarded();
  }
  /// One item taken out is done with. @throws ValueError if there was none left to be
  void task_done() {
    const Error refused = try_task_done();
    if (refused) refused.raise();
  }
  [[nodiscard]] Error try_task_done();
  /// Waits until every item put in was marked done.
  [[nodiscard]] Coroutine<Unit> join();
  /// Lets nothing in any more: puts fail with QueueShutDown, gets take what is left and then fail too. `immediate` throws away
  /// what is left, and counts it as done.
  void shutdown(bool immediate = false);

 private:
  [[nodiscard]] Coroutine<Unit> put_kept(T item);
  using Items = std::list<T, PoolAllocator<T>>;  // items are built, moved and destroyed outside the Guard, which moves nodes alone

  /// A list of this one item.
  [[nodiscard]] static Items alone(T& item) {
    Items items;
    items.push_back(std::move(item));
    return items;
  }
  [[nodiscard]] bool full_guarded() const noexcept { return maxsize_ != 0 && items_.size() >= maxsize_; }
  /// Why nothing can be put in now, if so.
  [[nodiscard]] Error refusal_guarded() const;
  [[nodiscard]] Error try_put(Items& item);
  void put_guarded(Items& item) noexcept;
  void get_guarded(Items& item) noexcept;
  static void wake_next_guarded(WaiterList& waiters) noexcept;
  static void wake_all_guarded(WaiterList& waiters) noexcept;

  const SchedulerLink scheduler_;
  const std::size_t maxsize_;
  Items items_;
  WaiterList getters_;
  WaiterList putters_;
  std::size_t unfinished_ = 0;  // items put in and not marked done
  Event finished_;              // set while there are none
  bool shut_down_ = false;
};

// implementation

template <class T>
void Queue<T>::wake_next_guarded(WaiterList& waiters) noexcept {
  while (Waiter* waiter = waiters.pop_front()) {
    if (waiter->settle_guarded(FutureCore::State::finished)) break;
  }
}

template <class T>
void Queue<T>::wake_all_guarded(WaiterList& waiters) noexcept {
  while (Waiter* waiter = waiters.pop_front()) waiter->settle_guarded(FutureCore::State::finished);
}

template <class T>
Error Queue<T>::refusal_guarded() const {
  if (shut_down_) return Error::of(QueueShutDown());
  if (full_guarded()) return Error::of(QueueFull());
  return {};
}

template <class T>
void Queue<T>::put_guarded(Items& item) noexcept {
  items_.splice(items_.end(), item);
  ++unfinished_;
  finished_.clear_guarded();
  wake_next_guarded(getters_);
}

template <class T>
void Queue<T>::get_guarded(Items& item) noexcept {
  item.splice(item.end(), items_, items_.begin());
  wake_next_guarded(putters_);
}

template <class T>
Error Queue<T>::try_put(Items& item) {
  const Guard guard(scheduler_);
  Error refused = refusal_guarded();
  if (!refused) put_guarded(item);
  return refused;
}

template <class T>
Error Queue<T>::try_put(T& item) requires std::is_move_assignable_v<T> {
  {
    const Guard guard(scheduler_);
    Error refused = refusal_guarded();
    if (refused) return refused;
  }
  Items moved = alone(item);
  Error refused = try_put(moved);
  if (refused) item = std::move(moved.front());  // on threads, somebody was faster
  return refused;
}

template <class T>
void Queue<T>::put_nowait(T item) {
  Items moved = alone(item);
  const Error refused = try_put(moved);
  if (refused) refused.raise();
}

template <class T>
Outcome<T> Queue<T>::try_get() {
  Items taken;
  {
    const Guard guard(scheduler_);
    if (items_.empty() && shut_down_) return Error::of(QueueShutDown());
    if (items_.empty()) return Error::of(QueueEmpty());
    get_guarded(taken);
  }
  try {
    return Outcome<T>(std::move(taken.front()));
  } catch (...) {
    return Error::current();
  }
}

template <class T>
Coroutine<Unit> Queue<T>::put_kept(T item) {
  Items moved = alone(item);
  for (;;) {
    Waiter waiter(scheduler_, "room in a queue");
    {
      const Guard guard(scheduler_);
      if (shut_down_) co_return Error::of(QueueShutDown());
      if (!full_guarded()) {
        put_guarded(moved);
        co_return Unit();
      }
      putters_.push_back(waiter);
    }
    Error error = co_await WaiterAwaiter(waiter);
    if (error) {
      const Guard guard(scheduler_);
      const bool woken = waiter.state() == FutureCore::State::finished;
      putters_.remove(waiter);
      if (woken && !full_guarded()) wake_next_guarded(putters_);  // hand the slot on
      co_return error;
    }
  }
}

template <class T>
Coroutine<T> Queue<T>::get() {
  for (;;) {
    Waiter waiter(scheduler_, "an item of a queue");
    Items taken;
    {
      const Guard guard(scheduler_);
      if (!items_.empty()) {
        get_guarded(taken);
      } else if (shut_down_) {
        co_return Error::of(QueueShutDown());
      } else {
        getters_.push_back(waiter);
      }
    }
    if (!taken.empty()) co_return std::move(taken.front());
    Error error = co_await WaiterAwaiter(waiter);
    if (error) {
      const Guard guard(scheduler_);
      const bool woken = waiter.state() == FutureCore::State::finished;
      getters_.remove(waiter);
      if (woken && !items_.empty()) wake_next_guarded(getters_);  // hand the item on
      co_return error;
    }
  }
}

template <class T>
void Queue<T>::shutdown(bool immediate) {
  Items dropped;
  {
    const Guard guard(scheduler_);
    shut_down_ = true;
    if (immediate) {
      dropped.swap(items_);
      unfinished_ -= std::min(unfinished_, dropped.size());
      if (unfinished_ == 0) finished_.set_guarded();
    }
    // Everybody looks again, and finds it shut down.
    wake_all_guarded(getters_);
    wake_all_guarded(putters_);
  }
}

template <class T>
Error Queue<T>::try_task_done() {
  const Guard guard(scheduler_);
  if (unfinished_ == 0) return Error::of(ValueError("task_done was called more often than items were put in"));
  if (--unfinished_ == 0) finished_.set_guarded();
  return {};
}

template <class T>
Coroutine<Unit> Queue<T>::join() {
  bool waiting = false;
  {
    const Guard guard(scheduler_);
    waiting = unfinished_ != 0;
  }
  if (waiting) {
    Outcome<void> waited = co_await finished_.wait().outcome();
    if (!waited.ok()) co_return waited.error();
  }
  co_return Unit();
}

}  // namespace lawful
