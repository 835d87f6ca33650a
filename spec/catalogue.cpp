#include <algorithm>

#include "spec/rule.hpp"

namespace lawful::spec {

std::string_view name_of(Level level) noexcept { return level == Level::must ? "MUST" : "SHOULD"; }

std::string_view name_of(Profile profile) noexcept {
  switch (profile) {
    case Profile::core:
      return "core";
    case Profile::time:
      return "time";
    case Profile::serial:
      return "serial";
    case Profile::fifo:
      return "fifo";
    default:
      return "parallel";
  }
}

std::optional<Profile> profile_named(std::string_view name) noexcept {
  for (const Profile profile : {Profile::core, Profile::time, Profile::serial, Profile::fifo, Profile::parallel}) {
    if (name_of(profile) == name) return profile;
  }
  return std::nullopt;
}

const std::vector<Rule>& catalogue() {
  static const std::vector<Rule> rules = [] {
    std::vector<Rule> all;
    for (const auto& chapter :
         {clock_rules(),        coroutine_rules(), task_rules(),      result_rules(),       return_exceptions_rules(),
          early_result_rules(), future_rules(),    callback_rules(),  cancellation_rules(), sibling_rules(),
          gathering_rules(),    group_rules(),     timeout_rules(),   wait_for_rules(),     shield_rules(),
          waiting_rules(),      lock_rules(),      semaphore_rules(), event_rules(),        condition_rules(),
          barrier_rules(),      queue_rules(),     thread_rules(),    shutdown_rules(),     serial_order_rules()}) {
      all.insert(all.end(), chapter.begin(), chapter.end());
    }
    return all;
  }();
  return rules;
}

const Rule* rule_named(std::string_view name) {
  const auto found = std::find_if(catalogue().begin(), catalogue().end(), [&](const Rule& rule) { return rule.name == name; });
  return found == catalogue().end() ? nullptr : &*found;
}

Judgement judge(const Rule& rule, const History& history) {
  Judgement judgement;
  if (rule.check != nullptr) rule.check(history, judgement);
  return judgement;
}

}  // namespace lawful::spec
