#pragma once

#include <memory>
#include <string>
#include <vector>

#include "conformance/subjects/subject.hpp"

namespace lawful::conformance {

/// How many bytes of memory a driver may hold, with all that it starts.
inline constexpr std::size_t most_memory = std::size_t{1} << 30;
/// How many bytes a line of its may have: its answers, and its hello.
inline constexpr std::size_t most_line = std::size_t{64} << 20;
inline constexpr std::size_t most_hello = std::size_t{64} << 10;

/// A subject behind a process that speaks the exchange format: a hello line, then a run for each program (SPEC.md, appendix A).
/// Whatever the process does, this one goes on: a crash, a hang, garbage are answered as runs of the status that says so, and the
/// next program gets a new process. `command` is the program and its arguments; `name` is what a command line calls it.
[[nodiscard]] std::unique_ptr<Subject> driver_subject(std::string name, std::vector<std::string> command);

/// The hello line of a subject, for a program that is a driver itself. `api`: it answers lines {"property":…} too.
[[nodiscard]] std::string hello(const Subject& subject, bool api);
/// A line that asks a driver of ours for a property of the C++ API, and its answer.
[[nodiscard]] std::string property_line(const PropertyCases& asked);
/// nullopt if it is another line. @throws std::invalid_argument if it is one, and wrong
[[nodiscard]] std::optional<PropertyCases> read_property_line(std::string_view line);
[[nodiscard]] std::string property_answer(const PropertyRun& seen);

}  // namespace lawful::conformance
