#include "conformance/subjects/subject.hpp"

#include <rapidcheck/Random.h>

#include <algorithm>

namespace lawful::conformance {

namespace {
std::string in_case_of(std::size_t size) { return " (in a case of size " + std::to_string(size) + ")"; }
}  // namespace

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
  const auto under_way = [this](properties::Api* api) {
    const std::lock_guard lock(mutex_);
    asked_ = api;
  };
  under_way(offered.get());
  rc::Random random(asked.seed);
  while (seen.cases < asked.cases && seen.why.empty()) {
    ++seen.cases;
    properties::Case it(asked.size, random.next());
    seen.why = property->check(*offered, it);
    // What is wrong is one line, and behind it stands who waited and who did what.
    if (!seen.why.empty()) seen.why.insert(std::min(seen.why.find('\n'), seen.why.size()), in_case_of(asked.size));
  }
  under_way(nullptr);
  return seen;
}

std::string Subject::account() {
  const std::lock_guard lock(mutex_);
  return asked_ == nullptr ? std::string() : asked_->account();
}

}  // namespace lawful::conformance
