#include <algorithm>

#include "spec/rule.hpp"
#include "spec/rules/phrases.hpp"

namespace lawful::spec {

namespace {

constexpr Chapter chapter("Run and shutdown", "1.1");

/// The tick in which main ended, if up to it nobody else can have cancelled anybody.
const Source* calm_shutdown(const History& history) {
  const auto& sources = history.sources();
  if (sources.empty() || sources[0].kind != Source::Kind::shutdown || history.run().status == Status::hung) return nullptr;
  return history.sources_until(sources[0].t) == 1 ? &sources[0] : nullptr;
}

/// Whether a task stands behind a shield, of which other rules speak.
bool shielded(const History& history, NameId task) {
  const auto& all = history.all(Op::shield);
  return std::any_of(all.begin(), all.end(),
                     [&](StatementId id) { return history.begun(id) && history.program().statement(id).of.front().name == task; });
}

/// The tasks that slept when main ended, in the order in which they were created.
std::vector<std::pair<NameId, StatementId>> left_asleep(const History& history, Tick t) {
  std::vector<std::pair<NameId, StatementId>> left;
  for (const auto& [task, outcome] : history.run().outcomes) {
    if (task == main_task) continue;
    const StatementId sleep = history.asleep_at(task, t);
    if (sleep != no_statement && !shielded(history, task)) left.emplace_back(task, sleep);
  }
  // By creation: the statement that created it, and the place among its operands, which are numbered as they are written.
  const auto created = [&](NameId task) { return history.begin(history.program().task(task).created_by); };
  std::sort(left.begin(), left.end(), [&](const auto& a, const auto& b) {
    return std::pair(created(a.first), a.first) < std::pair(created(b.first), b.first);
  });
  return left;
}

void cancels_left(const History& history, Judgement& judgement, bool main_failed) {
  const Source* source = calm_shutdown(history);
  if (source == nullptr || history.task_outcome(main_task) == nullptr) return;
  if (history.task_outcome(main_task)->ok() == main_failed) return;
  for (const auto& [task, sleep] : left_asleep(history, source->t)) {
    judgement.exercise();
    if (!history.cancelled_in(sleep, source->t)) {
      judgement.violate({source->index, history.begin(sleep)}, "main ended at " + at_tick(source->t) + ", and the " +
                                                                   named(history, sleep) + " " + fate_of(history, sleep));
    }
  }
}

void cancels_what_is_left(const History& history, Judgement& judgement) { cancels_left(history, judgement, false); }
void cancels_when_main_fails(const History& history, Judgement& judgement) { cancels_left(history, judgement, true); }

void waits_for_clean_up(const History& history, Judgement& judgement) {
  const Index finish = history.finish(main_task);
  if (finish == never || history.run().status != Status::finished) return;
  for (const auto& [task, outcome] : history.run().outcomes) {
    if (task == main_task) continue;
    const StatementId by = history.program().task(task).created_by;
    if (!history.begun(by) || history.begin_tick(by) >= history.event(finish).t || history.start(task) == never) continue;
    const bool was_left = history.finish(task) == never || history.event(history.finish(task)).t >= history.event(finish).t;
    if (!was_left) continue;
    judgement.exercise();
    if (outcome.pending()) {
      judgement.violate({finish, history.start(task)},
                        "the run was over before the task " + quoted(history, task) + ", which was left when main ended");
    }
  }
}

/// Whether somebody may wait for a task, and hand on to it what becomes of himself.
bool waited_for(const History& history, NameId task) {
  const Program& program = history.program();
  if (program.statement(program.task(task).created_by).op != Op::create_task) return true;
  if (program.statement(program.task(task).created_by).group != no_name) return true;
  for (StatementId id = 0; id < program.size(); ++id) {
    const Statement& s = program.statement(id);
    if (s.op == Op::await && s.name == task) return true;
    if (std::any_of(s.of.begin(), s.of.end(), [&](const Operand& operand) { return operand.name == task; })) return true;
  }
  return false;
}

void cancels_once(const History& history, Judgement& judgement) {
  const Source* source = calm_shutdown(history);
  if (source == nullptr) return;
  for (const StatementId id : history.all(Op::sleep)) {
    const NameId task = history.program().place(id).task;
    if (!history.begun(id) || history.begin(id) < source->index || task == main_task) continue;
    if (history.sources_until(history.due(id)) != 1) continue;
    // It was there when main ended, and has seen its cancel.
    const StatementId by = history.program().task(task).created_by;
    if (history.begin_tick(by) >= source->t) continue;
    // Who waits for it is cancelled as well, and hands that on; on threads, when its clean-up is under way already.
    if (waited_for(history, task)) continue;
    bool seen = false;
    for (Index i = source->index; i < history.begin(id) && !seen; ++i) {
      const Event& event = history.event(i);
      seen = event.task == task && event.kind == Event::Kind::end && event.outcome.cancelled();
    }
    if (!seen || (!history.ended(id) && !history.over_after(history.due(id)))) continue;
    judgement.exercise();
    if (!history.ended(id) || !history.outcome(id).ok()) {
      judgement.violate(events_of(history, id), "shutdown had cancelled " + quoted(history, task) + " once, and the " +
                                                    named(history, id) + " of its clean-up " + fate_of(history, id));
    }
  }
}

void sweeps_once(const History& history, Judgement& judgement) {
  const Source* source = calm_shutdown(history);
  if (source == nullptr || history.run().status != Status::finished) return;
  for (const StatementId id : history.all(Op::sleep)) {
    const NameId task = history.program().place(id).task;
    if (!history.begun(id) || task == main_task) continue;
    // A task that was created after main had ended, in a later tick.
    const StatementId by = history.program().task(task).created_by;
    if (history.begin_tick(by) <= source->t || history.sources_until(history.run().end) != 1) continue;
    if (waited_for(history, task)) continue;
    judgement.exercise();
    if (history.ended(id) && !history.outcome(id).ok()) {
      judgement.violate(events_of(history, id), quoted(history, task) + " was created by clean-up after main had ended, and its " +
                                                    named(history, id) + " " + fate_of(history, id));
    } else if (!history.ended(id) && history.run().end > history.due(id)) {
      judgement.violate(events_of(history, id),
                        "the run waited for " + quoted(history, task) + ", which was created by clean-up after main had ended");
    }
  }
}

void one_more_pass(const History& history, Judgement& judgement) {
  const Index finish = history.finish(main_task);
  if (finish == never || history.run().status != Status::finished) return;
  for (const StatementId id : history.all(Op::create_task)) {
    const Statement& s = history.program().statement(id);
    if (history.program().place(id).task != main_task || !history.ended(id) || s.group != no_name) continue;
    if (!history.alone_between(history.begin(id), finish)) continue;
    bool waits = false;
    for (Index i = history.end(id); i < finish; ++i) {
      const Event& event = history.event(i);
      waits = waits || (event.kind == Event::Kind::begin && can_wait(history.program().statement(event.at).op));
    }
    if (waits) continue;
    const auto& cancels = history.all(Op::cancel);
    if (std::any_of(cancels.begin(), cancels.end(), [&](StatementId cancel) {
          return history.begun(cancel) && history.program().statement(cancel).name == s.name;
        }))
      continue;
    judgement.exercise();
    if (history.start(s.name) == never) {
      judgement.violate({history.end(id), finish}, quoted(history, s.name) + " was ready when main ended, and never took a step");
    }
  }
}

void in_order(const History& history, Judgement& judgement) {
  const Source* source = calm_shutdown(history);
  if (source == nullptr) return;
  auto left = left_asleep(history, source->t);
  std::erase_if(left, [&](const auto& one) { return waited_for(history, one.first); });
  const auto created = [&](NameId task) { return history.program().task(task).created_by; };
  for (std::size_t i = 1; i < left.size(); ++i) {
    const auto& [early, first] = left[i - 1];
    const auto& [late, second] = left[i];
    if (created(early) == created(late)) continue;
    if (!history.cancelled_in(first, source->t) || !history.cancelled_in(second, source->t)) continue;
    judgement.exercise();
    if (history.end(second) < history.end(first)) {
      judgement.violate({history.end(second), history.end(first)},
                        quoted(history, early) + " was created before " + quoted(history, late) + ", and shut down after it");
    }
  }
}

}  // namespace

std::vector<Rule> shutdown_rules() {
  using enum Profile;
  const std::string_view source = "asyncio `run`";
  return {
      chapter.must("RUN-ANSWERS-MAINS-OUTCOME", core, {"RUN-ENDS"},
                   "run answers what main returned, or raises what main raised, CancelledError included.",
                   "It is an await from outside.", source, by_property),
      chapter.must("NESTED-RUN-IS-REFUSED", core, {},
                   "Calling run inside of a running scheduler raises RuntimeError, and nothing of its coroutine runs.",
                   "The outer one would stand still, and with it whatever the inner one waits for.", source, by_property),
      chapter.must("SHUTDOWN-CANCELS-WHAT-IS-LEFT", core, {"CANCEL-INTERRUPTS-A-WAIT"},
                   "When main has ended, every task that has not is cancelled, in the same tick.", "Nothing outlives the run.",
                   source, cancels_what_is_left),
      chapter.must("SHUTDOWN-COMES-ALSO-WHEN-MAIN-FAILS", core, {"CANCEL-INTERRUPTS-A-WAIT"},
                   "The same happens when main has failed, or was cancelled.", "It is when clean-up matters most.", source,
                   cancels_when_main_fails),
      chapter.must("SHUTDOWN-WAITS-FOR-CLEAN-UP", core, {"SHUTDOWN-CANCELS-WHAT-IS-LEFT"},
                   "The run is over when every task that was left has ended, clean-up included.", "Half a clean-up is none.",
                   source, waits_for_clean_up),
      chapter.must("SHUTDOWN-CANCELS-ONCE", core, {"SHUTDOWN-CANCELS-WHAT-IS-LEFT", "CANCEL-IS-DELIVERED-ONCE"},
                   "Shutdown cancels each task once, and waits for one that catches it as long as it takes.",
                   "It was told; how it ends is its own word.", source, cancels_once),
      chapter.should("SHUTDOWN-SWEEPS-ONCE", core, {"SHUTDOWN-CANCELS-ONCE"},
                     "A task that is created while the others clean up is neither cancelled nor waited for.",
                     "Going on until nothing is left is a legitimate, stronger choice; clean-up that breeds would never end.",
                     source, sweeps_once),
      chapter.should("WHAT-IS-READY-WHEN-MAIN-ENDS-TAKES-ONE-STEP", fifo, {"SHUTDOWN-CANCELS-WHAT-IS-LEFT", "TASK-NEEDS-NO-KEEPER"},
                     "A task that was ready when main ended takes one more step before it is cancelled.",
                     "asyncio finishes the pass.", source, one_more_pass),
      chapter.must("SHUTDOWN-GOES-IN-ORDER-OF-CREATION", fifo, {"SHUTDOWN-CANCELS-WHAT-IS-LEFT"},
                   "Shutdown cancels tasks in the order in which they were created.",
                   "A fixed order makes runs repeat; asyncio iterates a set.", "stronger than asyncio `run`", in_order),
      chapter.must(
          "ERRORS-AT-SHUTDOWN-ARE-REPORTED", core, {"SHUTDOWN-CANCELS-WHAT-IS-LEFT"},
          "A task that fails while it is shut down is reported to the exception handler, and does not change what run answers.",
          "Nobody else is left to be told.", source, by_property),
      chapter.should(
          "DEADLOCK-IS-TOLD", core, {"RUN-ENDS"},
          "run raises an error that names each waiting task and what it waits for, when nothing is ready and nothing is scheduled.",
          "asyncio waits for ever. Under virtual time, and in a program without input, it is known that nothing will come.",
          "stronger than asyncio `run`", by_property),
  };
}

}  // namespace lawful::spec
