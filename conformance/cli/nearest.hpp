#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lawful::conformance {

/// Of `names` those that somebody who wrote `given` may have meant, nearest first, three at most: as a question that ends a
/// message, " Did you mean …?", or an empty text. Upper and lower case are the same. O(names × length²).
[[nodiscard]] std::string did_you_mean(std::string_view given, const std::vector<std::string_view>& names);

}  // namespace lawful::conformance
