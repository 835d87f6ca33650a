#include "spec/value.hpp"

#include <array>

namespace lawful::spec {

struct Raised::Parts {
  std::string name;
  std::vector<Raised> members;
};

namespace {

const std::array<std::string, 12>& names() {
  static const std::array<std::string, 12> all{"application", "Cancelled",    "InvalidState", "Timeout",
                                               "Runtime",     "Value",        "QueueEmpty",   "QueueFull",
                                               "BrokenBarrier", "NoSuchTask", "group",        "unknown"};
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

Value::Value(List list) : held_(std::make_shared<const List>(std::move(list))) {}

const std::string* Value::string() const noexcept {
  const auto* held = std::get_if<std::shared_ptr<const std::string>>(&held_);
  return held == nullptr ? nullptr : held->get();
}

const List* Value::list() const noexcept {
  const auto* held = std::get_if<std::shared_ptr<const List>>(&held_);
  return held == nullptr ? nullptr : held->get();
}

bool operator==(const Value& a, const Value& b) noexcept {
  if (a.held_.index() != b.held_.index()) return false;
  if (const std::string* string = a.string()) return *string == *b.string();
  if (const List* list = a.list()) return *list == *b.list();
  return a.held_ == b.held_;
}

}  // namespace lawful::spec
