#include "properties/proc.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <ctime>
#include <memory>
#include <string_view>

namespace lawful::properties {

namespace {

/// The text of a small file; empty if it cannot be read, or no longer. Streams would throw where a process ends between open and
/// read (ESRCH).
std::string text_of(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  std::string text;
  std::array<char, 4096> block{};
  for (;;) {
    const ssize_t got = ::read(file, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    text.append(block.data(), static_cast<std::size_t>(got));
  }
  ::close(file);
  return text;
}

std::string path_of(pid_t process) { return "/proc/" + std::to_string(process); }

/// The numbers in a text, up to the first thing that is none.
std::vector<std::int64_t> numbers_in(std::string_view text) {
  std::vector<std::int64_t> numbers;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    if (*at == ' ' || *at == '\n') {
      ++at;
      continue;
    }
    std::int64_t number = 0;
    const auto [stop, error] = std::from_chars(at, end, number);
    if (error != std::errc()) break;
    numbers.push_back(number);
    at = stop;
  }
  return numbers;
}

pid_t tracer_in(std::string_view status) {
  constexpr std::string_view key = "TracerPid:\t";
  const std::size_t at = status.find(key);
  if (at == std::string_view::npos) return 0;
  const std::vector<std::int64_t> number = numbers_in(status.substr(at + key.size()));
  return number.empty() ? 0 : static_cast<pid_t>(number.front());
}

/// The numbers that name the entries of a folder.
std::vector<pid_t> entries_of(const std::string& path) {
  std::vector<pid_t> entries;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(path.c_str()), ::closedir);
  if (!folder) return entries;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::vector<std::int64_t> number = numbers_in(entry->d_name);
    if (!number.empty()) entries.push_back(static_cast<pid_t>(number.front()));
  }
  return entries;
}

}  // namespace

std::vector<ThreadSeen> threads_of(pid_t process) {
  std::vector<ThreadSeen> threads;
  const std::string tasks = path_of(process) + "/task";
  for (const pid_t id : entries_of(tasks)) {
    ThreadSeen seen;
    seen.id = id;
    const std::string folder = tasks + "/" + std::to_string(id);
    const std::string stat = text_of(folder + "/stat");
    // The state follows the name, which stands in parentheses and may hold some itself.
    const std::size_t open = stat.find('(');
    const std::size_t close = stat.rfind(')');
    if (open == std::string::npos || close == std::string::npos || close + 2 >= stat.size()) continue;
    seen.name = stat.substr(open + 1, close - open - 1);
    seen.state = stat[close + 2];
    const std::vector<std::int64_t> times = numbers_in(text_of(folder + "/schedstat"));
    if (times.size() >= 2) {
      seen.ran = std::chrono::nanoseconds(times[0]);
      seen.held_up = std::chrono::nanoseconds(times[1]);
    }
    if (seen.state == 'D') seen.waits_for_child = !numbers_in(text_of(folder + "/children")).empty();
    if (seen.state == 't') seen.traced_by = tracer_in(text_of(folder + "/status"));
    threads.push_back(std::move(seen));
  }
  return threads;
}

std::vector<pid_t> descendants_of(pid_t process) {
  std::vector<pid_t> found;
  std::vector<pid_t> parents{process};
  while (!parents.empty()) {
    const pid_t parent = parents.back();
    parents.pop_back();
    const std::string tasks = path_of(parent) + "/task";
    for (const pid_t thread : entries_of(tasks)) {
      for (const std::int64_t child : numbers_in(text_of(tasks + "/" + std::to_string(thread) + "/children"))) {
        const auto id = static_cast<pid_t>(child);
        // Numbers are used again: one that was seen is not looked at twice.
        if (id == process || std::find(found.begin(), found.end(), id) != found.end()) continue;
        found.push_back(id);
        parents.push_back(id);
      }
    }
  }
  return found;
}

std::chrono::nanoseconds processor_time_of(pid_t process) {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(process, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return {};
  std::chrono::nanoseconds all = std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
  // cutime and cstime, the 16th and 17th field; what follows the name begins with the third, the state.
  const std::string stat = text_of(path_of(process) + "/stat");
  const std::size_t close = stat.rfind(')');
  if (close == std::string::npos || close + 4 >= stat.size()) return all;
  const std::vector<std::int64_t> fields = numbers_in(std::string_view(stat).substr(close + 4));
  constexpr std::size_t cutime = 16 - 4;
  if (fields.size() > cutime + 1) {
    all += std::chrono::nanoseconds((fields[cutime] + fields[cutime + 1]) * (1'000'000'000 / ::sysconf(_SC_CLK_TCK)));
  }
  return all;
}

std::vector<pid_t> all_processes() { return entries_of("/proc"); }

bool has_in_environment(pid_t process, const std::string& variable) {
  const std::string environment = '\0' + text_of(path_of(process) + "/environ");
  return environment.find('\0' + variable + '\0') != std::string::npos;
}

std::size_t memory_of(const std::vector<pid_t>& processes) {
  std::int64_t own = 0;
  std::int64_t shared = 0;
  for (const pid_t process : processes) {
    const std::vector<std::int64_t> pages = numbers_in(text_of(path_of(process) + "/statm"));
    if (pages.size() < 3) continue;
    own += pages[1] - pages[2];
    shared = std::max(shared, pages[2]);
  }
  return static_cast<std::size_t>(own + shared) * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace lawful::properties
