#include "spec/history.hpp"

#include <algorithm>
#include <map>

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
    case Op::reset:
    case Op::abort:
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
    if (event.kind == Event::Kind::call) {
      if (starts_[event.task] != never && !called_again_) called_again_ = i;
      if (starts_[event.task] == never) starts_[event.task] = i;
      continue;
    }
    switch (event.kind) {
      case Event::Kind::call:
        break;
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
  find_sources();
}

void History::find_sources() {
  const auto add = [&](Source::Kind kind, Tick t, Index index, StatementId at, NameId task) {
    sources_.push_back(Source{kind, t, index, at, task});
  };
  for (Index i = 0; i < run_.trace.size(); ++i) {
    const Event& event = run_.trace[i];
    if (event.kind == Event::Kind::begin) {
      const Statement& s = program_.statement(event.at);
      // One that was answered by false had nothing to cancel, unless the answer is wrong.
      const bool refused =
          s.op == Op::cancel && ended(event.at) &&
          (!outcome(event.at).ok() || (outcome(event.at).value() == Value(false) &&
                                       !(program_.is_task(s.name) && surely_pending_until(s.name, ends_[event.at]))));
      if (s.op == Op::cancel && !refused) add(Source::Kind::cancel, event.t, i, event.at, s.name);
      if (s.op == Op::raise && s.error->cancelled()) add(Source::Kind::raise, event.t, i, event.at, event.task);
    } else if (event.kind == Event::Kind::finish) {
      if (event.task == main_task) {
        add(Source::Kind::shutdown, event.t, i, no_statement, main_task);
      } else if (event.outcome.raised() != nullptr && !event.outcome.cancelled()) {
        const Statement& by = program_.statement(program_.task(event.task).created_by);
        if (by.op == Op::create_task && by.group != no_name) add(Source::Kind::failure, event.t, i, by.id, event.task);
      }
    } else if (event.kind == Event::Kind::end && event.outcome.raised() != nullptr && !event.outcome.cancelled()) {
      const StatementId parent = program_.place(event.at).parent;
      if (parent != no_statement && program_.statement(parent).op == Op::task_group) {
        add(Source::Kind::failure, event.t, i, parent, event.task);
      }
    }
  }
  // Deadlines, as they were moved.
  const auto reaches = [&](StatementId id, Tick deadline) { return !ended(id) || end_tick(id) >= deadline; };
  for (const StatementId id : all(Op::wait_for)) {
    if (!begun(id)) continue;
    const Tick deadline = begin_tick(id) + program_.statement(id).ticks;
    if (deadline <= run_.end && reaches(id, deadline)) add(Source::Kind::deadline, deadline, never, id, program_.place(id).task);
  }
  for (const StatementId id : all(Op::timeout)) {
    if (!begun(id)) continue;
    const Statement& s = program_.statement(id);
    std::vector<Tick> deadlines{begin_tick(id) + s.ticks};
    for (Index i = begin(id); s.name != no_name && i < events(); ++i) {
      const Event& moved = event(i);
      if (moved.kind != Event::Kind::end || program_.statement(moved.at).op != Op::reschedule) continue;
      if (program_.statement(moved.at).name != s.name || !moved.outcome.ok()) continue;
      // Moved before it was reached, it is gone; in its very tick, nobody knows.
      std::erase_if(deadlines, [&](Tick deadline) { return deadline > moved.t; });
      deadlines.push_back(moved.t + program_.statement(moved.at).ticks);
    }
    for (const Tick deadline : deadlines) {
      if (deadline <= run_.end && reaches(id, deadline)) add(Source::Kind::deadline, deadline, never, id, program_.place(id).task);
    }
  }
  // Those of one tick keep their order; std::stable_sort's buffer is deprecated in the libstdc++ that clang builds with.
  std::multimap<Tick, Source> by_time;
  for (Source& source : sources_) by_time.emplace(source.t, std::move(source));
  sources_.clear();
  for (auto& [t, source] : by_time) sources_.push_back(std::move(source));
}

std::size_t History::sources_until(Tick t) const noexcept {
  std::size_t count = 0;
  while (count < sources_.size() && sources_[count].t <= t) ++count;
  return count;
}

std::size_t History::sources_before(Index index) const noexcept {
  const Tick t = event(index).t;
  std::size_t count = 0;
  for (const Source& source : sources_) {
    if (source.t > t) break;
    if (source.index == never || source.index < index) ++count;
  }
  return count;
}

const Source* History::only_source_before(Index index) const noexcept {
  if (sources_before(index) != 1) return nullptr;
  for (const Source& source : sources_) {
    if (source.index == never || source.index < index) return &source;
  }
  return nullptr;
}

bool History::only_sources_until(Tick t, std::initializer_list<StatementId> these) const noexcept {
  const std::size_t count = sources_until(t);
  if (count != these.size()) return false;
  return std::all_of(sources_.begin(), sources_.begin() + static_cast<std::ptrdiff_t>(count), [&](const Source& source) {
    return source.at != no_statement && std::find(these.begin(), these.end(), source.at) != these.end();
  });
}

StatementId History::open_at(NameId task, Tick t) const noexcept {
  StatementId open = no_statement;
  for (const StatementId id : program_.statements_of(task)) {
    if (!begun(id) || begin_tick(id) >= t || (ended(id) && end_tick(id) < t)) continue;
    if (open == no_statement || begins_[id] > begins_[open]) open = id;
  }
  return open;
}

StatementId History::asleep_at(NameId task, Tick t) const noexcept {
  if (!program_.is_task(task)) return no_statement;
  const StatementId id = open_at(task, t);
  return id != no_statement && program_.statement(id).op == Op::sleep && due(id) > t ? id : no_statement;
}

StatementId History::asleep_below(NameId task, Tick t) const noexcept {
  for (std::size_t steps = 0; steps <= program_.names().size() && program_.is_task(task); ++steps) {
    const StatementId id = open_at(task, t);
    if (id == no_statement) return no_statement;
    const Statement& s = program_.statement(id);
    if (s.op != Op::await) return asleep_at(task, t);
    task = s.name;
  }
  return no_statement;
}

Index History::next_of_task(Index index) const noexcept {
  const NameId task = event(index).task;
  for (Index i = index + 1; i < events(); ++i) {
    if (event(i).task == task) return i;
  }
  return never;
}

bool History::alone_between(Index from, Index to) const noexcept {
  for (Index i = from; i < to; ++i) {
    if (event(i).task != event(from).task) return false;
  }
  return true;
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
