#include "conformance/mutants/plain_sync.hpp"

#include <algorithm>

namespace lawful::conformance {

namespace {

using Kind = spec::Raised::Kind;
using spec::Raised;

}  // namespace

PlainSync::Resource PlainSync::create_resource(const spec::Resource& declared) {
  Resource resource = TaskRuntime::create_resource(declared);
  switch (declared.kind) {
    case spec::ResourceKind::semaphore:
    case spec::ResourceKind::bounded_semaphore:
    case spec::ResourceKind::lock:
    case spec::ResourceKind::condition: {
      Permits& permits = permits_[resource.get()];
      permits.lock = declared.kind >= spec::ResourceKind::lock;
      permits.permits = permits.lock ? 1 : declared.value;
      if (declared.kind == spec::ResourceKind::bounded_semaphore) permits.bound = declared.value;
      if (declared.kind == spec::ResourceKind::lock && flaws_.lock_lets_two_in) permits.permits = 2;
      if (declared.kind == spec::ResourceKind::condition) news_[resource.get()];
      break;
    }
    case spec::ResourceKind::event:
      flags_of_events_[resource.get()];
      break;
    case spec::ResourceKind::barrier:
      gates_[resource.get()].parties = declared.value;
      break;
    default:
      lines_[resource.get()].size = declared.value + (flaws_.queue_holds_one_more && declared.value > 0 ? 1 : 0);
  }
  return resource;
}

bool PlainSync::wake_one(std::deque<Task>& waiting, bool last_first) {
  while (!waiting.empty()) {
    Task next = last_first ? waiting.back() : waiting.front();
    if (last_first) {
      waiting.pop_back();
    } else {
      waiting.pop_front();
    }
    if (!next.try_set_result(Value())) return true;
  }
  return false;
}

void PlainSync::remove(std::deque<Task>& waiting, const Task& task) {
  waiting.erase(std::remove(waiting.begin(), waiting.end(), task), waiting.end());
}

// Locks and semaphores: a permit is handed to the first who waits.

void PlainSync::grant(Permits& permits) {
  const bool barged = permits.lock ? flaws_.lock_is_barged : flaws_.semaphore_is_barged;
  if (barged) {
    ++permits.permits;
    wake_one(permits.waiting, false);
    return;
  }
  if (permits.lock && flaws_.lock_wakes_nobody) {
    ++permits.permits;
    return;
  }
  if (!wake_one(permits.waiting, permits.lock && flaws_.lock_last_first)) ++permits.permits;
}

Coroutine<Outcome> PlainSync::take(Permits& permits) {
  const bool barged = permits.lock ? flaws_.lock_is_barged : flaws_.semaphore_is_barged;
  if (permits.lock && flaws_.lock_re_entrant && permits.owner == TaskCore::current()) {
    ++permits.depth;
    co_return Outcome(Value());
  }
  if (permits.lock ? flaws_.lock_always_yields : flaws_.semaphore_always_yields) {
    if (permits.permits > 0 && permits.waiting.empty()) {
      Outcome turn = co_await TaskRuntime::sleep(0);
      if (!turn.ok()) co_return turn;
    }
  }
  bool again = false;
  while (permits.permits <= 0 || (!barged && permits.lock && flaws_.lock_wakes_nobody && !permits.waiting.empty())) {
    Task turn = create_future();
    // Who was woken and finds nothing keeps its place.
    if (again) {
      permits.waiting.push_front(turn);
    } else {
      permits.waiting.push_back(turn);
    }
    again = true;
    Outcome waited = co_await TaskRuntime::await(turn);
    if (!waited.ok()) {
      remove(permits.waiting, turn);
      const bool dies = !permits.lock && flaws_.permit_dies_with_cancelled;
      if (!turn.cancelled() && barged) wake_one(permits.waiting, false);
      if (!turn.cancelled() && !dies && !barged) grant(permits);
      co_return waited;
    }
    if (!barged) {
      permits.owner = TaskCore::current();
      co_return Outcome(Value());  // it was handed over
    }
  }
  --permits.permits;
  permits.owner = TaskCore::current();
  co_return Outcome(Value());
}

Outcome PlainSync::give(Permits& permits) {
  if (permits.lock && permits.permits > 0 && !flaws_.lock_lets_two_in) {
    if (flaws_.lock_release_never_objects) return Value();
    return Raised(Kind::runtime);
  }
  if (permits.bound >= 0 && permits.permits >= permits.bound) return Raised(Kind::value);
  if (permits.lock && flaws_.lock_owner_only && permits.owner != TaskCore::current()) return Raised(Kind::runtime);
  if (permits.lock && flaws_.lock_kept_by_cancelled && current_task().cancelling() > 0) return Value();
  if (permits.depth > 0) {
    --permits.depth;
    return Value();
  }
  permits.owner = nullptr;
  grant(permits);
  return Value();
}

Coroutine<Outcome> PlainSync::acquire(Resource resource) { return take(permits_[resource.get()]); }
Outcome PlainSync::release(Resource resource) { return give(permits_[resource.get()]); }

bool PlainSync::locked(Resource resource) {
  const Permits& permits = permits_[resource.get()];
  if (permits.lock ? flaws_.lock_never_reads_locked : flaws_.semaphore_never_reads_locked) return false;
  return permits.permits <= 0;
}

// Events

void PlainSync::set(Resource resource) {
  Flag& flag = flags_of_events_[resource.get()];
  flag.set = true;
  flag.ever = true;
  while (wake_one(flag.waiting, flaws_.event_last_first)) {
    if (flaws_.set_wakes_one) break;
  }
}

void PlainSync::clear(Resource resource) { flags_of_events_[resource.get()].set = false; }

bool PlainSync::is_set(Resource resource) {
  const Flag& flag = flags_of_events_[resource.get()];
  return flaws_.is_set_latches ? flag.ever : flag.set;
}

Coroutine<Outcome> PlainSync::wait_event(Resource resource) {
  Flag& flag = flags_of_events_[resource.get()];
  const bool passes = flaws_.event_latches ? flag.ever : flag.set;
  if (passes) {
    if (flaws_.set_event_yields) {
      Outcome turn = co_await TaskRuntime::sleep(0);
      co_return turn;
    }
    co_return Outcome(Value());
  }
  for (;;) {
    Task turn = create_future();
    flag.waiting.push_back(turn);
    Outcome waited = co_await TaskRuntime::await(turn);
    remove(flag.waiting, turn);
    if (!waited.ok() || flag.set || !flaws_.waiter_looks_again) co_return waited;
  }
}

// Conditions

Coroutine<Outcome> PlainSync::wait_condition(Resource resource) {
  Permits& lock = permits_[resource.get()];
  News& news = news_[resource.get()];
  const bool held = lock.permits <= 0;
  if (!held && !flaws_.needs_no_lock) co_return Outcome(Raised(Kind::runtime));
  if (held && !flaws_.wait_keeps_lock) static_cast<void>(give(lock));
  Task turn = create_future();
  news.waiting.push_back(turn);
  Outcome waited = co_await TaskRuntime::await(turn);
  const bool notified = turn.done() && !turn.cancelled();
  remove(news.waiting, turn);
  const bool unlocked = waited.ok() ? flaws_.returns_unlocked : flaws_.cancelled_returns_unlocked;
  if (held && !flaws_.wait_keeps_lock && !unlocked) {
    for (;;) {
      Outcome taken = co_await take(lock);
      if (taken.ok()) break;
      waited = taken;
    }
  }
  if (!waited.ok() && notified && !flaws_.notification_dies_with_cancelled) wake_one(news.waiting, false);
  co_return waited;
}

Outcome PlainSync::wake(Resource resource, std::int64_t n, bool all) {
  const Permits& lock = permits_[resource.get()];
  if (lock.permits > 0 && !flaws_.needs_no_lock) return Raised(Kind::runtime);
  std::deque<Task>& waiting = news_[resource.get()].waiting;
  if (!all && flaws_.notify_needs_two && waiting.size() < 2) return Value();
  if (all && flaws_.notify_all_wakes_one)
    n = 1;
  else if (all || flaws_.notify_wakes_all)
    n = static_cast<std::int64_t>(waiting.size());
  for (; n > 0; --n) {
    if (!wake_one(waiting, !all && flaws_.notify_last_first)) break;
  }
  return Value();
}

Outcome PlainSync::notify(Resource resource, std::int64_t n) { return wake(std::move(resource), n, false); }
Outcome PlainSync::notify_all(Resource resource) { return wake(std::move(resource), 0, true); }

// Barriers

Coroutine<Outcome> PlainSync::wait_barrier(Resource resource) {
  Gate& gate = gates_[resource.get()];
  if (gate.broken) co_return Outcome(Raised(Kind::broken_barrier));
  std::int64_t needed = gate.parties;
  if (flaws_.barrier_opens_early && needed > 1) --needed;
  if (flaws_.barrier_opens_late) ++needed;
  const std::int64_t place = flaws_.barrier_gives_one_place ? 0 : gate.count;
  ++gate.count;
  const bool opens = !(flaws_.barrier_opens_once && gate.rounds > 0);
  if (gate.count >= needed && opens) {
    gate.count = 0;
    ++gate.rounds;
    while (wake_one(gate.waiting, false)) {
    }
    co_return Outcome(Value(place));
  }
  Task turn = create_future();
  gate.waiting.push_back(turn);
  Outcome waited = co_await TaskRuntime::await(turn);
  if (!waited.ok()) {
    const bool waiting = turn.cancelled();
    remove(gate.waiting, turn);
    if (waited.cancelled() && waiting && !flaws_.barrier_counts_cancelled) --gate.count;
    co_return waited;
  }
  co_return Outcome(Value(place));
}

Coroutine<Outcome> PlainSync::reset_barrier(Resource resource) {
  Gate& gate = gates_[resource.get()];
  if (flaws_.reset_does_nothing) co_return Outcome(Value());
  std::deque<Task> waiting;
  waiting.swap(gate.waiting);
  gate.count = 0;
  gate.broken = flaws_.reset_breaks_for_good;
  for (Task& turn : waiting) static_cast<void>(turn.try_set_exception(to_error(Raised(Kind::broken_barrier))));
  co_return Outcome(Value());
}

Coroutine<Outcome> PlainSync::abort_barrier(Resource resource) {
  Gate& gate = gates_[resource.get()];
  gate.broken = !flaws_.abort_resets;
  if (flaws_.abort_wakes_nobody) co_return Outcome(Value());
  std::deque<Task> waiting;
  waiting.swap(gate.waiting);
  gate.count = 0;
  for (Task& turn : waiting) static_cast<void>(turn.try_set_exception(to_error(Raised(Kind::broken_barrier))));
  co_return Outcome(Value());
}

// Queues: who is woken looks again.

bool PlainSync::full(const Line& line) const {
  const std::int64_t size = line.size == 0 && flaws_.queue_of_none_has_one_place ? 1 : line.size;
  return size != 0 && static_cast<std::int64_t>(line.items.size()) >= size;
}

void PlainSync::put_in(Line& line, Value value) {
  ++line.unfinished;
  if (flaws_.hands_over && !line.getters.empty()) {
    Task next = line.getters.front();
    line.getters.pop_front();
    if (!next.try_set_result(value)) return;
  }
  line.items.push_back(std::move(value));
  if (!flaws_.put_wakes_nobody) wake_one(line.getters, flaws_.getters_last_first);
}

Value PlainSync::take_out(Line& line) {
  ++line.taken;
  Value value = flaws_.queue_last_first ? line.items.back() : line.items.front();
  if (!(flaws_.queue_delivers_twice && line.taken % 2 == 1)) {
    if (flaws_.queue_last_first) {
      line.items.pop_back();
    } else {
      line.items.pop_front();
    }
  }
  if (flaws_.join_counts_gets && line.unfinished > 0 && --line.unfinished == 0) {
    while (wake_one(line.joiners, false)) {
    }
  }
  if (!flaws_.get_wakes_nobody) wake_one(line.putters, flaws_.putters_last_first);
  return value;
}

Coroutine<Outcome> PlainSync::put(Resource resource, Value value) {
  Line& line = lines_[resource.get()];
  bool granted = false;
  while (full(line)) {
    if (line.shut && !flaws_.shut_down_accepts) co_return Outcome(Raised(Kind::queue_shut_down));
    Task turn = create_future();
    line.putters.push_back(turn);
    Outcome waited = co_await TaskRuntime::await(turn);
    granted = waited.ok() && !full(line);
    if (!waited.ok()) {
      const bool woken = turn.done() && !turn.cancelled();
      remove(line.putters, turn);
      if (woken && !full(line) && !flaws_.wake_up_dies_with_cancelled) wake_one(line.putters, false);
      if (flaws_.cancelled_put_puts) put_in(line, std::move(value));
      co_return waited;
    }
  }
  if (line.shut && !flaws_.shut_down_accepts && !(granted && flaws_.granted_put_goes_in))
    co_return Outcome(Raised(Kind::queue_shut_down));
  put_in(line, std::move(value));
  co_return Outcome(Value());
}

Outcome PlainSync::put_nowait(Resource resource, Value value) {
  Line& line = lines_[resource.get()];
  if (line.shut && !flaws_.shut_down_accepts) return Raised(Kind::queue_shut_down);
  if (full(line)) {
    if (flaws_.full_drops) return Value();
    return Raised(Kind::queue_full);
  }
  put_in(line, std::move(value));
  return Value();
}

Coroutine<Outcome> PlainSync::get(Resource resource) {
  Line& line = lines_[resource.get()];
  while (line.items.empty()) {
    if (line.shut) co_return Outcome(Raised(Kind::queue_shut_down));
    Task turn = create_future();
    line.getters.push_back(turn);
    Outcome waited = co_await TaskRuntime::await(turn);
    if (!waited.ok()) {
      const bool woken = turn.done() && !turn.cancelled();
      remove(line.getters, turn);
      if (woken && flaws_.hands_over && !turn.result_outcome().value().is_null())
        line.items.push_front(turn.result_outcome().value());
      if (woken && !line.items.empty() && !flaws_.wake_up_dies_with_cancelled) wake_one(line.getters, false);
      co_return waited;
    }
    if (flaws_.hands_over && !waited.value().is_null()) co_return waited;
  }
  co_return Outcome(take_out(line));
}

Outcome PlainSync::get_nowait(Resource resource) {
  Line& line = lines_[resource.get()];
  if (line.items.empty()) {
    if (line.shut) return Raised(Kind::queue_shut_down);
    if (flaws_.empty_answers_null) return Value();
    return Raised(Kind::queue_empty);
  }
  return take_out(line);
}

std::int64_t PlainSync::qsize(Resource resource) {
  const Line& line = lines_[resource.get()];
  return flaws_.qsize_counts_unfinished ? line.unfinished : static_cast<std::int64_t>(line.items.size());
}

Outcome PlainSync::task_done(Resource resource) {
  Line& line = lines_[resource.get()];
  if (flaws_.join_counts_gets) return Value();
  if (line.unfinished == 0) {
    if (flaws_.done_never_objects) return Value();
    return Raised(Kind::value);
  }
  if (--line.unfinished == 0) {
    while (wake_one(line.joiners, false)) {
      if (flaws_.join_wakes_one) break;
    }
  }
  return Value();
}

Coroutine<Outcome> PlainSync::join(Resource resource) {
  Line& line = lines_[resource.get()];
  if (line.unfinished == 0) co_return Outcome(Value());
  Task turn = create_future();
  line.joiners.push_back(turn);
  Outcome waited = co_await TaskRuntime::await(turn);
  remove(line.joiners, turn);
  co_return waited;
}

void PlainSync::shutdown(Resource resource, bool immediate) {
  Line& line = lines_[resource.get()];
  line.shut = true;
  if ((immediate && !flaws_.immediate_keeps) || flaws_.shutdown_drops) {
    if (!flaws_.immediate_counts_nothing)
      line.unfinished -= std::min(line.unfinished, static_cast<std::int64_t>(line.items.size()));
    line.items.clear();
    if (line.unfinished == 0) {
      while (wake_one(line.joiners, false)) {
      }
    }
  }
  if (flaws_.shutdown_wakes_nobody) return;
  while (wake_one(line.getters, false)) {
  }
  while (wake_one(line.putters, false)) {
  }
}

}  // namespace lawful::conformance
