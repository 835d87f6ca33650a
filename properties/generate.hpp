#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <rapidcheck/Gen.h>

#include "spec/program.hpp"

namespace lawful::properties {

/// What a generated program is to be about.
enum class Focus : std::uint8_t {
  everything,
  gather,
  return_exceptions,
  group,
  cancel,
  semaphore,
  early_result,
  clock,
  completion
};
inline constexpr std::size_t focus_count = 9;
[[nodiscard]] std::string_view name_of(Focus focus) noexcept;
/// The focus whose programs exercise the rules of a chapter of SPEC.md.
[[nodiscard]] Focus focus_of(std::string_view chapter) noexcept;

/// How programs are generated.
struct Shape {
  Focus focus = Focus::everything;
  std::size_t statements = 12;  ///< exactly so many
  bool ties = true;             ///< few distinct ticks, so that much falls together; else no two do
};

/// The program that `seed` stands for: always the same one, on every machine.
[[nodiscard]] spec::Program generate(const Shape& shape, std::uint64_t seed);

/// A RapidCheck generator of such programs, of a size that grows, shrunk by structure.
[[nodiscard]] rc::Gen<spec::Program> programs(Focus focus, bool ties);

}  // namespace lawful::properties
