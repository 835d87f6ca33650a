#include "spec/json_path.hpp"

#include <algorithm>
#include <vector>

namespace lawful::spec {

namespace {

constexpr std::size_t deepest = 12;  // levels that are worth printing from either end

struct Level {
  bool list = false;
  std::size_t index = 0;
  std::string_view key;
};

bool is_plain(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::string print(const std::vector<Level>& levels) {
  std::string path = "$";
  for (std::size_t i = 0; i < levels.size(); ++i) {
    if (levels.size() > 2 * deepest && i == deepest) {
      path += "…";
      i = levels.size() - deepest;
    }
    const Level& level = levels[i];
    if (level.list) {
      path += '[' + std::to_string(level.index) + ']';
    } else if (is_plain(level.key)) {
      path += '.';
      path += level.key;
    } else if (!level.key.empty()) {
      path += "[\"";
      path += level.key;
      path += "\"]";
    }
  }
  return path;
}

}  // namespace

std::string position(std::string_view text, std::size_t offset, std::size_t line) {
  std::vector<Level> levels;
  std::size_t column = 1;
  for (std::size_t i = 0; i < offset && i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') {
      ++line;
      column = 1;
      continue;
    }
    if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) ++column;  // bytes that continue a character are no column
    if (c == '"') {
      std::size_t end = i + 1;
      while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
      std::size_t next = end + 1;
      while (next < text.size() && (text[next] == ' ' || text[next] == '\t')) ++next;
      // A string before a colon is the key of what follows.
      if (end < text.size() && next < text.size() && text[next] == ':' && !levels.empty() && !levels.back().list) {
        levels.back().key = text.substr(i + 1, end - i - 1);
      }
      const std::size_t stop = std::min({end, offset - 1, text.size() - 1});
      for (; i < stop; ++i) {
        if ((static_cast<unsigned char>(text[i + 1]) & 0xC0U) != 0x80U) ++column;
      }
    } else if (c == '{') {
      levels.push_back(Level{});
    } else if (c == '[') {
      levels.push_back(Level{true, 0, {}});
    } else if ((c == '}' || c == ']') && !levels.empty()) {
      levels.pop_back();
    } else if (c == ',' && !levels.empty()) {
      if (levels.back().list) ++levels.back().index;
      levels.back().key = {};
    }
  }
  // Standing on a key is standing at its value.
  if (offset < text.size() && text[offset] == '"' && !levels.empty() && !levels.back().list) {
    const std::size_t end = text.find('"', offset + 1);
    const std::size_t next = end == std::string_view::npos ? end : text.find_first_not_of(" \t", end + 1);
    if (next != std::string_view::npos && text[next] == ':') levels.back().key = text.substr(offset + 1, end - offset - 1);
  }
  return "line " + std::to_string(line) + ", column " + std::to_string(column) + ", " + print(levels);
}

}  // namespace lawful::spec
