#pragma once

#include <string>
#include <vector>

#include "conformance/judge/judge.hpp"

namespace lawful::conformance {

/// Reports as one JSON document, for tools: {"lawful": 1, "subjects": [{"subject", "seed", "programs", "rules": […]}]}.
[[nodiscard]] std::string to_json(const std::vector<Report>& reports);

}  // namespace lawful::conformance
