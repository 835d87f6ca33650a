#include "conformance/subjects/driver.hpp"

#include <simdjson.h>

#include <algorithm>
#include <stdexcept>

#include "conformance/subjects/process.hpp"
#include "spec/json.hpp"

namespace lawful::conformance {

using namespace std::chrono_literals;
using spec::Program;
using spec::Run;
using spec::Status;

namespace {

/// Python or Node take their time to start.
constexpr std::chrono::milliseconds patience_with_a_start = 10s;
constexpr std::size_t lines_ahead = 64;

std::string excerpt(const std::string& text) {
  constexpr std::size_t most = 200;
  return text.size() <= most ? text : text.substr(0, most) + "…";
}

/// What a driver says of itself.
struct Hello {
  std::string subject;
  spec::Ops ops;
  std::vector<spec::Profile> profiles;
  bool api = false;
};

/// @throws std::invalid_argument that says what is wrong
Hello read_hello(const std::string& line) {
  simdjson::dom::parser parser;
  simdjson::dom::object top;
  const simdjson::padded_string padded(line);
  if (parser.parse(padded).get(top) != simdjson::SUCCESS) throw std::invalid_argument("it is no JSON object");
  Hello hello;
  std::int64_t version = 0;
  if (top["lawful"].get(version) != simdjson::SUCCESS || version != 1) throw std::invalid_argument("it needs \"lawful\": 1");
  std::string_view text;
  if (top["subject"].get(text) != simdjson::SUCCESS || text.empty()) throw std::invalid_argument("it needs a \"subject\", a text");
  hello.subject = text;
  if (top["clock"].get(text) != simdjson::SUCCESS || text != "virtual")
    throw std::invalid_argument("it needs \"clock\": \"virtual\"");
  simdjson::dom::array list;
  if (top["ops"].get(list) != simdjson::SUCCESS) throw std::invalid_argument("it needs \"ops\", a list of names");
  for (const simdjson::dom::element element : list) {
    if (element.get(text) != simdjson::SUCCESS) throw std::invalid_argument("\"ops\" holds what is no text");
    const auto op = spec::op_named(text);
    if (!op) throw std::invalid_argument("there is no op \"" + std::string(text) + "\"");
    hello.ops.set(static_cast<std::size_t>(*op));
  }
  if (top["profiles"].get(list) != simdjson::SUCCESS) throw std::invalid_argument("it needs \"profiles\", a list of names");
  for (const simdjson::dom::element element : list) {
    if (element.get(text) != simdjson::SUCCESS) throw std::invalid_argument("\"profiles\" holds what is no text");
    const auto profile = spec::profile_named(text);
    if (!profile) throw std::invalid_argument("there is no profile \"" + std::string(text) + "\"");
    hello.profiles.push_back(*profile);
  }
  bool api = false;
  if (top["api"].get(api) == simdjson::SUCCESS) hello.api = api;
  return hello;
}

class Driver final : public Subject {
 public:
  Driver(std::string name, std::vector<std::string> command) : name_(std::move(name)), command_(std::move(command)) { start(); }

  [[nodiscard]] std::string name() const override { return name_; }
  [[nodiscard]] std::string title() const override { return hello_.subject.empty() ? name_ : hello_.subject; }
  [[nodiscard]] bool parallel() const override { return profiles().owe(spec::Profile::parallel); }
  [[nodiscard]] spec::Profiles profiles() const override { return profiles_; }
  [[nodiscard]] spec::Ops ops() const override { return hello_.ops; }
  [[nodiscard]] bool has_api() const override { return hello_.api; }
  [[nodiscard]] std::string refusal() const override { return refusal_.message; }
  void set_patience(std::chrono::milliseconds patience) override { patience_ = patience; }

  [[nodiscard]] Run run(const Program& program) override {
    Run seen;
    run_all({program}, [&](std::size_t, Run run) {
      seen = std::move(run);
      return false;
    });
    return seen;
  }

