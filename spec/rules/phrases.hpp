#pragma once

#include <string>
#include <vector>

#include "spec/history.hpp"
#include "spec/json.hpp"

namespace lawful::spec {

// The phrases that reasons are made of.

[[nodiscard]] std::string at_tick(Tick tick);
[[nodiscard]] std::string quoted(const History& history, NameId name);
/// "answered 1", "raised \"E1\"".
[[nodiscard]] std::string text_of(const Outcome& outcome);
/// What became of a statement: "answered 1 at tick 2", "never ended".
[[nodiscard]] std::string fate_of(const History& history, StatementId id);
/// The statement, as a reason names it: "`sleep` at a/0.1".
[[nodiscard]] std::string named(const History& history, StatementId id);

/// The events of a statement, or of two, to point at.
[[nodiscard]] std::vector<Index> events_of(const History& history, StatementId id);
[[nodiscard]] std::vector<Index> events_of(const History& history, StatementId a, StatementId b);

}  // namespace lawful::spec
