#include "conformance/report/badge.hpp"

#include <fmt/format.h>

namespace lawful::conformance {

std::string to_badge(const std::vector<Report>& reports) {
  std::size_t conform = 0;
  std::size_t accused = 0;
  std::size_t known = 0;
  bool judged = !reports.empty();
  for (const Report& report : reports) {
    for (const RuleReport& rule : report.rules) {
      conform += rule.verdict == Verdict::conforms ? 1 : 0;
      accused += accuses(rule.verdict) ? 1 : 0;
      known += rule.verdict == Verdict::known ? 1 : 0;
    }
    judged = judged && report.exit_status() != 2;
  }
  const std::string text = accused != 0 ? fmt::format("{} violated", accused)
                           : !judged    ? "not judged"
                           : known != 0 ? fmt::format("{} rules, {} known deviations", conform, known)
                                        : fmt::format("{} rules", conform);
  const char* const colour = accused != 0 ? "#b3261e" : judged ? "#1a7f45" : "#8a5a00";
  const std::size_t left = 50;
  const std::size_t right = 14 + 7 * text.size();
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"20\" role=\"img\" aria-label=\"lawful: "
      "{3}\"><title>lawful: {3}</title>"
      "<rect width=\"{0}\" height=\"20\" rx=\"3\" fill=\"#444b54\"/><path d=\"M{1} 0h{2}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-{2}z\" "
      "fill=\"{4}\"/>"
      "<g fill=\"#fff\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\"><text x=\"7\" y=\"14\">lawful</text><text "
      "x=\"{5}\" y=\"14\">{3}</text></g></svg>\n",
      left + right, left, right - 3, text, colour, left + 7);
}

}  // namespace lawful::conformance
