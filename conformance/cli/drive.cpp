#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "conformance/cli/verbs.hpp"
#include "conformance/subjects/driver.hpp"
#include "spec/json.hpp"

namespace lawful::conformance {

namespace {

using namespace std::chrono_literals;

/// Watches over the run that is under way. One whose clock goes on and on is told, since nobody outside can see it; the others are
/// found out by whoever waits for the answer.
class Watch {
 public:
  Watch(const Subject& subject, int out, std::chrono::milliseconds patience) : subject_(subject), out_(out), patience_(patience) {
    std::thread([this] { look(); }).detach();  // it ends with the process
  }
  void begin() { ++running_; }
  void end() { ++running_; }

 private:
  void look() {
    std::uint64_t seen = 0;
    std::chrono::milliseconds lasted{0};
    constexpr auto pause = 20ms;
    for (;; std::this_thread::sleep_for(pause)) {
      const std::uint64_t now = running_.load();
      lasted = now == seen && now % 2 == 1 ? lasted + pause : 0ms;
      seen = now;
      if (lasted < patience_) continue;
      lasted = 0ms;
      tell_if_endless(now);
    }
  }

  void tell_if_endless(std::uint64_t run) {
    std::optional<spec::Tick> first = subject_.peek();
    std::optional<spec::Tick> last = first;
    int moves = 0;
    for (int i = 0; i < 20; ++i) {
      std::this_thread::sleep_for(5ms);
      const std::optional<spec::Tick> next = subject_.peek();
      if (next && last && *next > *last) ++moves;
      last = next;
    }
    if (moves < 15 || running_.load() != run) return;
    std::string answer = "{\"status\":\"endless\",\"message\":";
    spec::write_string(answer, "no run has ended, and its clock goes on: from t=" + std::to_string(*first) +
                                   " to t=" + std::to_string(*last) + " in a tenth of a second");
    answer += "}\n";
    static_cast<void>(!::write(out_, answer.data(), answer.size()));
    std::_Exit(3);
  }

  const Subject& subject_;
  const int out_;
  const std::chrono::milliseconds patience_;
  std::atomic<std::uint64_t> running_{0};  // odd while a run is under way
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
      say(property_answer(subject->check_property(*question)));
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
