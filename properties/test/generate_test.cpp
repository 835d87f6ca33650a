#include <doctest/doctest.h>

#include "properties/generate.hpp"
#include "properties/rapidcheck.hpp"
#include "properties/shrink.hpp"
#include "spec/json.hpp"

using namespace lawful;
using namespace lawful::properties;

TEST_CASE("a generated program has exactly as many statements as asked for, whatever it is about") {
  LAWFUL_PROPERTY("exact budget", [](std::uint64_t seed) {
    Shape shape;
    shape.focus = static_cast<Focus>(seed % focus_count);
    shape.statements = 1 + seed / 16 % 40;
    shape.ties = seed % 2 == 0;
    RC_ASSERT(generate(shape, seed).size() == shape.statements);
  });
}

TEST_CASE("a generated program is one the format allows, and survives being written and read") {
  LAWFUL_PROPERTY("round trip", [](std::uint64_t seed) {
    Shape shape;
    shape.focus = static_cast<Focus>(seed % focus_count);
    const std::string text = spec::to_json(generate(shape, seed));
    RC_ASSERT(spec::to_json(spec::JsonReader().program(text)) == text);
  });
}

TEST_CASE("a seed stands for one program") {
  Shape shape;
  CHECK(spec::to_json(generate(shape, 7)) == spec::to_json(generate(shape, 7)));
  CHECK(spec::to_json(generate(shape, 7)) != spec::to_json(generate(shape, 8)));
}

TEST_CASE("every simpler program is allowed, and none is larger") {
  LAWFUL_PROPERTY("simpler", [] {
    const spec::Program program = *programs(Focus::everything, true);
    for (const spec::Program& simple : simpler(program)) {
      RC_ASSERT(simple.size() <= program.size());
      RC_ASSERT(spec::JsonReader().program(spec::to_json(simple)).size() == simple.size());
    }
  });
}

TEST_CASE("shrinking ends at the smallest program that still fails") {
  // "Fails": it sleeps somewhere and raises somewhere. Two statements are enough to show it.
  const auto fails = [](const spec::Program& program) {
    bool sleeps = false;
    bool raises = false;
    for (spec::StatementId id = 0; id < program.size(); ++id) {
      sleeps = sleeps || program.statement(id).op == spec::Op::sleep;
      raises = raises || program.statement(id).op == spec::Op::raise;
    }
    return sleeps && raises;
  };
  std::size_t shrunk = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Shape shape;
    shape.statements = 20;
    const spec::Program program = generate(shape, seed);
    if (!fails(program)) continue;
    ++shrunk;
    CHECK(shrink(program, fails).size() == 2);
  }
  CHECK(shrunk > 20);
}

TEST_CASE("a property that fails is reported, with what reproduces it") {
  const Checked checked = check("wrong on purpose", [](int x) { RC_ASSERT(x < 5); });
  CHECK_FALSE(checked.holds);
  CHECK(checked.report.find("Falsifiable") != std::string::npos);
  CHECK(checked.report.find("RC_PARAMS=\"seed=") != std::string::npos);
}
