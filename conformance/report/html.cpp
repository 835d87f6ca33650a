#include "conformance/report/html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "conformance/report/evidence.hpp"

namespace lawful::conformance {

namespace {

constexpr std::string_view style = R"css(
:root { color-scheme: light dark; --page: #fbfbf9; --ink: #1c1e21; --soft: #5d646d; --line: #dcdfe3; --card: #ffffff;
  --good: #1a7f45; --good-bg: #e2f3e8; --bad: #b3261e; --bad-bg: #fbe3e1; --warn: #8a5a00; --warn-bg: #fdf0d5; --none: #8b929b; --bar: #4a78c2; }
@media (prefers-color-scheme: dark) { :root { --page: #15171a; --ink: #e6e8eb; --soft: #a0a7b0; --line: #32373e; --card: #1d2024;
  --good: #6fd39a; --good-bg: #173325; --bad: #ff8a80; --bad-bg: #43201d; --warn: #f0c267; --warn-bg: #3a2e14; --none: #757d87; --bar: #7ba4e8; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem 1rem 6rem; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
h1 { font-size: 1.7rem; margin: 0 0 .2rem; letter-spacing: -.01em; } h2 { font-size: 1.15rem; margin: 2rem 0 .6rem; }
h3 { font-size: .95rem; margin: 1.4rem 0 .4rem; } a { color: inherit; } p { margin: .4rem 0; } .soft { color: var(--soft); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); gap: .7rem; margin: 1.2rem 0; }
.card { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--none); border-radius: 8px; padding: .7rem .9rem; overflow-wrap: anywhere; }
.card.good { border-left-color: var(--good); } .card.bad { border-left-color: var(--bad); } .card.warn { border-left-color: var(--warn); }
.card b { display: block; } .card .soft { font-size: .85rem; } .share { display: flex; height: 6px; margin: .5rem 0 .4rem; border-radius: 3px; overflow: hidden; background: var(--line); }
.share i { display: block; } .share .good { background: var(--good); } .share .bad { background: var(--bad); } .share .warn { background: var(--warn); } .share .none { background: var(--none); opacity: .45; }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1rem; font-size: .85rem; color: var(--soft); }
details.chapter { background: var(--card); border: 1px solid var(--line); border-radius: 8px; margin: .5rem 0; }
details.chapter > summary { cursor: pointer; padding: .55rem .9rem; font-weight: 600; } details.chapter > summary .soft { font-weight: 400; font-size: .85rem; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .82rem; }
th, td { border-top: 1px solid var(--line); padding: .28rem .5rem; text-align: center; } thead th { color: var(--soft); font-weight: 600; vertical-align: bottom; }
th.rule, td.rule { text-align: left; position: sticky; left: 0; background: var(--card); font-weight: 500; min-width: 9rem; max-width: 46vw; overflow-wrap: anywhere; font-size: .78rem; }
td { width: 5.5rem; min-width: 2.6rem; } .cell { display: block; border-radius: 5px; padding: .1rem .3rem; text-decoration: none; white-space: nowrap; }
.cell.good { color: var(--good); } a.cell.bad, a.cell.warn { font-weight: 600; } .cell.bad { color: var(--bad); background: var(--bad-bg); } .cell.warn { color: var(--warn); background: var(--warn-bg); } .cell.none { color: var(--none); }
.word { display: none; } @media (min-width: 60rem) { body:not(.many) .word { display: inline; } .many td.rule, .many th.rule { min-width: 24rem; } }
section.evidence { display: none; background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--bad); border-radius: 8px; padding: 1rem 1.1rem; margin: 1rem 0; scroll-margin-top: 1rem; }
section.evidence:target { display: block; } section.evidence.warn { border-left-color: var(--warn); } section.rule { border-left-color: var(--bar); } td.rule a { text-decoration: none; } td.told { text-align: left; width: auto; }
blockquote { margin: .6rem 0; padding: .1rem 0 .1rem .9rem; border-left: 3px solid var(--line); font-weight: 600; }
pre { overflow-x: auto; background: var(--page); border: 1px solid var(--line); border-radius: 6px; padding: .6rem .8rem; font: 12.5px/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; margin: .3rem 0; }
pre.wrap { white-space: pre-wrap; overflow-wrap: anywhere; } .why { white-space: pre-wrap; overflow-wrap: anywhere; }
.picture { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; background: var(--page); }
svg.timeline { display: block; font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
svg .label, svg .lane { fill: var(--ink); } svg .lane { font-weight: 700; } svg .time, svg .ending { fill: var(--soft); } svg .life { stroke: var(--none); stroke-dasharray: 2 3; }
svg .tick { stroke: var(--line); } svg .bar { fill: var(--bar); opacity: .35; } svg .bar.open { fill: var(--bad); } svg .dot { fill: var(--bar); } svg .dot.failed { fill: var(--warn); }
svg .dot.here { fill: var(--bad); } svg .marked { fill: var(--bad-bg); }
.back { float: right; font-size: .85rem; } @media print { section.evidence { display: block; } }
)css";

const char* kind_of(Verdict verdict) {
  if (verdict == Verdict::conforms) return "good";
  if (accuses(verdict)) return "bad";
  return verdict == Verdict::not_exercised || verdict == Verdict::known || verdict == Verdict::given_up ? "warn" : "none";
}

const char* sign_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::conforms:
      return "✓";
    case Verdict::violates:
      return "✗";
    case Verdict::known:
      return "k";
    case Verdict::blocked:
      return "↳";
    case Verdict::not_exercised:
    case Verdict::given_up:
      return "?";
    case Verdict::unsupported:
      return "–";
    case Verdict::not_owed:
      return "·";
    default:
      return "!";
  }
}

