#include <algorithm>

#include "spec/rule.hpp"
#include "spec/rules/phrases.hpp"

namespace lawful::spec {

namespace {

constexpr Chapter chapter("Callbacks", "1.1");

void called_once(const History& history, Judgement& judgement) {
  for (const Op op : {Op::call_soon, Op::call_later, Op::add_done_callback}) {
    for (const StatementId id : history.all(op)) {
      if (history.call(history.program().statement(id).callback) != never) judgement.exercise();
    }
  }
  if (const auto again = history.called_again()) {
    judgement.violate({history.call(history.event(*again).task), *again},
                      "callback " + quoted(history, history.event(*again).task) + " was called a second time");
  }
}

void never_inline(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for (Index i = 0; i + 1 < history.events(); ++i) {
    const Event& event = history.event(i);
    if (event.kind != Event::Kind::begin) continue;
    const Op op = program.statement(event.at).op;
    const bool schedules = op == Op::call_soon || op == Op::call_later || op == Op::add_done_callback;
    const bool completes = op == Op::set_result || op == Op::set_exception || op == Op::cancel;
    if (!schedules && !completes) continue;
    // In a serial run a call between begin and end was made by the statement itself.
    judgement.exercise();
    const Event& next = history.event(i + 1);
    if (next.kind == Event::Kind::call) {
      judgement.violate({i, i + 1},
                        "callback " + quoted(history, next.task) + " was called inside of the " + named(history, event.at));
    }
  }
}

void soon_in_order(const History& history, Judgement& judgement) {
  for (const StatementId early : history.all(Op::call_soon)) {
    for (const StatementId late : history.all(Op::call_soon)) {
      if (!history.begun(early) || !history.begun(late) || history.begin(late) <= history.begin(early)) continue;
      const Index first = history.call(history.program().statement(early).callback);
      const Index second = history.call(history.program().statement(late).callback);
      if (first == never || second == never) continue;
      judgement.exercise();
      if (second < first)
        judgement.violate({second, first},
                          "call_soon came first for " + quoted(history, history.event(first).task) + ", which was called later");
    }
  }
}

/// Whether a callback was, or may have been, taken back.
bool taken_back(const History& history, NameId callback) {
  return std::any_of(history.all(Op::cancel_callback).begin(), history.all(Op::cancel_callback).end(),
                     [&](StatementId id) { return history.begun(id) && history.program().statement(id).callback == callback; });
}

void called_on_time(const History& history, Judgement& judgement) {
  for (const Op op : {Op::call_soon, Op::call_later}) {
    for (const StatementId id : history.all(op)) {
      const Statement& s = history.program().statement(id);
      if (!history.begun(id)) continue;
      const Tick due = history.begin_tick(id) + (op == Op::call_later ? s.ticks : 0);
      const Index call = history.call(s.callback);
      if (call == never && (taken_back(history, s.callback) || !history.over_after(due))) continue;
      judgement.exercise();
      if (call == never) {
        judgement.violate(events_of(history, id),
                          "callback " + quoted(history, s.callback) + " was due at " + at_tick(due) + " and never called");
      } else if (history.event(call).t != due) {
        judgement.violate({history.begin(id), call}, "callback " + quoted(history, s.callback) + " was due at " + at_tick(due) +
                                                         " and called at " + at_tick(history.event(call).t));
      }
    }
  }
}

void cancelled_never_runs(const History& history, Judgement& judgement) {
  for (const StatementId id : history.all(Op::cancel_callback)) {
    if (!history.ended(id) || !history.outcome(id).ok()) continue;
    const NameId callback = history.program().statement(id).callback;
    const Statement& by = history.program().statement(history.program().task(callback).created_by);
    if (by.op == Op::add_done_callback) continue;
    const Index call = history.call(callback);
    // One whose turn had come may have begun.
    if (call != never && history.event(call).t <= history.begin_tick(id) && call < history.end(id)) continue;
    const StatementId made = history.program().task(callback).created_by;
    const Tick due = history.begin_tick(made) + by.ticks;
    if (due <= history.begin_tick(id)) continue;
    judgement.exercise();
    if (call != never) {
      judgement.violate({history.end(id), call}, "callback " + quoted(history, callback) + " was cancelled at " +
                                                     at_tick(history.end_tick(id)) + " and called all the same");
    }
  }
}

void done_callback_when_done(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for (const StatementId id : history.all(Op::add_done_callback)) {
    const Statement& s = program.statement(id);
    if (!history.ended(id) || !history.outcome(id).ok()) continue;
    const Index call = history.call(s.callback);
    if (program.is_task(s.name)) {
      if (call != never && history.surely_pending_until(s.name, call)) {
        judgement.violate({history.begin(id), call}, "callback " + quoted(history, s.callback) + " was called before " +
                                                         quoted(history, s.name) + " was done");
      }
      const auto finish = history.finish_tick(s.name);
      if (!finish) continue;
      const Tick due = std::max(*finish, history.begin_tick(id));
      if (call == never && !history.over_after(due)) continue;
      judgement.exercise();
      if (call == never || history.event(call).t != due) {
        judgement.violate({history.begin(id), history.finish(s.name)},
                          quoted(history, s.name) + " was done at " + at_tick(due) + ", and callback " +
                              quoted(history, s.callback) +
                              (call == never ? " was never called" : " was called at " + at_tick(history.event(call).t)));
      }
    }
  }
}

void done_callbacks_in_order(const History& history, Judgement& judgement) {
  const Program& program = history.program();
  for (const StatementId early : history.all(Op::add_done_callback)) {
    for (const StatementId late : history.all(Op::add_done_callback)) {
      if (program.statement(early).name != program.statement(late).name) continue;
      if (!history.begun(early) || !history.begun(late) || history.begin(late) <= history.begin(early)) continue;
      const Index first = history.call(program.statement(early).callback);
      const Index second = history.call(program.statement(late).callback);
      if (first == never || second == never) continue;
      judgement.exercise();
      if (second < first) {
        judgement.violate({second, first},
                          "callback " + quoted(history, history.event(first).task) + " was added first, and called later");
      }
    }
  }
}

}  // namespace

std::vector<Rule> callback_rules() {
  using enum Profile;
  return {
      chapter.must("CALLBACK-IS-CALLED-ONCE", core, {},
                   "A callback is called at most once for each time it was scheduled or added.",
                   "A job that is run twice does its work twice.", "asyncio `Handle`", called_once),
      chapter.must("CALLBACK-IS-CALLED-ON-TIME", time, {"CLOCK-STANDS-WHILE-ANYTHING-IS-READY"},
                   "A callback given to call_soon is called in the same tick, one given to call_later when its delay has passed, "
                   "not before and not after.",
                   "It is what was asked for.", "asyncio `call_soon`, `call_later`", called_on_time),
      chapter.must("CALLBACK-NEVER-RUNS-INLINE", serial, {"CALLBACK-IS-CALLED-ONCE"},
                   "A callback is never called inside of the call that schedules or adds it, nor of the one that completes or "
                   "cancels the future it was added to.",
                   "Who completes a future goes on with what it was doing; nothing runs on its stack.",
                   "asyncio `call_soon`, `add_done_callback`", never_inline),
      chapter.must("CALL-SOON-KEEPS-ORDER", fifo, {"CALLBACK-IS-CALLED-ON-TIME"},
                   "Callbacks given to call_soon are called in that order.", "It is a queue.", "asyncio `call_soon`",
                   soon_in_order),
      chapter.must("CANCELLED-CALLBACK-NEVER-RUNS", core, {"CALLBACK-IS-CALLED-ON-TIME"},
                   "A callback that was cancelled before its time is not called.",
                   "Who takes a deadline back must be able to rely on it.", "asyncio `Handle.cancel`", cancelled_never_runs),
      chapter.must("DONE-CALLBACK-IS-CALLED-WHEN-DONE", core, {"CALLBACK-IS-CALLED-ONCE", "CLOCK-STANDS-WHILE-ANYTHING-IS-READY"},
                   "A done-callback is called in the tick in which its task is done, or in which it was added if the task was done "
                   "before; never earlier.",
                   "A callback that is added too late to be called is a wake-up that is lost.", "asyncio `add_done_callback`",
                   done_callback_when_done),
      chapter.must("DONE-CALLBACKS-KEEP-ORDER", fifo, {"DONE-CALLBACK-IS-CALLED-WHEN-DONE"},
                   "The done-callbacks of one task or future are called in the order in which they were added.",
                   "First come, first served.", "asyncio `add_done_callback`", done_callbacks_in_order),
      chapter.must("CALLBACK-ERRORS-STOP-NOBODY", core, {},
                   "An error that leaves a callback goes to the exception handler; the other callbacks, and the scheduler, go on.",
                   "A callback has no caller who could catch it, and no right to stop the others.", "asyncio `Handle._run`",
                   by_property),
  };
}

}  // namespace lawful::spec
