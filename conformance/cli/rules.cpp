#include <fmt/format.h>

#include "conformance/cli/verbs.hpp"
#include "conformance/mutants/mutant.hpp"

namespace lawful::conformance {

int list_rules() {
  std::string_view chapter;
  for (const spec::Rule& rule : spec::catalogue()) {
    if (rule.chapter != chapter) {
      print(fmt::format("{}{}\n", chapter.empty() ? "" : "\n", rule.chapter));
      chapter = rule.chapter;
    }
    print(fmt::format("  {:<38} {:<6} {:<5} since {}\n", rule.name, spec::name_of(rule.level), spec::name_of(rule.profile),
                      rule.since));
  }
  flush();
  return 0;
}

int explain(const std::string& name) {
  const spec::Rule* rule = spec::rule_named(name);
  if (rule == nullptr) return trouble("there is no rule \"" + name + "\": `lawful rules` lists them");
  print(fmt::format("{}\n{} · {} · since {} · chapter \"{}\"\n\n{}\n\nWhy. {}\nSource. {}.\n", rule->name,
                    spec::name_of(rule->level), spec::name_of(rule->profile), rule->since, rule->chapter, rule->sentence, rule->why,
                    rule->source));
  if (!rule->rests_on.empty()) print(fmt::format("Rests on. {}\n", fmt::join(rule->rests_on, ", ")));
  for (const Mutant& mutant : mutants()) {
    if (mutant.rule == rule->name) print(fmt::format("Caught when broken by. mutant:{} ({})\n", mutant.name, mutant.what));
  }
  flush();
  return 0;
}

}  // namespace lawful::conformance
