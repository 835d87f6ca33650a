#include <fmt/format.h>

#include <fstream>

#include "conformance/cli/verbs.hpp"
#include "conformance/judge/judge.hpp"
#include "conformance/report/json.hpp"
#include "conformance/report/text.hpp"
#include "properties/rapidcheck.hpp"
#include "spec/json.hpp"

namespace lawful::conformance {

int check(const Subjects& subjects, const CheckArguments& arguments) {
  const std::vector<const spec::Rule*> rules = rules_matching(arguments.rules);
  // RC_PARAMS says what to repeat, as for any RapidCheck property; the command line goes first.
  const properties::Parameters asked = properties::parameters_from_environment();
  JudgeOptions options;
  if (asked.programs) options.programs = static_cast<std::size_t>(std::max(1, *asked.programs));
  if (asked.seed) options.seed = *asked.seed;
  if (arguments.programs) options.programs = *arguments.programs;
  if (arguments.seed) options.seed = *arguments.seed;
  if (options.programs == 0) return trouble("--programs 0 would judge nothing: give 1 at least");

  std::optional<spec::Program> program;
  if (!arguments.program.empty()) {
    spec::JsonReader reader;
    program = reader.program(arguments.program);
  }
  std::vector<std::unique_ptr<Subject>> chosen;
  for (const std::string& name : arguments.subjects.empty() ? subjects.defaults() : arguments.subjects)
    chosen.push_back(subjects.make(name));

  std::ofstream file;
  if (!arguments.json.empty()) {
    file.open(arguments.json);
    if (!file) return trouble(arguments.json + ": cannot be written");
  }
  std::vector<Report> reports;
  int status = 0;
  for (const std::unique_ptr<Subject>& subject : chosen) {
    reports.push_back(program ? judge_program(*subject, rules, *program, subject->parallel() ? 100 : 1)
                              : judge_subject(*subject, rules, options));
    if (reports.size() > 1) print("\n");
    print(to_text(reports.back(), arguments.command));
    flush();
    // A violation is told before what could not be judged.
    const int one = reports.back().exit_status();
    if (status != 1 && one != 0) status = one;
  }
  if (file.is_open()) {
    file << to_json(reports) << std::flush;
    if (!file) return trouble(arguments.json + ": cannot be written");
  }
  return status;
}

}  // namespace lawful::conformance
