#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "conformance/subjects/subject.hpp"
#include "spec/rule.hpp"

namespace lawful::conformance {

/// What is said of a rule on a subject.
enum class Verdict : std::uint8_t {
  conforms,
  violates,
  blocked,        ///< a rule that it rests on is violated: that one is told
  not_exercised,  ///< too few programs brought its case up: never a pass
  hung,           ///< the subject was given up before the rule was judged
};
[[nodiscard]] std::string_view name_of(Verdict verdict) noexcept;

/// A violation, with the smallest program that shows it.
struct Finding {
  spec::Program program;
  spec::Run run;
  spec::Judgement judgement;
  std::size_t after = 0;  ///< how many programs were run until it was found
  bool repeats = true;    ///< it showed again when the program was run again
};

struct RuleReport {
  const spec::Rule* rule = nullptr;
  Verdict verdict = Verdict::not_exercised;
  std::size_t programs = 0;  ///< how many exercised it
  const spec::Rule* blocked_by = nullptr;
  std::optional<Finding> finding;
};

struct Report {
  std::string subject;
  std::uint64_t seed = 0;
  std::size_t floor = 0;     ///< programs wanted for each rule
  std::size_t programs = 0;  ///< programs run
  std::vector<RuleReport> rules;
  std::string trouble;  ///< why something could not be judged at all; empty if all could

  /// 0 all conform, 1 something violates, 2 something could not be judged.
  [[nodiscard]] int exit_status() const noexcept;
};

struct JudgeOptions {
  std::size_t programs = 200;  ///< for each rule, that many that exercise it
  std::uint64_t seed = 1;
  std::size_t most = 0;  ///< programs in all; 0: 200 times `programs`
};

/// Generates programs, runs them on `subject` and judges the runs, until each of `rules` is violated or was exercised often enough.
/// Each program is generated with the focus that has exercised a rule still wanted most often so far. A violated rule is shown by
/// its smallest program; rules that rest on it are blocked. On the main thread: generation is not thread-safe.
[[nodiscard]] Report judge_subject(Subject& subject, const std::vector<const spec::Rule*>& rules, const JudgeOptions& options);

/// Judges one program, run `times` on `subject`.
[[nodiscard]] Report judge_program(Subject& subject, const std::vector<const spec::Rule*>& rules, const spec::Program& program,
                                   std::size_t times);

/// Collects judgements of runs that came from anywhere.
class Ledger {
 public:
  explicit Ledger(std::vector<const spec::Rule*> rules);
  /// Judges one more run.
  void add(const spec::Program& program, const spec::Run& run);
  /// Rules violated are violated, those resting on them blocked, the others conform if `floor` programs exercised them.
  [[nodiscard]] Report close(std::string subject, std::size_t floor) &&;
  [[nodiscard]] const std::vector<RuleReport>& rules() const noexcept { return reports_; }
  [[nodiscard]] std::size_t programs() const noexcept { return programs_; }
  /// Whether nothing more can be learnt of this rule.
  [[nodiscard]] bool settled(std::size_t index, std::size_t floor) const noexcept;

 private:
  std::vector<RuleReport> reports_;  // of the rules asked for, then of those they rest on
  std::size_t asked_;
  std::size_t programs_ = 0;
};

}  // namespace lawful::conformance
