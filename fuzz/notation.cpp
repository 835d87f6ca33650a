// Any text as a program in the notation. What is accepted is written in one way only, and is a program in JSON too, but for its
// names.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "fuzz/demand.hpp"
#include "spec/json.hpp"
#include "spec/notation.hpp"

using namespace lawful;

namespace {

/// What the JSON reader says of names and the notation reader leaves to it.
bool is_about_names(std::string_view refusal) {
  constexpr std::array<std::string_view, 5> sayings{"is taken by the main task", "is used twice", "there is no resource",
                                                    "does not fit", "where the name of"};
  return std::any_of(sayings.begin(), sayings.end(),
                     [&](std::string_view saying) { return refusal.find(saying) != std::string_view::npos; });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::optional<spec::Program> program;
  try {
    program.emplace(spec::from_notation(std::string_view(reinterpret_cast<const char*>(data), size)));
  } catch (const spec::NotationError&) {
    return 0;
  }
  const std::string text = spec::to_notation(*program);
  const std::string json = spec::to_json(*program);
  try {
    const spec::Program again(spec::from_notation(text));
    fuzz::demand_equal(spec::to_notation(again), text, "what is written in the notation, is read, is written the same");
    fuzz::demand_equal(spec::to_json(again), json, "a program is written in the notation and read back equal");
  } catch (const spec::NotationError& error) {
    fuzz::demand(false, "what is written in the notation can be read", text + error.what());
  }
  for (spec::StatementId id = 0; id < program->size(); ++id) static_cast<void>(spec::headline(*program, id));
  try {
    spec::JsonReader reader;
    fuzz::demand_equal(spec::to_json(reader.program(json)), json, "a program is written as JSON and read back equal");
  } catch (const spec::JsonError& error) {
    fuzz::demand(is_about_names(error.what()), "the notation is as strict as JSON", json + '\n' + error.what());
  }
  return 0;
}
