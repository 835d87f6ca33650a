#include "conformance/cli/lawful.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include "conformance/cli/nearest.hpp"
#include "conformance/cli/verbs.hpp"
#include "conformance/mutants/mutant.hpp"
#include "conformance/subjects/driver.hpp"
#include "conformance/subjects/process.hpp"
#include "conformance/subjects/scheduler_subject.hpp"
#include "scheduler/deterministic.hpp"
#include "scheduler/tbb.hpp"

namespace lawful::conformance {

int trouble(const std::string& message) {
  std::fprintf(stderr, "lawful: %s\n", message.c_str());
  return 2;
}

void print(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) throw OutputClosed();
}

void flush() {
  if (std::fflush(stdout) != 0) throw OutputClosed();
}

std::vector<const spec::Rule*> rules_matching(const std::string& patterns) {
  std::vector<const spec::Rule*> chosen;
  std::vector<std::string> list;
  for (std::size_t at = 0; at < patterns.size();) {
    const std::size_t comma = std::min(patterns.find(',', at), patterns.size());
    list.push_back(patterns.substr(at, comma - at));
    at = comma + 1;
  }
  for (const std::string& pattern : list) {
    const auto matches = [&](const spec::Rule& rule) { return ::fnmatch(pattern.c_str(), std::string(rule.name).c_str(), 0) == 0; };
    if (std::none_of(spec::catalogue().begin(), spec::catalogue().end(), matches)) {
      std::vector<std::string_view> names;
      for (const spec::Rule& rule : spec::catalogue()) names.push_back(rule.name);
      throw std::invalid_argument("no rule matches \"" + pattern + "\"." + did_you_mean(pattern, names) +
                                  " `lawful rules` lists them, and \"GATHER-*\" names several");
    }
  }
  for (const spec::Rule& rule : spec::catalogue()) {
    const bool wanted = list.empty() || std::any_of(list.begin(), list.end(), [&](const std::string& pattern) {
                          return ::fnmatch(pattern.c_str(), std::string(rule.name).c_str(), 0) == 0;
                        });
    if (wanted) chosen.push_back(&rule);
  }
  return chosen;
}

void Subjects::add(std::string name, std::string usage, Make make, bool by_default, Arguments arguments) {
  entries_.push_back(Entry{std::move(name), std::move(usage), std::move(make), by_default, std::move(arguments)});
}

namespace {
constexpr std::string_view driver_prefix = "driver:";

std::string argument_of(const std::string& name) {
  const std::size_t colon = name.find(':');
  return colon == std::string::npos ? "" : name.substr(colon + 1);
}
}  // namespace

const Subjects::Entry& Subjects::entry_of(const std::string& name) const {
  const std::size_t colon = name.find(':');
  const std::string argument = argument_of(name);
  std::vector<std::string> known;
  for (const Entry& entry : entries_) {
    const bool called_so = entry.name == name.substr(0, colon) && (colon == std::string::npos || !argument.empty());
    if (called_so && entry.arguments.accepts(argument)) return entry;
    if (entry.arguments.known.empty()) known.push_back(entry.name);
    for (const std::string_view one : entry.arguments.known) known.push_back(entry.name + ":" + std::string(one));
  }
  std::string list;
  for (const Entry& entry : entries_) list += "\n  " + entry.usage;
  throw std::invalid_argument("there is no subject \"" + name + "\"." +
                              did_you_mean(name, std::vector<std::string_view>(known.begin(), known.end())) + " The subjects are" +
                              list + "\n  driver:COMMAND (any program that speaks the exchange format)");
}

void Subjects::require(const std::string& name) const {
  if (!name.starts_with(driver_prefix)) static_cast<void>(entry_of(name));
}

std::unique_ptr<Subject> Subjects::make(const std::string& name) const {
  if (name.starts_with(driver_prefix)) return driver_subject(name, shell_command(name.substr(driver_prefix.size())));
  std::unique_ptr<Subject> subject = entry_of(name).make(argument_of(name));
  if (!subject) throw std::invalid_argument("the subject \"" + name + "\" could not be made");
  return subject;
}

std::unique_ptr<Subject> Subjects::isolated(const std::string& name, std::chrono::milliseconds patience) const {
  if (name.starts_with(driver_prefix)) return make(name);
  require(name);
  return driver_subject(name, {"/proc/self/exe", "drive", name, "--patience", fmt::format("{}", in_seconds(patience))});
}

