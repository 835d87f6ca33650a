#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <fstream>

#include "conformance/cli/verbs.hpp"
#include "conformance/judge/kills.hpp"
#include "conformance/report/timeline.hpp"
#include "spec/notation.hpp"

namespace lawful::conformance {

namespace {

/// What a row says beside the first cause.
std::string others_of(const Kill& row) {
  std::string also;
  for (const spec::Rule* rule : row.causes) {
    if (rule != row.causes.front()) also += (also.empty() ? "" : ", ") + std::string(rule->name);
  }
  return also;
}

std::string anchor_of(std::string_view name) {
  std::string anchor(name);
  std::transform(anchor.begin(), anchor.end(), anchor.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return anchor;
}

/// The published table.
std::string table_of(const std::vector<Kill>& rows, const std::string& summary) {
  std::string text =
      "# The kill matrix\n\nWritten by `./lawful mutants --table conformance/mutants/KILLS.md`, and held current by a test. Each "
      "mutant is given the same " +
      std::to_string(programs_for_a_mutant) +
      " programs, aimed at every rule in\nturn and at its own in between, and judged by all rules. *First cause*: the rule that a "
      "report names first. *After*: programs until it was violated.\n"
      "*Statements*: of the smallest program that shows it; a property of the C++ API has neither. *Beside it*: other rules "
      "violated that rest on none that is.\n"
      "*Blocked*: how many rules rest on one of those, and so say nothing.\n\n" +
      summary +
      "\n\n| mutant | what it does wrong | first cause | after | statements | beside it | blocked |\n| --- | --- | --- | ---: | "
      "---: | --- | ---: |\n";
  for (const Kill& row : rows) {
    const std::string cause =
        row.causes.empty() ? "NOT CAUGHT"
                           : fmt::format("[{}](../../SPEC.md#{})", row.causes.front()->name, anchor_of(row.causes.front()->name));
    text += fmt::format("| `{}` | {} | {} | {} | {} | {} | {} |\n", row.mutant->name, row.mutant->what, cause,
                        row.statements == 0 ? "" : std::to_string(row.after),
                        row.statements == 0 ? "" : std::to_string(row.statements), others_of(row), row.blocked.size());
  }
  return text;
}

/// What each mutant's smallest program did, for people.
std::string timelines_of(const std::vector<Kill>& rows) {
  std::string text =
      "What each mutant does with the smallest program that shows it. Written by `lawful mutants --timelines`, and held current by "
      "ctest.\n";
  for (const Kill& row : rows) {
    if (!row.finding) continue;
    const Finding& finding = *row.finding;
    text += fmt::format("\n{}: {}\n  {}\n\n{}\n{}", row.mutant->name, row.mutant->what, finding.judgement.why(),
                        spec::to_notation(finding.program),
                        timeline_text(timeline_of(finding.program, finding.run, finding.judgement.events()), 110));
  }
  return text;
}

bool write(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  file << text << std::flush;
  return file.good();
}

}  // namespace

int list_mutants(const MutantsArguments& arguments) {
  std::vector<Kill> rows;
  std::vector<std::size_t> sizes;
  std::size_t missed = 0;
  std::size_t first = 0;
  print(fmt::format("{:<42} {:<48} {:>6} {:>10}\n", "mutant", "first cause", "after", "statements"));
  for (const Mutant& mutant : mutants()) {
    if (!arguments.only.empty() && ::fnmatch(arguments.only.c_str(), std::string(mutant.name).c_str(), 0) != 0) continue;
    rows.push_back(kill(mutant, arguments.seed));
    const Kill& row = rows.back();
    if (row.first()) ++first;
    if (row.statements != 0) sizes.push_back(row.statements);
    if (row.caught()) {
      const std::string also = others_of(row);
      print(fmt::format("{:<42} {:<48} {:>6} {:>10}{}\n", mutant.name, row.causes.front()->name, row.after, row.statements,
                        also.empty() ? "" : "  also: " + also));
      if (arguments.verbose && row.finding) print(spec::to_notation(row.finding->program));
    } else {
      ++missed;
      print(fmt::format("{:<42} NOT CAUGHT by {}{}\n", mutant.name, mutant.rule,
                        row.causes.empty() ? "" : fmt::format(", but by {}", row.causes.front()->name)));
    }
    flush();
  }
  if (rows.empty()) return trouble("no mutant matches \"" + arguments.only + "\"");
  // Every rule's check must be shown to fail.
  for (const spec::Rule& rule : spec::catalogue()) {
    const bool has =
        std::any_of(mutants().begin(), mutants().end(), [&](const Mutant& mutant) { return mutant.rule == rule.name; });
    if (has) continue;
    ++missed;
    print(fmt::format("{:<42} has no mutant\n", rule.name));
  }
  std::sort(sizes.begin(), sizes.end());
  const std::string summary = fmt::format(
      "{} of {} mutants caught, {} of them with their own rule as the first cause; the median smallest program has {} statements, "
      "the largest {}.",
      std::count_if(rows.begin(), rows.end(), [](const Kill& row) { return row.caught(); }), rows.size(), first,
      sizes.empty() ? 0 : sizes[sizes.size() / 2], sizes.empty() ? 0 : sizes.back());
  print("\n" + summary + "\n");
  flush();
  if (!arguments.table.empty() && !write(arguments.table, table_of(rows, summary)))
    return trouble(arguments.table + ": cannot be written");
  if (!arguments.timelines.empty() && !write(arguments.timelines, timelines_of(rows)))
    return trouble(arguments.timelines + ": cannot be written");
  for (const Kill& row : rows) {
    if (arguments.drawings.empty() || !row.finding) continue;
    const std::string path = fmt::format("{}/{}.svg", arguments.drawings, row.mutant->name);
    const Finding& finding = *row.finding;
    if (!write(path, timeline_svg(timeline_of(finding.program, finding.run, finding.judgement.events()))))
      return trouble(path + ": cannot be written");
  }
  // One in twenty may name another rule first: more is a defect of the catalogue.
  if (first * 20 < rows.size() * 19) return trouble("fewer than 95 % of the mutants have their own rule as the first cause");
  return missed == 0 ? 0 : 1;
}

}  // namespace lawful::conformance
