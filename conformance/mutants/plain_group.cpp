#include "conformance/mutants/plain_group.hpp"

#include <algorithm>

namespace lawful::conformance {

Outcome PlainGroup::enter(Group& group) {
  Outcome entered = TaskRuntime::enter(group);
  if (entered.ok()) {
    State& state = states_[group.id()];
    state = State();
    state.owner = Ref<TaskCore>(*TaskCore::current());
  }
  return entered;
}

std::pair<PlainGroup::Task, Outcome> PlainGroup::create_task(Group group, NameId name, Coroutine<Outcome> body) {
  State& state = states_[group.id()];
  const bool shut = (state.over && !flaws_.open_when_over) || (state.aborting && !state.over && !flaws_.open_while_aborting) ||
                    (state.exiting && !state.over && state.live == 0);
  if (shut) return {Task(), spec::Raised(spec::Raised::Kind::runtime)};
  Task task = TaskRuntime::create_task(name, flaws_.aborts_at_once ? watched(state, std::move(body)) : std::move(body));
  if (flaws_.waits_once && state.exiting) return {task, Value()};
  state.children.push_back(task);
  ++state.live;
  Task held = task;
  auto on_done = [this, &state, held](const AnyFuture&) { ended(state, held); };
  task.add_done_callback(std::move(on_done));
  return {task, Value()};
}

Coroutine<Outcome> PlainGroup::watched(State& state, Coroutine<Outcome> body) {
  Outcome ended = co_await std::move(body);
  if (ended.raised() != nullptr && !ended.cancelled() && !state.aborting) {
    for (Task& child : state.children) {
      if (&child.core() != TaskCore::current()) child.cancel();
    }
    state.aborting = true;
  }
  co_return ended;
}

void PlainGroup::ended(State& state, const Task& task) {
  --state.live;
  if (state.live == 0 && state.all_done) static_cast<void>(state.all_done.try_set_result(Value()));
  const Outcome how = outcome(task);
  if (how.cancelled() || how.ok()) return;
  state.errors.push_back(*how.raised());
  failed(state);
}

void PlainGroup::failed(State& state) {
  if (state.owner->done()) return;
  if (state.aborting && flaws_.cancels_again) abort(state);
  if ((state.aborting && !flaws_.aborts_at_once) || state.cancelled_owner) return;
  if (!state.aborting) abort(state);
  if (flaws_.leaves_body_alone && !state.exiting) return;
  state.cancelled_owner = true;
  state.owner->cancel();
}

void PlainGroup::abort(State& state) {
  state.aborting = true;
  std::vector<Task> children = state.children;
  if (flaws_.aborts_newest_first) std::reverse(children.begin(), children.end());
  for (Task& child : children) {
    if (child.done()) continue;
    if (flaws_.starts_what_waits) {
      auto later = [child]() mutable { child.cancel(); };
      TaskRuntime::call_soon(std::move(later));
    } else {
      child.cancel();
    }
  }
}

Coroutine<Outcome> PlainGroup::leave(Group group, Outcome body) {
  State& state = states_[group.id()];
  state.exiting = true;
  bool propagate = body.cancelled();
  if (body.raised() != nullptr && !state.aborting && !(propagate && flaws_.keeps_cancel_to_itself)) abort(state);
  while (state.live != 0) {
    state.all_done = create_future();
    Outcome waited = co_await TaskRuntime::await(state.all_done);
    if (!waited.ok()) {
      if (!state.aborting) {
        propagate = true;
        if (!flaws_.keeps_cancel_to_itself) abort(state);
      } else if (flaws_.cancels_again_with_owner && !state.cancelled_owner) {
        abort(state);
      }
    }
  }
  state.all_done = Task();
  state.over = true;
  // The library's own group is only entered and left: it holds nobody.
  if (state.cancelled_owner && !flaws_.keeps_own_cancel && !(flaws_.takes_back_once && state.owner->cancelling() > 1)) {
    if (state.owner->uncancel() == 0) propagate = false;
  }
  if (propagate && state.errors.empty() && !flaws_.swallows_cancel) {
    bool enclosed = false;
    for (const auto& [id, other] : states_)
      enclosed = enclosed || (&other != &state && other.owner == state.owner && !other.over && other.cancelled_owner);
    if (flaws_.wraps_cancelled && enclosed) {
      std::vector<spec::Raised> members{spec::Raised(spec::Raised::Kind::cancelled)};
      co_return Outcome(spec::Raised::group(std::move(members)));
    }
    co_return Outcome(spec::Raised(spec::Raised::Kind::cancelled));
  }
  if (propagate && flaws_.cancel_hides_errors) co_return Outcome(spec::Raised(spec::Raised::Kind::cancelled));
  if (body.raised() != nullptr && !body.cancelled()) {
    if (flaws_.bare_body_error && state.errors.empty()) co_return body;
    if (flaws_.flattens && body.raised()->kind() == spec::Raised::Kind::group) {
      for (const spec::Raised& member : body.raised()->members()) state.errors.push_back(member);
    } else {
      state.errors.push_back(*body.raised());
    }
  }
  if (!state.errors.empty()) {
    if (state.owner->cancelling() > 0 && !flaws_.cancel_gives_way) {
      state.owner->uncancel();
      state.owner->cancel();
    }
    co_return Outcome(spec::Raised::group(std::move(state.errors)));
  }
  // A body that was left by CancelledError of our own making is over; the error must not go on.
  if (body.cancelled()) co_return Outcome(Value());
  co_return Outcome(Value());
}

}  // namespace lawful::conformance
