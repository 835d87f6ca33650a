#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <vector>

#include "spec/program.hpp"
#include "spec/run.hpp"

namespace lawful::spec {

/// Position of an event in the trace.
using Index = std::size_t;
inline constexpr Index never = static_cast<Index>(-1);

/// One thing by which somebody may come to be cancelled. Whatever else ends cancelled is an echo of one of these.
struct Source {
  enum class Kind : std::uint8_t {
    cancel,    ///< a `cancel` that was begun, and did not answer false
    raise,     ///< CancelledError raised by a statement
    deadline,  ///< of a timeout or wait_for that was still open then
    failure,   ///< of a task in a group, or of a group's body
    shutdown,  ///< main has ended
  };
  Kind kind = Kind::cancel;
  Tick t = 0;
  Index index = never;            ///< the event by which it came; a deadline has none
  StatementId at = no_statement;  ///< the cancel, the raise, the timeout or wait_for, the group whose body failed
  NameId task = no_name;          ///< who is cancelled, who failed
};

/// A run as rules ask for it: who began what when, who was done before whom. Built once for a (program, run), in time linear in
/// both.
///
/// What it calls *sure* holds in a parallel run as well, where an operation takes effect at some instant between its begin and its
/// end.
class History {
 public:
  History(const Program& program, const Run& run);

  [[nodiscard]] const Program& program() const noexcept { return program_; }
  [[nodiscard]] const Run& run() const noexcept { return run_; }
  [[nodiscard]] const Event& event(Index index) const noexcept { return run_.trace[index]; }
  [[nodiscard]] std::size_t events() const noexcept { return run_.trace.size(); }

  /// Where a statement began and ended; `never` if it did not.
  [[nodiscard]] Index begin(StatementId id) const noexcept { return begins_[id]; }
  [[nodiscard]] Index end(StatementId id) const noexcept { return ends_[id]; }
  [[nodiscard]] bool begun(StatementId id) const noexcept { return begins_[id] != never; }
  [[nodiscard]] bool ended(StatementId id) const noexcept { return ends_[id] != never; }
  /// The outcome of a statement that ended.
  [[nodiscard]] const Outcome& outcome(StatementId id) const noexcept { return event(ends_[id]).outcome; }
  [[nodiscard]] Tick begin_tick(StatementId id) const noexcept { return event(begins_[id]).t; }
  [[nodiscard]] Tick end_tick(StatementId id) const noexcept { return event(ends_[id]).t; }

  /// Where a task took its first step and where its body was over.
  [[nodiscard]] Index start(NameId task) const noexcept { return starts_[task]; }
  [[nodiscard]] Index finish(NameId task) const noexcept { return finishes_[task]; }
  /// The outcome of a task that came to exist, else null.
  [[nodiscard]] const Outcome* task_outcome(NameId task) const noexcept { return outcomes_[task]; }
  /// Where a callback was called; `never` if it was not. Called again: where, else none.
  [[nodiscard]] Index call(NameId callback) const noexcept { return starts_[callback]; }
  [[nodiscard]] std::optional<Index> called_again() const noexcept { return called_again_; }
  /// An event that comes again though it can come but once, or out of place; none if the trace is in order.
  [[nodiscard]] std::optional<Index> repeated() const noexcept { return repeated_; }

  /// Whether `task` was not done at any instant up to `index`.
  [[nodiscard]] bool surely_pending_until(NameId task, Index index) const noexcept;
  /// Whether `task` was done at every instant from `index` on.
  [[nodiscard]] bool surely_done_at(NameId task, Index index) const noexcept;
  /// Whether `task` was known by its name at every instant from `index` on.
  [[nodiscard]] bool surely_known_at(NameId task, Index index) const noexcept;

  /// Whether up to `index` nothing happened that might cancel anything: no cancel, no deadline reached, nothing cancelled, no
  /// task of a group failed, main not over.
  [[nodiscard]] bool undisturbed_before(Index index) const noexcept;
  /// The same, where the failures of the operands of `gather` do not count.
  [[nodiscard]] bool undisturbed_before(Index index, StatementId gather) const noexcept;

  /// Whatever may have cancelled anybody, by tick.
  [[nodiscard]] const std::vector<Source>& sources() const noexcept { return sources_; }
  /// Those up to and with tick `t`.
  [[nodiscard]] std::size_t sources_until(Tick t) const noexcept;
  /// Whether up to and with tick `t` nothing may have cancelled anybody.
  [[nodiscard]] bool calm_until(Tick t) const noexcept { return sources_until(t) == 0; }
  /// The one source up to and with tick `t`; null if there is none, or more than one.
  [[nodiscard]] const Source* only_source_until(Tick t) const noexcept { return sources_until(t) == 1 ? &sources_[0] : nullptr; }
  /// Whether the sources up to and with tick `t` are just these statements.
  [[nodiscard]] bool only_sources_until(Tick t, std::initializer_list<StatementId> these) const noexcept;

