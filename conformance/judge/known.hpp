#pragma once

#include <string>
#include <vector>

#include "conformance/judge/judge.hpp"

namespace lawful::conformance {

/// Rules that subjects are known to break, each with its reason, as a file declares them:
///
///     # a remark
///     [asyncio on CPython 3.11*]
///     RULE-NAME: the reason
///
/// Lines under a heading hold for subjects whose name or title matches its pattern; those above the first heading hold for all. Where
/// several lines name one rule for a subject, the last gives the reason.
class Known {
 public:
  /// Adds what a file declares; all of it, or nothing. @throws std::runtime_error with the line and what is wrong there
  void read(const std::string& path);
  /// The same for a text; `path` is for messages.
  void read(const std::string& text, const std::string& path);
  /// A violation that was declared is known. The declaration is strict: if the rule is judged and conforms, it is outdated, and
  /// that is held against the subject. A rule that never comes up, as was declared, does not keep a subject from conforming.
  void apply(Report& report) const;

 private:
  struct Deviation {
    std::string subjects;
    const spec::Rule* rule;
    std::string reason;
  };
  std::vector<Deviation> deviations_;
};

}  // namespace lawful::conformance
