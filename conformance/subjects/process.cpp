#include "conformance/subjects/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "properties/patience.hpp"

namespace lawful::conformance {

namespace {

constexpr std::size_t lines_kept = 12;
constexpr std::size_t line_kept = 400;
/// How long a process that has closed its output may take to end.
constexpr std::chrono::milliseconds patience_with_an_end{500};

void close_if_open(int& file) {
  if (file >= 0) ::close(file);
  file = -1;
}

}  // namespace

std::vector<std::string> shell_command(const std::string& command) {
  const bool simple = command.find_first_of(";|&<>()\n`") == std::string::npos && command.find('=') > command.find(' ');
  return {"/bin/sh", "-c", simple ? "exec " + command : command};
}

Process::Process(const std::vector<std::string>& command) {
  ::signal(SIGPIPE, SIG_IGN);  // a child that reads no more is found out by its end
  Pipe to;
  Pipe from;
  Pipe errors;
  supervised_ = std::make_unique<Supervised>(command, to.read, from.write, errors.write);
  to_ = Pipe::keep(to.write);
  from_ = Pipe::keep(from.read);
  errors_ = Pipe::keep(errors.read);
  for (const int file : {to_, from_, errors_}) ::fcntl(file, F_SETFL, ::fcntl(file, F_GETFL) | O_NONBLOCK);
}

Process::~Process() {
  supervised_.reset();
  close_if_open(to_);
  close_if_open(from_);
  close_if_open(errors_);
}

void Process::send(std::string_view text) {
  out_.erase(0, written_);
  written_ = 0;
  out_ += text;
}

void Process::write_some() {
  while (written_ < out_.size() && to_ >= 0) {
    const ssize_t done = ::write(to_, out_.data() + written_, out_.size() - written_);
    if (done > 0) {
      written_ += static_cast<std::size_t>(done);
    } else if (errno == EINTR) {
      continue;
    } else {
      if (errno != EAGAIN) close_if_open(to_);  // it does not read any more: its output will tell why
      return;
    }
  }
}

void Process::read_errors() {
  std::array<char, std::size_t{1} << 16> block{};
  // Whoever writes without end must not keep us from its answers.
  for (int blocks = 0; errors_ >= 0 && blocks < 16; ++blocks) {
    const ssize_t got = ::read(errors_, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return;
    if (got == 0) {
      close_if_open(errors_);
      break;
    }
    for (const char c : std::string_view(block.data(), static_cast<std::size_t>(got))) {
      if (c != '\n') {
        if (error_line_.size() < line_kept) error_line_ += c;
        continue;
      }
      last_lines_.push_back(std::exchange(error_line_, {}));
      if (last_lines_.size() > lines_kept) last_lines_.pop_front();
    }
  }
}

Process::Seen Process::read(std::string& line, std::chrono::milliseconds pause, std::size_t most) {
  const auto until = std::chrono::steady_clock::now() + pause;
  for (;;) {
    const std::size_t end = in_.find('\n', searched_);
    if (std::min(end, in_.size()) > most) return Seen::too_long;
    if (end != std::string::npos) {
      line.assign(in_, 0, end);
      in_.erase(0, end + 1);
      searched_ = 0;
      return Seen::line;
    }
    searched_ = in_.size();
    if (ended_) return Seen::end;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() < 0) return Seen::silence;
    std::array<pollfd, 3> files{pollfd{from_, POLLIN, 0}, pollfd{errors_, POLLIN, 0},
                                pollfd{written_ < out_.size() ? to_ : -1, POLLOUT, 0}};
    const int ready = ::poll(files.data(), files.size(), static_cast<int>(left.count()) + 1);
    if (ready < 0 && errno != EINTR) throw std::runtime_error(std::string("poll: ") + std::strerror(errno));
    if (ready <= 0) continue;
    if (files[1].revents != 0) read_errors();
    if (files[2].revents != 0) write_some();
    if (files[0].revents == 0) continue;
    constexpr std::size_t block = std::size_t{1} << 16;
    const std::size_t before = in_.size();
    // A string doubles its room if it is left to itself: of a long line that would be too much.
    if (in_.capacity() < before + block) in_.reserve(before + std::max(block, before / 4));
    in_.resize(before + block);
    const ssize_t got = ::read(from_, in_.data() + before, block);
    in_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) ended_ = true;
  }
}

std::string Process::end() {
  close_if_open(to_);
  // Who closed its output is about to end, mostly.
  properties::Patience patience(patience_with_an_end, [this] { return supervised_->processes_and_supervisor(); });
  bool had_its_chance = false;
  while (!supervised_->ended(10) && !had_its_chance) had_its_chance = patience.over();
  killed_ = !supervised_->ended(0);
  if (killed_) supervised_->kill();
  read_errors();
  if (killed_) return "closed its output and went on";
  if (supervised_->lost()) return "killed what watches over it";
  const int status = supervised_->status();
  if (WIFSIGNALED(status)) {
    const char* const name = ::sigabbrev_np(WTERMSIG(status));
    return "killed by SIG" + std::string(name == nullptr ? std::to_string(WTERMSIG(status)) : name);
  }
  return "exited with status " + std::to_string(WEXITSTATUS(status));
}

bool Process::crashed() const noexcept { return !killed_ && !supervised_->lost() && WIFSIGNALED(supervised_->status()); }

const std::deque<std::string>& Process::last_lines() {
  read_errors();
  if (!error_line_.empty()) {
    last_lines_.push_back(std::exchange(error_line_, {}));
    if (last_lines_.size() > lines_kept) last_lines_.pop_front();
  }
  return last_lines_;
}

}  // namespace lawful::conformance
