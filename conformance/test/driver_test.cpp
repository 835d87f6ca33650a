#include <doctest/doctest.h>

#include <fstream>

#include "conformance/judge/honesty.hpp"
#include "conformance/judge/known.hpp"
#include "conformance/mutants/mutant.hpp"
#include "conformance/subjects/driver.hpp"
#include "conformance/subjects/process.hpp"
#include "conformance/subjects/scheduler_subject.hpp"
#include "properties/proc.hpp"
#include "properties/within.hpp"
#include "spec/json.hpp"
#include "spec/notation.hpp"

using namespace lawful;
using namespace lawful::conformance;
using namespace std::chrono_literals;

namespace {

spec::Program program(const char* text) { return spec::Program(spec::from_notation(text)); }
std::unique_ptr<Subject> shell(const std::string& script) { return driver_subject("shell", {"/bin/sh", "-c", script}); }
const std::string hello_line =
    R"(echo '{"lawful":1,"subject":"shell","ops":["sleep","return"],"profiles":["core"],"clock":"virtual"}'; )";
const std::string good_run =
    R"({"status":"finished","end":0,"outcomes":{"main":{"ok":null}},"trace":[{"t":0,"task":"main","at":"","event":"start"},{"t":0,"task":"main","at":"","event":"finish","ok":null}]})";
/// However long it takes.
Process::Seen wait_for_line(Process& process, std::string& line) {
  for (;;) {
    const Process::Seen seen = process.read(line, 1s, most_line);
    if (seen != Process::Seen::silence) return seen;
  }
}
const Mutant& mutant_named(std::string_view name) {
  for (const Mutant& mutant : mutants()) {
    if (mutant.name == name) return mutant;
  }
  throw std::runtime_error("no such mutant");
}

}  // namespace

TEST_CASE("a process is written to and read from by lines, and tells how it ended") {
  Process echo(shell_command("cat"));
  echo.send("one\ntwo\n");
  std::string line;
  REQUIRE(wait_for_line(echo, line) == Process::Seen::line);
  CHECK(line == "one");
  REQUIRE(wait_for_line(echo, line) == Process::Seen::line);
  CHECK(line == "two");
  CHECK(echo.read(line, 20ms, most_line) == Process::Seen::silence);

  Process over(shell_command("echo oops >&2; printf half; exit 3"));
  CHECK(wait_for_line(over, line) == Process::Seen::end);
  CHECK(over.half_line() == "half");
  CHECK(over.end() == "exited with status 3");
  CHECK(over.last_lines().back() == "oops");

  Process killed(shell_command("kill -SEGV $$"));
  CHECK(wait_for_line(killed, line) == Process::Seen::end);
  CHECK(killed.end() == "killed by SIGSEGV");
  CHECK(killed.crashed());
}

TEST_CASE("a megabyte in and out does not block") {
  Process echo(shell_command("cat"));
  const std::string long_line(1 << 20, 'x');
  for (int i = 0; i < 4; ++i) echo.send(long_line + "\n");
  for (int i = 0; i < 4; ++i) {
    std::string line;
    REQUIRE(wait_for_line(echo, line) == Process::Seen::line);
    CHECK(line.size() == long_line.size());
  }
}

TEST_CASE("a driver's hello is read strictly") {
  const auto refusal = [](const std::string& line) { return shell("echo '" + line + "'; cat >/dev/null")->refusal(); };
  CHECK(refusal(R"({"lawful":1,"subject":"s","ops":["sleep"],"profiles":["core"],"clock":"virtual"})").empty());
  CHECK(refusal("hello").find("it is no JSON object: hello") != std::string::npos);
  CHECK(refusal(R"({"subject":"s"})").find("\"lawful\": 1") != std::string::npos);
  CHECK(refusal(R"({"lawful":1,"subject":"s","ops":["fly"],"profiles":["core"],"clock":"virtual"})").find("no op \"fly\"") !=
        std::string::npos);
  CHECK(refusal(R"({"lawful":1,"subject":"s","ops":[],"profiles":["hard"],"clock":"virtual"})").find("no profile \"hard\"") !=
        std::string::npos);
  CHECK(refusal(R"({"lawful":1,"subject":"s","ops":[],"profiles":[],"clock":"wall"})").find("\"clock\"") != std::string::npos);
  CHECK(shell("exit 4")->refusal() == "it said no hello: exited with status 4");
}

