#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "spec/program.hpp"

namespace lawful::spec {

/// A text that is no program in the notation. The message says where, and what was expected.
class NotationError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A program as people write and read it, the same that JSON says at length:
///
///     semaphore s 1
///     a = task { with s { sleep 2 } return 7 }
///     try { wait_for 1 a } except Timeout { done a }
///
/// Statements are those of the format, by the names of their ops, and stand one after the other; `NAME = task {…}` is create_task
/// and `group G {…}` is task_group. An operand is a name, or NAME {…}: a new task; operands end where the line does, or at a word
/// that begins a statement.
[[nodiscard]] std::string to_notation(const Program& program);
/// One statement in a line, its bodies as {…}.
[[nodiscard]] std::string headline(const Program& program, StatementId id);
/// Reads it back. Names are not checked against their uses: the JSON reader does that. @throws NotationError
[[nodiscard]] Draft from_notation(std::string_view text);

}  // namespace lawful::spec
