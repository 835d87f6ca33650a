#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace lawful::properties {

/// What the kernel tells of processes (Linux: /proc). Whatever a process does meanwhile, also if it ends while it is looked at,
/// these functions throw nothing but std::bad_alloc, and answer what there is: nothing of a process that is gone.

/// A thread as it was seen.
struct ThreadSeen {
  pid_t id = 0;
  char state = '?';                 ///< R runs or wants to, S sleeps, D waits for a device, T is stopped, t is traced, Z is gone
  std::chrono::nanoseconds ran{0};  ///< on a processor, ever
  std::chrono::nanoseconds held_up{0};  ///< it wanted to run, and others did
  std::string name;                     ///< as its program calls it
  bool waits_for_child = false;         ///< in state D, but for a child that has its memory (vfork): that one is to be looked at
  pid_t traced_by = 0;                  ///< in state t: by whom
};
[[nodiscard]] std::vector<ThreadSeen> threads_of(pid_t process);

/// The children of a process, and their children, and so on; not the process itself.
[[nodiscard]] std::vector<pid_t> descendants_of(pid_t process);

/// Processor time that a process has used, with its threads that have ended and its children that it has waited for; zero if
/// nobody knows.
[[nodiscard]] std::chrono::nanoseconds processor_time_of(pid_t process);

/// All processes there are.
[[nodiscard]] std::vector<pid_t> all_processes();
/// Whether `variable` ("NAME=value") stands in the environment that a process was started with; false if that cannot be seen.
[[nodiscard]] bool has_in_environment(pid_t process, const std::string& variable);

/// Bytes of memory that processes hold together. What they share counts once.
[[nodiscard]] std::size_t memory_of(const std::vector<pid_t>& processes);

}  // namespace lawful::properties
