#include "conformance/judge/judge.hpp"

#include <algorithm>
#include <array>

#include <rapidcheck/Random.h>

#include "properties/generate.hpp"
#include "properties/shrink.hpp"

namespace lawful::conformance {

using properties::Focus;
using spec::History;
using spec::Judgement;
using spec::Program;
using spec::Rule;
using spec::Run;

std::string_view name_of(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::conforms:
      return "conforms";
    case Verdict::violates:
      return "violates";
    case Verdict::blocked:
      return "blocked";
    case Verdict::not_exercised:
      return "not exercised";
    default:
      return "hung";
  }
}

int Report::exit_status() const noexcept {
  const auto any = [&](Verdict verdict) {
    return std::any_of(rules.begin(), rules.end(), [&](const RuleReport& report) { return report.verdict == verdict; });
  };
  if (any(Verdict::violates)) return 1;
  return !trouble.empty() || rules.empty() || any(Verdict::not_exercised) || any(Verdict::hung) ? 2 : 0;
}

namespace {

/// The rules that a rule rests on, and those they rest on.
void add_bases(const Rule& rule, std::vector<const Rule*>& all) {
  for (const std::string_view name : rule.rests_on) {
    const Rule* base = spec::rule_named(name);
    if (base == nullptr || std::find(all.begin(), all.end(), base) != all.end()) continue;
    all.push_back(base);
    add_bases(*base, all);
  }
}

std::vector<const Rule*> bases_of(const Rule& rule) {
  std::vector<const Rule*> bases;
  add_bases(rule, bases);
  return bases;
}

/// Runs a program until `rule` is broken by it and nothing that the rule rests on is; at most `times`.
std::optional<Finding> breaks(Subject& subject, const Rule& rule, const Program& program, std::size_t times) {
  const std::vector<const Rule*> bases = bases_of(rule);
  for (std::size_t i = 0; i < times; ++i) {
    Run run = subject.run(program);
    if (!run.judged()) return std::nullopt;
    const History history(program, run);
    Judgement judgement = spec::judge(rule, history);
    if (!judgement.violated()) continue;
    const bool first_cause =
        std::none_of(bases.begin(), bases.end(), [&](const Rule* base) { return spec::judge(*base, history).violated(); });
    if (first_cause) return Finding{program, std::move(run), std::move(judgement)};
  }
  return std::nullopt;
}

/// Makes what was found small, if it shows again.
void shrink_finding(Subject& subject, const Rule& rule, Finding& finding) {
  // One run tells all of a serial subject; a parallel one gets several chances to show it again.
  const std::size_t times = subject.parallel() ? 20 : 1;
  std::optional<Finding> again = breaks(subject, rule, finding.program, times);
  finding.repeats = again.has_value();
  if (!again) return;
  static_cast<void>(properties::shrink(
      finding.program,
      [&](const Program& candidate) {
        std::optional<Finding> smaller = breaks(subject, rule, candidate, times);
        if (!smaller) return false;
        again = std::move(smaller);
        return true;
      },
      subject.parallel() ? 400 : 4000));
  again->after = finding.after;
  finding = std::move(*again);
}

}  // namespace

Ledger::Ledger(std::vector<const Rule*> rules) : asked_(rules.size()) {
  std::vector<const Rule*> all = rules;
  for (const Rule* rule : rules) add_bases(*rule, all);
  for (const Rule* rule : all) {
    RuleReport report;
    report.rule = rule;
    reports_.push_back(std::move(report));
  }
}

void Ledger::add(const Program& program, const Run& run) {
  ++programs_;
  const History history(program, run);
  for (RuleReport& report : reports_) {
    if (report.finding) continue;
    Judgement judgement = spec::judge(*report.rule, history);
    if (judgement.exercised() > 0) ++report.programs;
    if (judgement.violated()) report.finding.emplace(Finding{program, run, std::move(judgement), programs_});
  }
}

bool Ledger::settled(std::size_t index, std::size_t floor) const noexcept {
  const RuleReport& report = reports_[index];
  if (report.finding || report.programs >= floor) return true;
  const std::vector<const Rule*> bases = bases_of(*report.rule);
  return std::any_of(reports_.begin(), reports_.end(), [&](const RuleReport& base) {
    return base.finding && std::find(bases.begin(), bases.end(), base.rule) != bases.end();
  });
}

