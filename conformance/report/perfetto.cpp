#include "conformance/report/perfetto.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "spec/json.hpp"
#include "spec/notation.hpp"

namespace lawful::conformance {

namespace {

std::string quoted(std::string_view text) {
  std::string out;
  spec::write_string(out, text);
  return out;
}

void write(std::vector<std::string>& events, std::size_t process, const std::string& name, const Finding& finding) {
  using Kind = spec::Event::Kind;
  const spec::Program& program = finding.program;
  events.push_back(fmt::format(R"({{"ph":"M","name":"process_name","pid":{},"args":{{"name":{}}}}})", process, quoted(name)));
  for (spec::NameId task = 0; task < program.names().size(); ++task) {
    const bool seen = std::any_of(finding.run.trace.begin(), finding.run.trace.end(),
                                  [&](const spec::Event& event) { return event.task == task; });
    if (seen)
      events.push_back(fmt::format(R"({{"ph":"M","name":"thread_name","pid":{},"tid":{},"args":{{"name":{}}}}})", process, task + 1,
                                   quoted(program.name(task))));
  }
  std::vector<std::vector<std::string>> open(program.names().size());
  spec::Tick tick = -1;
  std::int64_t within = 0;
  std::int64_t at = 0;
  const auto slice = [&](char phase, spec::NameId task, const std::string& label, const std::string& arguments) {
    events.push_back(fmt::format(R"({{"ph":"{}","name":{},"cat":"lawful","pid":{},"tid":{},"ts":{},"args":{{{}}}}})", phase,
                                 quoted(label), process, task + 1, at, arguments));
  };
  for (spec::Index i = 0; i < finding.run.trace.size(); ++i) {
    const spec::Event& event = finding.run.trace[i];
    within = event.t == tick ? within + 1 : 0;
    tick = event.t;
    at = std::max<std::int64_t>(at + 1, tick * 1000 + within);
    const auto& marked = finding.judgement.events();
    const bool points = std::find(marked.begin(), marked.end(), i) != marked.end();
    std::string arguments = fmt::format("\"tick\":{}", event.t);
    if (points) arguments += ",\"violation\":" + quoted(finding.judgement.why());
    std::vector<std::string>& mine = open[event.task];
    switch (event.kind) {
      case Kind::start:
        mine.push_back(program.name(event.task));
        slice('B', event.task, mine.back(), arguments);
        break;
      case Kind::begin:
        mine.push_back(spec::headline(program, event.at));
        slice('B', event.task, mine.back(), arguments);
        break;
      case Kind::call:
        events.push_back(fmt::format(R"({{"ph":"i","s":"t","name":"called","cat":"lawful","pid":{},"tid":{},"ts":{}}})", process,
                                     event.task + 1, at));
        break;
      default:
        if (const spec::Raised* raised = event.outcome.raised()) {
          arguments += ",\"raise\":" + spec::to_json(*raised);
        } else {
          arguments += ",\"ok\":" + spec::to_json(event.outcome.value());
        }
        if (mine.empty()) break;
        slice('E', event.task, mine.back(), arguments);
        mine.pop_back();
    }
    if (points)
      events.push_back(fmt::format(R"({{"ph":"i","s":"p","name":"violation","cat":"lawful","pid":{},"tid":{},"ts":{}}})", process,
                                   event.task + 1, at));
  }
}

}  // namespace

std::string to_perfetto(const std::vector<Report>& reports) {
  std::vector<std::string> events;
  std::size_t process = 0;
  for (const Report& report : reports) {
    for (const RuleReport& rule : report.rules) {
      if (rule.finding && !rule.given_up)
        write(events, ++process, fmt::format("{} {}", report.subject, rule.rule->name), *rule.finding);
    }
  }
  return fmt::format("{{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n{}\n]}}\n", fmt::join(events, ",\n"));
}

}  // namespace lawful::conformance