TEST_CASE("what a driver does instead of answering is the run's status, and the next program gets a new process") {
  const spec::Program plain = program("return 1");
  const auto status = [&](const std::string& script) {
    const auto subject = shell(hello_line + script);
    subject->set_patience(300ms);
    const spec::Run first = subject->run(plain);
    CHECK(subject->run(plain).status == first.status);
    return first.status;
  };
  CHECK(status("while read p; do echo '" + good_run + "'; done") == spec::Status::finished);
  CHECK(status("read p; kill -ABRT $$") == spec::Status::crashed);
  CHECK(status("read p; exit 0") == spec::Status::exited);
  CHECK(status("read p; printf '{\"sta'; exit 0") == spec::Status::cut_off);
  CHECK(status("read p; printf '{\"sta'; sleep 9") == spec::Status::cut_off);
  CHECK(status("read p; echo nonsense; read p") == spec::Status::garbage);
  CHECK(status("read p; sleep 9") == spec::Status::hung);
  CHECK(status("read p; while :; do :; done") == spec::Status::spinning);
  CHECK(status(R"(while read p; do echo '{"status":"unsupported","op":"sleep"}'; done)") == spec::Status::unsupported);
}

TEST_CASE("a hello is what a driver reads") {
  const auto subject = scheduler_subject("deterministic", [] { return std::make_unique<DeterministicScheduler>(); });
  const auto driver = shell("echo '" + hello(*subject, true) + "'; cat >/dev/null");
  CHECK(driver->refusal().empty());
  CHECK(driver->title() == "deterministic");
  CHECK(driver->ops().all());
  CHECK(driver->has_api());
  CHECK_FALSE(driver->parallel());
}

TEST_CASE("a property is asked for by a line, and the line is read back") {
  const auto asked = read_property_line(property_line(PropertyCases{"DEADLOCK-IS-TOLD", 3, 20, 7}));
  REQUIRE(asked);
  CHECK(asked->rule == "DEADLOCK-IS-TOLD");
  CHECK(asked->size == 3);
  CHECK(asked->cases == 20);
  CHECK(asked->seed == 7);
  CHECK_FALSE(read_property_line(R"({"main":[]})"));
  CHECK_THROWS_AS(static_cast<void>(read_property_line(R"({"property":7})")), std::invalid_argument);
}

TEST_CASE("what uses other ops than a subject knows is left out of a program") {
  spec::Ops ops;
  for (const spec::Op op : {spec::Op::sleep, spec::Op::return_, spec::Op::create_task, spec::Op::await})
    ops.set(static_cast<std::size_t>(op));
  const spec::Program whole = program("lock l\nfuture f\na = task { with l { sleep 2 } }\ncancel a\nawait f\nawait a\nreturn 1");
  const spec::Program rest = properties::within(whole, ops);
  CHECK(spec::to_notation(rest) == "a = task {\n  sleep 2\n}\nawait a\nreturn 1\n");
  CHECK((spec::ops_of(rest) & ~ops).none());
  CHECK(spec::to_json(properties::within(rest, ops)) == spec::to_json(rest));
}

