#include "conformance/report/junit.hpp"

#include <fmt/format.h>

#include "conformance/report/evidence.hpp"

namespace lawful::conformance {

namespace {

std::string test_case(const Report& report, const RuleReport& rule, const std::string& command) {
  std::string text = fmt::format("    <testcase classname=\"lawful.{}\" name=\"{}\"", escaped(report.subject), rule.rule->name);
  if (rule.verdict == Verdict::conforms) return text + "/>\n";
  text += ">\n";
  if (accuses(rule.verdict)) {
    std::string message(name_of(rule.verdict));
    std::string body;
    if (has_evidence(rule)) {
      const Evidence shown = evidence_of(report, rule, command);
      message = shown.why.substr(0, shown.why.find('\n'));
      body = shown.sentence + "\n\n" + shown.notation + "\n" + (shown.json.empty() ? "" : timeline_text(shown.timeline, 100)) +
             "\nReplay: " + shown.replay + "\n";
    }
    text += fmt::format("      <failure type=\"{}\" message=\"{}\">{}</failure>\n", name_of(rule.verdict), escaped(message),
                        escaped(body));
  } else if (rule.verdict == Verdict::given_up) {
    text += "      <error type=\"not judged\" message=\"too much time was lost on the subject\"/>\n";
  } else if (rule.verdict == Verdict::not_exercised) {
    text += fmt::format("      <error type=\"not exercised\" message=\"{} programs of {}\"/>\n", rule.programs, report.floor);
  } else {
    const std::string message = rule.verdict == Verdict::blocked ? fmt::format("blocked by {}", rule.blocked_by->name)
                                : rule.verdict == Verdict::known ? "known deviation: " + rule.reason
                                                                 : std::string(name_of(rule.verdict));
    text += fmt::format("      <skipped message=\"{}\"/>\n", escaped(message));
  }
  return text + "    </testcase>\n";
}

}  // namespace

std::string to_junit(const std::vector<Report>& reports, const std::string& command) {
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const Report& report : reports) {
    std::size_t failures = 0;
    std::size_t errors = report.trouble.empty() ? 0 : 1;
    std::size_t skipped = 0;
    std::string cases;
    for (const RuleReport& rule : report.rules) {
      if (accuses(rule.verdict)) {
        ++failures;
      } else if (rule.verdict == Verdict::not_exercised || rule.verdict == Verdict::given_up) {
        ++errors;
      } else if (rule.verdict != Verdict::conforms) {
        ++skipped;
      }
      cases += test_case(report, rule, command);
    }
    if (!report.trouble.empty()) {
      cases += fmt::format("    <testcase classname=\"lawful.{}\" name=\"(the subject)\"><error message=\"{}\"/></testcase>\n",
                           escaped(report.subject), escaped(report.trouble));
    }
    text += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">\n{}  </testsuite>\n",
                        escaped(report.subject), report.rules.size() + (report.trouble.empty() ? 0 : 1), failures, errors, skipped,
                        cases);
  }
  return text + "</testsuites>\n";
}

}  // namespace lawful::conformance
