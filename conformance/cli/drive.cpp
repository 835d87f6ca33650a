#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <utility>

#include "conformance/cli/verbs.hpp"
#include "conformance/subjects/driver.hpp"
#include "properties/patience.hpp"
#include "properties/proc.hpp"
#include "spec/json.hpp"

namespace lawful::conformance {

namespace {

using namespace std::chrono_literals;

/// How often a run is looked at, and how much of the processor it must have used meanwhile for the look to count.
constexpr auto pause = 30ms;
constexpr auto least_used = 2ms;

/// Watches over the run that is under way, and tells what nobody outside can see: of a clock that goes on and on, that it does; of
/// a property's case in which nothing goes on, who waits for whom. All else is found out by whoever waits for the answer.
class Watch {
 public:
  Watch(Subject& subject, int out, std::chrono::milliseconds patience) : subject_(subject), out_(out), patience_(patience) {
    std::thread([this] { look(); }).detach();  // it ends with the process
  }
  void begin() { ++running_; }
  void end() { ++running_; }
  void begin_property() { ++in_property_; }
  void end_property() { ++in_property_; }

 private:
  void look() {
    std::uint64_t watched = 0;
    std::chrono::nanoseconds begun{0};
    std::chrono::nanoseconds used{0};
    std::optional<spec::Tick> first;
    std::optional<spec::Tick> last;
    int looks = 0;
    int moves = 0;
    std::optional<properties::Patience> patience;
    std::uint64_t asked = 0;
    for (;; std::this_thread::sleep_for(pause)) {
      // One question may follow the other faster than we look.
      const std::uint64_t question = in_property_.load();
      if (question != asked) patience.reset();
      asked = question;
      if (question % 2 == 1 && !patience) {
        patience.emplace(patience_ * 3 / 2);  // less than whoever waits for the answer has
      } else if (patience && patience->over()) {
        tell_hung(*patience, question);
        patience.reset();
      }
      // What counts is the processor time that the run uses: the machine may be busy with others.
      const std::chrono::nanoseconds before = std::exchange(used, properties::processor_time_of(::getpid()));
      const std::uint64_t now = running_.load();
      const std::optional<spec::Tick> tick = now % 2 == 1 ? subject_.peek() : std::nullopt;
      if (now != watched || !tick) {
        watched = now;
        begun = used;
        first = last = tick;
        looks = moves = 0;
        continue;
      }
      if (used - before < least_used) continue;
      ++looks;
      moves += tick > last ? 1 : 0;
      last = tick;
      if (used - begun >= patience_ && looks >= 10 && moves * 4 >= looks * 3 && running_.load() == now) tell_endless(*first, *last);
    }
  }

  void tell_hung(const properties::Patience& patience, std::uint64_t question) {
    // A serial scheduler that runs would be looked at in the middle of what it does.
    const std::string told = patience.mostly_busy() && !subject_.parallel() ? std::string() : subject_.account();
    std::string message = fmt::format("no case has ended, and its threads {}{}",
                                      patience.mostly_busy() ? "are at work all the time" : "sleep, with nothing due", told);
    for (const properties::ThreadSeen& thread : properties::threads_of(::getpid())) {
      if (thread.id == ::gettid()) continue;
      message += fmt::format("\n  thread {} ({}) {}", thread.id, thread.name, thread.state == 'R' ? "runs" : "sleeps");
    }
    if (in_property_.load() != question) return;  // it has just come to an end
    std::string answer = patience.mostly_busy() ? "{\"status\":\"spinning\",\"message\":" : "{\"status\":\"hung\",\"message\":";
    spec::write_string(answer, message);
    answer += "}\n";
    static_cast<void>(!::write(out_, answer.data(), answer.size()));
    std::_Exit(3);
  }

  void tell_endless(spec::Tick first, spec::Tick last) {
    std::string answer = "{\"status\":\"endless\",\"message\":";
    spec::write_string(
        answer, fmt::format("no run has ended, and its clock goes on: from t={} to t={} within {:.1f} s of processor time", first,
                            last, std::chrono::duration<double>(patience_).count()));
    answer += "}\n";
    static_cast<void>(!::write(out_, answer.data(), answer.size()));
    std::_Exit(3);
  }

  Subject& subject_;
  const int out_;
  const std::chrono::milliseconds patience_;
  std::atomic<std::uint64_t> running_{0};      // odd while a run is under way
  std::atomic<std::uint64_t> in_property_{0};  // odd while a property is checked
};

}  // namespace

int drive(const Subjects& subjects, const std::string& name, std::chrono::milliseconds patience) {
  set_executor_patience(patience * 6 / 10);
  // What a subject prints is not to be taken for an answer.
  std::fflush(stdout);
  const int out = ::dup(STDOUT_FILENO);
  if (out < 0 || ::dup2(STDERR_FILENO, STDOUT_FILENO) < 0) return trouble("drive: standard output cannot be kept apart");
  std::FILE* const answers = ::fdopen(out, "w");
  const auto say = [&](const std::string& line) {
    if (std::fputs(line.c_str(), answers) < 0 || std::fputc('\n', answers) < 0 || std::fflush(answers) != 0) throw OutputClosed();
  };

  const std::unique_ptr<Subject> subject = subjects.make(name);
  auto* const watch = new Watch(*subject, out, patience / 2);  // its thread never ends
  say(hello(*subject, subject->has_api()));
  spec::JsonReader reader;
  Lines lines("-");
  std::string_view line;
  while (lines.next(line)) {
    if (const auto question = read_property_line(line)) {
      watch->begin_property();
      const PropertyRun seen = subject->check_property(*question);
      watch->end_property();
      say(property_answer(seen));
      continue;
    }
    std::string answer;
    try {
      const spec::Program program = reader.program(line, lines.number());
      spec::Run run;
      if (const spec::Ops beyond = spec::ops_of(program) & ~subject->ops(); beyond.any()) {
        run.status = spec::Status::unsupported;
        for (std::size_t op = 0; op < spec::op_count && run.message.empty(); ++op) {
          if (beyond.test(op)) run.message = spec::name_of(static_cast<spec::Op>(op));
        }
      } else {
        watch->begin();
        run = subject->run(program);
        watch->end();
      }
      spec::write(answer, program, run);
    } catch (const spec::JsonError& error) {
      answer = "{\"status\":\"error\",\"message\":";
      spec::write_string(answer, error.what());
      answer += '}';
    }
    say(answer);
  }
  // Threads of a subject that hung may never come back, and the watch is still there: this process has said all it knows.
  std::fflush(nullptr);
  std::_Exit(0);
}

}  // namespace lawful::conformance
