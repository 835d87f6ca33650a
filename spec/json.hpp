#pragma once

#include <iosfwd>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "spec/program.hpp"
#include "spec/run.hpp"

namespace lawful::spec {

/// A text that is not what the format allows. The message says what is wrong, where (line, column, JSON path), and what would be
/// right.
class JsonError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A recorded line: {"id": …, "program": …, "run": …}, the id if there is one.
struct Record {
  std::string id;
  Program program;
  Run run;
};

/// Reads the documents of the exchange format, strictly: unknown keys and ops, duplicate names and keys, wrong types, numbers out
/// of range and nesting deeper than `max_depth` are refused. One reader is used by one thread; it keeps its buffers from line to
/// line, and nothing else: what was read before, or refused, makes no difference to what is read next.
class JsonReader {
 public:
  static constexpr std::size_t max_depth = 1000;

  JsonReader();
  JsonReader(const JsonReader&) = delete;
  JsonReader& operator=(const JsonReader&) = delete;
  ~JsonReader();

  /// A program. `line` is the number of the line, for messages. @throws JsonError
  [[nodiscard]] Program program(std::string_view text, std::size_t line = 1);
  /// A program with its run, with or without an id. @throws JsonError
  [[nodiscard]] Record record(std::string_view text, std::size_t line = 1);
  /// A run of `program`. @throws JsonError
  [[nodiscard]] Run run(std::string_view text, const Program& program, std::size_t line = 1);

 private:
  struct Buffers;
  std::unique_ptr<Buffers> buffers_;
};

/// Appends a document as one line, without the line's end, keys in the format's order.
void write(std::string& out, const Program& program);
void write(std::string& out, const Program& program, const Run& run);
void write(std::string& out, const Value& value);
void write(std::string& out, const Raised& raised);
void write_string(std::string& out, std::string_view text);

/// The same as a text of its own.
[[nodiscard]] std::string to_json(const Program& program);
[[nodiscard]] std::string to_json(const Program& program, const Run& run);
[[nodiscard]] std::string to_json(const Value& value);
[[nodiscard]] std::string to_json(const Raised& raised);
/// A program as JSON, where a test framework prints it.
std::ostream& operator<<(std::ostream& out, const Program& program);

}  // namespace lawful::spec
