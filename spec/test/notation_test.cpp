#include <doctest/doctest.h>

#include <fstream>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "spec/json.hpp"
#include "spec/notation.hpp"

using namespace lawful::spec;

namespace {

/// That a program survives the notation, and its notation does not change on the way.
void survives(const Program& program) {
  const std::string json = to_json(program);
  const std::string text = to_notation(program);
  CAPTURE(json);
  CAPTURE(text);
  std::string back;
  try {
    const Program read(from_notation(text));
    back = to_json(read);
    CHECK(to_notation(read) == text);
  } catch (const NotationError& error) {
    back = error.what();
  }
  CHECK(back == json);
}

void for_each_statement(Body& body, const std::function<void(Statement&)>& change) {
  for (Statement& s : body) {
    change(s);
    for (Operand& operand : s.of) for_each_statement(operand.body, change);
    for_each_statement(s.body, change);
    for_each_statement(s.handler, change);
    for_each_statement(s.finally, change);
  }
}

using Random = std::mt19937_64;
std::size_t below(Random& random, std::size_t n) { return static_cast<std::size_t>(random() % n); }

/// Words that could be taken for something else, and characters that could end one.
const std::vector<std::string>& strange_words() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> words{"81",
                                   "-1",
                                   "0",
                                   "-",
                                   "",
                                   " ",
                                   "a b",
                                   "\"",
                                   "\"a\"",
                                   "a\"b",
                                   "\\",
                                   "\\n",
                                   "a\nb",
                                   "\t",
                                   "{",
                                   "}",
                                   ";",
                                   "[",
                                   "]",
                                   ",",
                                   "=",
                                   "a=b",
                                   "a,b",
                                   "{…}",
                                   "a{",
                                   "é",
                                   "任务",
                                   "🙂",
                                   "\x01",
                                   "\x7f",
                                   "\xc2\xa0",
                                   "in",
                                   "task",
                                   "for",
                                   "group",
                                   "any",
                                   "error",
                                   "nothing",
                                   "except",
                                   "finally",
                                   "null",
                                   "true",
                                   "false",
                                   "E1",
                                   "Timeout",
                                   "Cancelled",
                                   "immediate",
                                   "return_exceptions",
                                   "FIRST_COMPLETED",
                                   "FIRST_EXCEPTION",
                                   "ALL_COMPLETED",
                                   "main ",
                                   "#",
                                   "//",
                                   "'",
                                   "$(x)",
                                   "\r",
                                   "1e3",
                                   "+1",
                                   std::string("\0", 1),
                                   std::string(300, 'x'),
                                   "nobody",
                                   "\xe2\x80\xa8"};
    for (std::size_t i = 0; i < op_count; ++i) words.emplace_back(name_of(static_cast<Op>(i)));
    for (std::size_t i = 0; i < 8; ++i) words.emplace_back(name_of(static_cast<ResourceKind>(i)));
    return words;
  }();
  return all;
}

std::string strange_word(Random& random) {
  const std::vector<std::string>& words = strange_words();
  std::string word = words[below(random, words.size())];
  if (below(random, 3) == 0) word += words[below(random, words.size())];
  return word;
}

Value strange_value(Random& random, std::size_t depth = 0) {
  switch (below(random, depth < 3 ? 6 : 5)) {
    case 0:
      return Value();
    case 1:
      return Value(below(random, 2) == 0);
    case 2:
      return Value(static_cast<std::int64_t>(random()));
    case 3:
      return Value(below(random, 2) == 0 ? INT64_MIN : INT64_MAX);
    case 4:
      return Value(strange_word(random));
    default: {
      List list(below(random, 4));
      for (Value& value : list) value = strange_value(random, depth + 1);
      return Value(std::move(list));
    }
  }
}

/// The same program with other names and values.
Program disguised(const Program& program, Random& random) {
  Draft draft = program.draft();
  std::set<std::string> taken{"main"};
  for (NameId name = 1; name < draft.names.size(); ++name) {
    do draft.names[name] = strange_word(random);
    while (!taken.insert(draft.names[name]).second);
  }
  for_each_statement(draft.main, [&](Statement& s) {
    if (s.op == Op::return_ || s.op == Op::set_result || s.op == Op::put || s.op == Op::put_nowait) s.value = strange_value(random);
    if (s.op == Op::notify) s.n = static_cast<std::int64_t>(below(random, 3));
  });
  return Program(std::move(draft));
}

