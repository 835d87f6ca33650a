#include <doctest/doctest.h>

#include <fstream>
#include <set>
#include <string>

#include "spec/json.hpp"
#include "spec/rule.hpp"

using namespace lawful::spec;

namespace {

Judgement judged(std::string_view rule, const std::string& text) {
  JsonReader reader;
  const Record record = reader.record(text);
  return judge(*rule_named(rule), History(record.program, record.run));
}

}  // namespace

TEST_CASE("each rule holds on a lawful run, and is violated by an unlawful one of the same program") {
  // Lines: rule, "holds" or "violated", and the program with its run.
  std::ifstream file(LAWFUL_SOURCE_DIR "/spec/test/runs.txt");
  std::set<std::string> seen;
  std::string line;
  while (std::getline(file, line)) {
    const std::size_t first = line.find('\t');
    const std::size_t second = line.find('\t', first + 1);
    const std::string rule = line.substr(0, first);
    const std::string expected = line.substr(first + 1, second - first - 1);
    CAPTURE(rule);
    CAPTURE(expected);
    REQUIRE(rule_named(rule) != nullptr);
    const Judgement judgement = judged(rule, line.substr(second + 1));
    CHECK(judgement.violated() == (expected == "violated"));
    seen.insert(rule + ' ' + expected);
  }
  for (const Rule& rule : catalogue()) {
    CAPTURE(rule.name);
    if (!rule.by_runs()) continue;
    CHECK(seen.count(std::string(rule.name) + " holds") == 1);
    CHECK(seen.count(std::string(rule.name) + " violated") == 1);
  }
}

TEST_CASE("a semaphore's bound counts what is surely held, and no more") {
  // In a parallel run t2 may be let in between the begin and the end of t1's release: lawful. Before it begins: not.
  const std::string program =
      R"({"program":{"resources":{"s":{"kind":"semaphore","value":1}},"main":[{"op":"create_task","task":"a","body":[{"op":"acquire","on":"s"},{"op":"release","on":"s"}]},{"op":"acquire","on":"s"}]},"run":{"status":"finished","end":0,"outcomes":{"main":{"ok":null},"a":{"ok":null}},"trace":[{"t":0,"task":"main","at":"","event":"start"},{"t":0,"task":"main","at":"0","event":"begin"},{"t":0,"task":"main","at":"0","event":"end","ok":null},{"t":0,"task":"a","at":"","event":"start"},{"t":0,"task":"a","at":"0","event":"begin"},{"t":0,"task":"a","at":"0","event":"end","ok":null},{"t":0,"task":"main","at":"1","event":"begin"},)";
  const std::string release = R"({"t":0,"task":"a","at":"1","event":"begin"},)";
  const std::string taken = R"({"t":0,"task":"main","at":"1","event":"end","ok":null},)";
  const std::string rest =
      R"({"t":0,"task":"main","at":"","event":"finish","ok":null},{"t":0,"task":"a","at":"1","event":"end","ok":null},{"t":0,"task":"a","at":"","event":"finish","ok":null}]}})";
  CHECK_FALSE(judged("SEMAPHORE-BOUND", program + release + taken + rest).violated());
  CHECK(judged("SEMAPHORE-BOUND", program + taken + release + rest).violated());
}

TEST_CASE("an early result is judged only where the task was surely not done") {
  // The answer may be either while the body has finished and the task is about to be done, in the same tick.
  const std::string program =
      R"({"program":{"main":[{"op":"create_task","task":"a","body":[{"op":"return","value":1}]},{"op":"result","task":"a"}]},"run":{"status":"finished","end":0,"outcomes":{"main":{"ok":null},"a":{"ok":1}},"trace":[{"t":0,"task":"main","at":"","event":"start"},{"t":0,"task":"main","at":"0","event":"begin"},{"t":0,"task":"main","at":"0","event":"end","ok":null},{"t":0,"task":"a","at":"","event":"start"},{"t":0,"task":"a","at":"0","event":"begin"},{"t":0,"task":"a","at":"0","event":"end","ok":1},)";
  const std::string finish = R"({"t":0,"task":"a","at":"","event":"finish","ok":1},)";
  const std::string asked =
      R"({"t":0,"task":"main","at":"1","event":"begin"},{"t":0,"task":"main","at":"1","event":"end","ok":1},)";
  const std::string rest = R"({"t":0,"task":"main","at":"","event":"finish","ok":null}]}})";
  CHECK_FALSE(judged("RESULT-BEFORE-DONE", program + finish + asked + rest).violated());
  const Judgement early = judged("RESULT-BEFORE-DONE", program + asked + finish + rest);
  CHECK(early.violated());
  CHECK(early.why() == "result of \"a\", which was not done, answered 1");
  CHECK(early.events() == std::vector<Index>{6, 7});
}

TEST_CASE("a run that hung violates RUN-ENDS, one without main's outcome too") {
  const std::string program =
      R"({"program":{"main":[{"op":"sleep","ticks":1}]},"run":{"status":"hung","end":0,"outcomes":{"main":"pending"},"trace":[{"t":0,"task":"main","at":"","event":"start"}]}})";
  CHECK(judged("RUN-ENDS", program).violated());
  CHECK_FALSE(judged("CLOCK-NEVER-GOES-BACK", program).violated());
}
