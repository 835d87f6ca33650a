#pragma once

#include <string>
#include <vector>

#include "conformance/judge/judge.hpp"

namespace lawful::conformance {

/// A badge for a README, as SVG: "lawful | 215 rules", "lawful | 3 violated"; of several subjects, all of them together.
[[nodiscard]] std::string to_badge(const std::vector<Report>& reports);

}  // namespace lawful::conformance
