#include "conformance/judge/judge.hpp"

#include <algorithm>
#include <array>

#include <rapidcheck/Random.h>

#include "properties/generate.hpp"
#include "properties/shrink.hpp"
#include "properties/situations/situations.hpp"

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
    case Verdict::hung:
      return "hung";
    case Verdict::unsupported:
      return "unsupported";
    default:
      return "not owed";
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

}  // namespace

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

Ledger::Ledger(std::vector<const Rule*> rules, spec::Profiles owed) : asked_(rules.size()), owed_(owed) {
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
    if (report.finding || !report.rule->by_runs() || !owed_.owe(report.rule->profile)) continue;
    Judgement judgement = spec::judge(*report.rule, history);
    if (judgement.exercised() > 0) ++report.programs;
    if (judgement.violated()) report.finding.emplace(Finding{program, run, std::move(judgement), programs_});
  }
}

void Ledger::add(std::size_t index, std::size_t cases, std::string why) {
  reports_[index].programs = cases;
  reports_[index].broken = std::move(why);
}

bool Ledger::settled(std::size_t index, std::size_t floor) const noexcept {
  const RuleReport& report = reports_[index];
  if (report.finding || report.programs >= floor || !report.rule->by_runs() || !owed(index)) return true;
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
    if (rule.finding || !rule.broken.empty()) broken.push_back(rule.rule);
  }
  for (std::size_t i = 0; i < reports_.size(); ++i) {
    RuleReport& rule = reports_[i];
    rule.verdict = rule.finding || !rule.broken.empty() ? Verdict::violates
                   : !owed_.owe(rule.rule->profile)     ? Verdict::not_owed
                   : rule.programs >= floor             ? Verdict::conforms
                   : rule.rule->by_runs()               ? Verdict::not_exercised
                                                        : Verdict::unsupported;
    for (const Rule* base : bases_of(*rule.rule)) {
      if (std::find(broken.begin(), broken.end(), base) == broken.end()) continue;
      rule.verdict = Verdict::blocked;
      rule.blocked_by = base;
      rule.finding.reset();
      rule.broken.clear();
      break;
    }
    // A base nobody asked about is told if it is the cause.
    if (i < asked_ || rule.verdict == Verdict::violates) report.rules.push_back(std::move(rule));
  }
  return report;
}

void check_api(Subject& subject, Ledger& ledger, std::size_t asked, const JudgeOptions& options) {
  const std::unique_ptr<properties::Api> api = subject.api();
  if (!api) return;
  rc::Random random(options.seed);
  for (std::size_t i = 0; i < asked; ++i) {
    const Rule& rule = *ledger.rules()[i].rule;
    const properties::ApiProperty* property = properties::api_property(rule.name);
    if (!rule.by_property() || property == nullptr || !ledger.owed(i)) continue;
    std::string why;
    std::size_t cases = 0;
    while (cases < options.programs && why.empty()) {
      const std::size_t size = 1 + cases++ * 10 / options.programs;
      properties::Case it(size, random.next());
      why = property->check(*api, it);
      if (!why.empty()) why += " (in a case of size " + std::to_string(size) + ")";
    }
    ledger.add(i, cases, std::move(why));
  }
}

Report judge_subject(Subject& subject, const std::vector<const Rule*>& rules, const JudgeOptions& options) {
  Ledger ledger(rules, subject.profiles());
  check_api(subject, ledger, rules.size(), options);
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
    // Three in four are aimed at a rule still wanted, and one may be about anything.
    const std::uint64_t dice = random.next();
    properties::Shape shape;
    shape.focus = static_cast<Focus>(dice % properties::focus_count);
    shape.statements = 3 + (dice >> 8) % 18;
    shape.ties = (dice >> 32) % 3 != 0;
    const std::size_t rule = wanted[round % wanted.size()];
    const Program program = (dice >> 40) % 4 != 0 ? properties::aimed(ledger.rules()[rule].rule->name, random.next())
                                                  : properties::generate(shape, random.next());
    const Run run = subject.run(program);
    if (!run.judged()) {
      trouble = "a program could not be run: " + run.message;
      break;
    }
    ledger.add(program, run);
    hung = run.status == spec::Status::hung;
  }
  Report report = std::move(ledger).close(subject.name(), options.programs);
  report.seed = options.seed;
  report.trouble = std::move(trouble);
  for (RuleReport& rule : report.rules) {
    // Nothing more is run on a subject that hung: its threads may never come back.
    if (hung && rule.verdict == Verdict::not_exercised) rule.verdict = Verdict::hung;
    if (rule.verdict == Verdict::violates && rule.finding && !hung) shrink_finding(subject, *rule.rule, *rule.finding);
  }
  return report;
}

Report judge_program(Subject& subject, const std::vector<const Rule*>& rules, const Program& program, std::size_t times) {
  Ledger ledger(rules, subject.profiles());
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
