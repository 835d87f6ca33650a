#include "conformance/judge/honesty.hpp"

#include <algorithm>
#include <random>

#include "spec/json.hpp"

namespace lawful::conformance {

namespace {

constexpr spec::Tick far = 1'000'000'000'000;

spec::Program canary(const std::string& text) { return spec::JsonReader().program(text); }

/// A number that nobody can know before.
std::string nonce() {
  std::random_device device;
  return std::to_string((std::uint64_t{device()} << 20 | device()) & ((std::uint64_t{1} << 50) - 1));
}

/// Whether the task called `name` started and finished.
bool ran(const spec::Program& program, const spec::Run& run, std::string_view name) {
  bool started = false;
  bool finished = false;
  for (const spec::Event& event : run.trace) {
    if (program.name(event.task) != name) continue;
    started = started || event.kind == spec::Event::Kind::start;
    finished = finished || event.kind == spec::Event::Kind::finish;
  }
  return started && finished;
}

/// Whether main is seen to return that number, whatever becomes of it then.
bool returned(const spec::Program& program, const spec::Run& run, const std::string& number) {
  return std::any_of(run.trace.begin(), run.trace.end(), [&](const spec::Event& event) {
    return event.kind == spec::Event::Kind::finish && program.name(event.task) == "main" && event.outcome.ok() &&
           spec::to_json(event.outcome.value()) == number;
  });
}

std::string of_tasks(Subject& subject, bool& came_back) {
  const std::string answer = nonce();
  const bool can_create = subject.ops().test(static_cast<std::size_t>(spec::Op::create_task)) &&
                          subject.ops().test(static_cast<std::size_t>(spec::Op::await));
  const std::string back = R"([{"op":"return","value":)" + answer + "}]";
  const spec::Program program = canary(can_create ? R"({"main":[{"op":"create_task","task":"a","body":)" + back +
                                                        R"(},{"op":"await","task":"a"},{"op":"return","value":)" + answer + "}]}"
                                                  : R"({"main":)" + back + "}");
  // A scheduler that loses one job in three is honest: it shows what it is the next time.
  std::string wrong;
  for (int i = 0; i < 3; ++i) {
    const spec::Run run = subject.run(program);
    came_back = !misbehaved(run.status);
    if (!came_back) return {};  // that is a verdict, and the judge comes to it
    if (!run.judged()) return "it cannot run the plainest program: " + run.message;
    wrong = !ran(program, run, "main") || (can_create && !ran(program, run, "a"))
                ? "its trace lacks the steps of a task that must have run"
            : !returned(program, run, answer) ? "main did not return the number it was given"
                                              : "";
    if (wrong.empty()) return {};
  }
  return "honesty gate: do its tasks really run? Three times " + wrong;
}

std::string of_the_clock(Subject& subject) {
  if (!subject.ops().test(static_cast<std::size_t>(spec::Op::sleep))) return {};
  const spec::Program at_once = canary(R"({"main":[{"op":"return","value":1}]})");
  const spec::Program sleeper = canary(R"({"main":[{"op":"sleep","ticks":)" + std::to_string(far) + "}]}");
  std::string wrong;
  for (int i = 0; i < 3; ++i) {
    const spec::Run run = subject.run(sleeper);
    if (misbehaved(run.status)) {
      // If all else comes back, it is the clock that does not.
      if (!costs_patience(run.status) || misbehaved(subject.run(at_once).status)) return {};
      return "honesty gate: is its clock the suite's? A sleep of 10^12 ticks did not come back, and virtual time jumps over it at "
             "once";
    }
    if (!run.judged()) return "it cannot run a sleep: " + run.message;
    if (run.end > far / 2) return {};
    wrong = "a sleep of 10^12 ticks ended at t=" + std::to_string(run.end);
  }
  return "honesty gate: is its clock the suite's? Three times " + wrong;
}

}  // namespace

std::string dishonesty(Subject& subject) {
  bool came_back = true;
  std::string wrong = of_tasks(subject, came_back);
  return wrong.empty() && came_back ? of_the_clock(subject) : wrong;
}

}  // namespace lawful::conformance