  void run_all(const std::vector<Program>& programs, const Take& take) override {
    std::size_t sent = 0;
    for (std::size_t i = 0; i < programs.size(); ++i) {
      if (!ready()) {
        if (!take(i, refusal_)) return;
        continue;
      }
      sent = std::max(sent, i);
      for (; sent < programs.size() && sent < i + lines_ahead; ++sent) process_->send(spec::to_json(programs[sent]) + "\n");
      Run run = answer(programs[i]);
      if (misbehaved(run.status)) {
        process_.reset();  // what was sent ahead is gone with it
        sent = i + 1;
      }
      if (take(i, std::move(run))) continue;
      // Answers that nobody waits for any more would be taken for others.
      if (sent > i + 1) process_.reset();
      return;
    }
  }

  [[nodiscard]] PropertyRun check_property(const PropertyCases& asked) override {
    PropertyRun seen;
    if (!hello_.api || !ready()) return seen;
    process_->send(property_line(asked) + "\n");
    std::string line;
    Run run;
    if (next_line(line, run)) {
      simdjson::dom::parser parser;
      simdjson::dom::object top;
      std::uint64_t done = 0;
      std::string_view why;
      const simdjson::padded_string padded(line);
      if (parser.parse(padded).get(top) == simdjson::SUCCESS && top["cases"].get(done) == simdjson::SUCCESS &&
          top["why"].get(why) == simdjson::SUCCESS) {
        seen.cases = done;
        seen.why = why;
        return seen;
      }
      run.status = Status::garbage;
      run.message = "it answered: " + excerpt(line);
    }
    process_.reset();
    seen.status = run.status;
    seen.why = run.message;
    return seen;
  }

 private:
  /// Starts a process and hears its hello. What goes wrong is kept in `refusal_`.
  void start() {
    process_ = std::make_unique<Process>(command_);
    std::string line;
    const auto patience = std::exchange(patience_, patience_with_a_start);
    const bool heard = next_line(line, refusal_);
    patience_ = patience;
    if (heard) {
      try {
        hello_ = read_hello(line);
        profiles_ = spec::Profiles(hello_.profiles);
        return;
      } catch (const std::invalid_argument& error) {
        refusal_.status = Status::garbage;
        refusal_.message =
            std::string("its first line must be the hello of the exchange format, and ") + error.what() + ": " + excerpt(line);
      }
    } else {
      refusal_.message = "it said no hello: " + refusal_.message;
    }
    process_.reset();
  }

  bool ready() {
    if (!process_ && refusal_.message.empty()) start();
    return process_ != nullptr;
  }

  /// The next line of the process. If none comes, what happened instead.
  bool next_line(std::string& line, Run& instead) {
    using clock = std::chrono::steady_clock;
    const auto begun = clock::now();
    const auto busy = process_->cpu_time();
    std::size_t looks = 0;
    std::size_t running = 0;  // how often it wanted the processor
    for (;;) {
      const Process::Seen seen = process_->read(line, 50ms);
      if (seen == Process::Seen::line) return true;
      if (seen == Process::Seen::end) {
        const std::string half = process_->half_line();
        const std::string end = process_->end();
        instead.status = process_->crashed() ? Status::crashed : !half.empty() ? Status::cut_off : Status::exited;
        instead.message = end + (half.empty() ? "" : ", in the middle of a line: " + excerpt(half)) + last_output();
        return false;
      }
      ++looks;
      running += process_->wants_processor() ? 1 : 0;
      const std::size_t memory = process_->memory();
      if (memory > most_memory) {
        instead.status = Status::exhausted;
        instead.message = "it holds " + std::to_string(memory >> 20) + " MiB of memory, and may hold " +
                          std::to_string(most_memory >> 20) + last_output();
        return false;
      }
      const auto silent = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - begun);
      if (silent < patience_) continue;
      const auto used = process_->cpu_time() - busy;
      const std::string half = process_->half_line();
      instead.status = !half.empty() ? Status::cut_off : running * 2 > looks ? Status::spinning : Status::hung;
      instead.message = "no answer for " + std::to_string(silent.count() / 1000) + "." + std::to_string(silent.count() / 100 % 10) +
                        " s, with the processor busy for " +
                        std::to_string(used.count() * 100 / std::max<std::int64_t>(silent.count(), 1)) + " % of it" +
                        (half.empty() ? "" : ", in the middle of a line: " + excerpt(half)) + last_output();
      return false;
    }
  }

