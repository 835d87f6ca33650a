#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/subjects/supervisor.hpp"

namespace lawful::conformance {

/// A child process that is written to and read from by lines. It and whatever it starts never outlive their owner, and whatever
/// they do, their owner goes on, in bounded memory. Not thread-safe.
class Process {
 public:
  /// Starts `command`. @throws std::runtime_error if no process can be started; a program that is not there only ends at once
  explicit Process(const std::vector<std::string>& command);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  /// Kills it, and whatever it started, and waits until they are gone.
  ~Process();

  /// Queues `text` for its standard input; it is written while we wait for lines.
  void send(std::string_view text);
  enum class Seen {
    line,
    silence,
    end,      ///< it has closed its output
    too_long  ///< its line has more bytes than `most`: half_line() is what was read of it
  };
  /// Waits for the next line of its standard output, without the line's end, for `pause` at most.
  [[nodiscard]] Seen read(std::string& line, std::chrono::milliseconds pause, std::size_t most);
  /// What it has begun to write and not ended.
  [[nodiscard]] const std::string& half_line() const noexcept { return in_; }

  /// Waits for its end, killing it if it had its chance and does not come to one, and tells how it came: "killed by SIGSEGV",
  /// "exited with status 3".
  [[nodiscard]] std::string end();
  /// Whether it closed its output and did not end. After end().
  [[nodiscard]] bool went_on() const noexcept { return killed_; }
  /// Whether a signal ended it. After end().
  [[nodiscard]] bool crashed() const noexcept;
  /// The last lines of its standard error, oldest first.
  [[nodiscard]] const std::deque<std::string>& last_lines();
  /// The process and all that it started and that are there now.
  [[nodiscard]] std::vector<pid_t> processes() const { return supervised_->processes(); }
  /// The same with what watches over them: for who waits until they had their chance.
  [[nodiscard]] std::vector<pid_t> all_processes() const { return supervised_->processes_and_supervisor(); }

 private:
  void write_some();
  void read_errors();

  std::unique_ptr<Supervised> supervised_;
  int to_ = -1;
  int from_ = -1;
  int errors_ = -1;
  bool killed_ = false;      // by us: it would not end
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
