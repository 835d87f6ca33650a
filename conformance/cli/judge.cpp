#include <fmt/format.h>

#include "conformance/cli/verbs.hpp"
#include "conformance/judge/judge.hpp"
#include "conformance/report/text.hpp"
#include "spec/json.hpp"

namespace lawful::conformance {

int judge(const std::string& file, const std::string& patterns, bool parallel) {
  Ledger ledger(rules_matching(patterns), parallel ? spec::parallel_profiles : spec::serial_profiles);
  spec::JsonReader reader;
  Lines lines(file);
  std::string_view line;
  std::string unread;
  while (lines.next(line)) {
    try {
      const spec::Record record = reader.record(line, lines.number());
      if (record.run.judged()) {
        ledger.add(record.program, record.run);
      } else {
        unread += fmt::format("line {}: not a run that can be judged: {} ({})\n", lines.number(), spec::name_of(record.run.status),
                              record.run.message);
      }
    } catch (const spec::JsonError& error) {
      unread += error.what();
      unread += '\n';
    }
  }
  if (lines.number() == 0) return trouble("judge: " + lines.path() + " is empty: lines {\"program\": …, \"run\": …} are expected");
  const std::size_t judged = ledger.programs();
  const Report report = std::move(ledger).close(lines.path(), 1);
  print(to_text(report, "lawful"));
  flush();
  if (report.exit_status() == 1) return 1;
  if (!unread.empty()) return trouble("judge: some lines could not be read:\n" + unread);
  // Rules that no line exercises say nothing of it; some rule must have been.
  for (const RuleReport& rule : report.rules) {
    if (rule.verdict == Verdict::conforms) return 0;
  }
  return trouble(fmt::format("judge: none of the {} runs exercises any of these rules", judged));
}

}  // namespace lawful::conformance
