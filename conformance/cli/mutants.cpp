#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>

#include "conformance/cli/verbs.hpp"
#include "conformance/judge/kills.hpp"
#include "spec/notation.hpp"

namespace lawful::conformance {

int list_mutants(std::uint64_t seed, const std::string& only, bool verbose) {
  std::vector<std::size_t> sizes;
  std::size_t missed = 0;
  std::size_t first = 0;
  print(fmt::format("{:<36} {:<44} {:>8} {:>10}\n", "mutant", "first cause", "programs", "statements"));
  for (const Mutant& mutant : mutants()) {
    if (!only.empty() && ::fnmatch(only.c_str(), std::string(mutant.name).c_str(), 0) != 0) continue;
    const Kill row = kill(mutant, seed);
    std::string also;
    for (const spec::Rule* rule : row.causes) {
      if (rule->name != mutant.rule) also += (also.empty() ? "" : ", ") + std::string(rule->name);
    }
    if (row.first()) ++first;
    if (row.caught()) {
      if (row.statements != 0) sizes.push_back(row.statements);
      print(fmt::format("{:<36} {:<44} {:>8} {:>10}{}\n", mutant.name, row.causes.front()->name, row.after, row.statements,
                        also.empty() ? "" : "  also: " + also));
      if (verbose && row.finding) print(spec::to_notation(row.finding->program));
    } else {
      ++missed;
      print(fmt::format("{:<36} NOT CAUGHT by {}{}\n", mutant.name, mutant.rule, also.empty() ? "" : ", but by " + also));
    }
    flush();
  }
  // Every rule's check must be shown to fail.
  for (const spec::Rule& rule : spec::catalogue()) {
    const bool has =
        std::any_of(mutants().begin(), mutants().end(), [&](const Mutant& mutant) { return mutant.rule == rule.name; });
    if (has) continue;
    ++missed;
    print(fmt::format("{:<36} has no mutant\n", rule.name));
  }
  std::sort(sizes.begin(), sizes.end());
  print(fmt::format(
      "\n{} of {} mutants caught, {} of them by their own rule as the first cause; the median smallest program has {} statements, the largest {}\n",
      mutants().size() - missed, mutants().size(), first, sizes.empty() ? 0 : sizes[sizes.size() / 2], sizes.empty() ? 0 : sizes.back()));
  flush();
  return missed == 0 ? 0 : 1;
}

}  // namespace lawful::conformance
