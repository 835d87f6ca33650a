#include "conformance/subjects/subject.hpp"

#include <rapidcheck/Random.h>

namespace lawful::conformance {

void Subject::run_all(const std::vector<spec::Program>& programs, const Take& take) {
  for (std::size_t i = 0; i < programs.size(); ++i) {
    if (!take(i, run(programs[i]))) return;
  }
}

PropertyRun Subject::check_property(const PropertyCases& asked) {
  PropertyRun seen;
  const properties::ApiProperty* const property = properties::api_property(asked.rule);
  const std::unique_ptr<properties::Api> offered = api();
  if (!offered || property == nullptr) return seen;
  rc::Random random(asked.seed);
  while (seen.cases < asked.cases && seen.why.empty()) {
    ++seen.cases;
    properties::Case it(asked.size, random.next());
    seen.why = property->check(*offered, it);
    if (!seen.why.empty()) seen.why += " (in a case of size " + std::to_string(asked.size) + ")";
  }
  return seen;
}

}  // namespace lawful::conformance
