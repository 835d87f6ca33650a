#include "conformance/report/evidence.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "conformance/report/text.hpp"
#include "conformance/subjects/scheduler_subject.hpp"
#include "scheduler/deterministic.hpp"
#include "spec/json.hpp"
#include "spec/notation.hpp"

namespace lawful::conformance {

namespace {

/// Where the lawful run and the one that was seen part, task by task.
std::vector<std::string> differences(const spec::Program& program, const spec::Run& lawful, const spec::Run& seen) {
  std::vector<std::string> lines;
  const auto of_task = [](const spec::Run& run, spec::NameId task) {
    std::vector<const spec::Event*> events;
    for (const spec::Event& event : run.trace) {
      if (event.task == task) events.push_back(&event);
    }
    return events;
  };
  for (spec::NameId task = 0; task < program.names().size(); ++task) {
    const auto expected = of_task(lawful, task);
    const auto got = of_task(seen, task);
    for (std::size_t i = 0; i < std::max(expected.size(), got.size()); ++i) {
      if (i < expected.size() && i < got.size() && *expected[i] == *got[i]) continue;
      lines.push_back("lawful  " +
                      (i < expected.size() ? event_text(program, *expected[i]) : program.name(task) + " does nothing more"));
      lines.push_back("seen    " + (i < got.size() ? event_text(program, *got[i]) : program.name(task) + " does nothing more"));
      break;
    }
  }
  if (lines.empty() && lawful.trace != seen.trace) {
    for (std::size_t i = 0; i < std::min(lawful.trace.size(), seen.trace.size()); ++i) {
      if (lawful.trace[i] == seen.trace[i]) continue;
      lines.push_back("lawful  " + event_text(program, lawful.trace[i]));
      lines.push_back("seen    " + event_text(program, seen.trace[i]));
      break;
    }
  }
  if (lawful.status != seen.status || lawful.end != seen.end) {
    const auto ending = [](const spec::Run& run) {
      return run.judged() ? fmt::format("{} at t={}", spec::name_of(run.status), run.end) : std::string(spec::name_of(run.status));
    };
    lines.push_back("lawful  " + ending(lawful));
    lines.push_back("seen    " + ending(seen));
  }
  for (const auto& [task, outcome] : lawful.outcomes) {
    const spec::Outcome* const got = seen.outcome(task);
    if (!lines.empty() || (got != nullptr && *got == outcome)) continue;
    const auto text = [](const spec::Outcome* one) {
      if (one == nullptr) return std::string("does not exist");
      if (one->pending()) return std::string("is pending");
      return one->ok() ? fmt::format("→ {}", spec::to_json(one->value())) : fmt::format("raises {}", spec::to_json(*one->raised()));
    };
    lines.push_back(fmt::format("lawful  {} {}", program.name(task), text(&outcome)));
    lines.push_back(fmt::format("seen    {} {}", program.name(task), text(got)));
  }
  return lines;
}

std::string cpp_quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string test_case(const Report& report, const spec::Rule& rule, const std::string& command, const std::string& json) {
  const std::string_view driver = "driver:";
  const std::string start = report.subject.starts_with(driver)
                                ? fmt::format("{{\"/bin/sh\", \"-c\", {}}}", cpp_quoted(report.subject.substr(driver.size())))
                                : fmt::format("{{{}, \"drive\", {}}}", cpp_quoted(command), cpp_quoted(report.subject));
  return fmt::format(
      "TEST_CASE(\"{0}\") {{  // #include \"conformance/judge/judge.hpp\", \"conformance/subjects/driver.hpp\"\n"
      "  const auto subject = lawful::conformance::driver_subject({1}, {2});\n"
      "  const auto broken = lawful::conformance::violation(*subject, \"{0}\",\n"
      "      R\"json({3})json\");\n"
      "  CHECK(broken == \"\");\n"
      "}}\n",
      rule.name, cpp_quoted(report.subject), start, json);
}

}  // namespace

std::string shell_quoted(const std::string& text) {
  const bool plain =
      !text.empty() &&
      text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:,+@%") == std::string::npos;
  if (plain) return text;
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

bool has_evidence(const RuleReport& rule) noexcept {
  return (accuses(rule.verdict) || rule.verdict == Verdict::known || rule.verdict == Verdict::given_up) &&
         (rule.finding.has_value() || !rule.broken.empty());
}

Evidence evidence_of(const Report& report, const RuleReport& rule, const std::string& command) {
  Evidence shown;
  const spec::Rule& law = *rule.rule;
  const std::string claim = rule.verdict == Verdict::given_up ? fmt::format("was not judged by {}", law.name)
                            : rule.misdeed != spec::Status::finished
                                ? fmt::format("{} on {}", name_of(verdict_of(rule.misdeed)), law.name)
                            : rule.verdict == Verdict::known ? fmt::format("is known to deviate from {}", law.name)
                                                             : fmt::format("violates {}", law.name);
  shown.title = fmt::format("{} {} ({}, {}, since {})", report.name(), claim, spec::name_of(law.level), spec::name_of(law.profile),
                            law.since);
  shown.sentence = law.sentence;
  const std::string replay = fmt::format("{} check {} --rules {}", shell_quoted(command), shell_quoted(report.subject), law.name);
  if (!rule.reason.empty()) shown.notes.push_back("Known deviation: " + rule.reason);
  if (rule.given_up) shown.notes.emplace_back("Too much time was lost on programs like this one.");
  if (!rule.finding) {
    shown.why = rule.broken;
    shown.replay = fmt::format("{} --seed {}", replay, report.seed);
    return shown;
  }
  const Finding& finding = *rule.finding;
  shown.why = rule.misdeed == spec::Status::finished ? finding.judgement.why() : finding.run.message;
  if (!finding.repeats) {
    shown.notes.emplace_back(
        "It did not show again when the program was run again: this is the run that was seen. What it takes may lie outside of the "
        "program.");
  }
  shown.notation = spec::to_notation(finding.program);
  shown.json = spec::to_json(finding.program);
  shown.statements = finding.program.size();
  shown.timeline = timeline_of(finding.program, finding.run, finding.judgement.events());
  const auto reference = scheduler_subject("deterministic", [] { return std::make_unique<DeterministicScheduler>(); });
  const spec::Run lawful = reference->run(finding.program);
  if (finding.run.trace.empty()) {
    shown.notes.emplace_back("Nothing is known of what it did until then.");
    shown.expected.push_back(fmt::format("lawful  {} at t={}", spec::name_of(lawful.status), lawful.end));
  } else {
    shown.expected = differences(finding.program, lawful, finding.run);
  }
  shown.lawful = timeline_of(finding.program, lawful, {});
  shown.test_case = test_case(report, law, command, shown.json);
  shown.replay = fmt::format("{} --program {}", replay, shell_quoted(shown.json));
  return shown;
}

}  // namespace lawful::conformance
