#include "conformance/judge/judge.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>

#include <rapidcheck/Random.h>

#include "conformance/judge/honesty.hpp"
#include "properties/generate.hpp"
#include "properties/shrink.hpp"
#include "properties/situations/situations.hpp"
#include "properties/within.hpp"
#include "spec/json.hpp"

namespace lawful::conformance {

using properties::Focus;
using spec::History;
using spec::Judgement;
using spec::Program;
using spec::Rule;
using spec::Run;

std::string_view name_of(Verdict verdict) noexcept {
  static constexpr std::array<std::string_view, verdict_count> names{
      "conforms",      "violates",   "blocked",     "not exercised", "unsupported",   "not owed",      "known",
      "outdated",      "not judged", "hung",        "crashed",       "exited",        "spins",         "endless time",
      "out of memory", "garbage",    "half a line", "job lost",      "job run twice", "job run inside"};
  return names[static_cast<std::size_t>(verdict)];
}

Verdict verdict_of(spec::Status misdeed) noexcept {
  if (misdeed == spec::Status::hung) return Verdict::hung;
  return static_cast<Verdict>(static_cast<std::size_t>(Verdict::crashed) + static_cast<std::size_t>(misdeed) -
                              static_cast<std::size_t>(spec::Status::crashed));
}

int Report::exit_status() const noexcept {
  if (std::any_of(rules.begin(), rules.end(), [](const RuleReport& report) { return accuses(report.verdict); })) return 1;
  const bool unknown = std::any_of(rules.begin(), rules.end(), [](const RuleReport& report) {
    return report.verdict == Verdict::not_exercised && report.reason.empty();
  });
  return !trouble.empty() || rules.empty() || unknown ? 2 : 0;
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
    if (report.finding || report.misdeed != spec::Status::finished || !report.rule->by_runs() || !owed_.owe(report.rule->profile)) {
      continue;
    }
    Judgement judgement = spec::judge(*report.rule, history);
    if (judgement.exercised() > 0) ++report.programs;
    if (judgement.violated()) report.finding.emplace(Finding{program, run, std::move(judgement), programs_});
  }
}

void Ledger::add(std::size_t index, PropertyRun seen, bool given_up) {
  RuleReport& report = reports_[index];
  report.given_up = given_up;
  report.programs = seen.cases;
  report.broken = std::move(seen.why);
  report.misdeed = seen.status;
}

void Ledger::blame(std::size_t index, Finding finding, bool given_up) {
  RuleReport& report = reports_[index];
  report.misdeed = finding.run.status;
  report.finding = std::move(finding);
  report.given_up = given_up;
}

bool Ledger::settled(std::size_t index, std::size_t floor) const noexcept {
  const RuleReport& report = reports_[index];
  if (report.finding || report.programs >= floor || !report.rule->by_runs() || !owed(index)) return true;
  const std::vector<const Rule*> bases = bases_of(*report.rule);
  return std::any_of(reports_.begin(), reports_.end(), [&](const RuleReport& base) {
    return base.finding && base.misdeed == spec::Status::finished &&
           std::find(bases.begin(), bases.end(), base.rule) != bases.end();
  });
}

Report Ledger::close(std::string subject, std::size_t floor) && {
  Report report;
  report.subject = std::move(subject);
  report.programs = programs_;
  report.floor = floor;
  const auto violated = [](const RuleReport& rule) {
    return rule.misdeed == spec::Status::finished && (rule.finding || !rule.broken.empty());
  };
  std::vector<const Rule*> broken;
  for (const RuleReport& rule : reports_) {
    if (violated(rule)) broken.push_back(rule.rule);
  }
  for (std::size_t i = 0; i < reports_.size(); ++i) {
    RuleReport& rule = reports_[i];
    rule.verdict = rule.given_up                            ? Verdict::given_up
                   : rule.misdeed != spec::Status::finished ? verdict_of(rule.misdeed)
                   : violated(rule)                         ? Verdict::violates
                   : !owed_.owe(rule.rule->profile)         ? Verdict::not_owed
                   : rule.programs >= floor                 ? Verdict::conforms
                   : rule.rule->by_runs()                   ? Verdict::not_exercised
                                                            : Verdict::unsupported;
    for (const Rule* base : bases_of(*rule.rule)) {
      if (rule.misdeed != spec::Status::finished) break;
      if (std::find(broken.begin(), broken.end(), base) == broken.end()) continue;
      rule.verdict = Verdict::blocked;
      rule.blocked_by = base;
      rule.finding.reset();
      rule.broken.clear();
      break;
    }
    // A base nobody asked about is told if it is the cause.
    if (i < asked_ || accuses(rule.verdict)) report.rules.push_back(std::move(rule));
  }
  return report;
}

