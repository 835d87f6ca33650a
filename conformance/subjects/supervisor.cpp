#include "conformance/subjects/supervisor.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "properties/patience.hpp"
#include "properties/proc.hpp"

namespace lawful::conformance {

namespace {

void close_if_open(int& file) {
  if (file >= 0) ::close(file);
  file = -1;
}

/// A file above the standard ones: where one of those is closed, a new file would take its place, and be closed with the others
/// when a program starts.
int above_standard(int file) {
  if (file < 0 || file > STDERR_FILENO) return file;
  const int moved = ::fcntl(file, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  ::close(file);
  return moved;
}

}  // namespace

Pipe::Pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error(std::string("no pipe: ") + std::strerror(errno));
  read = above_standard(ends[0]);
  write = above_standard(ends[1]);
  if (read < 0 || write < 0) {
    close_if_open(read);
    close_if_open(write);
    throw std::runtime_error(std::string("no pipe: ") + std::strerror(errno));
  }
}

Pipe::~Pipe() {
  close_if_open(read);
  close_if_open(write);
}

int Pipe::keep(int& end) { return std::exchange(end, -1); }

namespace {

// What follows runs between fork and the end of the supervisor, or exec: other threads are gone and may have held any lock, so
// only system calls are made.

[[noreturn]] void become(char* const* arguments, char* const* environment, int in, int out, int errors, pid_t supervisor,
                         const sigset_t& signals) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != supervisor) ::_exit(127);
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(errors, STDERR_FILENO);
  ::signal(SIGPIPE, SIG_DFL);
  ::sigprocmask(SIG_SETMASK, &signals, nullptr);
  ::execve(arguments[0], arguments, environment);
  constexpr std::string_view what = "cannot be executed\n";
  static_cast<void>(!::write(STDERR_FILENO, what.data(), what.size()));
  ::_exit(127);
}

/// Kills the children there are now, those adopted among them.
void kill_children(pid_t program) {
  const int file = ::open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    ::kill(-program, SIGKILL);
    ::kill(program, SIGKILL);
    return;
  }
  std::array<char, 4096> block{};
  pid_t child = 0;
  for (ssize_t got = 0; (got = ::read(file, block.data(), block.size())) > 0;) {
    for (const char c : std::string_view(block.data(), static_cast<std::size_t>(got))) {
      if (c >= '0' && c <= '9') {
        child = child * 10 + (c - '0');
      } else if (child != 0) {
        ::kill(std::exchange(child, 0), SIGKILL);
      }
    }
  }
  if (child != 0) ::kill(child, SIGKILL);
  ::close(file);
}

/// Until no child is left: whatever a killed one leaves behind becomes ours, and is next.
void kill_all(pid_t program, int& status, bool& ended) {
  for (;;) {
    kill_children(program);
    int how = 0;
    const pid_t gone = ::waitpid(-1, &how, 0);
    if (gone < 0 && errno != EINTR) return;
    if (gone != program) continue;
    status = how;
    ended = true;
  }
}

[[noreturn]] void supervise(pid_t program, int life, int result) {
  // Nothing of our user's may stay open because of us.
  ::dup2(life, STDIN_FILENO);
  ::dup2(result, STDOUT_FILENO);
  ::close_range(STDERR_FILENO, ~0U, 0);
  sigset_t child{};
  ::sigemptyset(&child);
  ::sigaddset(&child, SIGCHLD);
  const int news = ::signalfd(-1, &child, SFD_NONBLOCK);
  int status = 0;
  bool ended = false;
  while (!ended) {
    std::array<pollfd, 2> files{pollfd{STDIN_FILENO, POLLIN, 0}, pollfd{news, POLLIN, 0}};
    static_cast<void>(::poll(files.data(), files.size(), -1));
    if (files[0].revents != 0) break;
    signalfd_siginfo told{};
    while (::read(news, &told, sizeof told) > 0) {
    }
    for (;;) {
      int how = 0;
      const pid_t gone = ::waitpid(-1, &how, WNOHANG);
      if (gone <= 0) break;
      if (gone != program) continue;
      status = how;
      ended = true;
    }
  }
  kill_all(program, status, ended);
  static_cast<void>(!::write(STDOUT_FILENO, &status, sizeof status));
  ::_exit(0);
}