std::vector<Program> corpus() {
  std::vector<Program> programs;
  JsonReader reader;
  for (const char* const name : {"edges", "distinct", "ties"}) {
    std::ifstream file(LAWFUL_SOURCE_DIR "/conformance/corpus/asyncio-3.13-" + std::string(name) + ".jsonl");
    for (std::string line; std::getline(file, line);) programs.push_back(reader.record(line).program);
  }
  REQUIRE(programs.size() > 2000);
  return programs;
}

}  // namespace

TEST_CASE("every recorded program survives the notation") {
  for (const Program& program : corpus()) survives(program);
}

TEST_CASE("programs with strange names and values survive the notation, whatever the JSON reader accepts") {
  JsonReader reader;
  const std::vector<Program> programs = corpus();
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const Program program = disguised(programs[below(random, programs.size())], random);
    CHECK(to_json(reader.program(to_json(program))) == to_json(program));
    survives(program);
  }
}

TEST_CASE("every op survives the notation with every strange name") {
  JsonReader reader;
  for (const std::string& word : strange_words()) {
    std::string name;
    write_string(name, word);
    const auto with = [&](std::string text) {
      for (std::size_t at = text.find('@'); at != std::string::npos; at = text.find('@', at + name.size()))
        text.replace(at, 1, name);
      CAPTURE(text);
      survives(reader.program(text));
    };
    // A name as the last word of a statement, before one that begins with it, and where words of the notation may stand instead.
    with(
        R"({"main":[{"op":"create_task","task":@,"body":[]},{"op":"gather","of":[@,@]},{"op":"wait","of":[@]},{"op":"await","task":@}]})");
    with(R"({"main":[{"op":"gather","of":[]},{"op":"create_task","task":@,"group":@,"body":[{"op":"await","task":@}]}]})");
    with(
        R"({"main":[{"op":"as_completed","of":[{"task":@,"body":[]},@]},{"op":"shield","of":@},{"op":"wait_for","of":@,"ticks":2}]})");
    with(
        R"({"main":[{"op":"wait_for","of":{"task":@,"body":[{"op":"return","value":@}]},"ticks":2},{"op":"cancelling","task":@}]})");
    with(R"({"main":[{"op":"timeout","timeout":@,"ticks":1,"body":[{"op":"reschedule","timeout":@,"ticks":2}]}]})");
    with(
        R"({"main":[{"op":"task_group","group":@,"body":[]},{"op":"call_soon","callback":"c"},{"op":"cancel_callback","callback":@}]})");
    with(R"({"main":[{"op":"call_later","callback":@,"ticks":3},{"op":"cancel_callback","callback":@}]})");
    with(R"({"main":[{"op":"create_task","task":"t","body":[]},{"op":"add_done_callback","task":"t","callback":@}]})");
    with(R"({"resources":{@:{"kind":"semaphore","value":0}},"main":[{"op":"with","on":@,"body":[]},{"op":"release","on":@}]})");
    with(
        R"({"resources":{"the condition":{"kind":"condition"}},"main":[{"op":"notify","on":"the condition"},{"op":"create_task","task":@,"body":[]}]})");
    with(
        R"({"resources":{"the queue":{"kind":"queue"}},"main":[{"op":"shutdown","on":"the queue"},{"op":"create_task","task":@,"body":[]}]})");
    with(R"({"resources":{@:{"kind":"queue","value":7}},"main":[{"op":"put","on":@,"value":@},{"op":"get","on":@}]})");
    with(
        R"({"resources":{@:{"kind":"future"}},"main":[{"op":"set_result","on":@,"value":[@,[@]]},{"op":"set_exception","on":@,"error":"E1"}]})");
    with(R"({"main":[{"op":"try","body":[],"except":"any","handler":[]},{"op":"create_task","task":@,"body":[]}]})");
    with(R"({"main":[{"op":"create_task","task":@,"body":[]}]})");
  }
}

TEST_CASE("plain names stand as they are, others in quotes") {
  JsonReader reader;
  const Program program = reader.program(
      R"({"resources":{"lock":{"kind":"lock"},"q1":{"kind":"queue"}},"main":[{"op":"create_task","task":"81","body":[{"op":"await","task":"é"}]},{"op":"gather","of":["t_1","a b","in"]},{"op":"return","value":"plain"}]})");
  CHECK(to_notation(program) ==
        "lock \"lock\"\nqueue q1\n\"81\" = task {\n  await é\n}\ngather t_1 \"a b\" \"in\"\nreturn \"plain\"\n");
  CHECK(headline(program, 0) == "\"81\" = task {…}");
}

