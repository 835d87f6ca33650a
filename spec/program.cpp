#include "spec/program.hpp"

#include <algorithm>
#include <array>

namespace lawful::spec {

namespace {

constexpr std::array<std::string_view, op_count> op_names{"sleep",
                                                          "return",
                                                          "raise",
                                                          "create_task",
                                                          "await",
                                                          "cancel",
                                                          "uncancel",
                                                          "cancelling",
                                                          "result",
                                                          "exception",
                                                          "done",
                                                          "cancelled",
                                                          "set_result",
                                                          "set_exception",
                                                          "gather",
                                                          "task_group",
                                                          "timeout",
                                                          "reschedule",
                                                          "wait_for",
                                                          "shield",
                                                          "wait",
                                                          "as_completed",
                                                          "with",
                                                          "acquire",
                                                          "release",
                                                          "locked",
                                                          "set",
                                                          "clear",
                                                          "is_set",
                                                          "wait_event",
                                                          "wait_condition",
                                                          "notify",
                                                          "notify_all",
                                                          "wait_barrier",
                                                          "reset",
                                                          "abort",
                                                          "put",
                                                          "put_nowait",
                                                          "get",
                                                          "get_nowait",
                                                          "qsize",
                                                          "task_done",
                                                          "join",
                                                          "shutdown",
                                                          "call_soon",
                                                          "call_later",
                                                          "cancel_callback",
                                                          "add_done_callback",
                                                          "try"};

constexpr std::array<std::string_view, 8> kind_names{"semaphore", "bounded_semaphore", "lock",  "condition",
                                                     "event",     "barrier",           "queue", "future"};

}  // namespace

std::string_view name_of(Op op) noexcept { return op_names[static_cast<std::size_t>(op)]; }

std::optional<Op> op_named(std::string_view name) noexcept {
  for (std::size_t i = 0; i < op_names.size(); ++i) {
    if (op_names[i] == name) return static_cast<Op>(i);
  }
  return std::nullopt;
}

std::string_view name_of(ResourceKind kind) noexcept { return kind_names[static_cast<std::size_t>(kind)]; }

std::optional<ResourceKind> resource_kind_named(std::string_view name) noexcept {
  for (std::size_t i = 0; i < kind_names.size(); ++i) {
    if (kind_names[i] == name) return static_cast<ResourceKind>(i);
  }
  return std::nullopt;
}

bool fits(Op op, ResourceKind kind) noexcept {
  switch (op) {
    case Op::with:
    case Op::acquire:
    case Op::release:
    case Op::locked:
      return kind <= ResourceKind::condition;
    case Op::wait_condition:
    case Op::notify:
    case Op::notify_all:
      return kind == ResourceKind::condition;
    case Op::set:
    case Op::clear:
    case Op::is_set:
    case Op::wait_event:
      return kind == ResourceKind::event;
    case Op::wait_barrier:
    case Op::reset:
    case Op::abort:
      return kind == ResourceKind::barrier;
    case Op::put:
    case Op::put_nowait:
    case Op::get:
    case Op::get_nowait:
    case Op::qsize:
    case Op::task_done:
    case Op::join:
    case Op::shutdown:
      return kind == ResourceKind::queue;
    case Op::set_result:
    case Op::set_exception:
      return kind == ResourceKind::future;
    default:
      return false;
  }
}

Program::Program(Draft draft) : parts_(std::make_shared<Parts>()) {
  parts_->draft = std::move(draft);
  parts_->tasks.resize(names().size());
  parts_->first.resize(names().size());
  parts_->resource_of.assign(names().size(), -1);
  for (std::size_t i = 0; i < resources().size(); ++i) {
    parts_->resource_of[resources()[i].name] = static_cast<std::int32_t>(i);
  }
  parts_->tasks[main_task].body = &parts_->draft.main;
  place(parts_->draft.main, main_task, no_statement, 'b', {});
}

void Program::place(Body& body, NameId task, StatementId parent, char part, const std::string& prefix) {
  for (std::size_t index = 0; index < body.size(); ++index) {
    Statement& statement = body[index];
    statement.id = static_cast<StatementId>(size());
    const StatementId id = statement.id;
    std::string path = prefix;
    if (part != 'b') path += part;
    path += std::to_string(index);
    parts_->first[task].push_back(id);
    parts_->places.push_back(Place{&statement, task, parent, part, static_cast<std::uint32_t>(index), path});
    path += '.';
    if (statement.op == Op::create_task) {
      parts_->tasks[statement.name] = TaskPlace{&statement.body, id};
      place(statement.body, statement.name, no_statement, 'b', {});
      continue;
    }
    if (statement.callback != no_name && statement.op != Op::cancel_callback) {
      parts_->tasks[statement.callback] = TaskPlace{nullptr, id};
    }
    for (Operand& operand : statement.of) {
      if (!operand.fresh) continue;
      parts_->tasks[operand.name] = TaskPlace{&operand.body, id};
      place(operand.body, operand.name, no_statement, 'b', {});
    }
    place(statement.body, task, id, statement.op == Op::try_ ? 't' : 'b', path);
    place(statement.handler, task, id, 'h', path);
    place(statement.finally, task, id, 'f', path);
  }
}

std::optional<NameId> Program::find(std::string_view name) const noexcept {
  const auto found = std::find(names().begin(), names().end(), name);
  if (found == names().end()) return std::nullopt;
  return static_cast<NameId>(found - names().begin());
}

const Resource* Program::resource(NameId id) const noexcept {
  const std::int32_t index = parts_->resource_of[id];
  return index < 0 ? nullptr : &resources()[static_cast<std::size_t>(index)];
}

StatementId Program::at(NameId task, std::string_view path) const noexcept {
  for (const StatementId id : parts_->first[task]) {
    if (place(id).path == path) return id;
  }
  return no_statement;
}

Ops ops_of(const Program& program) noexcept {
  Ops used;
  for (const Resource& resource : program.resources()) {
    if (resource.kind == ResourceKind::future) used.set(static_cast<std::size_t>(Op::set_result));
  }
  for (StatementId id = 0; id < program.size(); ++id) used.set(static_cast<std::size_t>(program.statement(id).op));
  return used;
}

}  // namespace lawful::spec
