#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "properties/api.hpp"
#include "spec/program.hpp"
#include "spec/rule.hpp"
#include "spec/run.hpp"

namespace lawful::conformance {

/// How long a subject may have its chance and give no sign before it is given up: what properties::Patience counts, which is not
/// the time on the clock.
inline constexpr std::chrono::milliseconds default_patience{2000};

/// Cases of a property of the C++ API that are to be checked.
struct PropertyCases {
  std::string rule;
  std::size_t size = 1;
  std::size_t cases = 0;
  std::uint64_t seed = 0;
};
/// What was seen of them.
struct PropertyRun {
  std::size_t cases = 0;                         ///< none if there is no API
  std::string why;                               ///< what was wrong, in which case; empty if nothing was
  spec::Status status = spec::Status::finished;  ///< else how the subject misbehaved, as `why` tells
};

/// Whatever programs can be run on. It only runs them: it never sees a rule.
class Subject {
 public:
  Subject() = default;
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;
  virtual ~Subject() = default;
  /// As one names it on the command line: "tbb:2".
  [[nodiscard]] virtual std::string name() const = 0;
  /// As it calls itself: "asyncio on CPython 3.13.0".
  [[nodiscard]] virtual std::string title() const { return name(); }
  /// Why nothing can be run on it; empty if it can.
  [[nodiscard]] virtual std::string refusal() const { return {}; }
  /// Whether steps of different tasks may overlap: then two runs of one program may differ.
  [[nodiscard]] virtual bool parallel() const = 0;
  /// Which rules it owes.
  [[nodiscard]] virtual spec::Profiles profiles() const { return parallel() ? spec::parallel_profiles : spec::serial_profiles; }
  /// The ops it knows. A program with others is answered `unsupported`.
  [[nodiscard]] virtual spec::Ops ops() const { return spec::Ops().set(); }
  /// The C++ API over it, for rules that no program can express; null if it has none.
  [[nodiscard]] virtual std::unique_ptr<properties::Api> api() const { return nullptr; }
  /// Whether there is one.
  [[nodiscard]] virtual bool has_api() const { return api() != nullptr; }
  /// Runs `program` to its end, in virtual time. On one thread at a time; never throws because of the program.
  [[nodiscard]] virtual spec::Run run(const spec::Program& program) = 0;

  /// Is given the run of the program with that number; answers whether to go on.
  using Take = std::function<bool(std::size_t, spec::Run)>;
  /// Runs one program after the other, in order, until `take` has enough.
  virtual void run_all(const std::vector<spec::Program>& programs, const Take& take);
  /// Checks the property that stands for a rule, until a case fails.
  [[nodiscard]] virtual PropertyRun check_property(const PropertyCases& asked);
  /// Who waits for whom in the case of a property that is under way, and what each did last; empty if there is none. Asked by
  /// another thread, when nothing has happened for too long.
  [[nodiscard]] std::string account();
  /// What its clock says while a run is under way, asked by another thread; nullopt if nobody may ask.
  [[nodiscard]] virtual std::optional<spec::Tick> peek() const { return std::nullopt; }
  /// Gives it less of a chance, or more, to give a sign of life.
  virtual void set_patience(std::chrono::milliseconds) {}

 private:
  std::mutex mutex_;
  properties::Api* asked_ = nullptr;  // that of the property under way
};

}  // namespace lawful::conformance