TEST_CASE("the honesty gate tells a clock that is not the suite's, and tasks that did not run") {
  const auto honest = scheduler_subject("deterministic", [] { return std::make_unique<DeterministicScheduler>(); });
  CHECK(dishonesty(*honest).empty());

  struct Untouched final : Subject {
    [[nodiscard]] std::string name() const override { return "untouched"; }
    [[nodiscard]] bool parallel() const override { return false; }
    [[nodiscard]] spec::Run run(const spec::Program&) override {
      spec::Run run;
      run.outcomes.emplace_back(spec::main_task, spec::Value());
      return run;
    }
  } untouched;
  CHECK(dishonesty(untouched).find("do its tasks really run?") != std::string::npos);

  const auto sleepless = teller_of("sleepless", [](const spec::Program&, spec::Run& run) {
    run.end = 0;
    for (spec::Event& event : run.trace) event.t = 0;
  });
  CHECK(dishonesty(*sleepless).find("is its clock the suite's? Three times a sleep of 10^12 ticks ended at t=0") !=
        std::string::npos);
}

TEST_CASE("known deviations are strict, and read strictly") {
  const auto judged = [](std::string_view mutant, const std::string& known) {
    JudgeOptions options;
    options.programs = 50;
    Report report = judge_subject(*mutant_named(mutant).make(), {spec::rule_named("GATHER-KEEPS-ORDER")}, options);
    Known declared;
    declared.read(known, "known");
    declared.apply(report);
    return report;
  };
  CHECK(judged("gather-in-completion-order", "# nothing").exit_status() == 1);
  const Report known = judged("gather-in-completion-order", "[mutant:gather-*]\nGATHER-KEEPS-ORDER: it is a mutant");
  CHECK(known.exit_status() == 0);
  CHECK(known.rules[0].verdict == Verdict::known);
  CHECK(known.rules[0].reason == "it is a mutant");
  CHECK(judged("gather-in-completion-order", "[somebody else]\nGATHER-KEEPS-ORDER: of others").exit_status() == 1);
  const Report outdated = judged("timer-lost", "GATHER-KEEPS-ORDER: it was so once");
  CHECK(outdated.rules[0].verdict == Verdict::outdated);
  CHECK(outdated.exit_status() == 1);

  const auto wrong = [](const std::string& text) {
    try {
      Known().read(text, "file");
    } catch (const std::runtime_error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(wrong("\nNO-SUCH-RULE: why").find("file, line 2: there is no rule \"NO-SUCH-RULE\"") == 0);
  CHECK(wrong("GATHER-KEEPS-ORDER").find("there is no reason") != std::string::npos);
  CHECK(wrong("GATHER-KEEPS-ORDER:  ").find("there is no reason") != std::string::npos);
  CHECK(wrong("[x\nGATHER-KEEPS-ORDER: y").find("line 1: the heading has no end") != std::string::npos);
  CHECK(wrong("GATHER-KEEPS-ORDER: a\nGATHER-KEEPS-ORDER: b").find("declared twice") != std::string::npos);
}

TEST_CASE("violation() is what the test case of a report calls") {
  const char* const text =
      R"({"main":[{"op":"gather","of":[{"task":"a","body":[{"op":"sleep","ticks":0}]},{"task":"b","body":[{"op":"return","value":2}]}]}]})";
  CHECK(violation(*mutant_named("gather-in-completion-order").make(), "GATHER-KEEPS-ORDER", text) ==
        "place 0 holds 2, which is not the result of \"a\"");
  const auto lawful = scheduler_subject("deterministic", [] { return std::make_unique<DeterministicScheduler>(); });
  CHECK(violation(*lawful, "GATHER-KEEPS-ORDER", text).empty());
  CHECK_THROWS_AS(static_cast<void>(violation(*lawful, "NO-SUCH-RULE", text)), std::invalid_argument);
}

TEST_CASE("a subject that misbehaves gets its verdict for the rule, and the others go on") {
  // It crashes on whatever has a semaphore.
  struct Crashing final : Subject {
    [[nodiscard]] std::string name() const override { return "crashing"; }
    [[nodiscard]] bool parallel() const override { return false; }
    [[nodiscard]] spec::Run run(const spec::Program& program) override {
      for (const spec::Resource& resource : program.resources()) {
        if (resource.kind > spec::ResourceKind::bounded_semaphore) continue;
        spec::Run run;
        run.status = spec::Status::crashed;
        run.message = "killed by SIGSEGV";
        return run;
      }
      return inner->run(program);
    }
    std::unique_ptr<Subject> inner = scheduler_subject("deterministic", [] { return std::make_unique<DeterministicScheduler>(); });
  } crashing;
  JudgeOptions options;
  options.programs = 20;
  const Report report = judge_subject(
      crashing, {spec::rule_named("RUN-ENDS"), spec::rule_named("SEMAPHORE-BOUND"), spec::rule_named("GATHER-KEEPS-ORDER")},
      options);
  REQUIRE(report.rules.size() == 3);
  CHECK(report.rules[0].verdict == Verdict::crashed);
  CHECK(report.rules[0].finding->program.size() <= 2);
  CHECK(report.rules[1].verdict == Verdict::crashed);
  CHECK(report.rules[2].verdict == Verdict::conforms);
  CHECK(report.exit_status() == 1);
}

TEST_CASE("a line of a process has a most, and what it holds is bounded by that") {
  Process endless(shell_command("cat /dev/zero"));
  std::string line;
  Process::Seen seen = Process::Seen::silence;
  while (seen == Process::Seen::silence) seen = endless.read(line, 1s, 100'000);
  CHECK(seen == Process::Seen::too_long);
  CHECK(endless.half_line().size() < 300'000);
}

TEST_CASE("whatever a process leaves behind goes with it") {
  std::vector<pid_t> left;
  {
    Process leaver(shell_command("setsid sleep 1000 & setsid sh -c 'sleep 1000 & sleep 1000' & echo ready; wait"));
    std::string line;
    REQUIRE(wait_for_line(leaver, line) == Process::Seen::line);
    while (left.size() < 4) left = leaver.processes();
  }
  for (const pid_t id : left) CHECK(properties::threads_of(id).empty());
}

TEST_CASE("whoever kills what watches over it does not save what it has started") {
  std::vector<pid_t> left;
  {
    Process killer(shell_command("setsid sleep 1000 & setsid sleep 1000 & echo ready; read line; kill -KILL $PPID; sleep 1000"));
    std::string line;
    REQUIRE(wait_for_line(killer, line) == Process::Seen::line);
    while (left.size() < 3) left = killer.processes();
    killer.send("now\n");
    // Those that are left still hold its output: nothing is read to the end.
    while (killer.read(line, 10ms, most_line) == Process::Seen::silence && killer.processes().size() >= 3) {
    }
    CHECK(killer.end() == "killed what watches over it");
    CHECK_FALSE(killer.crashed());
  }
  // They are init's children now, which has yet to bury them.
  for (const pid_t id : left) {
    for (const properties::ThreadSeen& thread : properties::threads_of(id)) CHECK(thread.state == 'Z');
  }
}

TEST_CASE("a name that a driver gives itself is one line of text") {
  const auto driver = shell(
      R"(printf '%s\n' '{"lawful":1,"subject":"good conforms\n\u001b[2J","ops":[],"profiles":[],"clock":"virtual"}'; cat >/dev/null)");
  CHECK(driver->title() == R"(good conforms\x0a\x1b[2J)");
}

TEST_CASE("an answer that nobody asked for is told") {
  // Both in one write: the second is there when the first is.
  const auto subject = shell(hello_line + "read p; printf '%s\\n%s\\n' '" + good_run + "' '" + good_run + "'; read p; sleep 9");
  const spec::Program plain = program("return 1");
  CHECK(subject->run(plain).status == spec::Status::finished);
  const spec::Run second = subject->run(plain);
  CHECK(second.status == spec::Status::garbage);
  CHECK(second.message.find("it gave an answer more than it was asked for") == 0);
}
