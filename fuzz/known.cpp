// Any text as a file of known deviations. What is refused declares nothing, and what is accepted declares each rule once.
#include <cstddef>
#include <cstdint>
#include <stdexcept>

#include "conformance/judge/known.hpp"
#include "fuzz/demand.hpp"

using namespace lawful;
using namespace lawful::conformance;

namespace {

/// The message of a refusal; empty if there is none.
std::string refusal(Known& known, const std::string& text) {
  try {
    known.read(text, "file");
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return {};
}

Report report(Verdict verdict) {
  Report all;
  all.subject = "driver:python3";
  all.title = "asyncio on CPython 3.11.2";
  for (const spec::Rule& rule : spec::catalogue()) {
    all.rules.emplace_back();
    all.rules.back().rule = &rule;
    all.rules.back().verdict = verdict;
  }
  return all;
}

/// How many rules are declared for the subject; each has its reason and is told for what it is.
std::size_t declared(const Known& known, Verdict was, Verdict becomes) {
  Report all = report(was);
  known.apply(all);
  std::size_t count = 0;
  for (const RuleReport& rule : all.rules) {
    fuzz::demand(rule.verdict == was || rule.verdict == becomes, "a declaration changes a verdict in one way only", rule.reason);
    fuzz::demand(rule.reason.empty() == (rule.verdict == was), "what is declared has a reason", rule.reason);
    if (rule.verdict == becomes) ++count;
  }
  return count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  Known known;
  const std::string refused = refusal(known, text);
  fuzz::demand(refused.empty() || refused.starts_with("file, line "), "a refusal says where", refused);
  const std::size_t violated = declared(known, Verdict::violates, Verdict::known);
  const std::size_t conforming = declared(known, Verdict::conforms, Verdict::outdated);
  fuzz::demand(violated == conforming, "a declaration holds for the same rules, whatever their verdicts");
  fuzz::demand(refused.empty() || violated == 0, "what is refused declares nothing", refused);
  // The same file again declares all a second time.
  if (violated != 0) {
    fuzz::demand(!refusal(known, text).empty(), "a rule is declared once");
    fuzz::demand(declared(known, Verdict::violates, Verdict::known) == violated, "what is refused changes nothing");
  }
  return 0;
}
