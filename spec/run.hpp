#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "spec/program.hpp"
#include "spec/value.hpp"

namespace lawful::spec {

/// How a run ended.
enum class Status : std::uint8_t {
  finished,
  deadlock,     ///< nothing was ready and nothing was scheduled before main (or the tasks left at shutdown) had ended
  hung,         ///< the subject gave no sign for too long, and was given up
  unsupported,  ///< it does not know an op of the program: `message` is the op
  error,        ///< the program cannot be run: `message` says why
  // The suite's own words, like `hung`, for a subject that did something else than run the program; `message` tells it.
  crashed,    ///< its process was killed by a signal
  exited,     ///< its process ended in the middle
  spinning,   ///< like hung, at full speed
  endless,    ///< its clock went on and on, and nothing happened
  exhausted,  ///< it took more memory than it may
  garbage,    ///< it answered with what is no run
  cut_off,    ///< it stopped in the middle of a line
  lost,       ///< jobs were accepted and never run
  twice,      ///< a job was run twice
  inside,     ///< a job was run inside of the post() that accepted it
};
inline constexpr std::size_t status_count = static_cast<std::size_t>(Status::inside) + 1;
/// Whether the subject did something else than run the program, or say that it cannot.
[[nodiscard]] constexpr bool misbehaved(Status status) noexcept { return status == Status::hung || status > Status::error; }
/// Whether that was found out by waiting in vain.
[[nodiscard]] constexpr bool costs_patience(Status status) noexcept {
  return status == Status::hung || status == Status::spinning || status == Status::endless || status == Status::lost;
}

/// One line of a trace. Tasks and statements are those of the program that ran.
struct Event {
  enum class Kind : std::uint8_t { start, begin, end, finish, call };
  Tick t = 0;
  NameId task = main_task;        // of a call: the callback
  StatementId at = no_statement;  // of begin and end
  Kind kind = Kind::start;
  Outcome outcome;  // of end and finish
  friend bool operator==(const Event&, const Event&) noexcept = default;
};

/// What was seen of one run of a program, on any subject.
struct Run {
  Status status = Status::finished;
  Tick end = 0;
  std::vector<std::pair<NameId, Outcome>> outcomes;  // of the tasks that came to exist, by number of name
  std::vector<Event> trace;
  std::string message;  // of a run that is none, or of a subject that misbehaved
  friend bool operator==(const Run&, const Run&) noexcept = default;

  /// Whether it is a run at all, and can be judged.
  [[nodiscard]] bool judged() const noexcept {
    return status == Status::finished || status == Status::deadlock || status == Status::hung;
  }
  /// The outcome of a task, or null if it never came to exist.
  [[nodiscard]] const Outcome* outcome(NameId task) const noexcept {
    for (const auto& [name, outcome] : outcomes) {
      if (name == task) return &outcome;
    }
    return nullptr;
  }
};

/// The name of `status` in the format, and back; nullopt for none.
[[nodiscard]] std::string_view name_of(Status status) noexcept;
[[nodiscard]] std::optional<Status> status_named(std::string_view name) noexcept;
[[nodiscard]] std::string_view name_of(Event::Kind kind) noexcept;

/// How far two runs of one program agree.
enum class Agreement : std::uint8_t {
  none,
  outcomes,  ///< status and every task's outcome are equal
  per_task,  ///< so are each task's own events, in its own order
  full,      ///< so are the end and the whole trace
};
[[nodiscard]] Agreement agreement(const Run& a, const Run& b);

}  // namespace lawful::spec
