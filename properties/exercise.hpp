#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace lawful::properties {

/// What is known of the share of cases in which something comes up, after some cases.
enum class Share : std::uint8_t { enough, too_small, unknown };

/// Wilson's score interval, as QuickCheck's checkCoverage uses it: certain only when the whole interval lies on one side, at a
/// confidence of one error in a billion. `hits` of `cases` came up; `floor` is the share wanted, of which nine tenths are enough,
/// so that a share right at the floor is decided too.
[[nodiscard]] Share share_of(std::size_t hits, std::size_t cases, double floor) noexcept;

/// Asks `comes_up` for one case after the other until the answer is certain, or `most` cases were asked. O(cases).
struct Exercise {
  Share share = Share::unknown;
  std::size_t hits = 0;
  std::size_t cases = 0;
};
[[nodiscard]] Exercise exercise(const std::function<bool(std::uint64_t seed)>& comes_up, double floor, std::size_t most);

}  // namespace lawful::properties
