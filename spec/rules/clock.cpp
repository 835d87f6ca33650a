#include "spec/json.hpp"
#include "spec/rule.hpp"
#include "spec/rules/phrases.hpp"

namespace lawful::spec {

namespace {

constexpr std::string_view chapter = "The virtual clock";

void never_goes_back(const History& history, Judgement& judgement) {
  for (Index i = 1; i < history.events(); ++i) {
    const Tick before = history.event(i - 1).t;
    const Tick now = history.event(i).t;
    if (now < before) {
      judgement.violate({i - 1, i}, "the clock went back from " + at_tick(before) + " to " + at_tick(now));
    } else if (now > before) {
      judgement.exercise();
    }
  }
  if (history.events() > 0 && history.run().end < history.event(history.events() - 1).t) {
    judgement.violate({history.events() - 1}, "the run ended at " + at_tick(history.run().end) + ", before its last event");
  }
}

/// A task that stands at one event and has nothing to wait for is ready: it goes on in the same tick.
void stands_while_ready(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  std::vector<Index> last(program.names().size(), never);
  for (Index i = 0; i < history.events(); ++i) {
    const Event& event = history.event(i);
    if (event.kind == Event::Kind::start && event.task != main_task) {
      const StatementId by = program.task(event.task).created_by;
      if (history.begun(by)) {
        judgement.exercise();
        if (history.begin_tick(by) != event.t) {
          judgement.violate({history.begin(by), i}, "task \"" + program.name(event.task) + "\" was ready at " +
                                                        at_tick(history.begin_tick(by)) + " and took its first step at " +
                                                        at_tick(event.t));
        }
      }
    }
    const Index before = last[event.task];
    last[event.task] = i;
    if (before == never) continue;
    const Event& previous = history.event(before);
    // Between a begin and the end (or the first statement of the body) of what can wait, time may pass; leaving a block may wait
    // too.
    if (previous.kind == Event::Kind::begin && can_wait(program.statement(previous.at).op)) continue;
    if (event.kind == Event::Kind::end && can_wait(program.statement(event.at).op)) continue;
    judgement.exercise();
    if (previous.t != event.t) {
      judgement.violate({before, i}, "task \"" + program.name(event.task) + "\" was ready at " + at_tick(previous.t) +
                                         " and went on at " + at_tick(event.t));
    }
  }
}

void never_early(const History& history, Judgement& judgement) {
  for (const StatementId id : history.all(Op::sleep)) {
    if (!history.ended(id) || !history.outcome(id).ok()) continue;
    const Tick deadline = history.begin_tick(id) + history.program().statement(id).ticks;
    judgement.exercise();
    if (history.end_tick(id) < deadline) {
      judgement.violate({history.begin(id), history.end(id)},
                        "the sleep was to last until " + at_tick(deadline) + " and ended at " + at_tick(history.end_tick(id)));
    }
  }
}

void on_time(const History& history, Judgement& judgement) {
  for (const StatementId id : history.all(Op::sleep)) {
    if (!history.ended(id)) continue;
    const Tick deadline = history.begin_tick(id) + history.program().statement(id).ticks;
    judgement.exercise();
    if (history.end_tick(id) > deadline) {
      judgement.violate({history.begin(id), history.end(id)},
                        "the sleep was to end at " + at_tick(deadline) + " and ended at " + at_tick(history.end_tick(id)));
    }
  }
}

void run_ends(const History& history, Judgement& judgement) {
  const Run& run = history.run();
  const Outcome* main = history.task_outcome(main_task);
  const std::vector<Index> last = history.events() == 0 ? std::vector<Index>() : std::vector<Index>{history.events() - 1};
  judgement.exercise();
  if (run.status == Status::hung) {
    judgement.violate(last, "the run never ended: jobs were accepted and never run, or a step never came back");
  } else if (main == nullptr) {
    judgement.violate(last, "the run has no outcome for main");
  } else if (run.status == Status::finished && main->pending()) {
    judgement.violate(last, "the run is called finished, and main is pending");
  }
}

bool settled(const History& history, NameId task) {
  const Outcome* outcome = history.task_outcome(task);
  return outcome != nullptr && !outcome->pending();
}

bool failed(const History& history, NameId task) {
  const Outcome* outcome = history.task_outcome(task);
  return outcome != nullptr && outcome->raised() != nullptr;
}

void true_deadlock(const History& history, Judgement& judgement) {
  if (history.run().status != Status::deadlock) return;
  const Program& program = history.program();
  bool waiting = false;
  for (const auto& [task, outcome] : history.run().outcomes) {
    if (!outcome.pending()) continue;
    waiting = true;
    const StatementId id = history.open_statement(task);
    if (id == no_statement) {
      const std::vector<Index> events =
          history.start(task) == never ? std::vector<Index>() : std::vector<Index>{history.start(task)};
      judgement.violate(events, "task \"" + program.name(task) + "\" waits for nothing, and never went on");
      continue;
    }
    const Statement& s = program.statement(id);
    const std::string who = "task \"" + program.name(task) + "\" ";
    if (s.op == Op::sleep) {
      judgement.violate({history.begin(id)}, who + "still sleeps: its deadline was scheduled");
    } else if (s.op == Op::await && program.is_task(s.name) && settled(history, s.name)) {
      judgement.violate({history.begin(id)}, who + "still awaits \"" + program.name(s.name) + "\", which is done");
    } else if (s.op == Op::gather) {
      bool all = true;
      bool any_failed = false;
      for (const Operand& operand : s.of) {
        all = all && program.is_task(operand.name) && settled(history, operand.name);
        any_failed = any_failed || (program.is_task(operand.name) && failed(history, operand.name));
      }
      if (all || (any_failed && !s.return_exceptions)) {
        judgement.violate({history.begin(id)}, who + (all ? "still waits in a gather whose operands are all done"
                                                          : "still waits in a gather of which an operand has failed"));
      }
    }
  }
  judgement.exercise();
  if (!waiting) judgement.violate({}, "the run is called a deadlock, and no task is pending");
}

}  // namespace

std::vector<Rule> clock_rules() {
  return {
      {"RUN-ENDS",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {},
       "A run ends: as finished when main has ended and shutdown is over, or as a deadlock when nothing is ready and nothing is "
       "scheduled; "
       "never by silence.",
       "A job that is dropped, or a wake-up that is lost on its way, is the worst failure there is: nobody hears of it.",
       "asyncio `run`; under virtual time a run that cannot go on is known to be so",
       run_ends},
      {"DEADLOCK-ONLY-WHEN-NOTHING-CAN-GO-ON",
       chapter,
       Level::must,
       Profile::core,
       "1.0",
       {"RUN-ENDS", "TASK-NEEDS-NO-KEEPER"},
       "In a run that is a deadlock no task waits for what is there: a deadline, a task that is done, or a gather that has its "
       "result.",
       "A lost timer or a lost wake-up looks like a deadlock of the program; it is one of the scheduler.",
       "asyncio: a future that gets done schedules its callbacks, a timer that is due is run",
       true_deadlock},
      {"CLOCK-NEVER-GOES-BACK",
       chapter,
       Level::must,
       Profile::time,
       "1.0",
       {},
       "The clock never goes back.",
       "Deadlines are compared with it.",
       "asyncio `loop.time()`, which is monotonic",
       never_goes_back},
      {"CLOCK-STANDS-WHILE-ANYTHING-IS-READY",
       chapter,
       Level::must,
       Profile::time,
       "1.0",
       {"CLOCK-NEVER-GOES-BACK"},
       "Under virtual time the clock stands still while any task is ready: a task that has nothing to wait for goes on in the same "
       "tick, and "
       "a new task takes its first step in the tick in which it was created.",
       "Otherwise a deadline could strike while what it waits for is on its way, and no run could be reproduced.",
       "the definition of virtual time; Trio's MockClock and Tokio's paused clock do the same",
       stands_while_ready},
      {"SLEEP-NEVER-WAKES-EARLY",
       chapter,
       Level::must,
       Profile::time,
       "1.0",
       {"CLOCK-NEVER-GOES-BACK", "CLOCK-STANDS-WHILE-ANYTHING-IS-READY"},
       "A sleep of n ticks that is not cancelled ends n ticks after it began, not before.",
       "Whoever sleeps relies on the time having passed.",
       "asyncio `sleep`, `call_at`",
       never_early},
      {"SLEEP-WAKES-ON-TIME",
       chapter,
       Level::must,
       Profile::time,
       "1.0",
       {"CLOCK-NEVER-GOES-BACK", "CLOCK-STANDS-WHILE-ANYTHING-IS-READY"},
       "Under virtual time a sleep of n ticks ends n ticks after it began at the latest.",
       "The clock jumps to the earliest deadline: it cannot pass one.",
       "asyncio `sleep`, under a virtual clock",
       on_time},
  };
}

}  // namespace lawful::spec
