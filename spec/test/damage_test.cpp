#include <doctest/doctest.h>

#include <fstream>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "spec/json.hpp"

using namespace lawful::spec;

namespace {

/// What a reader says of a text: the document as it is written again, or the message of the refusal.
template <class Read>
std::string answer(const Read& read) {
  try {
    return read();
  } catch (const JsonError& error) {
    return std::string("refused: ") + error.what();
  }
}
std::string answer_to_program(JsonReader& reader, const std::string& text) {
  return answer([&] { return to_json(reader.program(text)); });
}
std::string answer_to_record(JsonReader& reader, const std::string& text) {
  return answer([&] {
    const Record record = reader.record(text);
    return record.id + ' ' + to_json(record.program) + ' ' + to_json(record.program, record.run);
  });
}
std::string answer_to_run(JsonReader& reader, const std::string& text, const Program& program) {
  return answer([&] { return to_json(program, reader.run(text, program)); });
}

std::vector<std::string> lines_of(const std::string& name) {
  std::ifstream file(LAWFUL_SOURCE_DIR "/conformance/corpus/" + name);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  REQUIRE_FALSE(lines.empty());
  return lines;
}

using Random = std::mt19937_64;
std::size_t below(Random& random, std::size_t n) { return static_cast<std::size_t>(random() % n); }

/// Where the token that holds or follows `at` begins and ends: a string, a number or word, or one mark.
std::pair<std::size_t, std::size_t> token(const std::string& text, std::size_t at) {
  std::size_t begin = 0;
  while (begin < text.size()) {
    std::size_t end = begin + 1;
    if (text[begin] == '"') {
      while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
      end = std::min(end + 1, text.size());
    } else if (std::string("{}[]:,").find(text[begin]) == std::string::npos) {
      end = std::min(text.find_first_of("{}[]:,\"", end), text.size());
    }
    if (at < end) return {begin, end - begin};
    begin = end;
  }
  return {0, text.size()};
}

/// The text with a byte or a token of it deleted, replaced or doubled. Tokens make documents that are JSON and mean something else.
std::string damaged(std::string text, Random& random) {
  static const std::vector<std::string> tokens{"{",
                                               "}",
                                               "[",
                                               "]",
                                               ",",
                                               ":",
                                               "null",
                                               "true",
                                               "0",
                                               "-1",
                                               R"({"raise":"E1"})",
                                               R"({})",
                                               "[[]]",
                                               "1e3",
                                               "\"\"",
                                               "\"E1\"",
                                               "\"main\"",
                                               "\"t1\"",
                                               "\"ok\"",
                                               "\"run\"",
                                               "\"begin\"",
                                               "\"op\"",
                                               "\"\\ud800\"",
                                               "9007199254740993"};
  std::pair<std::size_t, std::size_t> part{below(random, text.size()), 1};
  const bool whole_token = below(random, 3) != 0;
  if (whole_token) part = token(text, part.first);
  const std::string was = text.substr(part.first, part.second);
  switch (below(random, 4)) {
    case 0:
      return text.erase(part.first, part.second);
    case 1:
      return text.insert(part.first, was);
    case 2: {
      // What another part of the same text says.
      const auto other = token(text, below(random, text.size()));
      const std::string said = text.substr(other.first, other.second);
      return text.replace(part.first, part.second, said);
    }
    default:
      return whole_token ? text.replace(part.first, part.second, tokens[below(random, tokens.size())])
                         : text.replace(part.first, 1, 1, static_cast<char>(below(random, 256)));
  }
}

const std::string sleeper = R"({"main":[{"op":"sleep","ticks":1}]})";

/// Documents after which a reader that keeps something could show it.
const std::vector<std::string> good_programs{
    R"({"main":[]})", sleeper,
    R"({"resources":{"t1":{"kind":"lock"}},"main":[{"op":"with","on":"t1","body":[{"op":"return","value":[1,[null,"x"]]}]}]})",
    R"({"main":[{"op":"create_task","task":"a","body":[]},{"op":"await","task":"a"},{"op":"await","task":"nobody"}]})"};
/// … and programs that are none, to be refused with the same words.
const std::vector<std::string> bad_programs{R"({"main":[{"op":"return","value":{"raise":"E1"}}]})",
                                            R"({"main":[{"op":"return","value":[1,{"raise":"E1"}]}]})",
                                            R"({"main":[{"op":"put","on":"q","value":1}]})",
                                            R"({"main":[{"op":"sleep"}]})",
                                            R"({"main":[{"op":"return","value":[[[[[[)",
                                            R"({"main":[)",
                                            "",
                                            "[]",
                                            R"({"resources":{"a":{"kind":"lock"}},"main":[{"op":"await","task":"a"}]})"};
const std::vector<std::string> bad_runs{
    "",
    "7",
    "{}",
    R"({"status":"finished")",
    R"({"status":"finished","end":0,"outcomes":{"main":{"ok":{"raise":"E1"}}},"trace":[{}]})",
    R"({"status":"finished","end":0,"outcomes":{"main":{"ok":[{"raise":["group",["E1",{}]]}]}},"trace":[]})",
    R"({"status":"finished","end":0,"outcomes":{"main":{"ok":[[[[[[[[[{"raise":)",
    R"({"status":"finished","end":-1,"outcomes":{},"trace":[]})",
    R"({"status":"finished","end":0,"outcomes":{"nobody":"pending"},"trace":[]})",
    R"({"status":"finished","end":0,"outcomes":{},"trace":[{"t":0,"task":"main","at":"9","event":"begin"}]})",
    R"({"status":"fine","end":0,"outcomes":{},"trace":[]})"};
const std::string good_run =
    R"({"status":"finished","end":1,"outcomes":{"main":{"ok":[{"raise":"E1"}]}},"trace":[{"t":0,"task":"main","at":"0","event":"begin"}]})";

}  // namespace

