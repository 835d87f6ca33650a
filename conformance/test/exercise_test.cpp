#include <doctest/doctest.h>

#include <fmt/format.h>

#include "conformance/subjects/scheduler_subject.hpp"
#include "properties/exercise.hpp"
#include "properties/situations/situations.hpp"
#include "spec/json.hpp"
#include "spec/notation.hpp"
#include "spec/rule.hpp"

using namespace lawful;
using namespace lawful::conformance;

TEST_CASE("of the programs aimed at a rule, one in ten exercises it at least") {
  const auto subject = scheduler_subject("deterministic", [] { return std::make_unique<DeterministicScheduler>(); });
  for (const spec::Rule& rule : spec::catalogue()) {
    if (!rule.by_runs()) continue;
    const properties::Exercise seen = properties::exercise(
        [&](std::uint64_t seed) {
          const spec::Program program = properties::aimed(rule.name, seed);
          const spec::Run run = subject->run(program);
          return spec::judge(rule, spec::History(program, run)).exercised() > 0;
        },
        0.10, 20'000);
    INFO(fmt::format("{}: {} of {} programs", rule.name, seen.hits, seen.cases));
    CHECK(seen.share == properties::Share::enough);
  }
}

TEST_CASE("the share is only certain when the interval is on one side") {
  using properties::Share;
  CHECK(properties::share_of(0, 0, 0.1) == Share::unknown);
  CHECK(properties::share_of(50, 100, 0.1) == Share::enough);
  CHECK(properties::share_of(1, 10, 0.1) == Share::unknown);
  CHECK(properties::share_of(0, 1000, 0.1) == Share::too_small);
  const properties::Exercise never = properties::exercise([](std::uint64_t) { return false; }, 0.1, 10'000);
  CHECK(never.share == Share::too_small);
  CHECK(never.cases < 10'000);
}

TEST_CASE("every rule that runs can show has a situation that aims at it, and each situation is a valid program of its rule") {
  spec::JsonReader reader;
  for (const properties::Situation& situation : properties::situations()) {
    CAPTURE(situation.rule);
    CAPTURE(situation.program);
    const spec::Rule* const rule = spec::rule_named(situation.rule);
    REQUIRE(rule != nullptr);
    CHECK(rule->by_runs());
    const spec::Program program(spec::from_notation(situation.program));
    // Strictly read, and written in the notation and read again, it is the same.
    CHECK(spec::to_json(reader.program(spec::to_json(program))) == spec::to_json(program));
    CHECK(spec::to_json(spec::Program(spec::from_notation(spec::to_notation(program)))) == spec::to_json(program));
  }
  for (const spec::Rule& rule : spec::catalogue()) {
    CAPTURE(rule.name);
    bool aimed_at = false;
    for (const properties::Situation& situation : properties::situations()) aimed_at = aimed_at || situation.rule == rule.name;
    CHECK(aimed_at == rule.by_runs());
    CHECK((properties::api_property(rule.name) != nullptr) == rule.by_property());
  }
}

TEST_CASE("what is no notation is refused, with its place") {
  for (const char* const text : {"sleep", "a = ", "a = task {", "fly 1", "timeout { }", "try sleep 1", "}"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(static_cast<void>(spec::from_notation(text)), spec::NotationError);
  }
  CHECK_THROWS_WITH(static_cast<void>(spec::from_notation("sleep 1 fly 2")), "at character 8: expected a statement, found \"fly\"");
}
