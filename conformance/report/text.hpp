#pragma once

#include <string>

#include "conformance/judge/judge.hpp"

namespace lawful::conformance {

/// How a text is shown.
struct Style {
  bool colour = false;
  std::size_t width = 100;  ///< columns, for timelines
  bool wrap = false;        ///< whether paragraphs are broken to that width

  /// Of standard output: colours and its width if it is a terminal (and NO_COLOR is not set), else plain text.
  [[nodiscard]] static Style of_output();
};

/// A report for people: a verdict a line, then for each thing that is held against the subject the rule's sentence, the smallest
/// program, its timeline, what a lawful run does instead, a test case to paste and a line that replays it. `command` is how this
/// program was called, for that line.
[[nodiscard]] std::string to_text(const Report& report, const std::string& command, const Style& style = {});
/// All subjects in one table: a row for each rule on which they differ from conforming, and their totals.
[[nodiscard]] std::string to_table(const std::vector<Report>& reports, const Style& style = {});
/// One event as people read it: "t=2 main 0.1 end → [1,2]".
[[nodiscard]] std::string event_text(const spec::Program& program, const spec::Event& event);

}  // namespace lawful::conformance
