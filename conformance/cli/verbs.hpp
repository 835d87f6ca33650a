#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "conformance/cli/lawful.hpp"
#include "spec/rule.hpp"

namespace lawful::conformance {

/// Says on standard error what went wrong, and answers exit status 2.
int trouble(const std::string& message);

/// Writes to standard output. @throws OutputClosed if nobody reads any more
class OutputClosed {};
void print(const std::string& text);
void flush();

/// The lines of a file, or of standard input for "-"; long ones too.
class Lines {
 public:
  /// @throws std::runtime_error if the file cannot be read
  explicit Lines(const std::string& path);
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;
  ~Lines();
  /// The next line without its end; false if there is none. The view is valid until the next call.
  [[nodiscard]] bool next(std::string_view& line);
  /// Whether another line can be had without waiting for whoever writes them.
  [[nodiscard]] bool more_at_hand() const noexcept;
  [[nodiscard]] std::size_t number() const noexcept { return number_; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  const std::string path_;
  int file_;
  std::string buffer_;
  std::size_t at_ = 0;
  std::size_t number_ = 0;
  bool over_ = false;
};

/// The rules that comma-separated patterns name ("GATHER-*"), in the catalogue's order; all for none.
/// @throws std::invalid_argument if a pattern matches nothing
[[nodiscard]] std::vector<const spec::Rule*> rules_matching(const std::string& patterns);

struct CheckArguments {
  std::vector<std::string> subjects;
  std::string rules;
  std::optional<std::size_t> programs;
  std::optional<std::uint64_t> seed;
  std::string json;
  std::string html;
  std::string junit;
  std::string badge;
  std::string trace;
  std::vector<std::string> known;
  std::chrono::milliseconds patience = default_patience;
  std::string program;
  std::string command;
};

// The verbs, each in the file of its name. They answer the exit status.
int check(const Subjects& subjects, const CheckArguments& arguments);
int run(const Subjects& subjects, const std::string& subject);
int drive(const Subjects& subjects, const std::string& subject, std::chrono::milliseconds patience);
int judge(const std::string& file, const std::string& rules, bool parallel);
int agree(const Subjects& subjects, const std::string& subject, const std::vector<std::string>& files, bool per_task);
int generate(std::size_t programs, std::uint64_t seed, bool ties);
int nightly(const Subjects& subjects, const std::string& subject, std::size_t programs, std::uint64_t seed);
int list_rules();
int list_rules_as_json();
int explain(const std::string& rule);
struct MutantsArguments {
  std::uint64_t seed = 1;
  std::string only;
  bool verbose = false;
  std::string table;
  std::string timelines;
  std::string drawings;
};
int list_mutants(const MutantsArguments& arguments);

}  // namespace lawful::conformance
