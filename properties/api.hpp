#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <rapidcheck/Random.h>

#include "scheduler/lawful.hpp"

namespace lawful::properties {

/// The C++ API as the properties of it use it: a scheduler to run on, and those operations that a mutant breaks, each an ordinary
/// call of the library.
class Api {
 public:
  using MakeScheduler = std::function<std::unique_ptr<Scheduler>()>;
  explicit Api(MakeScheduler make) : make_(std::move(make)) {}
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;
  virtual ~Api() = default;

  /// A scheduler that has run nothing yet.
  [[nodiscard]] virtual std::unique_ptr<Scheduler> scheduler() { return make_(); }

 private:
  const MakeScheduler make_;
};

/// What a case of a property is made from: its size and its dice.
class Case {
 public:
  Case(std::size_t size, std::uint64_t seed) : size_(size), random_(seed) {}
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// From 0 to n - 1.
  [[nodiscard]] std::uint64_t below(std::uint64_t n) { return n == 0 ? 0 : random_.next() % n; }
  /// From 1 to the size.
  [[nodiscard]] std::size_t some() { return 1 + below(size_); }

 private:
  const std::size_t size_;
  rc::Random random_;
};

/// A rule of SPEC.md that no program can express, checked on the C++ API: what is wrong, or an empty text.
struct ApiProperty {
  std::string_view rule;
  std::string (*check)(Api& api, Case& it);
};

/// All of them, chapter by chapter.
[[nodiscard]] const std::vector<ApiProperty>& api_properties();
/// That of a rule, or null.
[[nodiscard]] const ApiProperty* api_property(std::string_view rule);

}  // namespace lawful::properties
