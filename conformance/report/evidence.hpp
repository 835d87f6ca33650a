#pragma once

#include <string>
#include <vector>

#include "conformance/judge/judge.hpp"
#include "conformance/report/timeline.hpp"

namespace lawful::conformance {

/// All that a report shows of one thing that is held against a subject, whatever the report looks like.
struct Evidence {
  std::string title;     ///< "tbb violates GATHER-KEEPS-ORDER (MUST, core, since 1.0)"
  std::string sentence;  ///< the rule's
  std::string why;       ///< what was seen
  std::vector<std::string> notes;
  // Of a program; empty where a property of the C++ API was broken.
  std::string notation;
  std::string json;
  std::size_t statements = 0;
  Timeline timeline;
  std::vector<std::string> expected;  ///< where a lawful run differs, line by line
  Timeline lawful;                    ///< that run
  std::string test_case;              ///< for doctest, to paste
  std::string replay;                 ///< a line for the shell
};

/// Whether there is something to show for this rule: it is held against the subject, or known.
[[nodiscard]] bool has_evidence(const RuleReport& rule) noexcept;
/// `command` is how this program was called, for the replay line.
[[nodiscard]] Evidence evidence_of(const Report& report, const RuleReport& rule, const std::string& command);

/// A text as one argument of a shell's command, without quotes where none are needed.
[[nodiscard]] std::string shell_quoted(const std::string& text);

}  // namespace lawful::conformance
