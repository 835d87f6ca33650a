#include "conformance/cli/nearest.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <utility>

namespace lawful::conformance {

namespace {

/// How many characters must be added, removed or changed to make one of the other (Levenshtein).
std::size_t distance(std::string_view a, std::string_view b) {
  const auto same = [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  };
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (same(a[i], b[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string did_you_mean(std::string_view given, const std::vector<std::string_view>& names) {
  constexpr std::size_t longest = 200;
  if (given.size() > longest) return {};
  std::vector<std::pair<std::size_t, std::string_view>> near;
  for (const std::string_view name : names) {
    const std::size_t apart = distance(given, name);
    if (apart * 3 <= std::max(given.size(), name.size())) near.emplace_back(apart, name);
  }
  std::sort(near.begin(), near.end());
  std::string text;
  for (std::size_t i = 0; i < near.size() && i < 3; ++i) {
    text += i == 0 ? " Did you mean " : i + 1 == std::min<std::size_t>(near.size(), 3) ? " or " : ", ";
    text += near[i].second;
  }
  return text.empty() ? text : text + "?";
}

}  // namespace lawful::conformance
