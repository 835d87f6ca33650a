#pragma once

#include <cstdlib>
#include <iostream>
#include <string>

namespace lawful::fuzz {

/// What must hold of every input: else it is told, and the process ends, which is how libFuzzer knows a finding.
inline void demand(bool holds, const std::string& what, const std::string& detail = {}) {
  if (holds) return;
  std::cerr << "NOT SO: " << what << '\n' << detail << std::endl;
  std::abort();
}

/// The same for two texts that must be one.
inline void demand_equal(const std::string& a, const std::string& b, const std::string& what) {
  demand(a == b, what, a + '\n' + b);
}

}  // namespace lawful::fuzz
