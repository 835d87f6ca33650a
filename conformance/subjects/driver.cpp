#include "conformance/subjects/driver.hpp"

#include <simdjson.h>

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "conformance/subjects/process.hpp"
#include "properties/patience.hpp"
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
/// How often a silent one is looked at.
constexpr std::chrono::milliseconds pause = 50ms;

/// What a subject said, in characters that a terminal shows and a report can hold.
std::string printable(std::string_view text) {
  const bool is_text = simdjson::validate_utf8(text.data(), text.size());
  std::string shown;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !is_text)) {
      shown += fmt::format("\\x{:02x}", byte);
    } else {
      shown += c;
    }
  }
  return shown;
}

/// The beginning of it.
std::string excerpt(std::string_view text) {
  std::size_t most = 200;
  if (text.size() <= most) return printable(text);
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;  // not in the middle of a character
  return printable(text.substr(0, most)) + "…";
}

std::string seconds(std::chrono::nanoseconds time) { return fmt::format("{:.1f} s", std::chrono::duration<double>(time).count()); }

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
  hello.subject = excerpt(text);  // it stands in lines that people and tools read
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
    Run unasked;
    if (said_unasked(unasked) && !take(0, std::move(unasked))) return;
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
    if (next_line(line, run, most_line)) {
      simdjson::dom::parser parser;
      simdjson::dom::object top;
      std::uint64_t done = 0;
      std::string_view why;
      const simdjson::padded_string padded(line);
      const bool is_object = parser.parse(padded).get(top) == simdjson::SUCCESS;
      if (is_object && top["cases"].get(done) == simdjson::SUCCESS && top["why"].get(why) == simdjson::SUCCESS) {
        seen.cases = done;
        seen.why = why;
        return seen;
      }
      // Of a case that does not end it may tell more than is seen from here.
      std::string_view status;
      std::string_view message;
      const bool told =
          is_object && top["status"].get(status) == simdjson::SUCCESS && top["message"].get(message) == simdjson::SUCCESS;
      const auto known = told ? spec::status_named(status) : std::nullopt;
      if (known && misbehaved(*known)) {
        run.status = *known;
        run.message = message;
      } else {
        run.status = Status::garbage;
        run.message = "it answered: " + excerpt(line);
      }
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
    const bool heard = next_line(line, refusal_, most_hello);
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

  /// The next line of the process, if it has no more than `most` bytes. If none comes, what happened instead.
  bool next_line(std::string& line, Run& instead, std::size_t most) {
    // Looks begin when it is silent: most answers come at once.
    std::optional<properties::Patience> patience;
    for (;;) {
      switch (process_->read(line, pause, most)) {
        case Process::Seen::line:
          return true;
        case Process::Seen::end:
          ended(instead);
          return false;
        case Process::Seen::too_long:
          instead.status = Status::garbage;
          instead.message = fmt::format("a line of more than {} bytes, where {} is expected: {}", most,
                                        most == most_hello ? "a hello" : "an answer", excerpt(process_->half_line()));
          return false;
        case Process::Seen::silence:
          break;
      }
      if (const std::size_t memory = properties::memory_of(process_->processes()); memory > most_memory) {
        instead.status = Status::exhausted;
        instead.message =
            fmt::format("it holds {} MiB of memory, and may hold {}{}", memory >> 20, most_memory >> 20, last_output());
        return false;
      }
      if (!patience) patience.emplace(patience_, [this] { return process_->all_processes(); });
      if (!patience->over()) continue;
      silent(*patience, instead);
      return false;
    }
  }

  void ended(Run& instead) {
    const std::string half = process_->half_line();
    const std::string end = process_->end();
    instead.status = process_->went_on()   ? Status::hung
                     : process_->crashed() ? Status::crashed
                     : !half.empty()       ? Status::cut_off
                                           : Status::exited;
    instead.message = end + (half.empty() ? "" : ", in the middle of a line: " + excerpt(half)) + last_output();
  }

  /// It had its chance and gave no answer.
  void silent(const properties::Patience& patience, Run& instead) {
    const std::string& half = process_->half_line();
    instead.status = !half.empty() ? Status::cut_off : patience.mostly_busy() ? Status::spinning : Status::hung;
    instead.message = "no answer: " + (patience.stopped() ? "it is stopped by a signal"
                                       : patience.mostly_busy()
                                           ? "it has used " + seconds(patience.busy()) + " of processor time"
                                           : "its threads have slept for " + seconds(patience.had()) + ", and nothing was due");
    if (!half.empty()) instead.message += ", in the middle of a line: " + excerpt(half);
    instead.message += last_output();
  }

  std::string last_output() {
    std::string text;
    for (const std::string& line : process_->last_lines()) text += fmt::format("\n{}", printable(line));
    return text.empty() ? text : fmt::format("; the last lines of its error output:{}", text);
  }

  /// Whether there is an answer to nothing: all that was asked for has been answered.
  bool said_unasked(Run& run) {
    std::string line;
    if (!process_ || process_->read(line, 0ms, most_line) != Process::Seen::line) return false;
    run.status = Status::garbage;
    run.message = "it gave an answer more than it was asked for: " + excerpt(line) + last_output();
    process_.reset();
    return true;
  }

  Run answer(const Program& program) {
    Run run;
    std::string line;
    if (!next_line(line, run, most_line)) return run;
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
