#include "spec/history.hpp"

#include <algorithm>

namespace lawful::spec {

bool can_wait(Op op) noexcept {
  switch (op) {
    case Op::sleep:
    case Op::await:
    case Op::gather:
    case Op::task_group:
    case Op::wait_for:
    case Op::shield:
    case Op::wait:
    case Op::as_completed:
    case Op::with:
    case Op::acquire:
    case Op::wait_event:
    case Op::wait_condition:
    case Op::wait_barrier:
    case Op::put:
    case Op::get:
    case Op::join:
      return true;
    default:
      return false;
  }
}

History::History(const Program& program, const Run& run)
    : program_(program),
      run_(run),
      begins_(program.size(), never),
      ends_(program.size(), never),
      starts_(program.names().size(), never),
      finishes_(program.names().size(), never),
      outcomes_(program.names().size(), nullptr),
      children_(program.names().size()),
      by_op_(op_count),
      proofs_(program.names().size(), never) {
  for (StatementId id = 0; id < program.size(); ++id) by_op_[static_cast<std::size_t>(program.statement(id).op)].push_back(id);
  for (const auto& [task, outcome] : run.outcomes) outcomes_[task] = &outcome;
  const auto once = [&](Index& place, Index index, bool in_order) {
    if ((place != never || !in_order) && !repeated_) repeated_ = index;
    if (place == never) place = index;
  };
  const auto disturb = [&](Index index, const Event& event, bool failure) {
    disturbances_.push_back(Disturbance{index, event.at, event.task, failure});
  };
  for (Index i = 0; i < run.trace.size(); ++i) {
    const Event& event = run.trace[i];
    const bool alive = starts_[event.task] != never && finishes_[event.task] == never;
    switch (event.kind) {
      case Event::Kind::start:
        once(starts_[event.task], i, finishes_[event.task] == never);
        break;
      case Event::Kind::finish: {
        once(finishes_[event.task], i, starts_[event.task] != never);
        if (event.task == main_task || event.outcome.cancelled()) {
          disturb(i, event, false);
        } else if (event.outcome.raised() != nullptr) {
          const StatementId by = program.task(event.task).created_by;
          if (program.statement(by).op != Op::create_task || program.statement(by).group != no_name) disturb(i, event, true);
        }
        break;
      }
      case Event::Kind::begin: {
        once(begins_[event.at], i, alive);
        const Statement& s = program.statement(event.at);
        if (s.op == Op::cancel || s.op == Op::reschedule) disturb(i, event, false);
        if (s.op == Op::timeout || s.op == Op::wait_for) deadlines_.push_back(event.t + s.ticks);
        break;
      }
      case Event::Kind::end: {
        once(ends_[event.at], i, alive && begins_[event.at] != never);
        const Statement& s = program.statement(event.at);
        if (event.outcome.cancelled()) disturb(i, event, false);
        const StatementId parent = program.place(event.at).parent;
        if (event.outcome.raised() != nullptr && parent != no_statement && program.statement(parent).op == Op::task_group) {
          disturb(i, event, false);
        }
        if (s.op == Op::create_task && s.group != no_name && event.outcome.ok()) children_[s.group].push_back(s.name);
        if (s.op == Op::await && !event.outcome.cancelled() && proofs_[s.name] == never) {
          const Raised* raised = event.outcome.raised();
          const bool of_itself =
              raised != nullptr && (raised->kind() == Raised::Kind::no_such_task || raised->kind() == Raised::Kind::runtime);
          if (!of_itself) proofs_[s.name] = i;
        }
        break;
      }
    }
  }
}

bool History::surely_pending_until(NameId task, Index index) const noexcept {
  if (finishes_[task] != never) return finishes_[task] > index;  // `finish` is written before the task is done
  // One cancelled before its first step leaves no trace of when.
  return outcomes_[task] != nullptr && outcomes_[task]->pending();
}

bool History::surely_done_at(NameId task, Index index) const noexcept {
  if (proofs_[task] < index) return true;
  // The clock moves at quiescence only: what was over at an earlier tick is done.
  return finishes_[task] < index && event(finishes_[task]).t < event(index).t;
}

bool History::surely_known_at(NameId task, Index index) const noexcept {
  if (task == main_task || starts_[task] < index) return true;
  const StatementId by = program_.task(task).created_by;
  return by != no_statement && program_.statement(by).op == Op::create_task && ends_[by] < index && outcome(by).ok();
}

bool History::undisturbed_before(Index index) const noexcept { return undisturbed_before(index, no_statement); }

bool History::undisturbed_before(Index index, StatementId gather) const noexcept {
  const Tick t = event(index).t;
  if (std::any_of(deadlines_.begin(), deadlines_.end(), [&](Tick deadline) { return deadline <= t; })) return false;
  for (const Disturbance& disturbance : disturbances_) {
    if (disturbance.index >= index) break;
    if (disturbance.failure && gather != no_statement && program_.task(disturbance.task).created_by == gather) continue;
    return false;
  }
  return true;
}

const Raised* History::body_error(StatementId block) const noexcept {
  // The last statement of its body to end is the one through which the body was left.
  const Body& body = program_.statement(block).body;
  for (auto s = body.rbegin(); s != body.rend(); ++s) {
    if (ended(s->id)) return outcome(s->id).raised();
  }
  return nullptr;
}

StatementId History::open_statement(NameId task) const noexcept {
  StatementId open = no_statement;
  for (StatementId id = 0; id < program_.size(); ++id) {
    if (program_.place(id).task != task || !begun(id) || ended(id)) continue;
    if (open == no_statement || begins_[id] > begins_[open]) open = id;
  }
  return open;
}

}  // namespace lawful::spec
