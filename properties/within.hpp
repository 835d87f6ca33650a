#pragma once

#include "spec/program.hpp"

namespace lawful::properties {

/// What is left of `program` if only `ops` may be used: statements with other ops are dropped, the bodies of blocks take the place
/// of the block, and resources that nobody names any more are gone. The same program if it keeps within them.
[[nodiscard]] spec::Program within(const spec::Program& program, const spec::Ops& ops);

}  // namespace lawful::properties
