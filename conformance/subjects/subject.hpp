#pragma once

#include <memory>
#include <string>

#include "properties/api.hpp"
#include "spec/program.hpp"
#include "spec/rule.hpp"
#include "spec/run.hpp"

namespace lawful::conformance {

/// Whatever programs can be run on. It only runs them: it never sees a rule.
class Subject {
 public:
  Subject() = default;
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;
  virtual ~Subject() = default;
  /// As one names it on the command line: "tbb:2".
  [[nodiscard]] virtual std::string name() const = 0;
  /// Whether steps of different tasks may overlap: then two runs of one program may differ.
  [[nodiscard]] virtual bool parallel() const = 0;
  /// Which rules it owes.
  [[nodiscard]] virtual spec::Profiles profiles() const { return parallel() ? spec::parallel_profiles : spec::serial_profiles; }
  /// The C++ API over it, for rules that no program can express; null if it has none.
  [[nodiscard]] virtual std::unique_ptr<properties::Api> api() const { return nullptr; }
  /// Runs `program` to its end, in virtual time. On one thread at a time; never throws because of the program.
  [[nodiscard]] virtual spec::Run run(const spec::Program& program) = 0;
};

}  // namespace lawful::conformance
