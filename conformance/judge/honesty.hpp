#pragma once

#include <string>

#include "conformance/subjects/subject.hpp"

namespace lawful::conformance {

/// Makes sure, before a subject is judged, that it is the subject that is judged: that tasks really run and tell what they were
/// given, and that the clock is the suite's, which jumps over 10^12 ticks at once. Answers what is wrong, or an empty text; what a
/// subject does wrong here is no violation of a rule, and what it does to rules is judged later.
[[nodiscard]] std::string dishonesty(Subject& subject);

}  // namespace lawful::conformance
