#include "properties/exercise.hpp"

#include <cmath>

#include <rapidcheck/Random.h>

namespace lawful::properties {

Share share_of(std::size_t hits, std::size_t cases, double floor) noexcept {
  if (cases == 0) return Share::unknown;
  constexpr double z = 6.1;  // one in a billion lies outside
  const auto n = static_cast<double>(cases);
  const double share = static_cast<double>(hits) / n;
  const double middle = (share + z * z / (2 * n)) / (1 + z * z / n);
  const double reach = z / (1 + z * z / n) * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  if (middle - reach >= 0.9 * floor) return Share::enough;
  if (middle + reach < floor) return Share::too_small;
  return Share::unknown;
}

Exercise exercise(const std::function<bool(std::uint64_t seed)>& comes_up, double floor, std::size_t most) {
  Exercise seen;
  rc::Random random(1);
  while (seen.share == Share::unknown && seen.cases < most) {
    ++seen.cases;
    if (comes_up(random.next())) ++seen.hits;
    // A look at every hundredth case is enough, and keeps the confidence what it says.
    if (seen.cases % 100 == 0) seen.share = share_of(seen.hits, seen.cases, floor);
  }
  return seen;
}

}  // namespace lawful::properties
