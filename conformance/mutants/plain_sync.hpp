#pragma once

#include <deque>
#include <map>

#include "conformance/mutants/mutant.hpp"

namespace lawful::conformance {

/// Locks, semaphores, events, conditions, barriers and queues as one might write them oneself, over futures. They are lawful;
/// mutants set one of their flaws.
class PlainSync : public TaskRuntime {
 public:
  using TaskRuntime::TaskRuntime;
  Resource create_resource(const spec::Resource& declared) override;
  Coroutine<Outcome> acquire(Resource resource) override;
  Outcome release(Resource resource) override;
  bool locked(Resource resource) override;
  void set(Resource resource) override;
  void clear(Resource resource) override;
  bool is_set(Resource resource) override;
  Coroutine<Outcome> wait_event(Resource resource) override;
  Coroutine<Outcome> wait_condition(Resource resource) override;
  Outcome notify(Resource resource, std::int64_t n) override;
  Outcome notify_all(Resource resource) override;
  Coroutine<Outcome> wait_barrier(Resource resource) override;
  Coroutine<Outcome> reset_barrier(Resource resource) override;
  Coroutine<Outcome> abort_barrier(Resource resource) override;
  Coroutine<Outcome> put(Resource resource, Value value) override;
  Outcome put_nowait(Resource resource, Value value) override;
  Coroutine<Outcome> get(Resource resource) override;
  Outcome get_nowait(Resource resource) override;
  std::int64_t qsize(Resource resource) override;
  Outcome task_done(Resource resource) override;
  Coroutine<Outcome> join(Resource resource) override;
  void shutdown(Resource resource, bool immediate) override;

  struct Flaws {
    // locks and semaphores
    bool lock_lets_two_in = false;
    bool lock_wakes_nobody = false;
    bool lock_kept_by_cancelled = false;
    bool lock_last_first = false;
    bool lock_always_yields = false;
    bool lock_is_barged = false;
    bool lock_never_reads_locked = false;
    bool lock_release_never_objects = false;
    bool lock_owner_only = false;
    bool lock_re_entrant = false;
    bool permit_dies_with_cancelled = false;
    bool semaphore_always_yields = false;
    bool semaphore_is_barged = false;
    bool semaphore_never_reads_locked = false;
    // events
    bool set_wakes_one = false;
    bool waiter_looks_again = false;
    bool set_event_yields = false;
    bool event_latches = false;
    bool event_last_first = false;
    bool is_set_latches = false;
    // conditions
    bool needs_no_lock = false;
    bool wait_keeps_lock = false;
    bool returns_unlocked = false;
    bool cancelled_returns_unlocked = false;
    bool notify_needs_two = false;
    bool notify_wakes_all = false;
    bool notify_last_first = false;
    bool notify_all_wakes_one = false;
    bool notification_dies_with_cancelled = false;
    // barriers
    bool barrier_opens_early = false;
    bool barrier_opens_late = false;
    bool barrier_opens_once = false;
    bool barrier_gives_one_place = false;
    bool barrier_counts_cancelled = false;
    bool reset_does_nothing = false;
    bool reset_breaks_for_good = false;
    bool abort_wakes_nobody = false;
    bool abort_resets = false;
    // queues
    bool queue_last_first = false;
    bool queue_delivers_twice = false;
    bool queue_holds_one_more = false;
    bool queue_of_none_has_one_place = false;
    bool get_wakes_nobody = false;
    bool put_wakes_nobody = false;
    bool wake_up_dies_with_cancelled = false;
    bool cancelled_put_puts = false;
    bool empty_answers_null = false;
    bool full_drops = false;
    bool getters_last_first = false;
    bool putters_last_first = false;
    bool hands_over = false;
    bool qsize_counts_unfinished = false;
    bool join_counts_gets = false;
    bool join_wakes_one = false;
    bool done_never_objects = false;
    bool shut_down_accepts = false;
    bool shutdown_drops = false;
    bool shutdown_wakes_nobody = false;
    bool immediate_keeps = false;
    bool immediate_counts_nothing = false;
    bool granted_put_goes_in = false;
  };

 protected:
  Flaws flaws_;

 private:
  struct Permits {
    std::int64_t permits = 1;
    std::int64_t bound = -1;  // of a bounded semaphore
    bool lock = false;
    std::deque<Task> waiting;
    const FutureCore* owner = nullptr;
    int depth = 0;
  };
  struct Flag {
    bool set = false;
    bool ever = false;
    std::deque<Task> waiting;
  };
  struct News {
    std::deque<Task> waiting;
  };
  struct Gate {
    std::int64_t parties = 1;
    std::int64_t count = 0;
    std::int64_t rounds = 0;
    bool broken = false;
    std::deque<Task> waiting;
  };
  struct Line {
    std::int64_t size = 0;
    std::deque<Value> items;
    std::deque<Task> getters;
    std::deque<Task> putters;
    std::deque<Task> joiners;
    std::int64_t unfinished = 0;
    std::int64_t taken = 0;
    bool shut = false;
  };
  [[nodiscard]] bool is_plain(const Resource& resource) const { return permits_.count(resource.get()) != 0; }
  [[nodiscard]] Coroutine<Outcome> take(Permits& permits);
  [[nodiscard]] Outcome give(Permits& permits);
  void grant(Permits& permits);
  [[nodiscard]] Outcome wake(Resource resource, std::int64_t n, bool all);
  [[nodiscard]] bool full(const Line& line) const;
  void put_in(Line& line, Value value);
  [[nodiscard]] Value take_out(Line& line);
  static bool wake_one(std::deque<Task>& waiting, bool last_first);
  static void remove(std::deque<Task>& waiting, const Task& task);

  std::map<const TaskResource*, Permits> permits_;
  std::map<const TaskResource*, Flag> flags_of_events_;
  std::map<const TaskResource*, News> news_;
  std::map<const TaskResource*, Gate> gates_;
  std::map<const TaskResource*, Line> lines_;
};

}  // namespace lawful::conformance
