#include "spec/value.hpp"

#include <array>

namespace lawful::spec {

struct Raised::Parts {
  std::string name;
  std::vector<Raised> members;
};

namespace {

const std::array<std::string, 13>& names() {
  static const std::array<std::string, 13> all{"application", "Cancelled",  "InvalidState", "Timeout",       "Runtime",
                                               "Value",       "QueueEmpty", "QueueFull",    "BrokenBarrier", "QueueShutDown",
                                               "NoSuchTask",  "group",      "unknown"};
  return all;
}

const std::vector<Raised> none;

}  // namespace

Raised Raised::application(std::string name) {
  Raised raised(Kind::application);
  raised.parts_ = std::make_shared<const Parts>(Parts{std::move(name), {}});
  return raised;
}

Raised Raised::unknown(std::string description) {
  Raised raised(Kind::unknown);
  raised.parts_ = std::make_shared<const Parts>(Parts{std::move(description), {}});
  return raised;
}

Raised Raised::group(std::vector<Raised> members) {
  Raised raised(Kind::group);
  raised.parts_ = std::make_shared<const Parts>(Parts{names()[static_cast<std::size_t>(Kind::group)], std::move(members)});
  return raised;
}

Raised Raised::named(std::string_view name) {
  for (auto kind = static_cast<std::size_t>(Kind::cancelled); kind <= static_cast<std::size_t>(Kind::no_such_task); ++kind) {
    if (names()[kind] == name) return Raised(static_cast<Kind>(kind));
  }
  return Raised(Kind::unknown);
}

const std::string& Raised::name() const noexcept {
  return parts_ != nullptr ? parts_->name : names()[static_cast<std::size_t>(kind_)];
}

const std::vector<Raised>& Raised::members() const noexcept { return parts_ != nullptr ? parts_->members : none; }

bool operator==(const Raised& a, const Raised& b) noexcept {
  if (a.kind_ != b.kind_) return false;
  if (a.parts_ == b.parts_) return true;
  return a.name() == b.name() && a.members() == b.members();
}

Value::Value(List list) : kind_(Kind::list), shared_(std::make_shared<const List>(std::move(list))) {}

bool operator==(const Value& a, const Value& b) noexcept {
  if (a.kind_ != b.kind_) return false;
  switch (a.kind_) {
    case Value::Kind::null:
      return true;
    case Value::Kind::boolean:
      return a.boolean_ == b.boolean_;
    case Value::Kind::integer:
      return a.integer_ == b.integer_;
    case Value::Kind::string:
      return *a.string() == *b.string();
    case Value::Kind::list:
      return *a.list() == *b.list();
    default:
      return a.raised_ == b.raised_;
  }
}

}  // namespace lawful::spec
