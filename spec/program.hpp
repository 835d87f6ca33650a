#pragma once

#include <bitset>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spec/value.hpp"

namespace lawful::spec {

/// Index into the names of a program: tasks, resources, groups and timeouts share one space.
using NameId = std::uint32_t;
inline constexpr NameId no_name = static_cast<NameId>(-1);
inline constexpr NameId main_task = 0;  // the name `main` comes first in every program

/// Number of a statement: 0, 1, … in the order in which they are written.
using StatementId = std::uint32_t;
inline constexpr StatementId no_statement = static_cast<StatementId>(-1);

enum class Op : std::uint8_t {
  sleep,
  return_,
  raise,
  create_task,
  await,
  cancel,
  uncancel,
  cancelling,
  result,
  exception,
  done,
  cancelled,
  set_result,
  set_exception,
  gather,
  task_group,
  timeout,
  reschedule,
  wait_for,
  shield,
  wait,
  as_completed,
  with,
  acquire,
  release,
  locked,
  set,
  clear,
  is_set,
  wait_event,
  wait_condition,
  notify,
  notify_all,
  wait_barrier,
  reset,
  abort,
  put,
  put_nowait,
  get,
  get_nowait,
  qsize,
  task_done,
  join,
  shutdown,
  call_soon,
  call_later,
  cancel_callback,
  add_done_callback,
  try_,
};
inline constexpr std::size_t op_count = static_cast<std::size_t>(Op::try_) + 1;
/// A set of ops: those a subject knows, or a program uses.
using Ops = std::bitset<op_count>;

/// The name of `op` in the format ("create_task"), and back; nullopt for none.
[[nodiscard]] std::string_view name_of(Op op) noexcept;
[[nodiscard]] std::optional<Op> op_named(std::string_view name) noexcept;

enum class ResourceKind : std::uint8_t { semaphore, bounded_semaphore, lock, condition, event, barrier, queue, future };
[[nodiscard]] std::string_view name_of(ResourceKind kind) noexcept;
[[nodiscard]] std::optional<ResourceKind> resource_kind_named(std::string_view name) noexcept;
/// Whether statements with `op` and `"on"` may name a resource of `kind`.
[[nodiscard]] bool fits(Op op, ResourceKind kind) noexcept;

enum class ReturnWhen : std::uint8_t { first_completed, first_exception, all_completed };

/// What a `try` handles.
enum class Handles : std::uint8_t { nothing, any, error, group, named };

struct Statement;
using Body = std::vector<Statement>;

/// What gather and its like wait for: the name of a task or future, or a new task with its body.
struct Operand {
  NameId name = no_name;
  bool fresh = false;
  Body body;
};

/// One statement, as the format writes it. Which members matter depends on `op`; the others keep their defaults.
struct Statement {
  Op op = Op::sleep;
  bool return_exceptions = false;                      // gather
  ReturnWhen return_when = ReturnWhen::all_completed;  // wait
  Handles handles = Handles::nothing;                  // try
  bool has_finally = false;                            // try
  bool immediate = false;                              // shutdown
  bool has_ticks = false;                              // wait, as_completed; always so where ticks are required
  NameId name = no_name;                               // "task", "on", or the "timeout" that is entered or rescheduled
  NameId group = no_name;                              // task_group; create_task's, if any
  NameId callback = no_name;                           // call_soon and its like
  std::int64_t n = 1;                                  // notify
  Tick ticks = 0;
  Value value;                  // return, set_result, put
  std::optional<Raised> error;  // raise, set_exception; try, if it handles a named one
  std::vector<Operand> of;
  Body body;
  Body handler;
  Body finally;
  StatementId id = no_statement;  // given by Program
};

struct Resource {
  NameId name = no_name;
  ResourceKind kind = ResourceKind::lock;
  std::int64_t value = 0;  // permits, parties or maxsize
};

/// A program in the making: what parsers, generators and shrinkers build.
struct Draft {
  std::vector<std::string> names{"main"};
  std::vector<Resource> resources;
  Body main;
  [[nodiscard]] NameId add_name(std::string name) {
    names.push_back(std::move(name));
    return static_cast<NameId>(names.size() - 1);
  }
};

/// Where a statement stands.
struct Place {
  const Statement* statement = nullptr;
  NameId task = main_task;            // whose body it belongs to
  StatementId parent = no_statement;  // the statement of the same task that encloses it
  char part = 'b';                    // of the parent: 'b' body, 't' try's body, 'h' handler, 'f' finally
  std::uint32_t index = 0;            // in its body
  std::string path;                   // "2.t0"
};

/// What a program says about one of its tasks.
struct TaskPlace {
  const Body* body = nullptr;             // null for a name that is no task's
  StatementId created_by = no_statement;  // the create_task, or the gather (or its like) whose operand it is; of a callback its op
};

/// A program: immutable, indexed, cheap to copy. A program is data, never a closure: it shrinks, prints and travels.
class Program {
 public:
  /// Numbers and places the statements of a draft that keeps the format's rules.
  explicit Program(Draft draft);

  [[nodiscard]] const Body& main() const noexcept { return parts_->draft.main; }
  [[nodiscard]] const std::vector<Resource>& resources() const noexcept { return parts_->draft.resources; }
  [[nodiscard]] const std::vector<std::string>& names() const noexcept { return parts_->draft.names; }
  [[nodiscard]] const std::string& name(NameId id) const noexcept { return parts_->draft.names[id]; }
  [[nodiscard]] std::optional<NameId> find(std::string_view name) const noexcept;
  /// How many statements it has, those of its tasks included.
  [[nodiscard]] std::size_t size() const noexcept { return parts_->places.size(); }
  [[nodiscard]] const Place& place(StatementId id) const noexcept { return parts_->places[id]; }
  [[nodiscard]] const Statement& statement(StatementId id) const noexcept { return *parts_->places[id].statement; }
  [[nodiscard]] const TaskPlace& task(NameId id) const noexcept { return parts_->tasks[id]; }
  [[nodiscard]] bool is_task(NameId id) const noexcept { return parts_->tasks[id].body != nullptr; }
  [[nodiscard]] bool is_callback(NameId id) const noexcept { return !is_task(id) && parts_->tasks[id].created_by != no_statement; }
  [[nodiscard]] const Resource* resource(NameId id) const noexcept;
  /// The statements of a task, in the order written.
  [[nodiscard]] const std::vector<StatementId>& statements_of(NameId task) const noexcept { return parts_->first[task]; }
  /// The statement of `task` at `path`, or no_statement.
  [[nodiscard]] StatementId at(NameId task, std::string_view path) const noexcept;
  /// What it was made from, to make another one of it.
  [[nodiscard]] const Draft& draft() const noexcept { return parts_->draft; }

 private:
  struct Parts {
    Draft draft;
    std::vector<Place> places;
    std::vector<TaskPlace> tasks;                 // by name
    std::vector<std::int32_t> resource_of;        // by name: index into resources, or -1
    std::vector<std::vector<StatementId>> first;  // by task: its statements, in order
  };
  void place(Body& body, NameId task, StatementId parent, char part, const std::string& prefix);
  std::shared_ptr<Parts> parts_;
};

/// The ops that `program` uses. Who has futures can end them: a program that declares one uses set_result.
[[nodiscard]] Ops ops_of(const Program& program) noexcept;

}  // namespace lawful::spec