namespace {

/// What a misdeed costs whoever looks on, as a share of the patience with a run: all of it if it was waited for in vain, else what
/// a new process may take, or the memory that a greedy one was given. Never seconds on a clock: on a busy machine the same verdicts
/// take longer.
std::chrono::milliseconds cost_of(spec::Status misdeed, std::chrono::milliseconds patience) {
  if (spec::costs_patience(misdeed)) return patience;
  return patience / (misdeed == spec::Status::exhausted ? 4 : 50);
}

}  // namespace

void check_api(Subject& subject, Ledger& ledger, std::size_t asked, const JudgeOptions& options) {
  rc::Random random(options.seed);
  std::chrono::milliseconds lost{0};
  PropertyRun last;
  for (std::size_t i = 0; i < asked; ++i) {
    const Rule& rule = *ledger.rules()[i].rule;
    if (!rule.by_property() || !ledger.owed(i)) continue;
    if (lost > most_losses * options.patience) {
      ledger.add(i, last, true);
      continue;
    }
    // Small cases first, a few at a time, so that no answer is long in coming.
    constexpr std::size_t sizes = 10;
    constexpr std::size_t at_once = 10;
    PropertyRun all;
    for (std::size_t size = 1; size <= sizes && all.why.empty(); ++size) {
      std::size_t left = (options.programs + sizes - size) / sizes;
      while (left != 0 && all.why.empty()) {
        const std::size_t cases = std::min(left, at_once);
        left -= cases;
        PropertyRun seen = subject.check_property(PropertyCases{std::string(rule.name), size, cases, random.next()});
        all.cases += seen.cases;
        all.why = std::move(seen.why);
        all.status = seen.status;
        if (seen.cases == 0 && all.why.empty()) break;  // it has no API
      }
    }
    if (all.status != spec::Status::finished) {
      lost += cost_of(all.status, options.patience);
      last = all;
    }
    ledger.add(i, std::move(all));
  }
}

namespace {

/// Looks for a program that breaks each rule.
class Hunt {
 public:
  Hunt(Subject& subject, Ledger& ledger, const std::vector<const Rule*>& rules, const JudgeOptions& options)
      : subject_(subject),
        ledger_(ledger),
        rules_(rules),
        options_(options),
        random_(options.seed),
        ops_(subject.ops()),
        tried_(rules.size()) {}

  void go() {
    // Where much must be left out of programs, what is left is about a rule less often.
    const std::size_t most = options_.most != 0 ? options_.most : (ops_.all() ? 200 : 400) * options_.programs;
    while (tried_in_all_ < most && refused_ < 20 && !given_up_) {
      std::vector<std::size_t> wanted;
      for (std::size_t i = 0; i < rules_.size(); ++i) {
        if (!ledger_.settled(i, options_.programs) && !beyond(i)) wanted.push_back(i);
      }
      if (options_.progress) options_.progress(rules_.size() - wanted.size(), rules_.size());
      if (wanted.empty()) break;
      batch(wanted, most);
    }
    if (!given_up_) return;
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      const bool by_property = rules_[i]->by_property() && ledger_.owed(i) && subject_.has_api();
      if (by_property || (!ledger_.settled(i, options_.programs) && !beyond(i))) ledger_.blame(i, *given_up_, true);
    }
  }
  [[nodiscard]] bool given_up() const { return given_up_.has_value(); }

  /// Why programs were refused, if that ended it.
  [[nodiscard]] std::string trouble() const { return refused_ < 20 ? std::string() : "programs could not be run: " + refusal_; }
  /// Whether a rule never came up, and most of what was aimed at it is more than the subject can run.
  [[nodiscard]] bool beyond(std::size_t rule) const {
    return tried_[rule].programs >= 100 && tried_[rule].pruned * 2 >= tried_[rule].programs && ledger_.rules()[rule].programs == 0;
  }