Report Ledger::close(std::string subject, std::size_t floor) && {
  Report report;
  report.subject = std::move(subject);
  report.programs = programs_;
  report.floor = floor;
  std::vector<const Rule*> broken;
  for (const RuleReport& rule : reports_) {
    if (rule.finding) broken.push_back(rule.rule);
  }
  for (std::size_t i = 0; i < reports_.size(); ++i) {
    RuleReport& rule = reports_[i];
    rule.verdict = rule.finding ? Verdict::violates : rule.programs >= floor ? Verdict::conforms : Verdict::not_exercised;
    for (const Rule* base : bases_of(*rule.rule)) {
      if (std::find(broken.begin(), broken.end(), base) == broken.end()) continue;
      rule.verdict = Verdict::blocked;
      rule.blocked_by = base;
      rule.finding.reset();
      break;
    }
    // A base nobody asked about is told if it is the cause.
    if (i < asked_ || rule.verdict == Verdict::violates) report.rules.push_back(std::move(rule));
  }
  return report;
}

namespace {

/// Chooses what the next program is about: for a rule still wanted, the focus that has exercised it most often.
class Aim {
 public:
  /// The focus of its chapter is a rule's first guess.
  explicit Aim(const std::vector<RuleReport>& rules) : hits_(rules.size()) {
    for (std::size_t i = 0; i < rules.size(); ++i)
      hits_[i][static_cast<std::size_t>(properties::focus_of(rules[i].rule->chapter))] = 1;
    tries_.fill(1);
  }

  [[nodiscard]] Focus choose(const std::vector<std::size_t>& wanted, std::size_t round) const {
    const std::size_t rule = wanted[round % wanted.size()];
    // Every focus gets a few chances first, and one program in eight later.
    if (round < properties::focus_count * 4 || round % 8 == 0) {
      return static_cast<Focus>((round < properties::focus_count * 4 ? round : round / 8) % properties::focus_count);
    }
    std::size_t best = 0;
    for (std::size_t focus = 1; focus < properties::focus_count; ++focus) {
      // Compares hits[focus] / tries[focus] without dividing.
      if (hits_[rule][focus] * tries_[best] > hits_[rule][best] * tries_[focus]) best = focus;
    }
    return static_cast<Focus>(best);
  }

  void note(Focus focus, const std::vector<std::size_t>& before, const std::vector<RuleReport>& now) {
    ++tries_[static_cast<std::size_t>(focus)];
    for (std::size_t i = 0; i < hits_.size(); ++i) {
      if (now[i].programs > before[i]) ++hits_[i][static_cast<std::size_t>(focus)];
    }
  }

 private:
  std::vector<std::array<std::uint64_t, properties::focus_count>> hits_;
  std::array<std::uint64_t, properties::focus_count> tries_{};
};

}  // namespace

Report judge_subject(Subject& subject, const std::vector<const Rule*>& rules, const JudgeOptions& options) {
  Ledger ledger(rules);
  Aim aim(ledger.rules());
  rc::Random random(options.seed);
  const std::size_t most = options.most != 0 ? options.most : 200 * options.programs;
  bool hung = false;
  std::string trouble;
  for (std::size_t round = 0; ledger.programs() < most && !hung; ++round) {
    std::vector<std::size_t> wanted;
    for (std::size_t i = 0; i < rules.size(); ++i) {
      if (!ledger.settled(i, options.programs)) wanted.push_back(i);
    }
    if (wanted.empty()) break;
    properties::Shape shape;
    shape.focus = aim.choose(wanted, round);
    const std::uint64_t dice = random.next();
    shape.statements = 3 + dice % 18;
    shape.ties = (dice >> 32) % 3 != 0;
    const Program program = properties::generate(shape, random.next());
    const Run run = subject.run(program);
    if (!run.judged()) {
      trouble = "a program could not be run: " + run.message;
      break;
    }
    std::vector<std::size_t> before;
    for (const RuleReport& report : ledger.rules()) before.push_back(report.programs);
    ledger.add(program, run);
    aim.note(shape.focus, before, ledger.rules());
    hung = run.status == spec::Status::hung;
  }
  Report report = std::move(ledger).close(subject.name(), options.programs);
  report.seed = options.seed;
  report.trouble = std::move(trouble);
  for (RuleReport& rule : report.rules) {
    // Nothing more is run on a subject that hung: its threads may never come back.
    if (hung && rule.verdict == Verdict::not_exercised) rule.verdict = Verdict::hung;
    if (rule.verdict == Verdict::violates && !hung) shrink_finding(subject, *rule.rule, *rule.finding);
  }
  return report;
}

Report judge_program(Subject& subject, const std::vector<const Rule*>& rules, const Program& program, std::size_t times) {
  Ledger ledger(rules);
  std::string trouble;
  for (std::size_t i = 0; i < times; ++i) {
    const Run run = subject.run(program);
    if (!run.judged()) {
      trouble = "the program could not be run: " + run.message;
      break;
    }
    ledger.add(program, run);
    if (run.status == spec::Status::hung) break;
  }
  Report report = std::move(ledger).close(subject.name(), 1);
  report.trouble = std::move(trouble);
  return report;
}

}  // namespace lawful::conformance