std::vector<std::string> Subjects::defaults() const {
  std::vector<std::string> names;
  for (const Entry& entry : entries_) {
    if (entry.by_default) names.push_back(entry.name);
  }
  return names;
}

namespace {

/// The number of threads in "tbb:THREADS"; nullopt if it is none.
std::optional<std::size_t> threads_in(const std::string& argument) {
  if (argument.empty()) return TbbScheduler::default_threads();
  std::size_t threads = 0;
  const char* const end = argument.data() + argument.size();
  const auto [stop, error] = std::from_chars(argument.data(), end, threads);
  if (error != std::errc() || stop != end || threads < 1 || threads > 256) return std::nullopt;
  return threads;
}

const Mutant* mutant_named(const std::string& name) {
  const auto found = std::find_if(mutants().begin(), mutants().end(), [&](const Mutant& mutant) { return mutant.name == name; });
  return found == mutants().end() ? nullptr : &*found;
}

}  // namespace

Subjects own_subjects() {
  Subjects subjects;
  subjects.add(
      "deterministic", "deterministic",
      [](const std::string&) {
        return scheduler_subject("deterministic", [] { return std::make_unique<DeterministicScheduler>(); });
      },
      true);
  Subjects::Arguments threads;
  threads.accepts = [](const std::string& argument) { return threads_in(argument).has_value(); };
  subjects.add(
      "tbb", "tbb, tbb:THREADS (1 to 256)",
      [](const std::string& argument) {
        const std::size_t threads = *threads_in(argument);
        return scheduler_subject(argument.empty() ? "tbb" : "tbb:" + argument,
                                 [threads] { return std::make_unique<TbbScheduler>(threads, TbbScheduler::Time::virtual_time); });
      },
      true, std::move(threads));
  Subjects::Arguments names;
  names.accepts = [](const std::string& argument) { return mutant_named(argument) != nullptr; };
  for (const Mutant& mutant : mutants()) names.known.push_back(mutant.name);
  subjects.add(
      "mutant", "mutant:NAME (`lawful mutants` lists them)",
      [](const std::string& argument) { return mutant_named(argument)->make(); }, false, std::move(names));
  return subjects;
}

