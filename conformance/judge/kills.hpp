#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "conformance/judge/judge.hpp"
#include "conformance/mutants/mutant.hpp"

namespace lawful::conformance {

/// What the whole suite says of one mutant: a row of the kill matrix.
struct Kill {
  const Mutant* mutant = nullptr;
  std::vector<const spec::Rule*> causes;   ///< rules violated that rest on none that is violated, in the catalogue's order
  std::vector<const spec::Rule*> blocked;  ///< rules that rest on one of those
  std::size_t after = 0;                   ///< programs (or cases) until its own rule was violated
  std::size_t statements = 0;              ///< of the smallest program that shows it; 0 for a property of the C++ API
  std::optional<Finding> finding;          ///< of its own rule

  /// Whether its own rule's check caught it.
  [[nodiscard]] bool caught() const;
  /// Whether its own rule is the first cause named.
  [[nodiscard]] bool first() const { return !causes.empty() && causes.front()->name == mutant->rule; }
};

/// How many programs each mutant is given.
inline constexpr std::size_t programs_for_a_mutant = 1000;

/// Judges a mutant by every rule on the same programs, aimed at each rule in turn. Its own rule's finding is made small.
[[nodiscard]] Kill kill(const Mutant& mutant, std::uint64_t seed);

}  // namespace lawful::conformance
