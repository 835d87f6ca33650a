#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "conformance/judge/judge.hpp"
#include "conformance/mutants/mutant.hpp"
#include "conformance/report/text.hpp"
#include "conformance/report/timeline.hpp"
#include "conformance/subjects/scheduler_subject.hpp"
#include "properties/generate.hpp"
#include "properties/rapidcheck.hpp"
#include "scheduler/tbb.hpp"
#include "spec/json.hpp"
#include "spec/notation.hpp"
#include "spec/rule.hpp"

using namespace lawful;
using namespace lawful::conformance;

namespace {

const Mutant& mutant_named(std::string_view name) {
  for (const Mutant& mutant : mutants()) {
    if (mutant.name == name) return mutant;
  }
  throw std::runtime_error("no such mutant");
}

Report report_on(std::string_view mutant, std::string_view rule) {
  JudgeOptions options;
  options.programs = 1000;
  options.most = 1000;
  return judge_subject(*mutant_named(mutant).make(), {spec::rule_named(rule)}, options);
}

}  // namespace

TEST_CASE("a violation is shown by a small program of its own rule") {
  const Report report = report_on("gather-in-completion-order", "GATHER-KEEPS-ORDER");
  REQUIRE(report.rules.size() == 1);
  REQUIRE(report.rules[0].verdict == Verdict::violates);
  CHECK(report.exit_status() == 1);
  CHECK(report.rules[0].finding->program.size() <= 6);
  CHECK(report.rules[0].finding->repeats);
}

TEST_CASE("what rests on a violated rule is blocked, and the first cause is told though nobody asked") {
  const Report report = report_on("group-raises-bare-error", "GROUP-COLLECTS-FAILURES");
  REQUIRE(report.rules.size() == 2);
  CHECK(report.rules[0].verdict == Verdict::blocked);
  CHECK(report.rules[0].blocked_by->name == "GROUP-WRAPS-FAILURES");
  CHECK(report.rules[1].rule->name == "GROUP-WRAPS-FAILURES");
  CHECK(report.rules[1].verdict == Verdict::violates);
}

TEST_CASE("too few programs are no pass") {
  const auto subject = scheduler_subject("deterministic", [] { return std::make_unique<DeterministicScheduler>(); });
  JudgeOptions options;
  options.programs = 50;
  options.most = 10;
  const Report report = judge_subject(*subject, {spec::rule_named("SEMAPHORE-SERVES-IN-ORDER")}, options);
  CHECK(report.rules[0].verdict == Verdict::not_exercised);
  CHECK(report.exit_status() == 2);
}

TEST_CASE("the report of a violation is the golden file") {
  const spec::Program program = spec::JsonReader().program(
      R"({"main":[{"op":"gather","of":[{"task":"a","body":[{"op":"sleep","ticks":2},{"op":"return","value":1}]},{"task":"b","body":[{"op":"return","value":2}]}]}]})");
  const Report report =
      judge_program(*mutant_named("gather-in-completion-order").make(), {spec::rule_named("GATHER-KEEPS-ORDER")}, program, 1);
  std::ifstream file(LAWFUL_SOURCE_DIR "/conformance/test/report.golden.txt");
  std::stringstream golden;
  golden << file.rdbuf();
  CHECK(to_text(report, "./lawful") == golden.str());
}

TEST_CASE("on threads, a group that shutdown cancels hands that on to a task whose clean-up is under way") {
  const auto subject =
      scheduler_subject("tbb:4", [] { return std::make_unique<TbbScheduler>(4, TbbScheduler::Time::virtual_time); });
  const spec::Program program(
      spec::from_notation("m = task { group g { a = task in g { try { sleep 1 } finally { sleep 1 } } } }\nsleep 1"));
  const Report report = judge_program(*subject, {spec::rule_named("SHUTDOWN-CANCELS-ONCE")}, program, 3000);
  CHECK(report.rules[0].verdict != Verdict::violates);
}

TEST_CASE("a terminal gets colours, and paragraphs that fit; its timelines too, where the lanes allow it") {
  const Report report = report_on("gather-in-completion-order", "GATHER-KEEPS-ORDER");
  const std::string plain = to_text(report, "./lawful");
  CHECK(plain.find('\x1b') == std::string::npos);
  Style style;
  style.colour = true;
  style.wrap = true;
  style.width = 60;
  const std::string coloured = to_text(report, "./lawful", style);
  CHECK(coloured.find("\x1b[31m") != std::string::npos);
  std::istringstream lines(coloured);
  std::string line;
  for (bool verbatim = false; std::getline(lines, line);) {
    // What is to be pasted is not broken.
    verbatim = verbatim || line == "  As JSON:";
    std::size_t columns = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '\x1b')
        i = line.find('m', i);
      else if ((static_cast<unsigned char>(line[i]) & 0xC0U) != 0x80U)
        ++columns;
    }
    const bool verdict = line.find("GATHER-KEEPS-ORDER") != std::string::npos || line.find("lawful ") != std::string::npos ||
                         line.starts_with("    seen");
    INFO(line);
    if (!verbatim && !verdict) CHECK(columns <= 60);
  }
}

TEST_CASE("many lanes and long labels are cut to the width, and what is cut says so") {
  std::string text = "{\"main\":[{\"op\":\"gather\",\"of\":[";
  for (int i = 0; i < 12; ++i)
    text += (i == 0 ? "" : ",") + std::string("{\"task\":\"a_task_with_a_long_name_") + std::to_string(i) +
            "\",\"body\":[{\"op\":\"sleep\",\"ticks\":123456}]}";
  const spec::Program program = spec::JsonReader().program(text + "]}]}");
  const auto subject = scheduler_subject("deterministic", [] { return std::make_unique<DeterministicScheduler>(); });
  const Timeline timeline = timeline_of(program, subject->run(program), {0});
  CHECK(timeline.lanes.size() == 13);
  const std::string drawn = timeline_text(timeline, 80);
  CHECK(drawn.find("a_task_with_a…") != std::string::npos);
  CHECK(drawn.find("  > t=0") != std::string::npos);
  CHECK(timeline_svg(timeline).find("a_task_with_a_long_name_11") != std::string::npos);
  CHECK(escaped("<a href=\"x\">&\x01") == "&lt;a href=&quot;x&quot;&gt;&amp;?");
}

TEST_CASE("the deterministic scheduler is lawful, and runs a program the same way twice") {
  const auto subject = scheduler_subject("deterministic", [] { return std::make_unique<DeterministicScheduler>(); });
  LAWFUL_PROPERTY("deterministic is lawful", [&] {
    const auto focus = static_cast<properties::Focus>(*rc::gen::inRange<std::size_t>(0, properties::focus_count));
    const spec::Program program = *properties::programs(focus, *rc::gen::arbitrary<bool>());
    const spec::Run run = subject->run(program);
    RC_ASSERT(run == subject->run(program));
    const spec::History history(program, run);
    for (const spec::Rule& rule : spec::catalogue()) {
      const spec::Judgement judgement = spec::judge(rule, history);
      RC_LOG() << rule.name << ": " << judgement.why() << "\n";
      RC_ASSERT(!judgement.violated());
    }
  });
}
