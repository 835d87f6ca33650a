#include <rapidcheck/Random.h>

#include "conformance/cli/verbs.hpp"
#include "properties/generate.hpp"
#include "properties/situations/situations.hpp"
#include "spec/json.hpp"

namespace lawful::conformance {

int generate(std::size_t programs, std::uint64_t seed, bool ties) {
  if (programs == 0) return trouble("generate: --programs 0 asks for nothing");
  rc::Random random(seed);
  std::string out;
  std::vector<std::string_view> aims;
  for (const spec::Rule& rule : spec::catalogue()) {
    if (rule.by_runs()) aims.push_back(rule.name);
  }
  for (std::size_t i = 0; i < programs; ++i) {
    properties::Shape shape;
    shape.focus = static_cast<properties::Focus>(i % properties::focus_count);
    shape.statements = 3 + random.next() % 30;
    shape.ties = ties;
    out.clear();
    const std::uint64_t dice = random.next();
    // Every other one is aimed at a rule, each rule in turn.
    spec::write(out, i % 2 == 0 ? properties::generate(shape, dice) : properties::aimed(aims[i / 2 % aims.size()], dice));
    out += '\n';
    print(out);
  }
  flush();
  return 0;
}

}  // namespace lawful::conformance
