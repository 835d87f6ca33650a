#include "spec/run.hpp"

#include <map>

namespace lawful::spec {

std::string_view name_of(Status status) noexcept {
  switch (status) {
    case Status::finished:
      return "finished";
    case Status::deadlock:
      return "deadlock";
    case Status::hung:
      return "hung";
    case Status::unsupported:
      return "unsupported";
    default:
      return "error";
  }
}

std::string_view name_of(Event::Kind kind) noexcept {
  switch (kind) {
    case Event::Kind::start:
      return "start";
    case Event::Kind::begin:
      return "begin";
    case Event::Kind::end:
      return "end";
    case Event::Kind::finish:
      return "finish";
    default:
      return "call";
  }
}

Agreement agreement(const Run& a, const Run& b) {
  if (a == b) return Agreement::full;
  if (a.status != b.status || a.outcomes != b.outcomes || !a.judged()) return Agreement::none;
  const auto by_task = [](const Run& run) {
    std::map<NameId, std::vector<Event>> events;
    for (const Event& event : run.trace) events[event.task].push_back(event);
    return events;
  };
  return by_task(a) == by_task(b) ? Agreement::per_task : Agreement::outcomes;
}

}  // namespace lawful::spec
