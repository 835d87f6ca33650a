// A coroutine runs nothing until it is awaited.
#include "examples/documents/example.hpp"

using namespace example;

Coroutine<std::string> greet(std::string name) {
  say("hello, %s", name.c_str());
  co_await sleep(1s);
  say("goodbye, %s", name.c_str());
  for (char& letter : name) letter = static_cast<char>(std::toupper(letter));
  co_return name;
}

Coroutine<void> program() {
  Coroutine<std::string> coroutine = greet("Ada");
  say("a coroutine object: its body has not run yet");
  const std::string result = co_await std::move(coroutine);
  say("returned: %s at %.2fs", result.c_str(), elapsed());
}

int main(int argc, char** argv) { return run_example(argc, argv, program); }