/// A text with `words` in code.
std::string with_code(std::string_view text) {
  std::string out;
  bool inside = false;
  for (const char c : text) {
    if (c == '`') {
      out += inside ? "</code>" : "<code>";
      inside = !inside;
    } else {
      out += escaped(std::string_view(&c, 1));
    }
  }
  return inside ? out + "</code>" : out;
}

std::string anchor(std::size_t subject, const spec::Rule& rule) { return fmt::format("e{}-{}", subject + 1, rule.name); }

const RuleReport* report_on(const Report& report, const spec::Rule& rule) {
  for (const RuleReport& one : report.rules) {
    if (one.rule == &rule) return &one;
  }
  return nullptr;
}

/// Whose evidence a cell leads to: its own, or that of the rule that blocks it. Null if there is none.
const RuleReport* evidence_for(const Report& report, const RuleReport& rule) {
  const RuleReport* const shown = rule.verdict == Verdict::blocked ? report_on(report, *rule.blocked_by) : &rule;
  return shown != nullptr && has_evidence(*shown) ? shown : nullptr;
}

std::string cell(std::size_t subject, const Report& report, const spec::Rule& law) {
  const RuleReport* const rule = report_on(report, law);
  if (rule == nullptr) return "<td></td>";
  const std::string inner = fmt::format("{}<span class=\"word\"> {}</span>", sign_of(rule->verdict), name_of(rule->verdict));
  const std::string about = rule->verdict == Verdict::blocked
                                ? fmt::format("blocked by {}", rule->blocked_by->name)
                                : fmt::format("{}, {} programs", name_of(rule->verdict), rule->programs);
  const std::string attributes =
      fmt::format("class=\"cell {}\" title=\"{}: {}\"", kind_of(rule->verdict), escaped(report.name()), escaped(about));
  if (const RuleReport* const shown = evidence_for(report, *rule)) {
    return fmt::format("<td><a {} href=\"#{}\">{}</a></td>", attributes, anchor(subject, *shown->rule), inner);
  }
  return fmt::format("<td><a {} href=\"#r-{}\">{}</a></td>", attributes, law.name, inner);
}

