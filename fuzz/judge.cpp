// Any run that the reader accepts, judged by all rules: they must answer whatever a subject told.
#include <cstddef>
#include <cstdint>
#include <optional>

#include "spec/json.hpp"
#include "spec/rule.hpp"

using namespace lawful;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static spec::JsonReader reader;
  std::optional<spec::Record> record;
  try {
    record = reader.record(std::string_view(reinterpret_cast<const char*>(data), size));
  } catch (const spec::JsonError&) {
    return 0;
  }
  if (!record->run.judged()) return 0;
  const spec::History history(record->program, record->run);
  for (const spec::Rule& rule : spec::catalogue()) {
    if (rule.by_runs()) static_cast<void>(spec::judge(rule, history).why());
  }
  return 0;
}
