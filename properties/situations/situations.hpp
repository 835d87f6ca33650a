#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "spec/program.hpp"

namespace lawful::properties {

/// A small program that brings up what a rule is about: chance alone seldom makes one. In the notation.
struct Situation {
  std::string_view rule;
  std::string_view program;
};

/// All of them, in the order of the rules; a rule may have several.
[[nodiscard]] const std::vector<Situation>& situations();

/// Tasks, futures and callbacks; cancellation.
[[nodiscard]] std::vector<Situation> basic_situations();
[[nodiscard]] std::vector<Situation> cancellation_situations();
/// gather and the early chapters; groups; timeouts, wait_for and shield; wait and as_completed.
[[nodiscard]] std::vector<Situation> gathering_situations();
[[nodiscard]] std::vector<Situation> group_situations();
[[nodiscard]] std::vector<Situation> timeout_situations();
[[nodiscard]] std::vector<Situation> waiting_situations();
/// Locks, semaphores, events, conditions and barriers; queues; shutdown and serial order.
[[nodiscard]] std::vector<Situation> sync_situations();
[[nodiscard]] std::vector<Situation> queue_situations();
[[nodiscard]] std::vector<Situation> ending_situations();

/// The program that `seed` stands for, aimed at a rule: one of its situations, with other ticks, other tasks beside it, and now and
/// then something done to it; or a program of its chapter's focus, if it has none.
[[nodiscard]] spec::Program aimed(std::string_view rule, std::uint64_t seed);

}  // namespace lawful::properties