 private:
  struct Tried {
    std::size_t programs = 0;  // aimed at it
    std::size_t pruned = 0;    // of them: those that had to be made smaller to fit
  };

  /// The rule that is judged by a misdeed on a program about anything: that a run ends, if it is asked for.
  [[nodiscard]] std::size_t about_anything(std::size_t otherwise) const {
    const auto found = std::find_if(rules_.begin(), rules_.end(), [](const Rule* rule) { return rule->name == "RUN-ENDS"; });
    return found == rules_.end() ? otherwise : static_cast<std::size_t>(found - rules_.begin());
  }

  Program program_for(std::size_t rule, bool& aimed) {
    // Three in four are aimed at a rule still wanted, and one may be about anything.
    const std::uint64_t dice = random_.next();
    properties::Shape shape;
    shape.focus = static_cast<Focus>(dice % properties::focus_count);
    shape.statements = 3 + (dice >> 8) % 18;
    shape.ties = (dice >> 32) % 3 != 0;
    ++tried_in_all_;
    aimed = (dice >> 40) % 4 != 0;
    const Program whole =
        aimed ? properties::aimed(rules_[rule]->name, random_.next()) : properties::generate(shape, random_.next());
    const bool fits = (spec::ops_of(whole) & ~ops_).none();
    if (aimed) {
      ++tried_[rule].programs;
      tried_[rule].pruned += fits ? 0 : 1;
    }
    return fits ? whole : properties::within(whole, ops_);
  }

  void batch(const std::vector<std::size_t>& wanted, std::size_t most) {
    constexpr std::size_t at_once = 64;
    std::vector<std::size_t> about;
    std::vector<bool> aimed;
    std::vector<Program> programs;
    while (programs.size() < at_once && tried_in_all_ < most) {
      about.push_back(wanted[round_++ % wanted.size()]);
      bool at_it = false;
      programs.push_back(program_for(about.back(), at_it));
      aimed.push_back(at_it && programs.back().size() != 0);
    }
    std::optional<std::pair<std::size_t, Finding>> misdeed;
    subject_.run_all(programs, [&](std::size_t i, Run run) {
      if (misbehaved(run.status)) {
        misdeed.emplace(aimed[i] ? about[i] : about_anything(about[i]),
                        Finding{programs[i], std::move(run), Judgement(), ledger_.programs() + 1});
        return false;
      }
      if (run.judged()) {
        ledger_.add(programs[i], run);
      } else if (run.status == spec::Status::unsupported) {
        // Its ops were known to be, and yet it cannot run them together.
        tried_[about[i]].pruned += aimed[i] ? 1 : 0;
      } else {
        ++refused_;
        refusal_ = run.message;
      }
      return refused_ < 20;
    });
    if (!misdeed) return;
    auto& [rule, finding] = *misdeed;
    lost_ += cost_of(finding.run.status, options_.patience);
    // One of a kind is read, and the others are like it.
    if (++shown_[finding.run.status] <= most_made_small) lost_ += shrink_misdeed(subject_, finding, options_.patience);
    if (lost_ > most_losses * options_.patience) given_up_ = finding;
    if (ledger_.rules()[rule].misdeed == spec::Status::finished) ledger_.blame(rule, std::move(finding));
  }

  Subject& subject_;
  Ledger& ledger_;
  const std::vector<const Rule*>& rules_;
  const JudgeOptions& options_;
  rc::Random random_;
  const spec::Ops ops_;
  std::vector<Tried> tried_;
  std::size_t tried_in_all_ = 0;
  std::size_t round_ = 0;
  std::size_t refused_ = 0;
  std::string refusal_;
  std::chrono::milliseconds lost_{0};
  static constexpr int most_made_small = 2;
  std::map<spec::Status, int> shown_;  // how many findings there were of each misdeed
  std::optional<Finding> given_up_;    // the last misdeed, once too much time was lost
};

}  // namespace

