#include <rapidcheck/Random.h>

#include "conformance/cli/verbs.hpp"
#include "properties/generate.hpp"
#include "spec/json.hpp"

namespace lawful::conformance {

int generate(std::size_t programs, std::uint64_t seed, bool ties) {
  if (programs == 0) return trouble("generate: --programs 0 asks for nothing");
  rc::Random random(seed);
  std::string out;
  for (std::size_t i = 0; i < programs; ++i) {
    properties::Shape shape;
    shape.focus = static_cast<properties::Focus>(i % properties::focus_count);
    shape.statements = 3 + random.next() % 30;
    shape.ties = ties;
    out.clear();
    spec::write(out, properties::generate(shape, random.next()));
    out += '\n';
    print(out);
  }
  flush();
  return 0;
}

}  // namespace lawful::conformance
