#include <doctest/doctest.h>

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "conformance/mutants/mutant.hpp"
#include "spec/rule.hpp"

using namespace lawful;

namespace {

std::string specification() {
  std::ifstream file(LAWFUL_SOURCE_DIR "/SPEC.md");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("SPEC.md and the catalogue say the same, both ways") {
  const std::string text = specification();
  std::size_t at = 0;
  std::string_view chapter;
  for (const spec::Rule& rule : spec::catalogue()) {
    CAPTURE(rule.name);
    if (rule.chapter != chapter) {
      chapter = rule.chapter;
      const std::size_t heading = text.find(fmt::format("\n## {}\n", chapter), at);
      REQUIRE(heading != std::string::npos);
      at = heading;
    }
    std::string rests;
    for (const std::string_view base : rule.rests_on) {
      std::string anchor(base);
      for (char& c : anchor) c = static_cast<char>(std::tolower(c));
      rests += fmt::format("{}[{}](#{})", rests.empty() ? " · rests on " : ", ", base, anchor);
      CHECK(spec::rule_named(base) != nullptr);
    }
    const std::string section = fmt::format("\n### {}\n\n{} · {} · since {}{}\n\n**{}**\n", rule.name, spec::name_of(rule.level),
                                            spec::name_of(rule.profile), rule.since, rests, rule.sentence);
    const std::size_t found = text.find(section, at);
    REQUIRE_MESSAGE(found != std::string::npos, section);
    at = found;
  }
  std::size_t headings = 0;
  for (std::size_t i = text.find("\n### "); i != std::string::npos; i = text.find("\n### ", i + 1)) ++headings;
  CHECK(headings == spec::catalogue().size());
}

TEST_CASE("every anchor that SPEC.md points at is a rule") {
  const std::string text = specification();
  std::size_t anchors = 0;
  for (std::size_t at = text.find("](#"); at != std::string::npos; at = text.find("](#", at + 1)) {
    std::string name = text.substr(at + 3, text.find(')', at) - at - 3);
    for (char& c : name) c = static_cast<char>(std::toupper(c));
    CAPTURE(name);
    CHECK(spec::rule_named(name) != nullptr);
    ++anchors;
  }
  CHECK(anchors > spec::catalogue().size());
}

TEST_CASE("every MUST rule is checked, and what is not checked says why") {
  for (const spec::Rule& rule : spec::catalogue()) {
    CAPTURE(rule.name);
    CHECK((rule.by_runs() || rule.by_property()) != !rule.unchecked.empty());
    CHECK((rule.level == spec::Level::should || rule.unchecked.empty()));
  }
}

TEST_CASE("every rule has a mutant, every mutant a rule, and SPEC.md names them") {
  const std::string text = specification();
  for (const conformance::Mutant& mutant : conformance::mutants()) {
    CAPTURE(mutant.name);
    CHECK(spec::rule_named(mutant.rule) != nullptr);
    CHECK(text.find(fmt::format("`{}`: {}", mutant.name, mutant.what)) != std::string::npos);
  }
  for (const spec::Rule& rule : spec::catalogue()) {
    CAPTURE(rule.name);
    bool has = false;
    for (const conformance::Mutant& mutant : conformance::mutants()) has = has || mutant.rule == rule.name;
    CHECK(has);
  }
}
