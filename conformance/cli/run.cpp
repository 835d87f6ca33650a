#include "conformance/cli/verbs.hpp"
#include "spec/json.hpp"

namespace lawful::conformance {

int run(const Subjects& subjects, const std::string& name) {
  const std::unique_ptr<Subject> subject = subjects.make(name);
  spec::JsonReader reader;
  Lines lines("-");
  std::string_view line;
  std::string out;
  bool refused = false;
  bool hung = false;
  while (lines.next(line)) {
    out.clear();
    try {
      const spec::Program program = reader.program(line, lines.number());
      const spec::Run run = subject->run(program);
      refused = refused || run.status == spec::Status::error;
      hung = hung || misbehaved(run.status);
      spec::write(out, program, run);
    } catch (const spec::JsonError& error) {
      refused = true;
      out += "{\"status\":\"error\",\"message\":";
      spec::write_string(out, error.what());
      out += '}';
    }
    out += '\n';
    print(out);
    if (!lines.more_at_hand()) flush();  // whoever waits for this answer gets it before we wait for the next line
  }
  flush();
  if (lines.number() == 0) return trouble("run: no program on standard input, one is expected on each line");
  if (hung) return trouble("run: " + name + " misbehaved: the answers say how");
  return refused ? trouble("run: some lines are no programs, their answers say why") : 0;
}

}  // namespace lawful::conformance