  std::string last_output() {
    std::string text;
    for (const std::string& line : process_->last_lines()) text += "\n" + line;
    return text.empty() ? text : "; the last lines of its error output:" + text;
  }

  Run answer(const Program& program) {
    Run run;
    std::string line;
    if (!next_line(line, run)) return run;
    try {
      run = reader_.run(line, program);
      // The suite's own words are believed too: nothing that a driver says against itself is a pass.
      return run;
    } catch (const spec::JsonError& error) {
      run = Run();
      run.status = Status::garbage;
      run.message = std::string("its answer is no run: ") + error.what() + ": " + excerpt(line) + last_output();
      return run;
    }
  }

  const std::string name_;
  const std::vector<std::string> command_;
  std::chrono::milliseconds patience_ = default_patience;
  spec::JsonReader reader_;
  std::unique_ptr<Process> process_;
  Hello hello_;
  spec::Profiles profiles_{spec::Profile::core};
  Run refusal_;  // why nothing can be run, if its message says so
};

}  // namespace

std::unique_ptr<Subject> driver_subject(std::string name, std::vector<std::string> command) {
  return std::make_unique<Driver>(std::move(name), std::move(command));
}

std::string hello(const Subject& subject, bool api) {
  std::string line = "{\"lawful\":1,\"subject\":";
  spec::write_string(line, subject.title());
  line += ",\"ops\":[";
  const spec::Ops ops = subject.ops();
  for (std::size_t i = 0; i < spec::op_count; ++i) {
    if (!ops.test(i)) continue;
    if (line.back() != '[') line += ',';
    spec::write_string(line, spec::name_of(static_cast<spec::Op>(i)));
  }
  line += "],\"profiles\":[";
  for (const spec::Profile profile :
       {spec::Profile::core, spec::Profile::time, spec::Profile::serial, spec::Profile::fifo, spec::Profile::parallel}) {
    if (!subject.profiles().owe(profile)) continue;
    if (line.back() != '[') line += ',';
    spec::write_string(line, spec::name_of(profile));
  }
  line += "],\"clock\":\"virtual\"";
  if (api) line += ",\"api\":true";
  return line + "}";
}

std::string property_line(const PropertyCases& asked) {
  std::string line = "{\"property\":";
  spec::write_string(line, asked.rule);
  return line + ",\"size\":" + std::to_string(asked.size) + ",\"cases\":" + std::to_string(asked.cases) +
         ",\"seed\":" + std::to_string(asked.seed) + "}";
}

std::optional<PropertyCases> read_property_line(std::string_view line) {
  if (!line.starts_with("{\"property\":")) return std::nullopt;
  simdjson::dom::parser parser;
  simdjson::dom::object top;
  PropertyCases asked;
  std::string_view rule;
  std::uint64_t size = 0;
  std::uint64_t cases = 0;
  const simdjson::padded_string padded(line);
  if (parser.parse(padded).get(top) != simdjson::SUCCESS || top["property"].get(rule) != simdjson::SUCCESS ||
      top["size"].get(size) != simdjson::SUCCESS || top["cases"].get(cases) != simdjson::SUCCESS ||
      top["seed"].get(asked.seed) != simdjson::SUCCESS) {
    throw std::invalid_argument("a property is asked for by {\"property\": RULE, \"size\": N, \"cases\": N, \"seed\": S}");
  }
  asked.rule = rule;
  asked.size = size;
  asked.cases = cases;
  return asked;
}

std::string property_answer(const PropertyRun& seen) {
  std::string line = "{\"cases\":" + std::to_string(seen.cases) + ",\"why\":";
  spec::write_string(line, seen.why);
  return line + "}";
}

}  // namespace lawful::conformance
