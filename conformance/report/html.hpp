#pragma once

#include <string>
#include <vector>

#include "conformance/judge/judge.hpp"

namespace lawful::conformance {

/// Reports as one self-contained page: the matrix of subjects and rules, chapter by chapter, and the evidence that its cells lead
/// to, timelines as inline SVG. It needs no network and no script, and fits light and dark, wide and narrow screens.
[[nodiscard]] std::string to_html(const std::vector<Report>& reports, const std::string& command);

}  // namespace lawful::conformance
