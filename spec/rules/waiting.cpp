#include <algorithm>

#include "spec/rule.hpp"
#include "spec/rules/phrases.hpp"

namespace lawful::spec {

namespace {

constexpr Chapter chapter("wait and as_completed", "1.1");

/// A `wait` for tasks: its operands, each once.
template <class Each>
void for_waits(const History& history, Each each) {
  for (const StatementId id : history.all(Op::wait)) {
    if (!history.begun(id) || history.raised(id, Raised::Kind::no_such_task)) continue;
    std::vector<NameId> operands;
    bool tasks = true;
    for (const Operand& operand : history.program().statement(id).of) {
      tasks = tasks && history.program().is_task(operand.name) && operand.name != history.program().place(id).task;
      if (std::find(operands.begin(), operands.end(), operand.name) == operands.end()) operands.push_back(operand.name);
    }
    if (tasks && !operands.empty()) each(id, history.program().statement(id), operands);
  }
}

bool listed(const History& history, const Value& list, NameId task) {
  return list.list() != nullptr &&
         std::find(list.list()->begin(), list.list()->end(), Value(history.program().name(task))) != list.list()->end();
}

void answers_done(const History& history, Judgement& judgement) {
  for_waits(history, [&](StatementId id, const Statement&, const std::vector<NameId>& operands) {
    if (!history.ended(id) || !history.outcome(id).ok()) return;
    for (const NameId task : operands) {
      const bool in_list = listed(history, history.outcome(id).value(), task);
      judgement.exercise();
      if (in_list && history.start(task) != never && history.surely_pending_until(task, history.end(id))) {
        judgement.violate(events_of(history, id), quoted(history, task) + " had not ended, and `wait` answered that it had");
      } else if (!in_list && history.surely_done_at(task, history.end(id)) && history.finish_tick(task) &&
                 *history.finish_tick(task) < history.end_tick(id)) {
        judgement.violate(events_of(history, id), quoted(history, task) + " had ended, and `wait` answered that it had not");
      }
    }
  });
}

void never_raises(const History& history, Judgement& judgement) {
  for_waits(history, [&](StatementId id, const Statement&, const std::vector<NameId>& operands) {
    if (!history.ended(id) || history.outcome(id).cancelled() || history.raised(id, Raised::Kind::no_such_task)) return;
    const bool failed = std::any_of(operands.begin(), operands.end(), [&](NameId task) {
      const Outcome* outcome = history.task_outcome(task);
      return outcome != nullptr && outcome->raised() != nullptr;
    });
    if (!failed) return;
    judgement.exercise();
    const bool of_operand = std::any_of(operands.begin(), operands.end(), [&](NameId task) {
      const Outcome* outcome = history.task_outcome(task);
      return outcome != nullptr && outcome->raised() != nullptr && *outcome == history.outcome(id);
    });
    if (of_operand) {
      judgement.violate(events_of(history, id), "an operand failed, and `wait` " + text_of(history.outcome(id)));
    }
  });
}

/// When each operand ended; nothing if one was cancelled before its first step, which leaves no trace of when.
std::optional<std::vector<std::optional<Tick>>> ends_of(const History& history, const std::vector<NameId>& operands) {
  std::vector<std::optional<Tick>> ends;
  for (const NameId task : operands) {
    const Outcome* outcome = history.task_outcome(task);
    if (outcome == nullptr || (history.start(task) == never && !outcome->pending())) return std::nullopt;
    ends.push_back(history.finish_tick(task));
  }
  return ends;
}

/// Whether a wait that is due at `due` was disturbed before, or ended by its own limit.
bool judgeable(const History& history, StatementId id, const Statement& s, Tick due) {
  if (s.has_ticks && history.begin_tick(id) + s.ticks <= due) return false;
  // Its task must not have been cancelled: no source but cancels of others, which leave it waiting.
  for (const Source& source : history.sources()) {
    if (source.t > due) break;
    const bool of_others = source.kind == Source::Kind::cancel && history.program().is_task(source.task) &&
                           history.open_at(history.program().place(id).task, source.t) == id &&
                           source.task != history.program().place(id).task;
    // A cancel of somebody who awaits the waiting task would reach it.
    if (!of_others) return false;
    for (const StatementId other : history.all(Op::await)) {
      if (history.program().statement(other).name == history.program().place(id).task) return false;
    }
    for (const Op op : {Op::gather, Op::wait_for}) {
      for (const StatementId other : history.all(op)) {
        for (const Operand& operand : history.program().statement(other).of) {
          if (operand.name == history.program().place(id).task) return false;
        }
      }
    }
  }
  return history.ended(id) || history.over_after(due);
}

void ends_when(const History& history, Judgement& judgement, ReturnWhen when, const char* what) {
  for_waits(history, [&](StatementId id, const Statement& s, const std::vector<NameId>& operands) {
    if (s.return_when != when) return;
    const auto ends = ends_of(history, operands);
    if (!ends) return;
    std::optional<Tick> due;
    Tick last = history.begin_tick(id);
    bool all = true;
    for (std::size_t i = 0; i < operands.size(); ++i) {
      const Outcome& outcome = *history.task_outcome(operands[i]);
      if (!(*ends)[i]) {
        all = false;
        continue;
      }
      const Tick end = std::max(*(*ends)[i], history.begin_tick(id));
      last = std::max(last, end);
      const bool counts = when == ReturnWhen::first_completed ||
                          (when == ReturnWhen::first_exception && outcome.raised() != nullptr && !outcome.cancelled());
      if (counts && (!due || end < *due)) due = end;
    }
    if (!due && all) due = last;
    if (!due || !judgeable(history, id, s, *due)) return;
    judgement.exercise();
    if (!history.ended(id) || history.end_tick(id) != *due) {
      judgement.violate(events_of(history, id),
                        std::string(what) + " at " + at_tick(*due) + ", and `wait` " + fate_of(history, id));
    }
  });
}

void all_completed(const History& history, Judgement& judgement) {
  ends_when(history, judgement, ReturnWhen::all_completed, "the last operand ended");
}
void first_completed(const History& history, Judgement& judgement) {
  ends_when(history, judgement, ReturnWhen::first_completed, "the first operand ended");
}
void first_exception(const History& history, Judgement& judgement) {
  ends_when(history, judgement, ReturnWhen::first_exception, "the first operand failed, or the last one ended,");
}

void limit(const History& history, Judgement& judgement) {
  for_waits(history, [&](StatementId id, const Statement& s, const std::vector<NameId>& operands) {
    if (!s.has_ticks) return;
    const Tick due = history.begin_tick(id) + s.ticks;
    if (history.ended(id) ? !history.calm_before(history.end(id)) : !history.calm_until(due) || !history.over_after(due)) return;
    const bool waits =
        std::any_of(operands.begin(), operands.end(), [&](NameId task) { return history.asleep_at(task, due) != no_statement; });
    if (!waits || (history.ended(id) && history.end_tick(id) < due)) return;
    judgement.exercise();
    if (!history.ended(id) || history.end_tick(id) != due || !history.outcome(id).ok()) {
      judgement.violate(events_of(history, id), "its time was up at " + at_tick(due) + ", and `wait` " + fate_of(history, id));
    }
  });
}

/// Whether the operands of a statement that stopped waiting at `t` go on, undisturbed but by `sources`.
void go_on(const History& history, Judgement& judgement, StatementId id, Tick t, std::initializer_list<StatementId> sources) {
  if (history.may_spread()) return;
  for (const Operand& operand : history.program().statement(id).of) {
    const StatementId sleep = history.asleep_at(operand.name, t);
    if (sleep == no_statement || !history.only_sources_until(history.due(sleep), sources)) continue;
    if (!history.ended(sleep) && !history.over_after(history.due(sleep))) continue;
    judgement.exercise();
    if (!history.ended(sleep) || !history.outcome(sleep).ok()) {
      judgement.violate(events_of(history, id, sleep), "the " + named(history, id) + " was over at " + at_tick(t) + ", and the " +
                                                           named(history, sleep) + " of an operand " + fate_of(history, sleep));
    }
  }
}

void cancels_nobody(const History& history, Judgement& judgement, Op op) {
  const Program& program = history.program();
  for (const StatementId id : history.all(op)) {
    if (!history.begun(id) || history.raised(id, Raised::Kind::no_such_task)) continue;
    const Statement& s = program.statement(id);
    if (s.has_ticks) go_on(history, judgement, id, history.begin_tick(id) + s.ticks, {});
    for (const StatementId cancel : history.all(Op::cancel)) {
      if (!history.answered(cancel, Value(true)) || program.statement(cancel).name != program.place(id).task) continue;
      const Tick t = history.begin_tick(cancel);
      if (history.open_at(program.place(id).task, t) == id) go_on(history, judgement, id, t, {cancel});
    }
  }
}

void wait_cancels_nobody(const History& history, Judgement& judgement) { cancels_nobody(history, judgement, Op::wait); }
void as_completed_cancels_nobody(const History& history, Judgement& judgement) {
  cancels_nobody(history, judgement, Op::as_completed);
}

void of_nothing(const History& history, Judgement& judgement) {
  for (const StatementId id : history.all(Op::wait)) {
    if (!history.ended(id) || !history.program().statement(id).of.empty()) continue;
    judgement.exercise();
    if (!history.raised(id, Raised::Kind::value)) {
      judgement.violate(events_of(history, id), "`wait` for nothing " + text_of(history.outcome(id)));
    }
  }
}

void always_suspends(const History& history, Judgement& judgement) {
  for_waits(history, [&](StatementId id, const Statement&, const std::vector<NameId>&) {
    if (!history.ended(id) || !history.calm_until(history.begin_tick(id))) return;
    // A task that was ready to begin before has its turn before the wait is over.
    for (const StatementId create : history.all(Op::create_task)) {
      const Index start = history.start(history.program().statement(create).name);
      if (history.end(create) > history.begin(id) || start == never || start < history.begin(id)) continue;
      judgement.exercise();
      if (start > history.end(id))
        judgement.violate(events_of(history, id), "`wait` ended before a task that was ready had had its turn");
    }
  });
}

void remaining_time_out(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for (const StatementId id : history.all(Op::as_completed)) {
    const Statement& s = program.statement(id);
    if (!s.has_ticks || !history.ended(id) || history.raised(id, Raised::Kind::no_such_task)) continue;
    const Tick due = history.begin_tick(id) + s.ticks;
    std::vector<NameId> operands;
    std::size_t late = 0;
    bool sure = history.calm_until(due);
    for (const Operand& operand : s.of) {
      if (std::find(operands.begin(), operands.end(), operand.name) != operands.end()) continue;
      operands.push_back(operand.name);
      const auto finish = program.is_task(operand.name) ? history.finish_tick(operand.name) : std::nullopt;
      if (program.is_task(operand.name) && history.asleep_at(operand.name, due) != no_statement) {
        ++late;
      } else if (!finish || *finish >= due) {
        sure = false;
      }
    }
    if (!sure || late == 0) continue;
    judgement.exercise();
    const List* list = history.outcome(id).ok() ? history.outcome(id).value().list() : nullptr;
    const auto timed_out = [](const Value& value) {
      return value.raised() != nullptr && value.raised()->kind() == Raised::Kind::timeout;
    };
    if (list == nullptr || list->size() != operands.size() ||
        static_cast<std::size_t>(std::count_if(list->begin(), list->end(), timed_out)) != late || history.end_tick(id) != due) {
      judgement.violate(events_of(history, id), std::to_string(late) + " of its operands had not ended in time, at " +
                                                    at_tick(due) + ", and it " + fate_of(history, id));
    }
  }
}

}  // namespace

std::vector<Rule> waiting_rules() {
  using enum Profile;
  const std::string_view source = "asyncio `wait`";
  return {
      chapter.must("WAIT-ANSWERS-WHO-IS-DONE", core, {"TASK-RUNS-ONCE"},
                   "`wait` answers which of its operands are done, each once: those that are, and no others.",
                   "The rest is pending, and the caller's to keep.", source, answers_done),
      chapter.must("WAIT-NEVER-RAISES-AN-OPERANDS-ERROR", core, {}, "`wait` raises no error of an operand.",
                   "Whoever wants the results asks each for its own.", source, never_raises),
      chapter.must("WAIT-ENDS-WITH-THE-LAST", core, {"CLOCK-STANDS-WHILE-ANYTHING-IS-READY"},
                   "`wait` for all ends in the tick in which its last operand does.", "It is what was asked for.", source,
                   all_completed),
      chapter.must("WAIT-ENDS-WITH-THE-FIRST", core, {"CLOCK-STANDS-WHILE-ANYTHING-IS-READY"},
                   "`wait` for the first completed ends in the tick in which the first of its operands does, however it ends.",
                   "It is what was asked for.", source, first_completed),
      chapter.must("WAIT-ENDS-WITH-THE-FIRST-FAILURE", core, {"CLOCK-STANDS-WHILE-ANYTHING-IS-READY"},
                   "`wait` for the first exception ends in the tick in which the first of its operands fails; a cancelled one has "
                   "not failed; without a "
                   "failure it waits for all.",
                   "A cancellation is somebody's wish, not an accident.", source, first_exception),
      chapter.must("WAIT-TIMES-OUT-WITHOUT-AN-ERROR", core, {"SLEEP-WAKES-ON-TIME"},
                   "`wait` whose time is up ends in that tick and raises nothing.", "What is not in its answer was not done.",
                   source, limit),
      chapter.must("WAIT-CANCELS-NOBODY", core, {"CANCEL-INTERRUPTS-A-WAIT"},
                   "Neither its time being up nor a cancel of its caller makes `wait` cancel an operand.",
                   "It looks on; it owns nothing.", source, wait_cancels_nobody),
      chapter.must("WAIT-FOR-NOTHING-IS-REFUSED", core, {}, "`wait` for no operand raises ValueError.",
                   "There is no first of nothing.", source, of_nothing),
      chapter.should("WAIT-ALWAYS-SUSPENDS", fifo, {"TASKS-START-IN-ORDER"},
                     "`wait` gives others a turn, also if every operand is done.",
                     "A loop of polls must not starve what it polls for.", source, always_suspends),
      chapter.must("AS-COMPLETED-TIMES-OUT-WHAT-IS-LEFT", core, {"SLEEP-WAKES-ON-TIME", "AS-COMPLETED-IN-ORDER-OF-COMPLETION"},
                   "When the time of `as_completed` is up, each operand that has not ended gives one TimeoutError.",
                   "The caller learns how many are missing.", "asyncio `as_completed`", remaining_time_out),
      chapter.must("AS-COMPLETED-CANCELS-NOBODY", core, {"CANCEL-INTERRUPTS-A-WAIT"},
                   "Neither its time being up nor a cancel of its caller makes `as_completed` cancel an operand.",
                   "It looks on; it owns nothing.", "asyncio `as_completed`", as_completed_cancels_nobody),
      chapter.should("AS-COMPLETED-STARTS-AT-THE-CALL", core, {},
                     "Coroutines given to `as_completed` are made tasks when it is called, in the order given.",
                     "They run while the caller does something else first.", "asyncio `as_completed`, since CPython 3.13",
                     by_property),
  };
}

}  // namespace lawful::spec
