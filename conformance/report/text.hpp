#pragma once

#include <string>

#include "conformance/judge/judge.hpp"

namespace lawful::conformance {

/// A report for people: a verdict a line, then for each violation its sentence, its smallest program, the events and a line that
/// replays it. `command` is how this program was called, for that line.
[[nodiscard]] std::string to_text(const Report& report, const std::string& command);
/// A run as lines, the events of `marked` pointed at.
[[nodiscard]] std::string trace_text(const spec::Program& program, const spec::Run& run, const std::vector<spec::Index>& marked);
/// One event as people read it: "t=2 main 0.1 end → [1,2]".
[[nodiscard]] std::string event_text(const spec::Program& program, const spec::Event& event);
/// A text as one argument of a shell's command.
[[nodiscard]] std::string shell_quoted(const std::string& text);

}  // namespace lawful::conformance
