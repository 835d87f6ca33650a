#include "conformance/report/text.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "conformance/report/evidence.hpp"
#include "spec/json.hpp"

namespace lawful::conformance {

namespace {

constexpr std::string_view red = "\x1b[31m";
constexpr std::string_view green = "\x1b[32m";
constexpr std::string_view yellow = "\x1b[33m";
constexpr std::string_view bold = "\x1b[1m";
constexpr std::string_view grey = "\x1b[90m";
constexpr std::string_view plain = "\x1b[0m";

std::string_view colour_of(Verdict verdict) {
  if (verdict == Verdict::conforms) return green;
  if (accuses(verdict)) return red;
  return verdict == Verdict::not_exercised || verdict == Verdict::known || verdict == Verdict::given_up ? yellow : grey;
}

class Writer {
 public:
  explicit Writer(const Style& style) : style_(style) {}

  [[nodiscard]] std::string in(std::string_view colour, const std::string& text) const {
    return style_.colour ? std::string(colour) + text + std::string(plain) : text;
  }
  [[nodiscard]] const Style& style() const noexcept { return style_; }

  /// A paragraph, every line of it indented by two.
  [[nodiscard]] std::string paragraph(const std::string& text) const {
    std::string out;
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      std::string line = text.substr(at, end - at);
      at = end + 1;
      const std::size_t room = style_.width > 22 ? style_.width - 2 : 20;
      while (style_.wrap && line.size() > room) {
        std::size_t space = line.rfind(' ', room);
        if (space == std::string::npos || space == 0) space = line.find(' ', room);
        if (space == std::string::npos) break;
        out += fmt::format("  {}\n", std::string_view(line).substr(0, space));
        line.erase(0, space + 1);
      }
      out += fmt::format("  {}\n", line);
    }
    return out;
  }

 private:
  const Style style_;
};

std::string indented(const std::string& text, std::string_view by) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    out += std::string(by) + text.substr(at, end - at) + '\n';
    at = end + 1;
  }
  return out;
}

std::string verdict_line(const Report& report, const RuleReport& rule, const Writer& writer) {
  std::string text = fmt::format("    {} {:<38}", writer.in(colour_of(rule.verdict), fmt::format("{:<14}", name_of(rule.verdict))),
                                 rule.rule->name);
  if (rule.verdict == Verdict::blocked) return text + fmt::format(" by {}\n", rule.blocked_by->name);
  if (rule.given_up) return text + " given up\n";
  if (rule.misdeed != spec::Status::finished && rule.finding) return text + fmt::format(" in program {}\n", rule.finding->after);
  if (rule.verdict == Verdict::not_exercised) return text + fmt::format(" {} programs of {}\n", rule.programs, report.floor);
  if (rule.finding && rule.misdeed == spec::Status::finished) return text + fmt::format(" in program {}\n", rule.finding->after);
  if (!rule.broken.empty()) return text + fmt::format(" in case {}\n", rule.programs);
  return text + fmt::format(" {} programs\n", rule.programs);
}

/// The same in short, where others like it are told at length.
std::string evidence_in_short(const Evidence& shown, const Writer& writer) {
  return fmt::format("\n{}\n\n{}\n  Replay: {}\n", writer.in(bold, shown.title),
                     writer.paragraph(shown.why.substr(0, shown.why.find('\n'))), shown.replay);
}

std::string evidence_text(const Evidence& shown, const Writer& writer) {
  std::string text = fmt::format("\n{}\n\n{}\n", writer.in(bold, shown.title), writer.paragraph(shown.sentence));
  text += writer.paragraph(shown.why + (shown.why.ends_with('.') || shown.why.find('\n') != std::string::npos ? "" : "."));
  for (const std::string& note : shown.notes) text += writer.paragraph(note);
  if (!shown.json.empty()) {
    text += fmt::format("\n  The smallest program found ({} statement{}):\n{}", shown.statements, shown.statements == 1 ? "" : "s",
                        indented(shown.notation, "    "));
    if (!shown.timeline.rows.empty()) {
      text +=
          "\n  What it did:\n" + timeline_text(shown.timeline, writer.style().width, writer.style().colour ? std::string(red) : "",
                                               writer.style().colour ? std::string(plain) : "");
    }
    if (!shown.expected.empty()) {
      text += "\n  What a lawful run does instead:\n";
      for (const std::string& line : shown.expected) text += fmt::format("    {}\n", line);
    }
    text += fmt::format("\n  As JSON:\n    {}\n\n  As a test:\n{}", shown.json, indented(shown.test_case, "    "));
  }
  return text + fmt::format("\n  Replay: {}\n", shown.replay);
}

std::string summary(const Report& report, const Writer& writer) {
  std::array<std::size_t, verdict_count> counts{};
  for (const RuleReport& rule : report.rules) ++counts[static_cast<std::size_t>(rule.verdict)];
  const int status = report.exit_status();
  const bool known = counts[static_cast<std::size_t>(Verdict::known)] != 0;
  const std::string word = status == 0   ? (known ? "conforms but for known deviations" : "conforms")
                           : status == 1 ? "violates"
                                         : "could not be judged";
  std::string text = report.name() + " " +
                     writer.in(status == 0   ? green
                               : status == 1 ? red
                                             : yellow,
                               word) +
                     fmt::format(": {} of {} rules conform", counts[0], report.rules.size());
  for (std::size_t v = 1; v < verdict_count; ++v) {
    if (counts[v] != 0) text += fmt::format(", {} {}", counts[v], name_of(static_cast<Verdict>(v)));
  }
  return text + "\n";
}

}  // namespace

