#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
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
[[nodiscard]] std::optional<Profile> profile_named(std::string_view name) noexcept;

/// What a subject claims to be, and owes.
class Profiles {
 public:
  constexpr Profiles(std::initializer_list<Profile> claimed) noexcept {
    for (const Profile profile : claimed) bits_ |= bit(profile);
  }
  explicit Profiles(const std::vector<Profile>& claimed) noexcept {
    for (const Profile profile : claimed) bits_ |= bit(profile);
  }
  [[nodiscard]] constexpr bool owe(Profile profile) const noexcept { return (bits_ & bit(profile)) != 0; }

 private:
  static constexpr unsigned bit(Profile profile) noexcept { return 1U << static_cast<unsigned>(profile); }
  unsigned bits_ = 0;
};
/// A scheduler that runs one ready job after the other, first in, first out; and one that runs many at once.
inline constexpr Profiles serial_profiles{Profile::core, Profile::time, Profile::serial, Profile::fifo};
inline constexpr Profiles parallel_profiles{Profile::core, Profile::time, Profile::parallel};

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
  void (*check)(const History&, Judgement&);  ///< null if no program can express it: then it is a property of the C++ API
  std::string_view unchecked = {};            ///< why nothing checks it, if nothing can

  [[nodiscard]] bool by_runs() const noexcept { return check != nullptr; }
  [[nodiscard]] bool by_property() const noexcept { return check == nullptr && unchecked.empty(); }
};

/// Writes the rules of one chapter, each in a few lines.
class Chapter {
 public:
  constexpr Chapter(std::string_view title, std::string_view since) noexcept : title_(title), since_(since) {}
  using Check = void (*)(const History&, Judgement&);
  [[nodiscard]] Rule must(std::string_view name, Profile profile, std::vector<std::string_view> rests_on, std::string_view sentence,
                          std::string_view why, std::string_view source, Check check) const {
    return Rule{name, title_, Level::must, profile, since_, std::move(rests_on), sentence, why, source, check};
  }
  [[nodiscard]] Rule should(std::string_view name, Profile profile, std::vector<std::string_view> rests_on,
                            std::string_view sentence, std::string_view why, std::string_view source, Check check) const {
    return Rule{name, title_, Level::should, profile, since_, std::move(rests_on), sentence, why, source, check};
  }

 private:
  const std::string_view title_;
  const std::string_view since_;
};
/// The check of a rule that no program can express: a property of the C++ API stands for it.
inline constexpr Chapter::Check by_property = nullptr;

/// All rules, chapter by chapter in SPEC.md's order.
[[nodiscard]] const std::vector<Rule>& catalogue();
/// The rule of that name, or null.
[[nodiscard]] const Rule* rule_named(std::string_view name);
/// Judges one run by one rule. A rule that is no judgement of runs is not exercised.
[[nodiscard]] Judgement judge(const Rule& rule, const History& history);

/// The chapters, each in the file of its name.
[[nodiscard]] std::vector<Rule> clock_rules();
[[nodiscard]] std::vector<Rule> task_rules();
[[nodiscard]] std::vector<Rule> future_rules();
[[nodiscard]] std::vector<Rule> callback_rules();
[[nodiscard]] std::vector<Rule> cancellation_rules();
[[nodiscard]] std::vector<Rule> gathering_rules();
[[nodiscard]] std::vector<Rule> group_rules();
[[nodiscard]] std::vector<Rule> timeout_rules();
[[nodiscard]] std::vector<Rule> wait_for_rules();
[[nodiscard]] std::vector<Rule> shield_rules();
[[nodiscard]] std::vector<Rule> waiting_rules();
[[nodiscard]] std::vector<Rule> coroutine_rules();
[[nodiscard]] std::vector<Rule> lock_rules();
[[nodiscard]] std::vector<Rule> event_rules();
[[nodiscard]] std::vector<Rule> condition_rules();
[[nodiscard]] std::vector<Rule> barrier_rules();
[[nodiscard]] std::vector<Rule> queue_rules();
[[nodiscard]] std::vector<Rule> thread_rules();
[[nodiscard]] std::vector<Rule> shutdown_rules();
[[nodiscard]] std::vector<Rule> serial_order_rules();
[[nodiscard]] std::vector<Rule> result_rules();
[[nodiscard]] std::vector<Rule> sibling_rules();
[[nodiscard]] std::vector<Rule> return_exceptions_rules();
[[nodiscard]] std::vector<Rule> early_result_rules();
[[nodiscard]] std::vector<Rule> semaphore_rules();

}  // namespace lawful::spec
