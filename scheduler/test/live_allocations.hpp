#pragma once

#include <cstdint>

/// How many blocks of this process's operator new have not been given back. For test programs that link live_allocations.cpp, which
/// replaces operator new by one that counts. Blocks that lawful keeps for their next use (pool.hpp) count as live.
[[nodiscard]] std::int64_t live_allocations() noexcept;