std::chrono::milliseconds shrink_misdeed(Subject& subject, Finding& finding, std::chrono::milliseconds patience) {
  const bool slow = spec::costs_patience(finding.run.status);
  const auto same = [&](spec::Status status) { return slow ? spec::costs_patience(status) : status == finding.run.status; };
  std::chrono::milliseconds lost{0};
  std::chrono::milliseconds patient = patience;
  const auto run = [&](const Program& program) {
    Run seen = subject.run(program);
    if (misbehaved(seen.status)) lost += cost_of(seen.status, patient);
    return seen;
  };
  Program program = finding.program;
  if (!slow && !same(run(program).status)) {
    finding.repeats = false;
    return lost;
  }
  // Waiting in vain costs: hints of it are enough on the way, and only the last program is waited for as long as the first.
  if (slow) patient = patience / 8;
  subject.set_patience(patient);
  program = properties::shrink(
      program, [&](const Program& candidate) { return lost < patience / 2 && same(run(candidate).status); }, 400);
  patient = patience;
  subject.set_patience(patience);
  if (!slow && program.size() == finding.program.size()) return lost;
  Run again = run(program);
  if (same(again.status)) {
    finding.program = std::move(program);
    finding.run = std::move(again);
  } else if (slow && program.size() == finding.program.size()) {
    finding.repeats = false;
  }
  return lost;
}

Report judge_subject(Subject& subject, const std::vector<const Rule*>& rules, const JudgeOptions& options) {
  Ledger ledger(rules, subject.profiles());
  subject.set_patience(options.patience);
  std::string trouble = subject.refusal();
  if (trouble.empty()) trouble = dishonesty(subject);
  std::vector<bool> beyond(rules.size());
  if (trouble.empty()) {
    Hunt hunt(subject, ledger, rules, options);
    hunt.go();
    trouble = hunt.trouble();
    // Who was given up on programs is given up.
    if (!hunt.given_up()) check_api(subject, ledger, rules.size(), options);
    for (std::size_t i = 0; i < rules.size(); ++i) beyond[i] = hunt.beyond(i);
  }
  Report report = std::move(ledger).close(subject.name(), options.programs);
  report.title = subject.title();
  report.seed = options.seed;
  report.trouble = std::move(trouble);
  for (std::size_t i = 0; i < report.rules.size(); ++i) {
    RuleReport& rule = report.rules[i];
    if (rule.verdict == Verdict::not_exercised && i < rules.size() && beyond[i]) rule.verdict = Verdict::unsupported;
    // Of a subject that could not be judged, nobody knows what it offers.
    if (rule.verdict == Verdict::unsupported && report.programs == 0 && !report.trouble.empty())
      rule.verdict = Verdict::not_exercised;
    if (rule.verdict == Verdict::violates && rule.finding) shrink_finding(subject, *rule.rule, *rule.finding);
  }
  return report;
}

Report judge_program(Subject& subject, const std::vector<const Rule*>& rules, const Program& program, std::size_t times) {
  Ledger ledger(rules, subject.profiles());
  std::string trouble = subject.refusal();
  for (std::size_t i = 0; i < times && trouble.empty(); ++i) {
    Run run = subject.run(program);
    if (misbehaved(run.status)) {
      for (std::size_t rule = 0; rule < rules.size(); ++rule)
        ledger.blame(rule, Finding{program, run, Judgement(), i + 1}, rule != 0);
      break;
    }
    if (run.judged()) {
      ledger.add(program, run);
    } else {
      trouble = "the program could not be run: " + std::string(spec::name_of(run.status)) + ": " + run.message;
    }
  }
  Report report = std::move(ledger).close(subject.name(), 1);
  report.title = subject.title();
  report.trouble = std::move(trouble);
  return report;
}

std::string violation(Subject& subject, std::string_view name, std::string_view text) {
  const Rule* const rule = spec::rule_named(name);
  if (rule == nullptr) throw std::invalid_argument("there is no rule " + std::string(name));
  const Program program = spec::JsonReader().program(text);
  for (std::size_t i = 0; i < (subject.parallel() ? 100 : 1); ++i) {
    const Run run = subject.run(program);
    if (!run.judged() || misbehaved(run.status)) return std::string(spec::name_of(run.status)) + ": " + run.message;
    const Judgement judgement = spec::judge(*rule, History(program, run));
    if (judgement.violated()) return judgement.why();
  }
  return {};
}

}  // namespace lawful::conformance