/// What there is to say of a rule where nothing is held against anybody: its text, and how often its case came up on whom.
std::string rule_card(const std::vector<Report>& reports, const spec::Rule& rule) {
  std::string text = fmt::format(
      "<section class=\"evidence rule\" id=\"r-{}\"><a class=\"back\" href=\"#matrix\">back to the matrix</a><h2>{}</h2>\n"
      "<p class=\"soft\">{}, {}, since {}</p><blockquote>{}</blockquote><p>{}</p><p class=\"soft\">Source: {}</p>\n<div "
      "class=\"scroll\"><table><tbody>\n",
      rule.name, rule.name, spec::name_of(rule.level), spec::name_of(rule.profile), rule.since, with_code(rule.sentence),
      with_code(rule.why), with_code(rule.source));
  for (const Report& report : reports) {
    const RuleReport* const one = report_on(report, rule);
    if (one == nullptr) continue;
    const std::string what = one->verdict == Verdict::blocked ? fmt::format("by {}", one->blocked_by->name)
                             : !one->reason.empty()
                                 ? one->reason
                                 : fmt::format("{} {} brought it up", one->programs, rule.by_runs() ? "programs" : "cases");
    text += fmt::format(
        "<tr><td class=\"rule\">{}</td><td class=\"told\"><span class=\"cell {}\">{}</span></td><td class=\"told\">{}</td></tr>\n",
        escaped(report.name()), kind_of(one->verdict), name_of(one->verdict), escaped(what));
  }
  return text + "</tbody></table></div></section>\n";
}

std::string card(std::size_t number, const Report& report) {
  std::map<std::string, std::size_t> shares;
  std::map<Verdict, std::size_t> counts;
  for (const RuleReport& rule : report.rules) {
    ++shares[kind_of(rule.verdict)];
    ++counts[rule.verdict];
  }
  const int status = report.exit_status();
  std::string text = fmt::format("<div class=\"card {}\"><b>{}. {}</b>",
                                 status == 0   ? "good"
                                 : status == 1 ? "bad"
                                               : "warn",
                                 number + 1, escaped(report.name()));
  if (report.name() != report.subject) text += fmt::format("<span class=\"soft\">{}</span>", escaped(report.subject));
  text += "<div class=\"share\">";
  for (const char* const kind : {"good", "warn", "bad", "none"}) {
    if (shares[kind] != 0) text += fmt::format("<i class=\"{}\" style=\"flex:{}\"></i>", kind, shares[kind]);
  }
  text += fmt::format("</div>{}", status == 0 ? "conforms" : status == 1 ? "violates" : "could not be judged");
  std::string list;
  for (const auto& [verdict, count] : counts) list += fmt::format("{}{} {}", list.empty() ? "" : ", ", count, name_of(verdict));
  text += fmt::format("<div class=\"soft\">{}; {} programs, seed {}</div>", list, report.programs, report.seed);
  if (!report.trouble.empty()) text += fmt::format("<div class=\"why\">{}</div>", escaped(report.trouble));
  return text + "</div>\n";
}

std::string block(const char* title, const std::string& text, bool wrap = false) {
  return fmt::format("<h3>{}</h3><pre{}>{}</pre>\n", title, wrap ? " class=\"wrap\"" : "", escaped(text));
}

std::string evidence(std::size_t subject, const Report& report, const RuleReport& rule, const std::string& command) {
  const Evidence shown = evidence_of(report, rule, command);
  std::string text =
      fmt::format("<section class=\"evidence {}\" id=\"{}\"><a class=\"back\" href=\"#matrix\">back to the matrix</a><h2>{}</h2>\n",
                  kind_of(rule.verdict), anchor(subject, *rule.rule), escaped(shown.title));
  text += fmt::format("<blockquote>{}</blockquote><p class=\"why\">{}</p>\n", with_code(shown.sentence), escaped(shown.why));
  for (const std::string& note : shown.notes) text += fmt::format("<p class=\"soft\">{}</p>\n", escaped(note));
  if (!shown.json.empty()) {
    if (!shown.timeline.rows.empty())
      text += "<h3>What it did</h3><div class=\"picture\">" + timeline_svg(shown.timeline) + "</div>\n";
    text += block("The smallest program found", shown.notation);
    if (!shown.expected.empty()) {
      std::string lines;
      for (const std::string& line : shown.expected) lines += line + "\n";
      text += block("What a lawful run does instead", lines);
    }
    text += "<details><summary>The lawful run</summary><div class=\"picture\">" + timeline_svg(shown.lawful) + "</div></details>\n";
    text += block("As JSON", shown.json, true) + block("As a test", shown.test_case);
  }
  return text + block("Replay", shown.replay, true) + "</section>\n";
}

}  // namespace

