#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <rapidcheck/Random.h>

#include "scheduler/lawful.hpp"

namespace lawful::properties {

/// Who can tell of a case while it is under way.
class Witness {
 public:
  virtual ~Witness() = default;
  /// Who waits for whom, and what each did last, a line for each. From any thread, while the case is under way; of a serial
  /// scheduler only while it sleeps, or from one of its jobs.
  [[nodiscard]] virtual std::string account() = 0;
};

/// The C++ API as the properties of it use it: a scheduler to run on, and those operations that a mutant may break, each an
/// ordinary call of the library.
class Api {
 public:
  using MakeScheduler = std::function<std::unique_ptr<Scheduler>()>;
  explicit Api(MakeScheduler make) : make_(std::move(make)) {}
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;
  virtual ~Api() = default;

  /// A scheduler that has run nothing yet.
  [[nodiscard]] virtual std::unique_ptr<Scheduler> scheduler() { return make_(); }
  /// lawful::run, its value or its error.
  [[nodiscard]] virtual Outcome<int> run(Scheduler& scheduler, Coroutine<int> main);
  virtual void set_exception_handler(Scheduler& scheduler, ExceptionHandler handler);

  /// A coroutine that calls `body` when it runs.
  [[nodiscard]] virtual Coroutine<int> coroutine(std::function<int()> body);
  /// Awaits a coroutine; the error it ends with goes on as it is.
  [[nodiscard]] virtual Coroutine<int> await(Coroutine<int> coroutine);
  /// Awaits what may have been awaited before.
  [[nodiscard]] virtual Coroutine<Outcome<int>> await_again(Coroutine<int>& coroutine);
  /// Lets go of a coroutine that nobody has awaited.
  virtual void drop(Coroutine<int> coroutine);

  /// The name of the current task; empty if there is none.
  [[nodiscard]] virtual std::string current_name();
  [[nodiscard]] virtual Coroutine<Outcome<int>> await_future(Future<int> future);
  [[nodiscard]] virtual Error exception(const AnyFuture& future);
  [[nodiscard]] virtual Error set_result(Future<int> future, int value);
  virtual bool cancel(AnyFuture future);
  [[nodiscard]] virtual bool cancelled(const AnyFuture& future);
  virtual void add_done_callback(AnyFuture future, std::function<void()> callback);

  [[nodiscard]] virtual Future<std::vector<int>> gather(std::vector<Task<int>> tasks);
  [[nodiscard]] virtual Future<int> shield(Task<int> task);
  [[nodiscard]] virtual Coroutine<int> wait_for(Coroutine<int> coroutine, Duration delay);
  [[nodiscard]] virtual AsCompleted<int> as_completed(std::vector<Coroutine<int>> coroutines);
  [[nodiscard]] virtual Error enter(TaskGroup& group);
  [[nodiscard]] virtual Error enter(Timeout& timeout);
  [[nodiscard]] virtual Coroutine<Unit> wait_for(Condition& condition, std::function<bool()> predicate);
  /// Whether the function blocks until others have gone on: one that is called in place of them would never return.
  enum class Blocks : bool { no, yes };
  [[nodiscard]] virtual Coroutine<int> to_thread(std::function<int()> function, Blocks blocks = Blocks::no);
  virtual void post_from_outside(Scheduler& scheduler, std::function<void()> job);
  /// Scheduler::post.
  virtual void post(Scheduler& scheduler, std::function<void()> job);

  /// Who can tell of the case that is under way; null when it is over.
  void set_witness(Witness* witness);
  /// What it tells; empty if there is none. From any thread, as Witness::account.
  [[nodiscard]] std::string account();

 private:
  const MakeScheduler make_;
  std::mutex mutex_;
  Witness* witness_ = nullptr;
};

/// What a case of a property is made from: its size and its dice.
class Case {
 public:
  Case(std::size_t size, std::uint64_t seed) : size_(size), random_(seed) {}
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// From 0 to n - 1.
  [[nodiscard]] std::uint64_t below(std::uint64_t n) { return n == 0 ? 0 : random_.next() % n; }
  /// From 1 to the size.
  [[nodiscard]] std::size_t some() { return 1 + below(size_); }

 private:
  const std::size_t size_;
  rc::Random random_;
};

/// A rule of SPEC.md that no program can express, checked on the C++ API: what is wrong, or an empty text.
struct ApiProperty {
  std::string_view rule;
  std::string (*check)(Api& api, Case& it);
};

/// All of them.
[[nodiscard]] const std::vector<ApiProperty>& api_properties();
/// That of a rule, or null.
[[nodiscard]] const ApiProperty* api_property(std::string_view rule);

}  // namespace lawful::properties
