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
///
/// Names are plain words, or stand in quotes, written as JSON writes strings: those with spaces or marks, those that begin like a
/// number, and those that are words of the notation (`a = task { await "a b" } await "81" gather "wait" b`). What stands in
/// quotes is always a name, or a text where a value is expected. Values are JSON's; a text that is a plain word needs no quotes.
///
/// Whatever program the JSON reader accepts can be written so and read again, and is the same.
[[nodiscard]] std::string to_notation(const Program& program);
/// One statement in a line, its bodies as {…}.
[[nodiscard]] std::string headline(const Program& program, StatementId id);
/// Reads it back. It is as strict as the JSON reader, nesting included, but for one thing: names are not checked against their
/// uses, nor for being defined twice. @throws NotationError
[[nodiscard]] Draft from_notation(std::string_view text);

}  // namespace lawful::spec
