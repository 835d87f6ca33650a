#include "conformance/subjects/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>
#include <utility>

namespace lawful::conformance {

namespace {

constexpr std::size_t lines_kept = 12;
constexpr std::size_t line_kept = 400;

void close_if_open(int& file) {
  if (file >= 0) ::close(file);
  file = -1;
}

struct Pipe {
  int read = -1;
  int write = -1;
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error(std::string("no pipe: ") + std::strerror(errno));
    read = ends[0];
    write = ends[1];
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_if_open(read);
    close_if_open(write);
  }
  int keep(int& end) { return std::exchange(end, -1); }
};

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
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error(std::string("no process: ") + std::strerror(errno));
  if (pid_ == 0) {
    // Only what is safe between fork and exec, other threads being gone.
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);
    ::dup2(to.read, STDIN_FILENO);
    ::dup2(from.write, STDOUT_FILENO);
    ::dup2(errors.write, STDERR_FILENO);
    ::signal(SIGPIPE, SIG_DFL);
    ::execv(arguments[0], arguments.data());
    constexpr std::string_view what = "cannot be executed\n";
    static_cast<void>(!::write(STDERR_FILENO, what.data(), what.size()));
    ::_exit(127);
  }
  ::setpgid(pid_, pid_);  // whoever comes first; the other's fails
  to_ = to.keep(to.write);
  from_ = from.keep(from.read);
  errors_ = errors.keep(errors.read);
  for (const int file : {to_, from_, errors_}) ::fcntl(file, F_SETFL, ::fcntl(file, F_GETFL) | O_NONBLOCK);
}

Process::~Process() {
  ::kill(-pid_, SIGKILL);
  reap(true);
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
  std::array<char, 4096> block{};
  while (errors_ >= 0) {
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

Process::Seen Process::read(std::string& line, std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const std::size_t end = in_.find('\n', searched_);
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
    in_.resize(before + block);
    const ssize_t got = ::read(from_, in_.data() + before, block);
    in_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) ended_ = true;
  }
}

bool Process::reap(bool wait) {
  while (!reaped_) {
    const pid_t got = ::waitpid(pid_, &status_, wait ? 0 : WNOHANG);
    if (got == 0) return false;
    if (got < 0 && errno == EINTR) continue;
    reaped_ = true;
  }
  return true;
}

std::string Process::end() {
  close_if_open(to_);
  // Who closed its output is about to end, mostly.
  for (int i = 0; i < 50 && !reap(false); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  const bool killed = !reaped_;
  if (killed) {
    ::kill(-pid_, SIGKILL);
    reap(true);
  }
  read_errors();
  if (killed) return "closed its output and went on";
  if (WIFSIGNALED(status_)) {
    const char* const name = ::sigabbrev_np(WTERMSIG(status_));
    return "killed by SIG" + std::string(name == nullptr ? std::to_string(WTERMSIG(status_)) : name);
  }
  return "exited with status " + std::to_string(WEXITSTATUS(status_));
}

bool Process::crashed() const noexcept { return reaped_ && WIFSIGNALED(status_); }

const std::deque<std::string>& Process::last_lines() {
  read_errors();
  if (!error_line_.empty()) {
    last_lines_.push_back(std::exchange(error_line_, {}));
    if (last_lines_.size() > lines_kept) last_lines_.pop_front();
  }
  return last_lines_;
}

std::chrono::milliseconds Process::cpu_time() const {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(pid_, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return {};
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::seconds(used.tv_sec) +
                                                               std::chrono::nanoseconds(used.tv_nsec));
}

std::size_t Process::memory() const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/statm");
  std::size_t all = 0;
  std::size_t resident = 0;
  if (!(file >> all >> resident)) return 0;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

bool Process::wants_processor() const {
  std::error_code gone;
  const std::filesystem::path tasks = "/proc/" + std::to_string(pid_) + "/task";
  // It may end while we look.
  for (std::filesystem::directory_iterator task(tasks, gone); !gone && task != std::filesystem::directory_iterator();
       task.increment(gone)) {
    std::ifstream file(task->path() / "stat");
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    // The state follows the name, which stands in parentheses and may hold some.
    const std::size_t state = text.rfind(')');
    if (state != std::string::npos && state + 2 < text.size() && text[state + 2] == 'R') return true;
  }
  return false;
}

}  // namespace lawful::conformance
