#pragma once

#include <string>
#include <vector>

#include "conformance/judge/judge.hpp"

namespace lawful::conformance {

/// Reports in the XML of JUnit, as CI systems read it: a suite for each subject, a case for each rule. What is not owed or not
/// supported is skipped, what could not be judged is an error, known deviations are skipped with their reason.
[[nodiscard]] std::string to_junit(const std::vector<Report>& reports, const std::string& command);

}  // namespace lawful::conformance
