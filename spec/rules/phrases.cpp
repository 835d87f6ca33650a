#include "spec/rules/phrases.hpp"

namespace lawful::spec {

std::string at_tick(Tick tick) { return "tick " + std::to_string(tick); }

std::string quoted(const History& history, NameId name) {
  std::string text = "\"";
  text.append(history.program().name(name));
  text.append("\"");
  return text;
}

std::string text_of(const Outcome& outcome) {
  if (outcome.pending()) return "is pending";
  if (const Raised* raised = outcome.raised()) return "raised " + to_json(*raised);
  return "answered " + to_json(outcome.value());
}

std::string fate_of(const History& history, StatementId id) {
  if (!history.ended(id)) return "never ended";
  std::string text = text_of(history.outcome(id));
  text.append(" at ").append(at_tick(history.end_tick(id)));
  return text;
}

std::string named(const History& history, StatementId id) {
  const Place& place = history.program().place(id);
  std::string text = "`";
  text.append(name_of(place.statement->op))
      .append("` at ")
      .append(history.program().name(place.task))
      .append("/")
      .append(place.path);
  return text;
}

std::vector<Index> events_of(const History& history, StatementId id) {
  std::vector<Index> events;
  if (history.begun(id)) events.push_back(history.begin(id));
  if (history.ended(id)) events.push_back(history.end(id));
  return events;
}

std::vector<Index> events_of(const History& history, StatementId a, StatementId b) {
  std::vector<Index> events = events_of(history, a);
  for (const Index index : events_of(history, b)) events.push_back(index);
  return events;
}

}  // namespace lawful::spec
