#include <fmt/format.h>

#include "conformance/cli/verbs.hpp"
#include "conformance/report/text.hpp"
#include "spec/json.hpp"

namespace lawful::conformance {

namespace {

/// Where two runs part, for people.
std::string first_difference(const spec::Program& program, const spec::Run& recorded, const spec::Run& seen) {
  if (!seen.judged()) return fmt::format("    the subject answered: {} {}\n", spec::name_of(seen.status), seen.message);
  for (std::size_t i = 0; i < std::max(recorded.trace.size(), seen.trace.size()); ++i) {
    if (i < recorded.trace.size() && i < seen.trace.size() && recorded.trace[i] == seen.trace[i]) continue;
    const auto line = [&](const spec::Run& run) {
      return i < run.trace.size() ? event_text(program, run.trace[i])
                                  : fmt::format("{} at t={}", spec::name_of(run.status), run.end);
    };
    return fmt::format("    event {}:\n      recorded  {}\n      seen      {}\n", i, line(recorded), line(seen));
  }
  if (recorded.status != seen.status || recorded.end != seen.end) {
    return fmt::format("    recorded {} at t={}, seen {} at t={}\n", spec::name_of(recorded.status), recorded.end,
                       spec::name_of(seen.status), seen.end);
  }
  return "    the traces are equal, the outcomes are not\n";
}

}  // namespace

int agree(const Subjects& subjects, const std::string& name, const std::vector<std::string>& files, bool per_task) {
  const std::unique_ptr<Subject> subject = subjects.make(name);
  spec::JsonReader reader;
  const spec::Agreement wanted = per_task ? spec::Agreement::per_task : spec::Agreement::full;
  std::size_t counts[4] = {};
  std::size_t total = 0;
  std::size_t unread = 0;
  std::size_t left_out = 0;  // nothing was recorded: whoever ran it could not
  for (const std::string& file : files) {
    Lines lines(file);
    std::string_view line;
    while (lines.next(line)) {
      try {
        const spec::Record record = reader.record(line, lines.number());
        if (record.run.status == spec::Status::unsupported) {
          ++left_out;
          continue;
        }
        const spec::Run seen = subject->run(record.program);
        const spec::Agreement agreement = spec::agreement(record.run, seen);
        ++total;
        ++counts[static_cast<std::size_t>(agreement)];
        if (agreement < wanted) {
          print(fmt::format("{} (line {} of {}) differs:\n{}", record.id.empty() ? "a run" : record.id, lines.number(), file,
                            first_difference(record.program, record.run, seen)));
        }
        if (misbehaved(seen.status))
          return trouble(fmt::format("agree: {}: {}: {}", name, spec::name_of(seen.status), seen.message));
      } catch (const spec::JsonError& error) {
        ++unread;
        trouble(file + ": " + error.what());
      }
    }
    if (lines.number() == 0) {
      ++unread;
      trouble(file + " is empty: lines {\"id\": …, \"program\": …, \"run\": …} are expected");
    }
  }
  if (left_out != 0)
    print(fmt::format("{} lines hold no run to agree with: whoever recorded them could not run the program\n", left_out));
  print(fmt::format("{}: {} of {} in full, {} per task only, {} in outcomes only, {} not at all\n", subject->name(), counts[3],
                    total, counts[2], counts[1], counts[0]));
  flush();
  if (unread != 0 || total == 0) return 2;
  return counts[3] + (per_task ? counts[2] : 0) == total ? 0 : 1;
}

}  // namespace lawful::conformance
