#include <fmt/format.h>
#include <unistd.h>

#include <rapidcheck/Random.h>

#include <chrono>

#include "conformance/cli/verbs.hpp"
#include "conformance/judge/judge.hpp"
#include "conformance/report/text.hpp"
#include "properties/generate.hpp"
#include "properties/situations/situations.hpp"

namespace lawful::conformance {

namespace {

/// How far it is, on standard error: a line that is written over on a terminal, one now and then elsewhere.
class Progress {
 public:
  explicit Progress(std::size_t all) : all_(all), terminal_(::isatty(STDERR_FILENO) != 0) {}
  void tell(std::size_t done) {
    const auto now = std::chrono::steady_clock::now();
    if (done != all_ && now - told_ < (terminal_ ? std::chrono::milliseconds(200) : std::chrono::milliseconds(10000))) return;
    told_ = now;
    const double seconds = std::chrono::duration<double>(now - begun_).count();
    std::fprintf(stderr, "%s%zu of %zu programs, %.0f a second%s", terminal_ ? "\r" : "", done, all_,
                 static_cast<double>(done) / std::max(seconds, 1e-3), terminal_ && done != all_ ? "" : "\n");
    std::fflush(stderr);
  }

 private:
  const std::size_t all_;
  const bool terminal_;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point told_{};
};

}  // namespace

int nightly(const Subjects& subjects, const std::string& name, std::size_t programs, std::uint64_t seed) {
  if (programs == 0) return trouble("nightly: --programs 0 asks for nothing");
  const std::unique_ptr<Subject> subject = subjects.make(name);
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
  Progress progress(programs);
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
    if (!run.judged()) return trouble(fmt::format("nightly: a program could not be run: {}", run.message));
    ledger.add(program, run);
    progress.tell(ledger.programs());
    if (run.status == spec::Status::hung) break;
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