std::string to_html(const std::vector<Report>& reports, const std::string& command) {
  std::string page =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\">\n"
      "<title>Is it lawful?</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>" +
      std::string(style) + "</style>\n</head>\n" + std::string(reports.size() > 5 ? "<body class=\"many\">" : "<body>") +
      "\n<h1>Is it lawful?</h1>\n";
  page += fmt::format("<p class=\"soft\">{} subject{}, judged by the rules of lawful's SPEC.md.</p>\n<div class=\"cards\">\n",
                      reports.size(), reports.size() == 1 ? "" : "s");
  for (std::size_t i = 0; i < reports.size(); ++i) page += card(i, reports[i]);
  page +=
      "</div>\n<h2 id=\"matrix\">The matrix</h2>\n<p class=\"legend\"><span>✓ conforms</span><span>✗ violates</span><span>! "
      "misbehaved</span><span>k known deviation</span>"
      "<span>↳ blocked by another rule</span><span>? not exercised</span><span>– unsupported</span><span>· not "
      "owed</span><span>Every cell leads to its evidence, every name to its rule.</span></p>\n";
  std::string_view chapter;
  std::string rows;
  std::string rules;
  std::size_t count = 0;
  std::size_t accused = 0;
  const auto close = [&] {
    if (rows.empty()) return;
    page += fmt::format(
        "<details class=\"chapter\" open><summary>{} <span class=\"soft\">{} rule{}{}</span></summary><div "
        "class=\"scroll\"><table><thead><tr><th class=\"rule\">rule</th>",
        escaped(chapter), count, count == 1 ? "" : "s", accused == 0 ? "" : fmt::format(", {} red", accused));
    for (std::size_t i = 0; i < reports.size(); ++i)
      page += fmt::format("<th title=\"{0}\">{1}<span class=\"word\">. {0}</span></th>", escaped(reports[i].name()), i + 1);
    page += "</tr></thead><tbody>\n" + rows + "</tbody></table></div></details>\n";
    rows.clear();
    count = accused = 0;
  };
  for (const spec::Rule& rule : spec::catalogue()) {
    const bool asked =
        std::any_of(reports.begin(), reports.end(), [&](const Report& report) { return report_on(report, rule) != nullptr; });
    if (!asked) continue;
    if (rule.chapter != chapter) {
      close();
      chapter = rule.chapter;
    }
    ++count;
    rows += fmt::format("<tr><td class=\"rule\" title=\"{0}\"><a href=\"#r-{1}\">{1}</a></td>", escaped(rule.sentence), rule.name);
    rules += rule_card(reports, rule);
    for (std::size_t i = 0; i < reports.size(); ++i) {
      rows += cell(i, reports[i], rule);
      const RuleReport* const one = report_on(reports[i], rule);
      if (one != nullptr && accuses(one->verdict)) ++accused;
    }
    rows += "</tr>\n";
  }
  close();
  page += "<h2>Evidence</h2>\n<p class=\"soft\">A click on a cell of the matrix shows it here, a click on a name the rule.</p>\n";
  page += rules;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    for (const RuleReport& rule : reports[i].rules) {
      if (has_evidence(rule)) page += evidence(i, reports[i], rule, command);
    }
  }
  return page + "</body>\n</html>\n";
}

}  // namespace lawful::conformance