int run_lawful(int argc, char** argv, const Subjects& subjects) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of write(), which we report

  CLI::App app("Is your scheduler lawful? The specification and conformance suite for structured task scheduling.", "lawful");
  app.require_subcommand(1);
  int status = 0;

  CheckArguments arguments;
  // How a replay line calls this program: `lawful` itself is started by the script at the root.
  const std::string called = argc > 0 ? argv[0] : "lawful";
  arguments.command = called.substr(called.rfind('/') + 1) == "lawful" ? "./lawful" : called;
  CLI::App* verb = app.add_subcommand("check", "Generate programs, run them on subjects, judge every rule");
  verb->add_option("SUBJECT", arguments.subjects, "What to judge; the reference schedulers if none is named");
  verb->add_option("--rules", arguments.rules, "Only rules that match: names or patterns, with commas between them");
  verb->add_option("--programs", arguments.programs, "Programs that must exercise each rule (200)");
  verb->add_option("--seed", arguments.seed, "Seed of the generated programs (1)");
  verb->add_option("--json", arguments.json, "Write the report to this file as JSON, too");
  verb->add_option("--html", arguments.html, "… as one self-contained page");
  verb->add_option("--junit", arguments.junit, "… as JUnit's XML, for CI");
  verb->add_option("--badge", arguments.badge, "Write a badge to this file, as SVG");
  verb->add_option("--trace", arguments.trace, "Write the runs that failed to this file, for Perfetto or chrome://tracing");
  verb->add_option("--known", arguments.known,
                   "Files of known deviations: RULE: reason. One that conforms is held against the subject")
      ->allow_extra_args(false);
  double patience = 0;
  verb->add_option("--patience", patience, "Seconds that a subject may give no sign (2)")->check(CLI::Range(0.1, 3600.0));
  verb->add_option("--program", arguments.program, "Judge this one program, given as JSON, and generate none");
  verb->callback([&] {
    if (patience != 0) arguments.patience = std::chrono::milliseconds(static_cast<std::int64_t>(patience * 1000));
    status = check(subjects, arguments);
  });

  std::string subject;
  verb = app.add_subcommand("run", "Programs on standard input to runs on standard output, a line each");
  verb->add_option("SUBJECT", subject, "Where to run them")->required();
  verb->callback([&] { status = run(subjects, subject); });

  verb = app.add_subcommand("drive", "The same as a driver: a hello line first, and each answer at once");
  verb->add_option("SUBJECT", subject, "Where to run them")->required();
  verb->add_option("--patience", patience, "Seconds that a run may take (2)")->check(CLI::Range(0.1, 3600.0));
  verb->callback([&] {
    status = drive(subjects, subject,
                   patience == 0 ? default_patience : std::chrono::milliseconds(static_cast<std::int64_t>(patience * 1000)));
  });

  std::string file = "-";
  std::string patterns;
  verb = app.add_subcommand("judge", "Lines {\"program\": …, \"run\": …}, from anywhere, to verdicts");
  verb->add_option("FILE", file, "Where they stand; standard input if not given");
  verb->add_option("--rules", patterns, "Only rules that match");
  bool parallel = false;
  verb->add_flag("--parallel", parallel, "They come from a parallel subject: leave the serial and fifo rules out");
  verb->callback([&] { status = judge(file, patterns, parallel); });

  std::vector<std::string> files;
  bool per_task = false;
  verb = app.add_subcommand("agree", "Run recorded programs again, and compare the runs");
  verb->add_option("SUBJECT", subject, "Where to run them")->required();
  verb->add_option("FILE", files, "Lines {\"id\": …, \"program\": …, \"run\": …}")->required();
  verb->add_flag("--per-task", per_task, "Be content if they agree per task");
  verb->callback([&] { status = agree(subjects, subject, files, per_task); });

  std::size_t programs = 0;
  std::uint64_t seed = 1;
  bool ties = false;
  verb = app.add_subcommand("generate", "Programs, for any other tool");
  verb->add_option("--programs", programs, "How many")->required();
  verb->add_option("--seed", seed, "Which ones (1)");
  verb->add_flag("--ties", ties, "With deadlines that fall together");
  verb->callback([&] { status = generate(programs, seed, ties); });

  std::size_t many = 100'000;
  verb = app.add_subcommand("nightly", "Judge very many programs by all rules, with progress");
  verb->add_option("SUBJECT", subject, "Where to run them")->required();
  verb->add_option("--programs", many, "How many (100,000)");
  verb->add_option("--seed", seed, "Which ones (1)");
  verb->callback([&] { status = nightly(subjects, subject, many, seed); });

  bool as_json = false;
  verb = app.add_subcommand("rules", "The catalogue of rules");
  verb->add_flag("--json", as_json, "All that is known of each, as JSON");
  verb->callback([&] { status = as_json ? list_rules_as_json() : list_rules(); });

  std::string rule;
  verb = app.add_subcommand("explain", "One rule's text");
  verb->add_option("RULE", rule, "Its name")->required();
  verb->callback([&] { status = explain(rule); });

  verb = app.add_subcommand("mutants", "Which mutant each rule's check catches");
  verb->add_option("--seed", seed, "Seed of the generated programs (1)");
  MutantsArguments about;
  verb->add_option("--only", about.only, "Mutants that match this pattern");
  verb->add_flag("--verbose", about.verbose, "With the smallest program that shows each");
  verb->add_option("--table", about.table, "Write the kill matrix to this file, too");
  verb->add_option("--timelines", about.timelines, "… and the timeline of each mutant's smallest program, as text");
  verb->add_option("--drawings", about.drawings, "… and as SVG, a file each, in this folder");
  verb->callback([&] {
    about.seed = seed;
    status = list_mutants(about);
  });

  try {
    app.parse(argc, argv);
    flush();
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const OutputClosed&) {
    return trouble("standard output was closed before everything was written");
  } catch (const std::exception& error) {
    return trouble(error.what());
  }
  return status;
}

int run_lawful(int argc, char** argv, const std::string& name, const std::function<std::unique_ptr<Subject>()>& make) {
  Subjects subjects;
  subjects.add(
      name, name, [&](const std::string&) { return make(); }, true);
  return run_lawful(argc, argv, subjects);
}

int run_lawful(int argc, char** argv, const std::string& name, Post post) {
  const int status = run_lawful(argc, argv, name, [&] { return executor_subject(name, post); });
  // A pool whose job never ends would be joined for ever by whoever owns it: the verdict is told, and that is the end.
  if (any_executor_hung()) {
    std::fflush(stdout);
    std::_Exit(status);
  }
  return status;
}

}  // namespace lawful::conformance
