#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace lawful::conformance {

/// A child process, in a process group of its own, that is written to and read from by lines. It never outlives its owner, and
/// whatever it does, its owner goes on. Not thread-safe.
class Process {
 public:
  /// Starts `command`. @throws std::runtime_error if no process can be started; a program that is not there only ends at once
  explicit Process(const std::vector<std::string>& command);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  /// Kills the whole group and waits for it.
  ~Process();

  /// Queues `text` for its standard input; it is written while we wait for lines.
  void send(std::string_view text);
  enum class Seen { line, silence, end };
  /// Waits for the next line of its standard output, without the line's end, for `patience` at most. `end`: it has closed its
  /// output.
  [[nodiscard]] Seen read(std::string& line, std::chrono::milliseconds patience);
  /// What it has begun to write and not ended.
  [[nodiscard]] const std::string& half_line() const noexcept { return in_; }

  /// Waits for its end, killing it if it does not come, and tells how it came: "killed by SIGSEGV", "exited with status 3".
  [[nodiscard]] std::string end();
  /// Whether a signal ended it. After end().
  [[nodiscard]] bool crashed() const noexcept;
  /// The last lines of its standard error, oldest first.
  [[nodiscard]] const std::deque<std::string>& last_lines();
  /// Processor time it has used, and the memory it holds, in bytes; zero if nobody knows.
  [[nodiscard]] std::chrono::milliseconds cpu_time() const;
  [[nodiscard]] std::size_t memory() const;
  /// Whether one of its threads wants the processor now, however busy others keep that.
  [[nodiscard]] bool wants_processor() const;

 private:
  void write_some();
  void read_errors();
  bool reap(bool wait);

  pid_t pid_ = -1;
  int to_ = -1;
  int from_ = -1;
  int errors_ = -1;
  int status_ = 0;
  bool reaped_ = false;
  bool ended_ = false;       // its output is closed
  std::string out_;          // to be written
  std::size_t written_ = 0;  // of it
  std::string in_;           // read, and not yet a whole line
  std::size_t searched_ = 0;
  std::string error_line_;
  std::deque<std::string> last_lines_;
};

/// A shell's command as arguments: by `sh -c`, which gives its place to the command if it is a simple one.
[[nodiscard]] std::vector<std::string> shell_command(const std::string& command);

}  // namespace lawful::conformance