TEST_CASE("what was refused makes no difference to what is read next") {
  JsonReader fresh_reader;
  const Program program = fresh_reader.program(sleeper);
  const auto then_all_good = [&](JsonReader& used) {
    for (const auto& list : {good_programs, bad_programs}) {
      for (const std::string& next : list) {
        CAPTURE(next);
        JsonReader fresh;
        CHECK(answer_to_program(used, next) == answer_to_program(fresh, next));
      }
    }
    JsonReader fresh;
    CHECK(answer_to_run(used, good_run, program) == answer_to_run(fresh, good_run, program));
    const std::string record = R"({"run":)" + good_run + R"(,"id":7,"program":)" + sleeper + "}";
    CHECK(answer_to_record(used, record) == answer_to_record(fresh, record));
  };
  for (const std::string& bad : bad_runs) {
    CAPTURE(bad);
    // A run of a program, and a record with it: the run after the program, and before it.
    {
      JsonReader used;
      CHECK(answer_to_run(used, bad, program).starts_with("refused: "));
      CHECK(answer_to_program(used, bad_programs[0]).find("expected a value") != std::string::npos);
      then_all_good(used);
    }
    for (const std::string& record :
         {R"({"program":)" + sleeper + R"(,"run":)" + bad + "}", R"({"run":)" + bad + R"(,"program":)" + sleeper + "}"}) {
      JsonReader used;
      CHECK(answer_to_record(used, record).starts_with("refused: "));
      then_all_good(used);
    }
  }
  for (const std::string& bad : bad_programs) {
    CAPTURE(bad);
    JsonReader used;
    CHECK(answer_to_program(used, bad).starts_with("refused: "));
    then_all_good(used);
  }
  for (const std::string& line : lines_of("refused.jsonl")) {
    JsonReader used;
    CHECK(answer_to_program(used, line).starts_with("refused: "));
    then_all_good(used);
  }
}