Style Style::of_output() {
  Style style;
  if (::isatty(STDOUT_FILENO) == 0) return style;
  style.wrap = true;
  style.colour = std::getenv("NO_COLOR") == nullptr;
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20) style.width = size.ws_col;
  return style;
}

std::string event_text(const spec::Program& program, const spec::Event& event) {
  std::string text = fmt::format("t={:<4} {:<8} {:<10} {:<6}", event.t, program.name(event.task),
                                 event.at == spec::no_statement ? "" : program.place(event.at).path, spec::name_of(event.kind));
  if (event.at != spec::no_statement && event.kind != spec::Event::Kind::finish) {
    text += fmt::format(" {}", spec::name_of(program.statement(event.at).op));
  }
  if (const spec::Raised* raised = event.outcome.raised()) {
    text += " raises " + spec::to_json(*raised);
  } else if (event.outcome.ok()) {
    text += " → " + spec::to_json(event.outcome.value());
  }
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

std::string to_text(const Report& report, const std::string& command, const Style& style) {
  const Writer writer(style);
  std::string text = writer.in(bold, report.name()) +
                     (report.name() == report.subject ? "" : fmt::format(" ({})", report.subject)) +
                     fmt::format(": {} programs, seed {}\n", report.programs, report.seed);
  std::string_view chapter;
  for (const RuleReport& rule : report.rules) {
    if (!report.trouble.empty() && report.programs == 0) break;
    if (rule.rule->chapter != chapter) {
      chapter = rule.rule->chapter;
      text += fmt::format("\n  {}\n", chapter);
    }
    text += verdict_line(report, rule, writer);
  }
  // A few of a kind are enough to be told at length, where the kind does not come from the rule.
  constexpr std::size_t enough = 3;
  std::array<std::size_t, verdict_count> told{};
  for (const RuleReport& rule : report.rules) {
    if (!has_evidence(rule) || rule.given_up || rule.verdict == Verdict::known) continue;
    const bool short_of_it = rule.misdeed != spec::Status::finished && ++told[static_cast<std::size_t>(rule.verdict)] > enough;
    const Evidence shown = evidence_of(report, rule, command);
    text += short_of_it ? evidence_in_short(shown, writer) : evidence_text(shown, writer);
  }
  std::string known;
  for (const RuleReport& rule : report.rules) {
    if (rule.verdict == Verdict::known || (rule.verdict == Verdict::not_exercised && !rule.reason.empty()))
      known += fmt::format("    {}: {}\n", rule.rule->name, rule.reason);
    if (rule.verdict == Verdict::outdated) {
      text += fmt::format("\n{} was declared to deviate from {}, and conforms: take the declaration out ({})\n", report.name(),
                          rule.rule->name, rule.reason);
    }
  }
  if (!known.empty()) text += "\n  Known deviations:\n" + known;
  if (!report.trouble.empty()) text += fmt::format("\n{} could not be judged: {}\n", report.name(), report.trouble);
  return text + '\n' + summary(report, writer);
}

std::string to_table(const std::vector<Report>& reports, const Style& style) {
  const Writer writer(style);
  std::string text = "\n";
  for (std::size_t i = 0; i < reports.size(); ++i) {
    const Report& report = reports[i];
    text += fmt::format("  {:>2}  {}{}\n", i + 1, report.name(),
                        report.name() == report.subject ? "" : fmt::format("  ({})", report.subject));
  }
  text += fmt::format("\n  {:<52}", "");
  for (std::size_t i = 0; i < reports.size(); ++i) text += fmt::format("{:>3}", i + 1);
  text += '\n';
  const auto verdict_on = [](const Report& report, const spec::Rule& rule) -> const RuleReport* {
    for (const RuleReport& one : report.rules) {
      if (one.rule == &rule) return &one;
    }
    return nullptr;
  };
  const auto sign = [](Verdict verdict) -> std::string {
    switch (verdict) {
      case Verdict::given_up:
        return "?";
      case Verdict::conforms:
        return "✓";
      case Verdict::known:
        return "k";
      case Verdict::blocked:
        return "b";
      case Verdict::not_exercised:
        return "?";
      case Verdict::unsupported:
        return "-";
      case Verdict::not_owed:
        return ".";
      case Verdict::violates:
        return "X";
      default:
        return "!";
    }
  };
  for (const spec::Rule& rule : spec::catalogue()) {
    std::string row = fmt::format("  {:<52}", rule.name);
    bool told = false;
    for (const Report& report : reports) {
      const RuleReport* const one = verdict_on(report, rule);
      told = told || (one != nullptr &&
                      (accuses(one->verdict) || one->verdict == Verdict::known || one->verdict == Verdict::not_exercised));
      row += fmt::format("  {}", one == nullptr ? " " : writer.in(colour_of(one->verdict), sign(one->verdict)));
    }
    if (told) text += row + "\n";
  }
  text +=
      "\n  ✓ conforms, X violates, k known deviation, b blocked by another rule, ! the subject misbehaved, ? not exercised, - "
      "unsupported,\n"
      "  . not owed; rules that are not shown are violated by none.\n\n";
  for (const Report& report : reports) text += summary(report, writer);
  return text;
}

}  // namespace lawful::conformance
