#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

#include "conformance/judge/known.hpp"

using namespace lawful;
using namespace lawful::conformance;

namespace {

/// What becomes of one rule with that verdict.
RuleReport applied(const Known& known, Verdict verdict) {
  Report report;
  report.subject = "mine";
  report.rules.emplace_back();
  report.rules[0].rule = spec::rule_named("GATHER-KEEPS-ORDER");
  report.rules[0].verdict = verdict;
  known.apply(report);
  return report.rules[0];
}

}  // namespace

TEST_CASE("a rule declared under several headings is outdated all the same when it conforms") {
  Known known;
  known.read("GATHER-KEEPS-ORDER: of all\n[m*]\nGATHER-KEEPS-ORDER: of mine\n[other]\nGATHER-KEEPS-ORDER: of others", "file");
  CHECK(applied(known, Verdict::conforms).verdict == Verdict::outdated);
  CHECK(applied(known, Verdict::violates).verdict == Verdict::known);
  CHECK(applied(known, Verdict::violates).reason == "of mine");
  CHECK(applied(known, Verdict::not_exercised).verdict == Verdict::not_exercised);
}

TEST_CASE("a file that is refused declares nothing") {
  Known known;
  CHECK_THROWS_AS(known.read("GATHER-KEEPS-ORDER: a reason\n[mine", "file"), std::runtime_error);
  CHECK(applied(known, Verdict::violates).verdict == Verdict::violates);
  CHECK_NOTHROW(known.read("GATHER-KEEPS-ORDER: a reason", "file"));
  CHECK_THROWS_AS(known.read("GATHER-KEEPS-ORDER: the same in another file", "file"), std::runtime_error);
  CHECK(applied(known, Verdict::violates).reason == "a reason");
}

TEST_CASE("what cannot be meant is refused: a heading of nobody, a zero byte, a folder") {
  Known known;
  CHECK_THROWS_WITH(known.read("[ ]", "file"), doctest::Contains("line 1: the heading names no subject"));
  CHECK_THROWS_WITH(known.read("[]", "file"), doctest::Contains("line 1: the heading names no subject"));
  CHECK_THROWS_WITH(known.read("[", "file"), doctest::Contains("line 1: the heading has no end"));
  CHECK_THROWS_WITH(known.read(std::string("[a\0b]", 5), "file"), doctest::Contains("line 1: there is a zero byte"));
  CHECK_THROWS_WITH(known.read("/"), doctest::Contains("/: "));
  CHECK_THROWS_WITH(known.read("/no/such/file"), doctest::Contains("/no/such/file: "));
}