TEST_CASE("a text in quotes is written as in JSON") {
  const auto value = [](const std::string& text) { return to_json(Program(from_notation("return " + text)).main()[0].value); };
  CHECK(value(R"("a\"b\\c\/\b\f\n\r\t")") == R"("a\"b\\c/\u0008\u000c\n\r\t")");
  CHECK(value(R"("\u0041\u00e9\u20AC\ud83d\ude42\u0000")") == "\"Aé€🙂\\u0000\"");
  CHECK(value("word") == "\"word\"");
  for (const std::string wrong : {R"("a)", "\"a\nb\"", R"("\x")", R"("\u12")", R"("\u12g4")", R"("\ud83d")", R"("\ud83d\u0041")",
                                  R"("\ude42")", R"("a\")", "\"\t\"", "\"", "{", "}", "]", ",", "="}) {
    CAPTURE(wrong);
    CHECK_THROWS_AS(static_cast<void>(from_notation("return " + wrong)), NotationError);
  }
  CHECK_THROWS_AS(static_cast<void>(from_notation("await \xff")), NotationError);
}

TEST_CASE("the notation is as strict as JSON") {
  for (const std::string wrong : {"await {",
                                  "await }",
                                  "await",
                                  "await =",
                                  "a = task in { }",
                                  "= = task { }",
                                  "shield",
                                  "shield nothing",
                                  "shield { }",
                                  "wait_for 1",
                                  "wait_for 1 nothing",
                                  "wait_for 1 sleep 2",
                                  "sleep -1",
                                  "sleep 9007199254740993",
                                  "timeout -1 { }",
                                  "semaphore s",
                                  "semaphore s -1",
                                  "barrier b",
                                  "barrier b 0",
                                  "queue q -1",
                                  "lock l 2",
                                  "condition c notify c -1",
                                  "raise e1",
                                  "raise Timeout",
                                  "raise E",
                                  "future f set_exception f Cancelled",
                                  "try { }",
                                  "try { } except Nonsense { }",
                                  "gather a, b",
                                  "return [1",
                                  "return [1,,2]",
                                  "future = task { }"}) {
    CAPTURE(wrong);
    CHECK_THROWS_AS(static_cast<void>(from_notation(wrong)), NotationError);
  }
}

TEST_CASE("the notation counts the levels that JSON counts") {
  JsonReader reader;
  const auto nested = [](const std::string& open, std::size_t times, const std::string& close) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) text += open;
    for (std::size_t i = 0; i < times; ++i) text += close;
    return text;
  };
  for (const auto& [open, close, least, most] : std::vector<std::tuple<std::string, std::string, std::size_t, std::size_t>>{
           {"timeout 1 { ", "} ", 400, 600}, {"gather a { ", "} ", 200, 300}, {"return [", "] ", 900, 1100}}) {
    CAPTURE(open);
    std::size_t accepted = 0;
    for (std::size_t times = least; times < most; ++times) {
      const bool value = open.ends_with('[');
      const std::string text = value ? "return " + nested("[", times, "]") : nested(open, times, close);
      std::optional<Program> program;
      try {
        program.emplace(from_notation(text));
      } catch (const NotationError& error) {
        CHECK(std::string(error.what()).find("nested deeper than 1000 levels") != std::string::npos);
        break;
      }
      accepted = times;
      if (open.starts_with("gather")) continue;  // its names are all the same
      CHECK(to_json(reader.program(to_json(*program))) == to_json(*program));
    }
    CHECK(accepted >= least);
    CHECK(accepted < most - 1);
    if (open.starts_with("gather")) continue;
    // One level more, and JSON refuses it too.
    Draft draft;
    if (open.ends_with('[')) {
      Value value{List()};
      for (std::size_t i = 0; i < accepted; ++i) value = Value(List{value});
      Statement s;
      s.op = Op::return_;
      s.value = value;
      draft.main.push_back(s);
    } else {
      Body body;
      for (std::size_t i = 0; i < accepted + 1; ++i) {
        Statement s;
        s.op = Op::timeout;
        s.has_ticks = true;
        s.body = std::move(body);
        body = {s};
      }
      draft.main = body;
    }
    CHECK_THROWS_AS(static_cast<void>(reader.program(to_json(Program(draft)))), JsonError);
  }
}