  /// The same before an event: a source is told before it has an effect, but for a deadline, of which only the tick is known.
  [[nodiscard]] std::size_t sources_before(Index index) const noexcept;
  [[nodiscard]] bool calm_before(Index index) const noexcept { return sources_before(index) == 0; }
  /// The one source before an event; null if there is none, or more than one.
  [[nodiscard]] const Source* only_source_before(Index index) const noexcept;

  /// The innermost statement in which a task stood when the clock came to `t`; no_statement if it stood in none.
  [[nodiscard]] StatementId open_at(NameId task, Tick t) const noexcept;
  /// The same, if it is a sleep that was to last beyond `t`.
  [[nodiscard]] StatementId asleep_at(NameId task, Tick t) const noexcept;
  /// Where that leads to through what is awaited: the sleep in which the last of a chain of awaiting tasks stands.
  [[nodiscard]] StatementId asleep_below(NameId task, Tick t) const noexcept;
  /// When a sleep that began is to end.
  [[nodiscard]] Tick due(StatementId sleep) const noexcept { return begin_tick(sleep) + program_.statement(sleep).ticks; }
  /// Whether an end by cancellation may spread to tasks that did not wait for it: only a group, whose body it leaves, does that.
  [[nodiscard]] bool may_spread() const noexcept { return !all(Op::task_group).empty(); }
  /// Whether a statement ended as cancelled, in tick `t`.
  [[nodiscard]] bool cancelled_in(StatementId id, Tick t) const noexcept {
    return ended(id) && outcome(id).cancelled() && end_tick(id) == t;
  }
  /// Whether a statement ended with that value, or with that error.
  [[nodiscard]] bool answered(StatementId id, const Value& value) const noexcept {
    return ended(id) && outcome(id).ok() && outcome(id).value() == value;
  }
  [[nodiscard]] bool raised(StatementId id, Raised::Kind kind) const noexcept {
    return ended(id) && outcome(id).raised() != nullptr && outcome(id).raised()->kind() == kind;
  }
  /// The tick in which a task's body was over; nothing if it was not, or never began.
  [[nodiscard]] std::optional<Tick> finish_tick(NameId task) const noexcept {
    if (finishes_[task] == never) return std::nullopt;
    return event(finishes_[task]).t;
  }
  /// The next event of the task of `index` after it; `never` if there is none.
  [[nodiscard]] Index next_of_task(Index index) const noexcept;
  /// Whether nothing was seen of any other task or callback between two events.
  [[nodiscard]] bool alone_between(Index from, Index to) const noexcept;
  /// Whether the run was still going on after tick `t`, or had nothing left to do in it.
  [[nodiscard]] bool over_after(Tick t) const noexcept { return run_.end > t || run_.status == Status::deadlock; }

  /// The tasks that were created in a group: those whose create_task succeeded.
  [[nodiscard]] const std::vector<NameId>& children(NameId group) const noexcept { return children_[group]; }
  /// The error that left the body of a block, if one did.
  [[nodiscard]] const Raised* body_error(StatementId block) const noexcept;
  /// The innermost statement that `task` had begun and not ended when the run was over.
  [[nodiscard]] StatementId open_statement(NameId task) const noexcept;
  /// All statements with this op, in the order written.
  [[nodiscard]] const std::vector<StatementId>& all(Op op) const noexcept { return by_op_[static_cast<std::size_t>(op)]; }

 private:
  void find_sources();
  struct Disturbance {
    Index index;
    StatementId at;
    NameId task;
    bool failure;  // a failing group's child or operand: `task` is which
  };
  const Program& program_;
  const Run& run_;
  std::vector<Index> begins_, ends_, starts_, finishes_;
  std::vector<const Outcome*> outcomes_;
  std::vector<std::vector<NameId>> children_;  // by group
  std::vector<std::vector<StatementId>> by_op_;
  std::vector<Disturbance> disturbances_;  // in the order of the trace
  std::vector<Tick> deadlines_;            // of timeouts and the like that were begun
  std::vector<Index> proofs_;              // by task: the first event that shows it done
  std::optional<Index> repeated_;
  std::optional<Index> called_again_;
  std::vector<Source> sources_;
};

/// The events of one task between which it may have waited: whether a statement with this op can suspend by itself.
[[nodiscard]] bool can_wait(Op op) noexcept;

}  // namespace lawful::spec
