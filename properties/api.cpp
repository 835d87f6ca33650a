#include "properties/api.hpp"

#include <algorithm>

namespace lawful::properties {

const std::vector<ApiProperty>& api_properties() {
  static const std::vector<ApiProperty> all = [] {
    std::vector<ApiProperty> list;
    return list;
  }();
  return all;
}

const ApiProperty* api_property(std::string_view rule) {
  const auto& all = api_properties();
  const auto found = std::find_if(all.begin(), all.end(), [&](const ApiProperty& property) { return property.rule == rule; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace lawful::properties
