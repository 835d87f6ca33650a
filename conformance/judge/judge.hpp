#pragma once

#include <chrono>
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
  unsupported,    ///< the rule is about what the subject does not offer
  not_owed,       ///< the rule is of a profile that the subject does not claim
  known,          ///< violated, and declared as a known deviation
  outdated,       ///< declared as a known deviation, and it conforms: the declaration must go
  given_up,       ///< not judged any more: too much time was lost on the subject's misdeeds, which are held against it elsewhere
  // The subject did something else than run a program that is about the rule.
  hung,
  crashed,
  exited,
  spinning,
  endless,
  exhausted,
  garbage,
  cut_off,
  lost,
  twice,
  inside,
};
inline constexpr std::size_t verdict_count = static_cast<std::size_t>(Verdict::inside) + 1;
[[nodiscard]] std::string_view name_of(Verdict verdict) noexcept;
/// The verdict on a rule when a program that is about it ended so.
[[nodiscard]] Verdict verdict_of(spec::Status misdeed) noexcept;
/// Whether it is held against the subject.
[[nodiscard]] constexpr bool accuses(Verdict verdict) noexcept {
  return verdict == Verdict::violates || verdict == Verdict::outdated || verdict >= Verdict::hung;
}

/// A violation, or a misdeed, with the smallest program that shows it.
struct Finding {
  spec::Program program;
  spec::Run run;
  spec::Judgement judgement;  ///< of a misdeed, nothing: the run's status and message tell
  std::size_t after = 0;      ///< how many programs were run until it was found
  bool repeats = true;        ///< it showed again when the program was run again
};

struct RuleReport {
  const spec::Rule* rule = nullptr;
  Verdict verdict = Verdict::not_exercised;
  std::size_t programs = 0;  ///< how many exercised it
  const spec::Rule* blocked_by = nullptr;
  std::optional<Finding> finding;
  std::string broken;                             ///< a property of the C++ API: what was wrong, in which case
  spec::Status misdeed = spec::Status::finished;  ///< of a subject that misbehaved: how
  bool given_up = false;                          ///< not judged any more: too much patience was lost on others
  std::string reason;                             ///< of a known deviation
};

struct Report {
  std::string subject;  ///< as the command line names it
  std::string title;    ///< as it calls itself
  std::uint64_t seed = 0;
  std::size_t floor = 0;     ///< programs wanted for each rule
  std::size_t programs = 0;  ///< programs run
  std::vector<RuleReport> rules;
  std::string trouble;  ///< why something could not be judged at all; empty if all could

  /// What people call it.
  [[nodiscard]] const std::string& name() const noexcept { return title.empty() ? subject : title; }
  /// 0 all conform, 1 something violates, 2 something could not be judged.
  [[nodiscard]] int exit_status() const noexcept;
};

/// How often the patience with a subject may be lost on its misdeeds before it is given up.
inline constexpr int most_losses = 4;

struct JudgeOptions {
  std::size_t programs = 200;  ///< for each rule, that many that exercise it
  std::uint64_t seed = 1;
  std::size_t most = 0;  ///< programs in all; 0: 200 times `programs`
  std::chrono::milliseconds patience = default_patience;
  std::function<void(std::size_t done, std::size_t all)> progress;  ///< is told how many rules are judged, now and then
};

/// Generates programs, runs them on `subject` and judges the runs, until each of `rules` is violated or was exercised often enough.
/// Most programs are aimed at one of the rules still wanted. A violated rule is shown by its smallest program; rules that rest on
/// it are blocked. Rules that no program can express are checked on the subject's C++ API. A subject that misbehaves on a program
/// gets its verdict for the rule that the program was aimed at, and the others go on. On the main thread: generation is not
/// thread-safe.
[[nodiscard]] Report judge_subject(Subject& subject, const std::vector<const spec::Rule*>& rules, const JudgeOptions& options);

/// What `rule` finds wrong with a run of `program` (JSON) on `subject`, or how the subject misbehaved; empty if nothing. This is
/// what the test case of a report calls.
/// @throws std::invalid_argument if there is no such rule
[[nodiscard]] std::string violation(Subject& subject, std::string_view rule, std::string_view program);

/// Judges one program, run `times` on `subject`.
[[nodiscard]] Report judge_program(Subject& subject, const std::vector<const spec::Rule*>& rules, const spec::Program& program,
                                   std::size_t times);

/// Collects judgements of runs that came from anywhere.
class Ledger {
 public:
  /// Rules of profiles that are not `owed` are not judged.
  explicit Ledger(std::vector<const spec::Rule*> rules, spec::Profiles owed = spec::serial_profiles);
  /// Judges one more run.
  void add(const spec::Program& program, const spec::Run& run);
  /// Rules violated are violated, those resting on them blocked, the others conform if `floor` programs exercised them.
  [[nodiscard]] Report close(std::string subject, std::size_t floor) &&;
  [[nodiscard]] const std::vector<RuleReport>& rules() const noexcept { return reports_; }
  [[nodiscard]] std::size_t programs() const noexcept { return programs_; }
  /// A property of the C++ API was checked in so many cases, and was broken if `why` says so.
  void add(std::size_t index, PropertyRun seen, bool given_up = false);
  /// The subject misbehaved on a program about this rule.
  void blame(std::size_t index, Finding finding, bool given_up = false);
  [[nodiscard]] bool owed(std::size_t index) const noexcept { return owed_.owe(reports_[index].rule->profile); }
  /// Whether nothing more can be learnt of this rule.
  [[nodiscard]] bool settled(std::size_t index, std::size_t floor) const noexcept;

 private:
  std::vector<RuleReport> reports_;  // of the rules asked for, then of those they rest on
  std::size_t asked_;
  std::size_t programs_ = 0;
  spec::Profiles owed_;
};

/// Checks the properties of the C++ API that are among the first `asked` rules of `ledger`, in cases that grow.
void check_api(Subject& subject, Ledger& ledger, std::size_t asked, const JudgeOptions& options);

/// Makes what was found small, if it shows again.
void shrink_finding(Subject& subject, const spec::Rule& rule, Finding& finding);
/// The same for a misdeed. Answers the patience that was lost on it: no more than one and a half times what there is with a run.
std::chrono::milliseconds shrink_misdeed(Subject& subject, Finding& finding, std::chrono::milliseconds patience);

}  // namespace lawful::conformance
