#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "spec/program.hpp"
#include "spec/run.hpp"

namespace lawful::spec {

/// Position of an event in the trace.
using Index = std::size_t;
inline constexpr Index never = static_cast<Index>(-1);

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

  /// The tasks that were created in a group: those whose create_task succeeded.
  [[nodiscard]] const std::vector<NameId>& children(NameId group) const noexcept { return children_[group]; }
  /// The error that left the body of a block, if one did.
  [[nodiscard]] const Raised* body_error(StatementId block) const noexcept;
  /// The innermost statement that `task` had begun and not ended when the run was over.
  [[nodiscard]] StatementId open_statement(NameId task) const noexcept;
  /// All statements with this op, in the order written.
  [[nodiscard]] const std::vector<StatementId>& all(Op op) const noexcept { return by_op_[static_cast<std::size_t>(op)]; }

 private:
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
};

/// The events of one task between which it may have waited: whether a statement with this op can suspend by itself.
[[nodiscard]] bool can_wait(Op op) noexcept;

}  // namespace lawful::spec
