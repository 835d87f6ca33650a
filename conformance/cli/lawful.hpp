#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/subjects/executor.hpp"
#include "conformance/subjects/subject.hpp"

namespace lawful::conformance {

/// The subjects that a command line may name.
class Subjects {
 public:
  /// `make` is called with what stands after the colon of "name:…", empty if nothing does.
  using Make = std::function<std::unique_ptr<Subject>(const std::string& argument)>;
  /// What may stand there.
  struct Arguments {
    std::function<bool(const std::string& argument)> accepts = [](const std::string& argument) { return argument.empty(); };
    std::vector<std::string_view> known = {};  ///< where they can be listed: all of them
  };
  /// `usage` is how the list of subjects shows it. `by_default`: `lawful check` judges it when none is named.
  void add(std::string name, std::string usage, Make make, bool by_default = false) {
    add(std::move(name), std::move(usage), std::move(make), by_default, Arguments());
  }
  void add(std::string name, std::string usage, Make make, bool by_default, Arguments arguments);
  /// Makes sure that there is a subject called `name`, without making it.
  /// @throws std::invalid_argument with the list of those there are, and the names that are nearest
  void require(const std::string& name) const;
  /// The subject called `name`, in this process; of "driver:COMMAND" the process that the command starts.
  /// @throws std::invalid_argument as require
  [[nodiscard]] std::unique_ptr<Subject> make(const std::string& name) const;
  /// The same in a process of its own, which is this program once more: whatever it does, this process goes on.
  [[nodiscard]] std::unique_ptr<Subject> isolated(const std::string& name,
                                                  std::chrono::milliseconds patience = default_patience) const;
  [[nodiscard]] std::vector<std::string> defaults() const;

 private:
  struct Entry {
    std::string name;
    std::string usage;
    Make make;
    bool by_default;
    Arguments arguments;
  };
  [[nodiscard]] const Entry& entry_of(const std::string& name) const;
  std::vector<Entry> entries_;
};

/// The library's own: deterministic, tbb, tbb:THREADS, mutant:NAME. Any program's subjects have driver:COMMAND beside them.
[[nodiscard]] Subjects own_subjects();

/// The program `lawful`, with every verb, over these subjects. Answers the exit status: 0 conforms, 1 violates, 2 could not be
/// judged.
int run_lawful(int argc, char** argv, const Subjects& subjects);

/// The same for one subject of one's own: `make` is called in the process that runs it.
int run_lawful(int argc, char** argv, const std::string& name, const std::function<std::unique_ptr<Subject>()>& make);

/// The same for an executor of one's own: the whole main of a program that judges it.
///
///     int main(int argc, char** argv) {
///       Pool pool(4);
///       return lawful::conformance::run_lawful(argc, argv, "pool", [&](auto job) { pool.post(std::move(job)); });
///     }
int run_lawful(int argc, char** argv, const std::string& name, Post post);

}  // namespace lawful::conformance
