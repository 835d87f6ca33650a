#include "spec/run.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace lawful::spec {

namespace {
constexpr std::array<std::string_view, status_count> status_names{"finished", "deadlock", "hung",     "unsupported", "error",
                                                                  "crashed",  "exited",   "spinning", "endless",     "exhausted",
                                                                  "garbage",  "cut_off",  "lost",     "twice",       "inside"};
}  // namespace

std::string_view name_of(Status status) noexcept { return status_names[static_cast<std::size_t>(status)]; }

std::optional<Status> status_named(std::string_view name) noexcept {
  const auto found = std::find(status_names.begin(), status_names.end(), name);
  if (found == status_names.end()) return std::nullopt;
  return static_cast<Status>(found - status_names.begin());
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
