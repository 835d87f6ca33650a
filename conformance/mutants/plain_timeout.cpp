#include "conformance/mutants/plain_timeout.hpp"

#include <algorithm>

namespace lawful::conformance {

namespace {
spec::Raised cancelled_error() { return spec::Raised(spec::Raised::Kind::cancelled); }
spec::Raised timeout_error() { return spec::Raised(spec::Raised::Kind::timeout); }
}  // namespace

PlainTimeout::Timeout PlainTimeout::create_timeout(Tick ticks) {
  Timeout timeout(scheduler(), std::nullopt);
  of_timeout_[timeout.id()] = &begin(ticks);
  return timeout;
}

PlainTimeout::State& PlainTimeout::begin(Tick ticks) {
  State& state = states_.emplace_back();
  state.deadline = now() + ticks;
  return state;
}

void PlainTimeout::arm(State& state) {
  auto strike_later = [this, &state] {
    if (!flaws_.strikes_a_hop_late) return strike(state);
    auto hop = [this, &state] {
      auto again = [this, &state] { strike(state); };
      TaskRuntime::call_soon(std::move(again));
    };
    TaskRuntime::call_soon(std::move(hop));
  };
  if (state.deadline <= now()) {
    if (!flaws_.zero_means_none) state.timer = TaskRuntime::call_soon(std::move(strike_later));
  } else {
    state.timer = TaskRuntime::call_later(state.deadline - now(), std::move(strike_later));
  }
}

void PlainTimeout::strike(State& state) {
  if (!state.active && !(state.left && flaws_.stays_armed)) return;
  state.active = false;
  state.expired = true;
  if (flaws_.looks_when_left) return;
  if (flaws_.expires_outer_too) {
    for (State* outer : open_[state.task.get()]) {
      if (outer == &state) break;
      outer->expired = true;
      outer->by_inner = true;
    }
  }
  state.task->cancel();
}

Outcome PlainTimeout::enter(Timeout& timeout) {
  State& state = *of_timeout_.at(timeout.id());
  if (flaws_.zero_fails_at_entry && state.deadline <= now()) return timeout_error();
  state.task = Ref<TaskCore>(*TaskCore::current());
  state.requests = flaws_.counts_from_zero ? 0 : state.task->cancelling();
  state.active = true;
  open_[state.task.get()].push_back(&state);
  arm(state);
  return Value();
}

Outcome PlainTimeout::reschedule(Timeout timeout, Tick ticks) {
  State& state = *of_timeout_.at(timeout.id());
  if (flaws_.moves_what_is_over && state.left) return Value();
  if (!state.active) return spec::Raised(spec::Raised::Kind::runtime);
  if (flaws_.never_moves) return Value();
  TaskRuntime::cancel_callback(state.timer);
  state.deadline = now() + ticks;
  arm(state);
  return Value();
}

Outcome PlainTimeout::leave(Timeout& timeout, Outcome body) {
  State& state = *of_timeout_.at(timeout.id());
  Outcome how = left(state, body);
  std::vector<State*>& open = open_[state.task.get()];
  open.erase(std::remove(open.begin(), open.end(), &state), open.end());
  return how;
}

Outcome PlainTimeout::left(State& state, const Outcome& body) {
  state.left = true;
  if (!flaws_.stays_armed) TaskRuntime::cancel_callback(state.timer);
  state.active = false;
  if (!state.expired) {
    if (flaws_.takes_any_cancel && body.cancelled()) return timeout_error();
    if (flaws_.inner_claims_outer && body.cancelled()) {
      for (const State* outer : open_[state.task.get()]) {
        if (outer != &state && outer->expired) return timeout_error();
      }
    }
    return Value();
  }
  if (flaws_.always_raises_timeout && body.ok()) return timeout_error();
  const bool own = !flaws_.looks_when_left && !flaws_.expires_outer_too;
  std::uint32_t requests = state.task->cancelling();
  if ((own || requests > state.requests) && !flaws_.keeps_own_cancel) requests = state.task->uncancel();
  if (flaws_.keeps_own_cancel && requests > 0) --requests;
  if (flaws_.inner_claims_equal && requests > state.requests) {
    for (const State* outer : open_[state.task.get()]) {
      if (outer != &state && outer->expired && outer->deadline == state.deadline) requests = state.requests;
    }
  }
  if (state.by_inner && body.ok()) return timeout_error();
  if (flaws_.takes_any_cancel && body.cancelled()) return timeout_error();
  if (flaws_.hides_errors && body.raised() != nullptr && !body.cancelled()) return timeout_error();
  const bool ours = requests <= state.requests || flaws_.takes_cancel_when_expired;
  if (flaws_.looks_when_left) return body.ok() ? Outcome(timeout_error()) : Outcome(Value());
  if (!ours || !body.cancelled()) return Value();
  if (flaws_.raises_cancelled) return Value();
  return timeout_error();
}

Coroutine<Outcome> PlainTimeout::wait_for(Task task, Tick ticks) {
  if (ticks == 0) {
    if (flaws_.zero_starts && !task.done()) {
      Outcome turn = co_await TaskRuntime::sleep(0);
      if (!turn.ok()) co_return turn;
    }
    if (task.done() && !flaws_.zero_always_fails) co_return outcome(task);
    if (task.done()) co_return Outcome(timeout_error());
    Outcome ended = co_await TaskRuntime::wait_for(std::move(task), 0);
    co_return ended;
  }
  State& state = begin(ticks);
  state.task = Ref<TaskCore>(*TaskCore::current());
  state.requests = state.task->cancelling();
  state.active = true;
  arm(state);
  const bool future = !task.core().is_task();
  const bool shielded = flaws_.abandons || flaws_.lets_go || flaws_.keeps_cancel_to_itself || (flaws_.shields_futures && future);
  Outcome body = Value();
  if (shielded) {
    body = co_await TaskRuntime::shield(task);
    if (body.cancelled() && !task.done()) {
      if (flaws_.lets_go) task.cancel();
      const bool ours = state.expired;
      if (flaws_.keeps_cancel_to_itself && ours) {
        task.cancel();
        body = co_await TaskRuntime::await(task);
      } else if (flaws_.abandons && !ours) {
        task.cancel();
        body = co_await TaskRuntime::await(task);
      } else if (flaws_.abandons || flaws_.keeps_cancel_to_itself) {
        // It is waited for all the same.
        const Outcome struck = body;
        while (!task.done()) {
          Outcome rest = co_await TaskRuntime::shield(task);
          static_cast<void>(rest);
        }
        body = struck;
      }
    }
  } else {
    body = co_await TaskRuntime::await(task);
  }
  const bool expired = state.expired;
  Outcome how = left(state, body);
  if (how.raised() != nullptr) {
    if (flaws_.says_cancelled) co_return Outcome(cancelled_error());
    co_return how;
  }
  if (flaws_.insists && expired && !body.cancelled()) co_return Outcome(timeout_error());
  if (flaws_.prefers_result && body.cancelled() && task.done() && !task.cancelled()) co_return outcome(task);
  if (flaws_.takes_foreign_cancel && body.cancelled() && state.task->cancelling() == 0) co_return Outcome(timeout_error());
  if (flaws_.drops_answer && body.ok()) co_return Outcome(Value());
  co_return body;
}

}  // namespace lawful::conformance
