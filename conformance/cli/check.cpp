#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <functional>

#include "conformance/cli/progress.hpp"
#include "conformance/cli/verbs.hpp"
#include "conformance/judge/judge.hpp"
#include "conformance/judge/known.hpp"
#include "conformance/report/badge.hpp"
#include "conformance/report/html.hpp"
#include "conformance/report/json.hpp"
#include "conformance/report/junit.hpp"
#include "conformance/report/perfetto.hpp"
#include "conformance/report/text.hpp"
#include "properties/rapidcheck.hpp"
#include "spec/json.hpp"

namespace lawful::conformance {

namespace {

/// The files that were asked for, opened before anything is judged, so that nobody waits for a report that cannot be written.
class Files {
 public:
  using Write = std::function<std::string(const std::vector<Report>&)>;
  /// @throws std::runtime_error if it cannot be written
  void ask(const std::string& path, Write write) {
    if (path.empty()) return;
    auto file = std::make_unique<std::ofstream>(path);
    if (!*file) throw std::runtime_error(path + ": cannot be written");
    files_.push_back(File{path, std::move(file), std::move(write)});
  }
  void write(const std::vector<Report>& reports) {
    for (File& file : files_) {
      *file.stream << file.write(reports) << std::flush;
      if (!*file.stream) throw std::runtime_error(file.path + ": cannot be written");
    }
  }

 private:
  struct File {
    std::string path;
    std::unique_ptr<std::ofstream> stream;
    Write write;
  };
  std::vector<File> files_;
};

}  // namespace

int check(const Subjects& subjects, const CheckArguments& arguments) {
  const std::vector<const spec::Rule*> rules = rules_matching(arguments.rules);
  // RC_PARAMS says what to repeat, as for any RapidCheck property; the command line goes first.
  const properties::Parameters asked = properties::parameters_from_environment();
  JudgeOptions options;
  if (asked.programs) options.programs = static_cast<std::size_t>(std::max(1, *asked.programs));
  if (asked.seed) options.seed = *asked.seed;
  if (arguments.programs) options.programs = *arguments.programs;
  if (arguments.seed) options.seed = *arguments.seed;
  options.patience = arguments.patience;
  if (options.programs == 0) return trouble("--programs 0 would judge nothing: give 1 at least");

  // A name that is none is told before anything runs.
  for (const std::string& name : arguments.subjects) subjects.require(name);
  std::optional<spec::Program> program;
  if (!arguments.program.empty()) {
    spec::JsonReader reader;
    program = reader.program(arguments.program);
  }
  Known known;
  for (const std::string& file : arguments.known) known.read(file);
  Files files;
  const std::string& command = arguments.command;
  files.ask(arguments.json, to_json);
  files.ask(arguments.html, [&](const std::vector<Report>& reports) { return to_html(reports, command); });
  files.ask(arguments.junit, [&](const std::vector<Report>& reports) { return to_junit(reports, command); });
  files.ask(arguments.badge, to_badge);
  files.ask(arguments.trace, to_perfetto);

  const Style style = Style::of_output();
  std::vector<Report> reports;
  int status = 0;
  for (const std::string& name : arguments.subjects.empty() ? subjects.defaults() : arguments.subjects) {
    const std::unique_ptr<Subject> subject = subjects.isolated(name, arguments.patience);
    subject->set_patience(arguments.patience);
    Progress progress(name, "rules", std::chrono::milliseconds(700));
    options.progress = [&](std::size_t done, std::size_t all) { progress.tell(done, all); };
    reports.push_back(program ? judge_program(*subject, rules, *program, subject->parallel() ? 100 : 1)
                              : judge_subject(*subject, rules, options));
    progress.clear();
    // One program says nothing of what a declaration promises.
    if (!program) known.apply(reports.back());
    if (reports.size() > 1) print("\n");
    print(to_text(reports.back(), command, style));
    flush();
    // A violation is told before what could not be judged.
    const int one = reports.back().exit_status();
    if (status != 1 && one != 0) status = one;
  }
  if (reports.size() > 2) print(to_table(reports, style));
  files.write(reports);
  return status;
}

}  // namespace lawful::conformance
