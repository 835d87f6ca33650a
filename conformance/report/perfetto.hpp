#pragma once

#include <string>
#include <vector>

#include "conformance/judge/judge.hpp"

namespace lawful::conformance {

/// The runs of all findings in the Trace Event format, which Perfetto and chrome://tracing open: a process for each finding, a
/// thread for each task, a slice for each statement. A tick is a millisecond there, and what falls into one tick stands a
/// microsecond apart, in its order.
[[nodiscard]] std::string to_perfetto(const std::vector<Report>& reports);

}  // namespace lawful::conformance
