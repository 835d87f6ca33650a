#pragma once

/// The one header that reaches into RapidCheck's `rc::detail`. RapidCheck keeps its context in plain statics: generate and assert
/// on the main thread only.

#include <rapidcheck.h>

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <string>

namespace lawful::properties {

/// What RC_PARAMS asks for, where it does: RapidCheck's own way to say what to repeat.
struct Parameters {
  std::optional<std::uint64_t> seed;
  std::optional<int> programs;
};

/// Reads RC_PARAMS. @throws rc::detail::ConfigurationException (a std::exception) if it cannot be read
[[nodiscard]] inline Parameters parameters_from_environment() {
  Parameters asked;
  const char* const text = std::getenv("RC_PARAMS");
  if (text == nullptr) return asked;
  // Read twice with different defaults: what stays the same was said.
  rc::detail::Configuration one;
  rc::detail::Configuration two;
  one.testParams.seed = 1;
  two.testParams.seed = 2;
  one.testParams.maxSuccess = 1;
  two.testParams.maxSuccess = 2;
  const auto a = rc::detail::configFromString(text, one).testParams;
  const auto b = rc::detail::configFromString(text, two).testParams;
  if (a.seed == b.seed) asked.seed = a.seed;
  if (a.maxSuccess == b.maxSuccess) asked.programs = a.maxSuccess;
  return asked;
}

/// The result of a property, for a test framework.
struct Checked {
  bool holds = false;
  std::string report;
};

/// Checks a property by RapidCheck, under RC_PARAMS. Zero cases run is a failure.
template <class Property>
[[nodiscard]] Checked check(const std::string& name, Property&& property) {
  rc::detail::TestMetadata metadata;
  metadata.id = name;
  metadata.description = name;
  const rc::detail::TestResult result = rc::detail::checkTestable(std::forward<Property>(property), metadata);
  std::ostringstream report;
  rc::detail::printResultMessage(result, report);
  const bool holds =
      result.template is<rc::detail::SuccessResult>() && result.template get<rc::detail::SuccessResult>().numSuccess > 0;
  // RapidCheck tells how to reproduce a failure when the program ends; a test framework wants it with the failure.
  report << "\nReproduce with RC_PARAMS=\"seed=" << rc::detail::configuration().testParams.seed << "\"";
  return Checked{holds, report.str()};
}

}  // namespace lawful::properties

/// A property as a doctest assertion: LAWFUL_PROPERTY("name", [](…) {…}).
#define LAWFUL_PROPERTY(name, ...)                                                                 \
  do {                                                                                             \
    const ::lawful::properties::Checked checked_ = ::lawful::properties::check(name, __VA_ARGS__); \
    INFO(checked_.report);                                                                         \
    CHECK(checked_.holds);                                                                         \
  } while (false)