/// Kills every process of this machine that has `mark` in its environment, until there is none. Of those of other users nothing is
/// seen, and nothing could be done.
void kill_marked(const std::string& mark) {
  // More may be started while we look; that ends, since those who start them are killed.
  constexpr int most_rounds = 100;
  for (int round = 0, killed = 1; killed != 0 && round < most_rounds; ++round) {
    killed = 0;
    for (const pid_t process : properties::all_processes()) {
      if (process == ::getpid() || !properties::has_in_environment(process, mark)) continue;
      killed += ::kill(process, SIGKILL) == 0 ? 1 : 0;
    }
  }
}

}  // namespace

Supervised::Supervised(const std::vector<std::string>& command, int in, int out, int errors) {
  Pipe life;
  Pipe result;
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  static std::atomic<unsigned> made{0};
  mark_ = "LAWFUL_SUBJECT=" + std::to_string(::getpid()) + "." + std::to_string(++made);
  std::vector<char*> environment;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!std::string_view(*variable).starts_with("LAWFUL_SUBJECT=")) environment.push_back(*variable);
  }
  environment.push_back(mark_.data());
  environment.push_back(nullptr);
  // No signal may end the supervisor before it has done its work; the program gets back what there was.
  sigset_t all{};
  sigset_t before{};
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  supervisor_ = ::fork();
  if (supervisor_ == 0) {
    ::setpgid(0, 0);  // a ^C at the terminal is for us, and our end is its sign
    ::signal(SIGCHLD, SIG_DFL);
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    ::close(life.write);
    ::close(result.read);
    const pid_t self = ::getpid();
    const pid_t program = ::fork();
    if (program == 0) become(arguments.data(), environment.data(), in, out, errors, self, before);
    if (program < 0) ::_exit(126);
    ::setpgid(program, program);  // whoever comes first; the other's fails
    supervise(program, life.read, result.write);
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (supervisor_ < 0) throw std::runtime_error(std::string("no process: ") + std::strerror(errno));
  life_ = Pipe::keep(life.write);
  result_ = Pipe::keep(result.read);
}

Supervised::~Supervised() {
  kill();
  close_if_open(result_);
}

std::vector<pid_t> Supervised::processes() const { return properties::descendants_of(supervisor_); }

std::vector<pid_t> Supervised::processes_and_supervisor() const {
  std::vector<pid_t> all = processes();
  all.push_back(supervisor_);
  return all;
}

bool Supervised::ended(int milliseconds) {
  if (ended_) return true;
  pollfd file{result_, POLLIN, 0};
  if (::poll(&file, 1, milliseconds) <= 0) return false;
  // A supervisor that was killed says nothing; what it watched over must be found otherwise.
  lost_ = ::read(result_, &status_, sizeof status_) != sizeof status_;
  if (lost_) {
    status_ = SIGKILL;
    kill_marked(mark_);
  }
  while (::waitpid(supervisor_, nullptr, 0) < 0 && errno == EINTR) {
  }
  close_if_open(life_);
  ended_ = true;
  return true;
}

void Supervised::kill() {
  if (ended_) return;
  close_if_open(life_);
  // Somebody may have stopped the supervisor; whoever does so again and again takes its life.
  properties::Patience patience(std::chrono::seconds(2), [this] { return processes_and_supervisor(); });
  while (!ended(10)) {
    ::kill(supervisor_, SIGCONT);
    if (!patience.over()) continue;
    ::kill(supervisor_, SIGKILL);
    patience.renew();
  }
}

}  // namespace lawful::conformance
