#include <fmt/format.h>

#include <rapidcheck/Random.h>

#include "conformance/cli/progress.hpp"
#include "conformance/cli/verbs.hpp"
#include "conformance/judge/judge.hpp"
#include "conformance/report/text.hpp"
#include "properties/generate.hpp"
#include "properties/situations/situations.hpp"
#include "spec/json.hpp"

namespace lawful::conformance {

int nightly(const Subjects& subjects, const std::string& name, std::size_t programs, std::uint64_t seed) {
  if (programs == 0) return trouble("nightly: --programs 0 asks for nothing");
  const std::unique_ptr<Subject> subject = subjects.isolated(name);
  std::vector<const spec::Rule*> rules;
  std::vector<const spec::Rule*> aims;
  for (const spec::Rule& rule : spec::catalogue()) {
    rules.push_back(&rule);
    if (rule.by_runs() && subject->profiles().owe(rule.profile)) aims.push_back(&rule);
  }
  Ledger ledger(rules, subject->profiles());
  JudgeOptions options;
  options.seed = seed;
  options.programs = 1000;
  check_api(*subject, ledger, rules.size(), options);
  rc::Random random(seed);
  Progress progress(name, "programs", std::chrono::milliseconds(0));
  while (ledger.programs() < programs) {
    const std::uint64_t dice = random.next();
    properties::Shape shape;
    shape.focus = static_cast<properties::Focus>(dice % properties::focus_count);
    shape.statements = 3 + (dice >> 8) % 30;
    shape.ties = (dice >> 32) % 3 != 0;
    const spec::Program program = (dice >> 40) % 2 != 0
                                      ? properties::aimed(aims[ledger.programs() % aims.size()]->name, random.next())
                                      : properties::generate(shape, random.next());
    const spec::Run run = subject->run(program);
    if (!run.judged() || misbehaved(run.status)) {
      print(fmt::format("{}\n", spec::to_json(program)));
      return trouble(fmt::format("nightly: this program could not be run: {}: {}", spec::name_of(run.status), run.message));
    }
    ledger.add(program, run);
    progress.tell_rate(ledger.programs(), programs);
  }
  Report report = std::move(ledger).close(subject->name(), 1);
  report.seed = seed;
  for (RuleReport& rule : report.rules) {
    if (rule.verdict == Verdict::violates && rule.finding) shrink_finding(*subject, *rule.rule, *rule.finding);
  }
  print(to_text(report, "./lawful"));
  flush();
  return report.exit_status();
}

}  // namespace lawful::conformance
