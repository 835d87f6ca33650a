#include "conformance/judge/known.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace lawful::conformance {

namespace {

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

}  // namespace

void Known::read(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error(path + ": " + std::strerror(errno));
  std::stringstream text;
  text << file.rdbuf();
  read(text.str(), path);
}

void Known::read(const std::string& text, const std::string& path) {
  std::stringstream lines(text);
  std::string line;
  std::string subjects = "*";
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    const auto wrong = [&](const std::string& what) {
      throw std::runtime_error(path + ", line " + std::to_string(number) + ": " + what +
                               "; a line is \"RULE: reason\", \"[subject]\" or \"# remark\"");
    };
    line = trimmed(line);
    if (line.empty() || line.front() == '#') continue;
    if (line.front() == '[') {
      if (line.back() != ']' || line.size() < 3) wrong("the heading has no end");
      subjects = trimmed(line.substr(1, line.size() - 2));
      continue;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) wrong("there is no reason");
    const std::string name = trimmed(line.substr(0, colon));
    const std::string reason = trimmed(line.substr(colon + 1));
    const spec::Rule* const rule = spec::rule_named(name);
    if (rule == nullptr) wrong("there is no rule \"" + name + "\"");
    if (reason.empty()) wrong("there is no reason");
    const bool twice = std::any_of(deviations_.begin(), deviations_.end(),
                                   [&](const Deviation& one) { return one.rule == rule && one.subjects == subjects; });
    if (twice) wrong(name + " is declared twice");
    deviations_.push_back(Deviation{subjects, rule, reason});
  }
}

void Known::apply(Report& report) const {
  for (const Deviation& one : deviations_) {
    const auto matches = [&](const std::string& name) { return ::fnmatch(one.subjects.c_str(), name.c_str(), 0) == 0; };
    if (!matches(report.subject) && !matches(report.title)) continue;
    for (RuleReport& rule : report.rules) {
      if (rule.rule != one.rule) continue;
      if (rule.verdict == Verdict::conforms) {
        rule.verdict = Verdict::outdated;
      } else if (accuses(rule.verdict)) {
        rule.verdict = Verdict::known;
      }
      rule.reason = one.reason;
    }
  }
}

}  // namespace lawful::conformance
