// Writes what fuzzing starts from: fuzz_seeds FOLDER SOURCE, with a folder of small inputs for each target, made from the recorded
// corpus and the declared deviations below SOURCE, and a dictionary of the words of the formats.
#include <cstddef>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "spec/json.hpp"
#include "spec/notation.hpp"
#include "spec/rule.hpp"

namespace fs = std::filesystem;
using namespace lawful::spec;

namespace {

void write_file(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file << text << std::flush;
  if (!file) throw std::runtime_error(path.string() + " cannot be written");
}

std::vector<std::string> lines_of(const fs::path& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error(path.string() + " cannot be read");
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

std::string in_quotes(std::string_view word) {
  std::string text;
  write_string(text, word);
  return text;
}

/// A word for libFuzzer to put in: as in C, between quotes.
void put_word(std::string& dictionary, std::string_view word) {
  dictionary += '"';
  for (const char c : word) {
    if (c == '"' || c == '\\') dictionary += '\\';
    dictionary += c;
  }
  dictionary += "\"\n";
}

void write_seeds(const fs::path& folder, const fs::path& source) {
  constexpr std::size_t longest = 3000;  // bytes: small inputs are mutated fast
  const fs::path corpus = source / "conformance" / "corpus";
  JsonReader reader;
  std::size_t count = 0;
  for (const char* const name : {"edges", "distinct", "ties"}) {
    std::size_t number = 0;
    for (const std::string& line : lines_of(corpus / ("asyncio-3.13-" + std::string(name) + ".jsonl"))) {
      const Record record = reader.record(line, ++number);
      // All edges, and every tenth of the others.
      if (line.size() > longest || (std::string_view(name) != "edges" && number % 10 != 0)) continue;
      const std::string file = std::string(name) + '-' + std::to_string(number);
      write_file(folder / "record" / file, line);
      write_file(folder / "judge" / file, line);
      // What a broken subject might tell: the same run without one of its events.
      Run gap = record.run;
      gap.trace.erase(gap.trace.begin() + static_cast<std::ptrdiff_t>(number % gap.trace.size()));
      write_file(folder / "judge" / (file + "-gap"),
                 R"({"program":)" + to_json(record.program) + R"(,"run":)" + to_json(record.program, gap) + '}');
      write_file(folder / "program" / file, to_json(record.program));
      write_file(folder / "notation" / file, to_notation(record.program));
      ++count;
    }
  }
  if (count < 50) throw std::runtime_error("only " + std::to_string(count) + " seeds: is the recorded corpus all there?");
  std::string declared;
  for (const std::string& line : lines_of(source / "conformance" / "known" / "subjects.txt")) declared += line + '\n';
  write_file(folder / "known" / "subjects", declared);

  std::string words;
  std::string json;
  for (std::size_t op = 0; op < op_count; ++op) {
    const std::string name(name_of(static_cast<Op>(op)));
    put_word(words, ' ' + name + ' ');
    put_word(json, "{\"op\":" + in_quotes(name) + ',');
  }
  for (std::size_t kind = 0; kind < 8; ++kind) {
    const std::string name(name_of(static_cast<ResourceKind>(kind)));
    put_word(words, name + ' ');
    put_word(json, "\"x\":{\"kind\":" + in_quotes(name) + "},");
  }
  for (const char* const word : {" = task { ", "group ", " in ", " for ", " nothing ", "except any { ", "finally { ",
                                 "\"a\\\"\\u0041 b\"", "\\ud83d\\ude42", "return [1, null] ", "FIRST_COMPLETED "})
    put_word(words, word);
  for (const char* const word : {"\"main\":[", "\"resources\":{", "\"task\":\"t1\",", "\"body\":[]", "\"ticks\":1", "\"of\":[",
                                 "{\"raise\":\"E1\"}", "\"ok\":null", "[\"group\",[", "\"status\":\"finished\",", "\"outcomes\":{",
                                 "\"trace\":[", "\"event\":\"begin\"", "\"event\":\"end\"", "\\ud83d\\ude42"})
    put_word(json, word);
  std::string rules = "\"[*]\\x0a\"\n\": because\\x0a\"\n\"# \"\n";
  for (const Rule& rule : catalogue()) put_word(rules, rule.name);
  for (const char* const target : {"record", "judge", "program"}) write_file(folder / (std::string(target) + ".dict"), json);
  write_file(folder / "notation.dict", words);
  write_file(folder / "known.dict", rules);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) {
    std::cerr << "fuzz_seeds: give the folder to write, and that of lawful's sources\n";
    return 2;
  }
  try {
    write_seeds(arguments[1], arguments[2]);
  } catch (const std::exception& error) {
    std::cerr << "fuzz_seeds: " << error.what() << '\n';
    return 2;
  }
  return 0;
}
