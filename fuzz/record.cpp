// Any text as a program with its run. What is accepted is, written and read again, the same.
#include <cstddef>
#include <cstdint>
#include <optional>

#include "fuzz/demand.hpp"
#include "spec/json.hpp"

using namespace lawful;

namespace {

struct Answer {
  std::optional<spec::Record> record;
  std::string text;  // the document as it is written again, or the refusal
};

Answer answer(spec::JsonReader& reader, std::string_view text) {
  Answer said;
  try {
    said.record = reader.record(text);
  } catch (const spec::JsonError& error) {
    said.text = error.what();
    return said;
  }
  const spec::Record& record = *said.record;
  said.text = R"({"id":)";
  spec::write_string(said.text, record.id);
  said.text += R"(,"program":)" + to_json(record.program) + R"(,"run":)" + to_json(record.program, record.run) + '}';
  return said;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static spec::JsonReader used;  // by all inputs before this one
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  spec::JsonReader fresh;
  const Answer said = answer(fresh, text);
  fuzz::demand_equal(answer(used, text).text, said.text, "a used reader reads what a fresh one reads");
  if (!said.record) return 0;
  const Answer again = answer(used, said.text);
  fuzz::demand_equal(again.text, said.text, "a record is written and read back equal");
  const spec::Run& run = said.record->run;
  const std::string alone = to_json(said.record->program, run);
  try {
    fuzz::demand(used.run(alone, said.record->program) == run, "a run is written and read back equal", alone);
  } catch (const spec::JsonError& error) {
    fuzz::demand(false, "a run is written and read back", error.what());
  }
  return 0;
}
