#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lawful::spec {

/// Virtual time, in whole ticks from 0; no sum of ticks in a run exceeds `max_tick`.
using Tick = std::int64_t;
inline constexpr Tick max_tick = Tick{1} << 53;

/// An ERROR of the format: what a statement, a task or a future fails with. Copies share their parts.
class Raised {
 public:
  enum class Kind : std::uint8_t {
    application,  ///< "E1": its own name
    cancelled,
    invalid_state,
    timeout,
    runtime,
    value,
    queue_empty,
    queue_full,
    broken_barrier,
    queue_shut_down,
    no_such_task,
    group,    ///< ["group", [...]]
    unknown,  ///< nothing the format knows: a subject raised it, and no program can expect it
  };

  explicit Raised(Kind kind) noexcept : kind_(kind) {}
  [[nodiscard]] static Raised application(std::string name);
  [[nodiscard]] static Raised unknown(std::string description);
  [[nodiscard]] static Raised group(std::vector<Raised> members);
  /// The built-in error of that name ("Timeout"); kind() is `unknown` if there is none.
  [[nodiscard]] static Raised named(std::string_view name);

  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  [[nodiscard]] bool cancelled() const noexcept { return kind_ == Kind::cancelled; }
  /// What a program, a trace and a report call it; of a group "group".
  [[nodiscard]] const std::string& name() const noexcept;
  /// Of a group, in the order it holds them.
  [[nodiscard]] const std::vector<Raised>& members() const noexcept;

  friend bool operator==(const Raised& a, const Raised& b) noexcept;

 private:
  struct Parts;
  Kind kind_;
  std::shared_ptr<const Parts> parts_;
};

class Value;
using List = std::vector<Value>;

/// A VALUE of the format, or an exception among values: null, a boolean, an integer, a string, a list, {"raise": ERROR}.
/// Copies share strings and lists.
class Value {
 public:
  Value() noexcept = default;
  explicit Value(bool value) noexcept : kind_(Kind::boolean), boolean_(value) {}
  explicit Value(std::int64_t value) noexcept : kind_(Kind::integer), integer_(value) {}
  explicit Value(std::string value) : kind_(Kind::string), shared_(std::make_shared<const std::string>(std::move(value))) {}
  explicit Value(List list);
  explicit Value(Raised raised) noexcept : kind_(Kind::raised), raised_(std::move(raised)) {}

  [[nodiscard]] bool is_null() const noexcept { return kind_ == Kind::null; }
  /// What it is, or null.
  [[nodiscard]] const bool* boolean() const noexcept { return kind_ == Kind::boolean ? &boolean_ : nullptr; }
  [[nodiscard]] const std::int64_t* integer() const noexcept { return kind_ == Kind::integer ? &integer_ : nullptr; }
  [[nodiscard]] const std::string* string() const noexcept {
    return kind_ == Kind::string ? static_cast<const std::string*>(shared_.get()) : nullptr;
  }
  [[nodiscard]] const List* list() const noexcept {
    return kind_ == Kind::list ? static_cast<const List*>(shared_.get()) : nullptr;
  }
  [[nodiscard]] const Raised* raised() const noexcept { return kind_ == Kind::raised ? &raised_ : nullptr; }

  friend bool operator==(const Value& a, const Value& b) noexcept;

 private:
  // Plain members instead of a std::variant: g++ 12 warns of uninitialised ones in variants that hold shared pointers.
  enum class Kind : std::uint8_t { null, boolean, integer, string, list, raised };
  Kind kind_ = Kind::null;
  bool boolean_ = false;
  std::int64_t integer_ = 0;
  Raised raised_{Raised::Kind::unknown};
  std::shared_ptr<const void> shared_;  // a std::string or a List
};

/// An OUTCOME: pending, a value, or an error.
class Outcome {
 public:
  enum class State : std::uint8_t { pending, ok, raised };
  Outcome() noexcept = default;
  Outcome(Value value) noexcept : state_(State::ok), value_(std::move(value)) {}         // NOLINT(google-explicit-constructor)
  Outcome(Raised raised) noexcept : state_(State::raised), value_(std::move(raised)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] State state() const noexcept { return state_; }
  [[nodiscard]] bool pending() const noexcept { return state_ == State::pending; }
  [[nodiscard]] bool ok() const noexcept { return state_ == State::ok; }
  /// The error it failed with, or null.
  [[nodiscard]] const Raised* raised() const noexcept { return state_ == State::raised ? value_.raised() : nullptr; }
  [[nodiscard]] bool cancelled() const noexcept { return raised() != nullptr && raised()->cancelled(); }
  /// The value, if ok.
  [[nodiscard]] const Value& value() const noexcept { return value_; }

  friend bool operator==(const Outcome& a, const Outcome& b) noexcept = default;

 private:
  State state_ = State::pending;
  Value value_;
};

}  // namespace lawful::spec
