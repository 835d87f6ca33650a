#include <fmt/format.h>

#include <algorithm>

#include "conformance/cli/verbs.hpp"
#include "conformance/judge/judge.hpp"
#include "conformance/mutants/mutant.hpp"

namespace lawful::conformance {

int list_mutants(std::uint64_t seed) {
  std::vector<std::size_t> sizes;
  std::size_t missed = 0;
  print(fmt::format("{:<36} {:<40} {:>8} {:>10}\n", "mutant", "caught by", "programs", "statements"));
  for (const Mutant& mutant : mutants()) {
    const std::unique_ptr<Subject> subject = mutant.make();
    JudgeOptions options;
    options.seed = seed;
    options.programs = 1000;
    options.most = 1000;
    const Report report = judge_subject(*subject, {spec::rule_named(mutant.rule)}, options);
    const auto own = std::find_if(report.rules.begin(), report.rules.end(),
                                  [&](const RuleReport& rule) { return rule.rule->name == mutant.rule; });
    std::string caught;
    for (const RuleReport& rule : report.rules) {
      if (rule.verdict == Verdict::violates) caught += (caught.empty() ? "" : ", ") + std::string(rule.rule->name);
    }
    if (own->verdict == Verdict::violates) {
      sizes.push_back(own->finding->program.size());
      print(fmt::format("{:<36} {:<40} {:>8} {:>10}\n", mutant.name, caught, own->finding->after, own->finding->program.size()));
    } else {
      ++missed;
      print(fmt::format("{:<36} {}\n", mutant.name,
                        caught.empty() ? fmt::format("NOT CAUGHT by {}", mutant.rule)
                                       : fmt::format("caught by {}, not by {}", caught, mutant.rule)));
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
  print(fmt::format("\n{} of {} mutants caught by their own rule; the median smallest program has {} statements, the largest {}\n",
                    sizes.size(), mutants().size(), sizes.empty() ? 0 : sizes[sizes.size() / 2], sizes.empty() ? 0 : sizes.back()));
  flush();
  return missed == 0 ? 0 : 1;
}

}  // namespace lawful::conformance
