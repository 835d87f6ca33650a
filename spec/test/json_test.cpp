#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "spec/json.hpp"

using namespace lawful::spec;

namespace {

/// The message with which a text is refused; empty if it is not.
std::string refusal(const std::string& text) {
  try {
    static_cast<void>(JsonReader().program(text, 3));
  } catch (const JsonError& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("a program is read, and written again as it was") {
  const std::vector<std::string> texts{
      R"({"main":[]})",
      R"({"resources":{"s":{"kind":"semaphore","value":2},"q":{"kind":"queue"},"f":{"kind":"future"}},"main":[{"op":"with","on":"s","body":[{"op":"put","on":"q","value":[null,true,-5,"text \"quoted\"\n"]}]},{"op":"await","task":"f"}]})",
      R"({"main":[{"op":"try","body":[{"op":"raise","error":"E12"}],"except":"Timeout","handler":[{"op":"sleep","ticks":9007199254740992}],"finally":[{"op":"uncancel"}]}]})",
      R"({"main":[{"op":"gather","of":["main",{"task":"a","body":[]}],"return_exceptions":true},{"op":"wait","of":["a"],"return_when":"FIRST_COMPLETED","ticks":0}]})",
      R"({"main":[{"op":"task_group","group":"g","body":[{"op":"create_task","task":"a","group":"g","body":[]}]},{"op":"timeout","timeout":"x","ticks":1,"body":[{"op":"reschedule","timeout":"x","ticks":2}]}]})"};
  for (const std::string& text : texts) {
    CAPTURE(text);
    CHECK(to_json(JsonReader().program(text)) == text);
  }
}

TEST_CASE("keys may come in any order, resources after main too") {
  const Program program = JsonReader().program(
      R"( {"main" : [ {"ticks":1, "op":"sleep"}, {"on":"l","op":"acquire"} ], "resources":{"l":{"kind":"lock"}}} )");
  CHECK(program.size() == 2);
  CHECK(program.place(1).path == "1");
}

TEST_CASE("what is no program is refused with what is wrong and where") {
  const std::vector<std::pair<std::string, std::string>> refused{
      {R"({"main":[{"op":"sleep","ticks":"1"}]})",
       "line 3, column 32, $.main[0].ticks: expected ticks, a whole number from 0 to 9007199254740992, found \"1\""},
      {R"({"main":[{"op":"fly"}]})", "line 3, column 16, $.main[0].op: unknown op \"fly\""},
      {R"({"main":[{"op":"sleep","ticks":1,"colour":2}]})",
       "line 3, column 34, $.main[0].colour: unknown key \"colour\" in a statement"},
      {R"({"main":[{"op":"sleep","ticks":1,"value":2}]})",
       "line 3, column 34, $.main[0].value: the op \"sleep\" has no key \"value\"; its keys are \"ticks\""},
      {R"({"main":[{"op":"gather","of":[{"task":"é","body":[{"op":"nap"}]}]}]})",
       "line 3, column 57, $.main[0].of[0].body[0].op: unknown op \"nap\""},
      {R"({"main":[],"main":[]})", "line 3, column 12, $.main: the key \"main\" stands here twice"},
      {R"({"main":[{"op":"sleep","ticks":1,"ticks":1}]})",
       "line 3, column 34, $.main[0].ticks: the key \"ticks\" stands here twice"},
      {R"({"main":[]} x)",
       "line 3, column 1, $: this is not JSON: the document begins with { and does not end with }; one document a line"},
      {R"({"main":[]} {"main":[]})", "line 3, column 13, $: the document is over here: one document a line"},
      {"", "line 3, column 1, $: the line is empty, where a JSON document is expected"},
      {R"({"resources":{"r":{"kind":"lock"}},"main":[{"op":"reschedule","timeout":"r","ticks":1}]})",
       "line 3, column 73, $.main[0].timeout: \"r\" is a lock, where the name of a timeout is expected"},
  };
  for (const auto& [text, message] : refused) {
    CAPTURE(text);
    CHECK(refusal(text) == message);
  }
  CHECK(refusal("{\"main\":[{\"op\":\"return\",\"value\":\"\xff\"}]}").find("this is not JSON") != std::string::npos);
}

TEST_CASE("names that are nowhere defined are no error of the program: it raises NoSuchTask") {
  CHECK(refusal(R"({"main":[{"op":"await","task":"nobody"}]})").empty());
  CHECK(refusal(R"({"main":[{"op":"create_task","task":"a","group":"nowhere","body":[]}]})").empty());
}

TEST_CASE("a run is read against its program") {
  JsonReader reader;
  const Program program = reader.program(R"({"main":[{"op":"sleep","ticks":1}]})");
  const std::string text =
      R"({"status":"finished","end":1,"outcomes":{"main":{"raise":["group",["E1",["group",["Cancelled"]]]]}},"trace":[{"t":0,"task":"main","at":"","event":"start"},{"t":0,"task":"main","at":"0","event":"begin"},{"t":1,"task":"main","at":"0","event":"end","ok":[{"raise":"Timeout"}]},{"t":1,"task":"main","at":"","event":"finish","ok":null}]})";
  const Run run = reader.run(text, program);
  CHECK(to_json(program, run) == text);
  CHECK(agreement(run, run) == Agreement::full);
  const auto refused = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    changed.replace(changed.find(from), from.size(), to);
    CHECK_THROWS_AS(static_cast<void>(reader.run(changed, program)), JsonError);
  };
  refused("finished", "fine");
  refused("\"task\":\"main\"", "\"task\":\"other\"");
  refused("\"at\":\"0\"", "\"at\":\"1\"");
  refused("\"at\":\"0\"", "\"at\":\"\"");
  refused("\"ok\":null", "\"okay\":null");
  refused(",\"ok\":null", "");
  refused("Timeout", "Nonsense");
  refused("\"end\":1", "\"end\":-1");
  refused("\"end\":1,", "");
}

TEST_CASE("nesting has an end, also where nothing is wrong") {
  const auto nested = [](std::size_t depth) {
    std::string text = R"({"main":[{"op":"return","value":)" + std::string(depth, '[') + std::string(depth, ']') + "}]}";
    return refusal(text);
  };
  CHECK(nested(900).empty());
  CHECK(nested(1100).find("nested deeper than 1000 levels") != std::string::npos);
}