TEST_CASE("a reader that read damaged lines reads the next ones as a new reader does") {
  JsonReader used;
  std::size_t refused = 0;
  std::size_t accepted = 0;
  for (const char* const name : {"asyncio-3.13-edges.jsonl", "asyncio-3.13-ties.jsonl"}) {
    const std::vector<std::string> lines = lines_of(name);
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
      Random random(seed);
      const std::string& line = lines[below(random, lines.size())];
      const std::string broken = damaged(line, random);
      CAPTURE(seed);
      CAPTURE(broken);
      JsonReader fresh;
      const std::string said = answer_to_record(used, broken);
      CHECK(said == answer_to_record(fresh, broken));
      ++(said.starts_with("refused: ") ? refused : accepted);
      // Next comes a program that only a reader still in a run would accept, or a good line.
      const std::string& next = below(random, 2) == 0 ? bad_programs[0] : lines[below(random, lines.size())];
      const auto read = [&](JsonReader& reader) {
        return &next == &bad_programs[0] ? answer_to_program(reader, next) : answer_to_record(reader, next);
      };
      JsonReader another;
      CHECK(read(used) == read(another));
    }
  }
  // Both happen often, or the damage is none.
  CHECK(refused > 500);
  CHECK(accepted > 50);
}

TEST_CASE("what is accepted and written again is read back equal, also of damaged lines") {
  JsonReader reader;
  const std::vector<std::string> lines = lines_of("asyncio-3.13-edges.jsonl");
  std::size_t accepted = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    Random random(seed);
    const std::string broken = damaged(lines[below(random, lines.size())], random);
    CAPTURE(seed);
    CAPTURE(broken);
    std::optional<Record> read;
    try {
      read = reader.record(broken);
    } catch (const JsonError&) {
      continue;
    }
    ++accepted;
    const Record& record = *read;
    CHECK(to_json(reader.program(to_json(record.program))) == to_json(record.program));
    CHECK(reader.run(to_json(record.program, record.run), record.program) == record.run);
  }
  CHECK(accepted > 50);
}

TEST_CASE("of a run that is none, or misbehaved, all that was seen is written") {
  JsonReader reader;
  const Program program = reader.program(sleeper);
  for (const std::string& text :
       {std::string(R"({"status":"error","message":"no"})"), std::string(R"({"status":"unsupported","op":"sleep"})"),
        std::string(R"({"status":"error","message":"no","end":3,"outcomes":{},"trace":[]})"),
        std::string(R"({"status":"crashed","message":"","end":0,"outcomes":{"main":"pending"},"trace":[]})"),
        std::string(
            R"({"status":"lost","message":"","end":0,"outcomes":{},"trace":[{"t":0,"task":"main","at":"","event":"start"}]})")}) {
    CAPTURE(text);
    CHECK(to_json(program, reader.run(text, program)) == text);
  }
}

TEST_CASE("every kind of nesting has the same end") {
  JsonReader reader;
  const Program program = reader.program(sleeper);
  const auto nested = [](const std::string& open, std::size_t times, const std::string& middle, const std::string& close) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) text += open;
    text += middle;
    for (std::size_t i = 0; i < times; ++i) text += close;
    return text;
  };
  const auto refused = [&](const std::string& text) {
    return answer_to_program(reader, text).find("nested deeper than 1000 levels") != std::string::npos;
  };
  const auto statements = [&](std::size_t times) {
    return R"({"main":[)" + nested(R"({"op":"timeout","ticks":1,"body":[)", times, "", "]}") + "]}";
  };
  CHECK_FALSE(refused(statements(490)));
  CHECK(answer_to_program(reader, statements(490)) == statements(490));
  CHECK(refused(statements(510)));
  const auto group = [&](std::size_t times) {
    return R"({"status":"finished","end":0,"outcomes":{"main":{"raise":)" + nested(R"(["group",[)", times, "\"E1\"", "]]") +
           R"(}},"trace":[]})";
  };
  CHECK(answer_to_run(reader, group(490), program) == group(490));
  CHECK(answer_to_run(reader, group(510), program).find("nested deeper than 1000 levels") != std::string::npos);
}

TEST_CASE("a message cuts what it shows between characters") {
  JsonReader reader;
  const std::string said =
      answer_to_program(reader, R"({"main":[{"op":"sleep","ticks":"é123456789012345678901234567890123456éü"}]})");
  CHECK(said.find("found \"é123456789012345678901234567890123456…") != std::string::npos);
}
