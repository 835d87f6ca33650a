#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "spec/program.hpp"

namespace lawful::properties {

/// Programs one step simpler than this one, the boldest steps first: a part in place of its whole, runs of statements dropped,
/// operands and options dropped, numbers made small. Every one is a program the format allows, and none is larger.
[[nodiscard]] std::vector<spec::Program> simpler(const spec::Program& program);

/// The smallest program reached from `program` by such steps that still `fails`, with at most `tries` of them tried.
[[nodiscard]] spec::Program shrink(spec::Program program, const std::function<bool(const spec::Program&)>& fails,
                                   std::size_t tries = 4000);

}  // namespace lawful::properties
