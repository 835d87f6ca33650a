// Any text as a program in JSON. What is accepted is a program: written as JSON or in the notation, it is read back equal.
#include <cstddef>
#include <cstdint>

#include "fuzz/demand.hpp"
#include "spec/json.hpp"
#include "spec/notation.hpp"

using namespace lawful;

namespace {

std::string answer(spec::JsonReader& reader, std::string_view text) {
  try {
    return spec::to_json(reader.program(text));
  } catch (const spec::JsonError& error) {
    return std::string("refused: ") + error.what();
  }
}

std::string through_notation(const spec::Program& program) {
  try {
    return spec::to_json(spec::Program(spec::from_notation(spec::to_notation(program))));
  } catch (const spec::NotationError& error) {
    return spec::to_notation(program) + error.what();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static spec::JsonReader used;  // by all inputs before this one
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  spec::JsonReader fresh;
  const std::string said = answer(fresh, text);
  fuzz::demand_equal(answer(used, text), said, "a used reader reads what a fresh one reads");
  if (said.starts_with("refused: ")) return 0;
  fuzz::demand_equal(answer(used, said), said, "a program is written as JSON and read back equal");
  fuzz::demand_equal(through_notation(fresh.program(said)), said, "a program is written in the notation and read back equal");
  return 0;
}
