#include "conformance/report/text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "spec/json.hpp"

namespace lawful::conformance {

std::string shell_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

std::string event_text(const spec::Program& program, const spec::Event& event) {
  std::string text = fmt::format("t={:<4} {:<8} {:<10} {:<6}", event.t, program.name(event.task),
                                 event.at == spec::no_statement ? "" : program.place(event.at).path, spec::name_of(event.kind));
  if (event.at != spec::no_statement && event.kind == spec::Event::Kind::begin) {
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

std::string trace_text(const spec::Program& program, const spec::Run& run, const std::vector<spec::Index>& marked) {
  std::string text;
  for (spec::Index i = 0; i < run.trace.size(); ++i) {
    const bool points = std::find(marked.begin(), marked.end(), i) != marked.end();
    text += fmt::format("    {} {}\n", points ? ">" : " ", event_text(program, run.trace[i]));
  }
  text += fmt::format("      {} at t={}\n", spec::name_of(run.status), run.end);
  return text;
}

std::string to_text(const Report& report, const std::string& command) {
  std::string text = fmt::format("{}: {} programs, seed {}\n", report.subject, report.programs, report.seed);
  std::string_view chapter;
  for (const RuleReport& rule : report.rules) {
    if (rule.rule->chapter != chapter) {
      chapter = rule.rule->chapter;
      text += fmt::format("\n  {}\n", chapter);
    }
    text += fmt::format("    {:<14} {:<38}", name_of(rule.verdict), rule.rule->name);
    if (rule.verdict == Verdict::blocked) {
      text += fmt::format(" by {}", rule.blocked_by->name);
    } else if (rule.verdict == Verdict::violates) {
      text += rule.finding ? fmt::format(" in program {}", rule.finding->after) : fmt::format(" in case {}", rule.programs);
    } else if (rule.verdict == Verdict::not_exercised) {
      text += fmt::format(" {} programs of {}", rule.programs, report.floor);
    } else {
      text += fmt::format(" {} programs", rule.programs);
    }
    text += '\n';
  }
  for (const RuleReport& rule : report.rules) {
    if (!rule.broken.empty()) {
      text +=
          fmt::format("\n{} violates {} ({}, {}, since {})\n\n  {}\n\n  {}.\n\n  Replay: {} check {} --rules {} --seed {}\n",
                      report.subject, rule.rule->name, spec::name_of(rule.rule->level), spec::name_of(rule.rule->profile),
                      rule.rule->since, rule.rule->sentence, rule.broken, command, report.subject, rule.rule->name, report.seed);
    }
    if (!rule.finding) continue;
    const Finding& finding = *rule.finding;
    const std::string program = spec::to_json(finding.program);
    text += fmt::format("\n{} violates {} ({}, {}, since {})\n\n  {}\n\n  {}.\n", report.subject, rule.rule->name,
                        spec::name_of(rule.rule->level), spec::name_of(rule.rule->profile), rule.rule->since, rule.rule->sentence,
                        finding.judgement.why());
    if (!finding.repeats) text += "  It did not show again when the program was run again: this is the run that was seen.\n";
    text += fmt::format("\n  The smallest program found ({} statement{}):\n    {}\n\n  Its run:\n{}", finding.program.size(),
                        finding.program.size() == 1 ? "" : "s", program,
                        trace_text(finding.program, finding.run, finding.judgement.events()));
    text += fmt::format("\n  Replay: {} check {} --rules {} --program {}\n", command, report.subject, rule.rule->name,
                        shell_quoted(program));
  }
  if (!report.trouble.empty()) text += fmt::format("\n{} could not be judged: {}\n", report.subject, report.trouble);
  std::size_t counts[7] = {};
  for (const RuleReport& rule : report.rules) ++counts[static_cast<std::size_t>(rule.verdict)];
  text += fmt::format("\n{} {}: {} of {} rules conform", report.subject,
                      report.exit_status() == 0   ? "conforms"
                      : report.exit_status() == 1 ? "violates"
                                                  : "could not be judged",
                      counts[0], report.rules.size());
  for (const Verdict verdict :
       {Verdict::violates, Verdict::blocked, Verdict::not_exercised, Verdict::hung, Verdict::unsupported, Verdict::not_owed}) {
    const std::size_t count = counts[static_cast<std::size_t>(verdict)];
    if (count != 0) text += fmt::format(", {} {}", count, name_of(verdict));
  }
  return text + '\n';
}

}  // namespace lawful::conformance
