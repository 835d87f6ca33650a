#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lawful::spec {

/// "line 3, column 17, $.main[2].ticks": where `offset` is in a JSON text that stands on line `line`, as far as the text can be
/// followed.
[[nodiscard]] std::string position(std::string_view text, std::size_t offset, std::size_t line);

}  // namespace lawful::spec
