#include "conformance/judge/known.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <array>
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
  std::string text;
  std::array<char, 4096> part{};
  do {
    file.read(part.data(), part.size());
    text.append(part.data(), static_cast<std::size_t>(file.gcount()));
  } while (file);
  if (file.bad()) throw std::runtime_error(path + ": cannot be read: it should be a text file");
  read(text, path);
}

void Known::read(const std::string& text, const std::string& path) {
  std::stringstream lines(text);
  std::string line;
  std::string subjects = "*";
  std::vector<Deviation> declared;  // they are added when all is read: what is refused adds nothing
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    const auto wrong = [&](const std::string& what) {
      throw std::runtime_error(path + ", line " + std::to_string(number) + ": " + what +
                               "; a line is \"RULE: reason\", \"[subject]\" or \"# remark\"");
    };
    if (line.find('\0') != std::string::npos) wrong("there is a zero byte");
    line = trimmed(line);
    if (line.empty() || line.front() == '#') continue;
    if (line.front() == '[') {
      if (line.back() != ']') wrong("the heading has no end");
      subjects = trimmed(line.substr(1, line.size() - 2));
      if (subjects.empty()) wrong("the heading names no subject");
      continue;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) wrong("there is no reason");
    const std::string name = trimmed(line.substr(0, colon));
    const std::string reason = trimmed(line.substr(colon + 1));
    const spec::Rule* const rule = spec::rule_named(name);
    if (rule == nullptr) wrong("there is no rule \"" + name + "\"");
    if (reason.empty()) wrong("there is no reason");
    const auto same = [&](const Deviation& one) { return one.rule == rule && one.subjects == subjects; };
    if (std::any_of(deviations_.begin(), deviations_.end(), same) || std::any_of(declared.begin(), declared.end(), same)) {
      wrong(name + " is declared twice");
    }
    declared.push_back(Deviation{subjects, rule, reason});
  }
  deviations_.insert(deviations_.end(), declared.begin(), declared.end());
}

void Known::apply(Report& report) const {
  const auto is_about_it = [&](const Deviation& one) {
    const auto matches = [&](const std::string& name) { return ::fnmatch(one.subjects.c_str(), name.c_str(), 0) == 0; };
    return matches(report.subject) || matches(report.title);
  };
  for (RuleReport& rule : report.rules) {
    // Several headings may name the same rule for a subject: it is declared all the same, and the last one gives the reason.
    const auto last = std::find_if(deviations_.rbegin(), deviations_.rend(),
                                   [&](const Deviation& one) { return one.rule == rule.rule && is_about_it(one); });
    if (last == deviations_.rend()) continue;
    if (rule.verdict == Verdict::conforms) {
      rule.verdict = Verdict::outdated;
    } else if (accuses(rule.verdict)) {
      rule.verdict = Verdict::known;
    }
    rule.reason = last->reason;
  }
}

}  // namespace lawful::conformance
