#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace lawful::conformance {

/// A program under supervision. Between it and us stands a process that adopts whatever the program leaves behind, also what left
/// its session or its process group, and kills all of it when the program has ended, when we ask for it, and when we are gone,
/// however we went.
///
/// Not thread-safe. It needs Linux (PR_SET_CHILD_SUBREAPER); elsewhere only the program's own process group is killed.
class Supervised {
 public:
  /// Starts `command`, which reads `in` and writes `out` and `errors` (open files of the caller, which keeps them). A program that
  /// is not there ends at once, with a word on `errors`. @throws std::runtime_error if no process can be started
  Supervised(const std::vector<std::string>& command, int in, int out, int errors);
  Supervised(const Supervised&) = delete;
  Supervised& operator=(const Supervised&) = delete;
  /// Kills the program and all that came of it, and waits until they are gone.
  ~Supervised();

  /// The processes of the program that are there now.
  [[nodiscard]] std::vector<pid_t> processes() const;
  /// The same with the supervisor, which must have its chance too before anybody says that a program does not end.
  [[nodiscard]] std::vector<pid_t> processes_and_supervisor() const;
  /// Whether the program has ended; then nothing that came of it is left. Waits at most `milliseconds`.
  [[nodiscard]] bool ended(int milliseconds);
  /// Kills it all. Nothing if it has ended.
  void kill();
  /// Whether the supervisor itself was killed, and nobody knows how the program ended; after ended().
  [[nodiscard]] bool lost() const noexcept { return lost_; }
  /// How it ended, as waitpid() tells it; after ended().
  [[nodiscard]] int status() const noexcept { return status_; }

 private:
  pid_t supervisor_ = -1;
  int life_ = -1;    // the supervisor kills everything when this is closed: by us, or by our end
  int result_ = -1;  // and tells here how the program ended
  int status_ = 0;
  bool ended_ = false;
  bool lost_ = false;
  std::string mark_;  // in the environment of the program and of all that it starts: they are known by it
};

/// A pipe whose ends are no standard files, whichever of those are closed, and are not inherited by programs.
struct Pipe {
  /// @throws std::runtime_error if there can be none
  Pipe();
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe();
  /// Gives an end away.
  [[nodiscard]] static int keep(int& end);
  int read = -1;
  int write = -1;
};

}  // namespace lawful::conformance
