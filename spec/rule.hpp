#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "spec/history.hpp"

namespace lawful::spec {

/// What a check says about one run: how often the rule's case came up, and where it was broken.
class Judgement {
 public:
  /// The rule's case came up.
  void exercise(std::size_t times = 1) noexcept { exercised_ += times; }
  /// It came up and was broken, as these events show. The first violation of a run is the one that is told.
  void violate(std::vector<Index> events, std::string why) {
    ++exercised_;
    if (violated()) return;
    events_ = std::move(events);
    why_ = std::move(why);
  }
  [[nodiscard]] std::size_t exercised() const noexcept { return exercised_; }
  [[nodiscard]] bool violated() const noexcept { return !why_.empty(); }
  [[nodiscard]] const std::vector<Index>& events() const noexcept { return events_; }
  [[nodiscard]] const std::string& why() const noexcept { return why_; }

 private:
  std::size_t exercised_ = 0;
  std::vector<Index> events_;
  std::string why_;
};

enum class Level : bool { must, should };
enum class Profile : std::uint8_t { core, time, serial, fifo, parallel };
[[nodiscard]] std::string_view name_of(Level level) noexcept;
[[nodiscard]] std::string_view name_of(Profile profile) noexcept;

/// A rule of SPEC.md: its name is never reused or renumbered, its sentence is normative and is what a failure prints, its check is
/// a pure function of a run.
struct Rule {
  std::string_view name;
  std::string_view chapter;
  Level level;
  Profile profile;
  std::string_view since;
  std::vector<std::string_view> rests_on;
  std::string_view sentence;
  std::string_view why;
  std::string_view source;
  void (*check)(const History&, Judgement&);
};

/// All rules, chapter by chapter in SPEC.md's order.
[[nodiscard]] const std::vector<Rule>& catalogue();
/// The rule of that name, or null.
[[nodiscard]] const Rule* rule_named(std::string_view name);
/// Judges one run by one rule.
[[nodiscard]] Judgement judge(const Rule& rule, const History& history);

/// The chapters, each in the file of its name.
[[nodiscard]] std::vector<Rule> clock_rules();
[[nodiscard]] std::vector<Rule> result_rules();
[[nodiscard]] std::vector<Rule> sibling_rules();
[[nodiscard]] std::vector<Rule> return_exceptions_rules();
[[nodiscard]] std::vector<Rule> early_result_rules();
[[nodiscard]] std::vector<Rule> semaphore_rules();

}  // namespace lawful::spec
