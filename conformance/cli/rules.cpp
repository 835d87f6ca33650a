#include <fmt/format.h>

#include "conformance/cli/nearest.hpp"
#include "conformance/cli/verbs.hpp"
#include "conformance/mutants/mutant.hpp"
#include "spec/json.hpp"

namespace lawful::conformance {

namespace {

void write_list(std::string& out, const std::vector<std::string_view>& names) {
  out += '[';
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i != 0) out += ',';
    spec::write_string(out, names[i]);
  }
  out += ']';
}

void write_rule(std::string& out, const spec::Rule& rule) {
  const auto text = [&](std::string_view key, std::string_view value) {
    out += out.back() == '{' ? "\"" : ",\"";
    out += key;
    out += "\":";
    spec::write_string(out, value);
  };
  out += '{';
  text("rule", rule.name);
  text("chapter", rule.chapter);
  text("level", spec::name_of(rule.level));
  text("profile", spec::name_of(rule.profile));
  text("since", rule.since);
  out += ",\"rests_on\":";
  write_list(out, rule.rests_on);
  text("sentence", rule.sentence);
  text("why", rule.why);
  text("source", rule.source);
  text("checked_by", rule.by_runs() ? "runs" : rule.by_property() ? "property" : "nothing");
  if (!rule.unchecked.empty()) text("unchecked", rule.unchecked);
  out += ",\"mutants\":[";
  for (const Mutant& mutant : mutants()) {
    if (mutant.rule != rule.name) continue;
    if (out.back() != '[') out += ',';
    out += '{';
    text("mutant", mutant.name);
    text("what", mutant.what);
    out += '}';
  }
  out += "]}";
}

}  // namespace

int list_rules_as_json() {
  std::string out = "{\"lawful\":1,\"rules\":[";
  for (const spec::Rule& rule : spec::catalogue()) {
    if (out.back() != '[') out += ",\n";
    write_rule(out, rule);
  }
  print(out + "]}\n");
  flush();
  return 0;
}

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
  if (rule == nullptr) {
    std::vector<std::string_view> names;
    for (const spec::Rule& one : spec::catalogue()) names.push_back(one.name);
    return trouble("there is no rule \"" + name + "\"." + did_you_mean(name, names) + " `lawful rules` lists them");
  }
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
