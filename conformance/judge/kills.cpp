#include "conformance/judge/kills.hpp"

#include <algorithm>

#include <rapidcheck/Random.h>

#include "properties/situations/situations.hpp"

namespace lawful::conformance {

bool Kill::caught() const {
  return std::any_of(causes.begin(), causes.end(), [&](const spec::Rule* rule) { return rule->name == mutant->rule; });
}

Kill kill(const Mutant& mutant, std::uint64_t seed) {
  std::vector<const spec::Rule*> rules;
  for (const spec::Rule& rule : spec::catalogue()) rules.push_back(&rule);
  const std::unique_ptr<Subject> subject = mutant.make();
  JudgeOptions options;
  options.seed = seed;
  options.programs = 5;
  options.most = 0;
  Ledger ledger(rules, subject->profiles());
  check_api(*subject, ledger, rules.size(), options);
  rc::Random random(seed);
  std::vector<const spec::Rule*> by_runs;
  std::copy_if(rules.begin(), rules.end(), std::back_inserter(by_runs), [](const spec::Rule* rule) { return rule->by_runs(); });
  while (ledger.programs() < programs_for_a_mutant) {
    // Every rule in turn, and its own in between.
    const bool own = ledger.programs() % 5 == 4 && spec::rule_named(mutant.rule)->by_runs();
    const spec::Program program =
        properties::aimed(own ? mutant.rule : by_runs[ledger.programs() % by_runs.size()]->name, random.next());
    ledger.add(program, subject->run(program));
  }
  Report report = std::move(ledger).close(subject->name(), 1);
  Kill row;
  row.mutant = &mutant;
  for (RuleReport& rule : report.rules) {
    if (rule.verdict == Verdict::blocked) row.blocked.push_back(rule.rule);
    if (rule.verdict != Verdict::violates) continue;
    row.causes.push_back(rule.rule);
    if (rule.rule->name != mutant.rule) continue;
    row.after = rule.finding ? rule.finding->after : rule.programs;
    if (!rule.finding) continue;
    shrink_finding(*subject, *rule.rule, *rule.finding);
    row.statements = rule.finding->program.size();
    row.finding = std::move(rule.finding);
  }
  return row;
}

}  // namespace lawful::conformance
