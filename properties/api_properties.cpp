#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

#include "properties/api.hpp"
#include "properties/patience.hpp"

namespace lawful::properties {

namespace {

/// What is wrong is written down by whoever sees it first, on whatever thread, with what can be told at that moment.
class Findings final : public Witness {
 public:
  Findings(Api& api, Scheduler& scheduler) : api_(api), scheduler_(scheduler) { api.set_witness(this); }
  Findings(const Findings&) = delete;
  Findings& operator=(const Findings&) = delete;
  ~Findings() override { api_.set_witness(nullptr); }

  void expect(bool holds, const char* what) {
    if (holds) return;
    const std::string told = account();
    const std::lock_guard lock(mutex_);
    if (first_.empty()) first_ = what + told;
  }
  /// Notes what a thread or task does, for who has to understand a failure.
  void did(const std::string& who, const char* what) {
    const std::lock_guard lock(mutex_);
    last_[who] = what;
  }
  [[nodiscard]] std::string account() override {
    // Asked first: the scheduler's guard is never taken under our mutex.
    const std::string waiting = Leftovers(scheduler_).report();
    const std::lock_guard lock(mutex_);
    std::string told = waiting;
    for (const auto& [who, what] : last_) told += "\n  " + who + " " + what;
    return told;
  }
  /// What was found; also if the run did not even come to its end.
  [[nodiscard]] std::string after(const Outcome<int>& run) {
    const std::lock_guard lock(mutex_);
    if (first_.empty() && !run.ok()) {
      first_ = "the run ended with " + run.error().describe();
      for (const auto& [who, what] : last_) first_ += "\n  " + who + " " + what;
    }
    return first_;
  }
  [[nodiscard]] std::string text() {
    const std::lock_guard lock(mutex_);
    return first_;
  }

 private:
  Api& api_;
  Scheduler& scheduler_;
  std::mutex mutex_;
  std::string first_;
  std::map<std::string, std::string> last_;
};

/// What a task waits for that happens on another thread. Made in a task; the clock stands still until it was raised.
class Signal {
 public:
  Signal() : scheduler_(Scheduler::current()), future_(Future<int>::pending()) {
    scheduler_.expect_outside();
    // Made here, and only moved there: what a serial scheduler counts is counted on its thread.
    auto set = [future = future_]() mutable { static_cast<void>(future.try_set_result(0)); };
    job_ = Job::of(std::move(set));
  }
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;
  /// Once, from any thread.
  void raise() { scheduler_.post_from_outside(std::exchange(job_, Job())); }
  [[nodiscard]] const Future<int>& raised() const noexcept { return future_; }

 private:
  Scheduler& scheduler_;
  Future<int> future_;
  Job job_;
};

/// What a function on another thread waits for. It gives up once all others have had their chance to open it, so that what
/// somebody does wrong ends as a finding and not as a hang.
class Gate {
 public:
  explicit Gate(std::chrono::milliseconds patience = std::chrono::milliseconds(500)) : patience_(patience) {}
  void open() {
    {
      const std::lock_guard lock(mutex_);
      open_ = true;
    }
    opened_.notify_all();
  }
  /// Whether it was opened in time. On a thread that is nobody's business.
  bool wait() {
    std::optional<Patience> patience;
    for (;;) {
      {
        std::unique_lock lock(mutex_);
        if (gave_up_) return false;
        if (opened_.wait_for(lock, std::chrono::milliseconds(patience_.count() < 20 ? 1 : 10), [this] { return open_; }))
          return true;
      }
      if (!patience) {
        patience.emplace(patience_);
      } else if (patience->over()) {
        break;
      }
    }
    const std::lock_guard lock(mutex_);
    gave_up_ = !open_;
    return open_;
  }
  /// Whether somebody waited in vain.
  [[nodiscard]] bool gave_up() {
    const std::lock_guard lock(mutex_);
    return gave_up_;
  }

 private:
  const std::chrono::milliseconds patience_;
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
  bool gave_up_ = false;
};

/// Counts what the exception handler is told.
class Reports {
 public:
  Reports(Api& api, Scheduler& scheduler) {
    auto count = [told = told_](const Unretrieved&) { ++*told; };
    api.set_exception_handler(scheduler, std::move(count));
  }
  [[nodiscard]] int told() const { return *told_; }

 private:
  std::shared_ptr<std::atomic<int>> told_ = std::make_shared<std::atomic<int>>(0);
};

constexpr Duration tick{1};

Coroutine<int> after(Duration delay, int value) {
  co_await sleep(delay);
  co_return value;
}

Coroutine<int> fail_after(Duration delay) {
  co_await sleep(delay);
  throw std::runtime_error("failed");
}

Coroutine<int> turns(std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) co_await sleep(Duration::zero());
  co_return 0;
}

// Coroutines

std::string waits_to_be_awaited(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  const std::size_t yields = it.below(it.size());
  auto program = [&]() -> Coroutine<int> {
    bool ran = false;
    auto body = [&ran] {
      ran = true;
      return 3;
    };
    Coroutine<int> coroutine = api.coroutine(std::move(body));
    co_await turns(yields);
    found.expect(!ran, "a coroutine ran before it was awaited");
    const int value = co_await std::move(coroutine);
    found.expect(ran && value == 3, "an awaited coroutine did not run");
    co_return 0;
  };
  return found.after(api.run(*scheduler, program()));
}

std::string gives_nobody_a_turn(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  const std::size_t depth = it.some();
  auto program = [&]() -> Coroutine<int> {
    bool other_ran = false;
    auto other = [&]() -> Coroutine<int> {
      other_ran = true;
      co_return 0;
    };
    Task<int> task = create_task(other());
    auto body = [] { return 1; };
    Coroutine<int> coroutine = api.coroutine(std::move(body));
    for (std::size_t i = 0; i < depth; ++i) coroutine = api.await(std::move(coroutine));
    co_await std::move(coroutine);
    found.expect(!other_ran, "awaiting a coroutine that need not wait gave another task a turn");
    co_await task;
    co_return 0;
  };
  return found.after(api.run(*scheduler, program()));
}

std::string is_awaited_once(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  const bool fails = it.below(2) == 0;
  auto program = [&]() -> Coroutine<int> {
    Coroutine<int> coroutine = fails ? fail_after(tick) : after(tick, 1);
    Outcome<int> first = co_await std::move(coroutine).outcome();
    found.expect(first.ok() != fails, "a coroutine ended otherwise than its body");
    Outcome<int> again = co_await api.await_again(coroutine);
    found.expect(!again.ok() && again.error().as<RuntimeError>() != nullptr,
                 "awaiting a coroutine a second time raised no RuntimeError");
    bool refused = false;
    try {
      static_cast<void>(create_task(std::move(coroutine)));
    } catch (const ValueError&) {
      refused = true;
    }
    found.expect(refused, "a coroutine that was awaited was made a task");
    co_return 0;
  };
  return found.after(api.run(*scheduler, program()));
}

std::string cross_unchanged(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  const std::size_t depth = it.some();
  struct Own : std::runtime_error {
    using std::runtime_error::runtime_error;
  };
  auto program = [&]() -> Coroutine<int> {
    const Own* thrown = nullptr;
    auto body = [&thrown]() -> int {
      try {
        throw Own("own");
      } catch (const Own& own) {
        thrown = &own;
        throw;
      }
    };
    Coroutine<int> coroutine = api.coroutine(std::move(body));
    for (std::size_t i = 0; i < depth; ++i) coroutine = api.await(std::move(coroutine));
    Outcome<int> outcome = co_await std::move(coroutine).outcome();
    const Own* const arrived = outcome.ok() ? nullptr : outcome.error().as<Own>();
    found.expect(arrived != nullptr, "an error that crossed awaits lost its type");
    found.expect(arrived == nullptr || arrived == thrown, "an error that crossed awaits is another object");
    co_return 0;
  };
  return found.after(api.run(*scheduler, program()));
}

std::string dropped_never_runs(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  const std::size_t yields = 2 + it.some();
  auto program = [&]() -> Coroutine<int> {
    auto ran = std::make_shared<std::atomic<bool>>(false);
    auto body = [ran] {
      *ran = true;
      return 1;
    };
    api.drop(api.coroutine(std::move(body)));
    co_await turns(yields);
    found.expect(!*ran, "a coroutine that was dropped ran");
    found.expect(ran.use_count() <= 2, "a coroutine that was dropped keeps what it was given");
    co_return 0;
  };
  return found.after(api.run(*scheduler, program()));
}

// Tasks and futures

std::string current_is_running(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  const std::size_t tasks = it.some();
  auto program = [&]() -> Coroutine<int> {
    std::vector<Task<int>> all;
    auto named = [&](std::string name) -> Coroutine<int> {
      found.expect(api.current_name() == name, "the current task is not the one that runs");
      co_await sleep(tick);
      found.expect(api.current_name() == name, "after a wait the current task is not the one that runs");
      co_return 0;
    };
    for (std::size_t i = 0; i < tasks; ++i) {
      std::string name(1, 't');
      name.append(std::to_string(i));
      all.push_back(create_task(named(name), name));
    }
    auto callback = [&] { found.expect(api.current_name().empty(), "there is a current task in a plain callback"); };
    call_soon(Scheduler::current(), callback);
    for (Task<int>& task : all) co_await task;
    call_soon(Scheduler::current(), callback);
    co_await sleep(tick);
    co_return 0;
  };
  return found.after(api.run(*scheduler, program()));
}

std::string same_error(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  const std::size_t readers = 1 + it.some();
  auto program = [&]() -> Coroutine<int> {
    Task<int> task = create_task(fail_after(tick));
    std::atomic<const std::runtime_error*> seen{nullptr};
    auto reader = [&]() -> Coroutine<int> {
      Outcome<int> outcome = co_await task.outcome();
      const Error error = api.exception(task);
      const auto* one = error.as<std::runtime_error>();
      const std::runtime_error* expected = nullptr;
      if (!seen.compare_exchange_strong(expected, one))
        found.expect(expected == one, "two who ask for an error get different objects");
      found.expect(outcome.error().as<std::runtime_error>() == one, "an await raises another object than exception() answers");
      co_return 0;
    };
    std::vector<Task<int>> all;
    for (std::size_t i = 0; i < readers; ++i) all.push_back(create_task(reader()));
    for (Task<int>& one : all) co_await one;
    co_return 0;
  };
  return found.after(api.run(*scheduler, program()));
}

std::string not_from_outside(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  const int value = static_cast<int>(it.some());
  auto program = [&]() -> Coroutine<int> {
    Task<int> task = create_task(after(tick, value));
    const Error refused = api.set_result(task, value + 1);
    found.expect(refused && refused.as<RuntimeError>() != nullptr,
                 "the result of a task was set from outside, and no RuntimeError raised");
    const int answer = co_await task;
    found.expect(answer == value, "the result of a task was changed from outside");
    co_return 0;
  };
  return found.after(api.run(*scheduler, program()));
}

std::string one_scheduler(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  const auto other = api.scheduler();
  const std::size_t yields = it.below(it.size());
  {
    Future<int> foreign = Future<int>::pending(*other);
    auto program = [&]() -> Coroutine<int> {
      co_await turns(yields);
      Outcome<int> outcome = co_await api.await_future(foreign);
      found.expect(!outcome.ok() && outcome.error().as<RuntimeError>() != nullptr,
                   "a future of another scheduler was awaited, and no RuntimeError raised");
      co_return 0;
    };
    const std::string wrong = found.after(api.run(*scheduler, program()));
    if (!wrong.empty()) return wrong;
  }
  return {};
}

std::string unread_is_reported(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  const Reports reports(api, *scheduler);
  const int tasks = static_cast<int>(it.some());
  auto program = [&]() -> Coroutine<int> {
    for (int i = 0; i < tasks; ++i) static_cast<void>(create_task(fail_after(tick)));
    co_await sleep(tick * 3);
    co_return 0;
  };
  const std::string wrong = found.after(api.run(*scheduler, program()));
  if (!wrong.empty()) return wrong;
  found.expect(reports.told() == tasks, "errors that nobody read were not each reported once");
  return found.text();
}

std::string read_is_not_reported(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  const Reports reports(api, *scheduler);
  const std::size_t tasks = it.some();
  auto program = [&]() -> Coroutine<int> {
    for (std::size_t i = 0; i < tasks; ++i) {
      Task<int> task = create_task(fail_after(tick));
      co_await sleep(tick * 2);
      static_cast<void>(api.exception(task));
    }
    co_return 0;
  };
  const std::string wrong = found.after(api.run(*scheduler, program()));
  if (!wrong.empty()) return wrong;
  found.expect(reports.told() == 0, "an error that was read was reported all the same");
  return found.text();
}

std::string callback_errors(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  const Reports reports(api, *scheduler);
  const std::size_t callbacks = 1 + it.some();
  std::atomic<std::size_t> called{0};
  auto program = [&]() -> Coroutine<int> {
    Task<int> task = create_task(after(tick, 1));
    for (std::size_t i = 0; i < callbacks; ++i) {
      auto callback = [&called] {
        ++called;
        throw std::runtime_error("callback");
      };
      api.add_done_callback(task, std::move(callback));
    }
    co_await sleep(tick * 3);
    co_return 0;
  };
  const std::string wrong = found.after(api.run(*scheduler, program()));
  if (!wrong.empty()) return wrong;
  found.expect(called == callbacks, "a callback that threw stopped the others");
  found.expect(reports.told() == static_cast<int>(callbacks), "the error of a callback was not reported");
  return found.text();
}

// gather and its like as futures

Coroutine<int> stubborn(Duration first, Duration clean_up) {
  Outcome<void> slept = co_await sleep(first).outcome();
  if (!slept.ok()) {
    Outcome<void> cleaned = co_await sleep(clean_up).outcome();
    static_cast<void>(cleaned);
    co_return slept.error();
  }
  co_return 1;
}

std::string gather_never_cancelled(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  const std::size_t operands = it.some();
  auto program = [&]() -> Coroutine<int> {
    std::vector<Task<int>> tasks;
    for (std::size_t i = 0; i < operands; ++i) tasks.push_back(create_task(stubborn(tick * 10, tick * 2)));
    Future<std::vector<int>> all = api.gather(tasks);
    co_await sleep(tick);
    found.expect(api.cancel(all), "cancelling a gather that waits answered false");
    found.expect(!all.done(), "a gather was done right after it was cancelled");
    Outcome<std::vector<int>> outcome = co_await all.outcome();
    found.expect(!outcome.ok() && outcome.error().is_cancelled(), "a cancelled gather did not raise CancelledError");
    found.expect(!api.cancelled(all), "a gather reports that it is cancelled");
    found.expect(all.try_exception().exception && all.try_exception().exception.is_cancelled(),
                 "a cancelled gather does not hold CancelledError as its exception");
    co_await sleep(tick * 5);
    co_return 0;
  };
  return found.after(api.run(*scheduler, program()));
}

std::string done_gather_not_cancelled(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  const std::size_t operands = it.some();
  auto program = [&]() -> Coroutine<int> {
    std::vector<Task<int>> tasks;
    tasks.push_back(create_task(fail_after(tick)));
    for (std::size_t i = 0; i < operands; ++i) tasks.push_back(create_task(after(tick * 5, 1)));
    Future<std::vector<int>> all = api.gather(tasks);
    Outcome<std::vector<int>> outcome = co_await all.outcome();
    found.expect(!outcome.ok(), "a gather of which an operand failed did not fail");
    found.expect(!api.cancel(all), "cancelling a gather that has failed answered true");
    for (std::size_t i = 1; i < tasks.size(); ++i) {
      Outcome<int> sibling = co_await tasks[i].outcome();
      found.expect(sibling.ok(), "cancelling a gather that has failed cancelled an operand");
    }
    co_return 0;
  };
  return found.after(api.run(*scheduler, program()));
}

std::string later_errors(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  const Reports reports(api, *scheduler);
  const std::size_t operands = 1 + it.some();
  auto program = [&]() -> Coroutine<int> {
    {
      std::vector<Task<int>> tasks;
      for (std::size_t i = 0; i < operands; ++i) tasks.push_back(create_task(fail_after(tick * static_cast<int>(1 + i))));
      Future<std::vector<int>> all = api.gather(std::move(tasks));
      Outcome<std::vector<int>> outcome = co_await all.outcome();
      found.expect(!outcome.ok(), "a gather of which an operand failed did not fail");
    }
    co_await sleep(tick * static_cast<int>(operands + 2));
    co_return 0;
  };
  const std::string wrong = found.after(api.run(*scheduler, program()));
  if (!wrong.empty()) return wrong;
  found.expect(reports.told() == 0, "the error of an operand that failed after the first was reported");
  return found.text();
}

std::string group_once(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  const bool left_between = it.below(2) == 0;
  auto program = [&]() -> Coroutine<int> {
    TaskGroup group;
    found.expect(!api.enter(group), "a new group could not be entered");
    if (left_between) {
      Outcome<Unit> left = co_await group.leave(Error()).outcome();
      found.expect(left.ok(), "an empty group could not be left");
    }
    const Error refused = api.enter(group);
    found.expect(refused && refused.as<RuntimeError>() != nullptr, "a group was entered twice, and no RuntimeError raised");
    if (!left_between) {
      Outcome<Unit> left = co_await group.leave(Error()).outcome();
      static_cast<void>(left);
    }
    co_return 0;
  };
  return found.after(api.run(*scheduler, program()));
}

std::string timeout_once(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  const Duration delay = tick * static_cast<int>(it.some());
  auto program = [&]() -> Coroutine<int> {
    Timeout block = timeout(delay);
    found.expect(!api.enter(block), "a new timeout could not be entered");
    Outcome<void> left = co_await block.leave(Error()).outcome();
    found.expect(left.ok(), "a timeout could not be left in time");
    const Error refused = api.enter(block);
    found.expect(refused && refused.as<RuntimeError>() != nullptr, "a timeout was entered twice, and no RuntimeError raised");
    co_return 0;
  };
  return found.after(api.run(*scheduler, program()));
}

std::string in_callers_task(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  const std::size_t yields = it.below(it.size());
  auto program = [&]() -> Coroutine<int> {
    const std::string name = api.current_name();
    auto inner = [&]() -> Coroutine<int> {
      found.expect(api.current_name() == name, "wait_for runs a coroutine in a task of its own");
      co_await turns(yields);
      co_return 1;
    };
    const int value = co_await api.wait_for(inner(), tick * 5);
    found.expect(value == 1, "wait_for lost the value");
    co_return 0;
  };
  return found.after(api.run(*scheduler, program()));
}

std::string shielded_failure(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  const Reports reports(api, *scheduler);
  const int delay = static_cast<int>(it.some());
  auto program = [&]() -> Coroutine<int> {
    auto waits = [&]() -> Coroutine<int> {
      Future<int> outer = api.shield(create_task(fail_after(tick * (delay + 2))));
      const int value = co_await outer;
      co_return value;
    };
    {
      Task<int> task = create_task(waits());
      co_await sleep(tick);
      task.cancel();
      Outcome<int> outcome = co_await task.outcome();
      found.expect(!outcome.ok() && outcome.error().is_cancelled(),
                   "who waits on a shield was cancelled, and did not end as cancelled");
    }
    co_await sleep(tick * (delay + 5));
    co_return 0;
  };
  const std::string wrong = found.after(api.run(*scheduler, program()));
  if (!wrong.empty()) return wrong;
  found.expect(reports.told() == 1, "a failure behind a shield that nobody waits on was not reported once");
  return found.text();
}

std::string starts_at_the_call(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  const std::size_t operands = 1 + it.some();
  auto program = [&]() -> Coroutine<int> {
    std::atomic<std::size_t> started{0};
    auto counts = [&]() -> Coroutine<int> {
      ++started;
      co_await sleep(tick);
      co_return 1;
    };
    std::vector<Coroutine<int>> coroutines;
    for (std::size_t i = 0; i < operands; ++i) coroutines.push_back(counts());
    AsCompleted<int> ended = api.as_completed(std::move(coroutines));
    co_await sleep(tick * 2);
    found.expect(started == operands, "as_completed did not start its coroutines when it was called");
    while (ended.more()) co_await ended.next();
    co_return 0;
  };
  return found.after(api.run(*scheduler, program()));
}

std::string tests_predicate(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  const int wanted = static_cast<int>(1 + it.some());
  auto program = [&]() -> Coroutine<int> {
    Condition condition;
    int count = 0;
    auto waits = [&]() -> Coroutine<int> {
      Outcome<void> entered = co_await condition.acquire().outcome();
      static_cast<void>(entered);
      auto enough = [&] { return count >= wanted; };
      Outcome<Unit> waited = co_await api.wait_for(condition, enough).outcome();
      found.expect(waited.ok() && count >= wanted, "wait_for on a condition returned before its predicate was true");
      Outcome<Unit> at_once = co_await api.wait_for(condition, enough).outcome();
      found.expect(at_once.ok(), "wait_for on a condition whose predicate is true did not return");
      condition.release();
      co_return 0;
    };
    Task<int> task = create_task(waits());
    for (int i = 0; i < wanted; ++i) {
      co_await sleep(tick);
      Outcome<void> entered = co_await condition.acquire().outcome();
      static_cast<void>(entered);
      ++count;
      condition.notify();
      condition.release();
    }
    co_await task;
    co_return 0;
  };
  return found.after(api.run(*scheduler, program()));
}

// Threads

std::string runs_elsewhere(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  const int value = static_cast<int>(it.some());
  auto program = [&]() -> Coroutine<int> {
    std::atomic<Scheduler*> there{&Scheduler::current()};
    auto function = [&] {
      there = Scheduler::current_or_null();
      return value;
    };
    const int answer = co_await api.to_thread(function);
    found.expect(answer == value, "to_thread lost the value");
    found.expect(there == nullptr, "to_thread called its function on a thread of the scheduler");
    co_return 0;
  };
  return found.after(api.run(*scheduler, program()));
}

std::string errors_arrive(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  const std::size_t times = it.some();
  auto program = [&]() -> Coroutine<int> {
    for (std::size_t i = 0; i < times && i < 3; ++i) {
      auto function = []() -> int { throw std::runtime_error("thrown elsewhere"); };
      Outcome<int> outcome = co_await api.to_thread(function).outcome();
      found.expect(!outcome.ok() && outcome.error().as<std::runtime_error>() != nullptr,
                   "the error of a function on another thread did not arrive");
    }
    co_return 0;
  };
  return found.after(api.run(*scheduler, program()));
}

std::string submits_when_awaited(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  const std::size_t yields = it.some();
  auto program = [&]() -> Coroutine<int> {
    std::atomic<bool> called{false};
    auto function = [&] {
      called = true;
      return 1;
    };
    Coroutine<int> offloaded = api.to_thread(function);
    co_await turns(yields);
    co_await sleep(tick);  // a function under way would hold the clock until it has ended
    found.expect(!called, "to_thread called its function before it was awaited");
    co_await std::move(offloaded);
    found.expect(called, "to_thread did not call its function");
    co_return 0;
  };
  return found.after(api.run(*scheduler, program()));
}

std::string lets_the_function_end(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  const std::size_t yields = it.below(it.size());
  auto released = std::make_shared<Gate>();
  auto ended = std::make_shared<std::atomic<bool>>(false);
  auto program = [&]() -> Coroutine<int> {
    auto begun = std::make_shared<Signal>();
    auto over = std::make_shared<Signal>();
    auto function = [&found, begun, over, released, ended] {
      found.did("the function's thread", "has begun, and waits until the cancelled await has ended");
      begun->raise();
      released->wait();
      found.did("the function's thread", "is about to end");
      *ended = true;
      over->raise();
      return 1;
    };
    Task<int> task = create_task(api.to_thread(function, Api::Blocks::yes), "awaits to_thread");
    co_await begun->raised();
    co_await turns(yields);
    task.cancel();
    Outcome<int> outcome = co_await task.outcome();
    found.expect(!*ended && !released->gave_up(), "a cancelled await waits for the function on the other thread");
    found.expect(!outcome.ok() && outcome.error().is_cancelled(), "a cancelled await of to_thread did not raise CancelledError");
    released->open();
    co_await over->raised();
    co_return 0;
  };
  const Outcome<int> end = api.run(*scheduler, program());
  released->open();
  return found.after(end);
}

std::string waiting_never_runs(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  const std::size_t yields = it.some();
  auto released = std::make_shared<Gate>();
  auto ran = std::make_shared<std::atomic<bool>>(false);
  auto program = [&]() -> Coroutine<int> {
    // min(32, cores + 4) threads, as in asyncio: once so many functions have begun, all of them are taken.
    const std::size_t threads = std::min<std::size_t>(32, std::thread::hardware_concurrency() + 4);
    auto begun = std::make_shared<std::atomic<std::size_t>>(0);
    auto all_taken = std::make_shared<Signal>();
    std::vector<Task<int>> blockers;
    auto blocks = [begun, threads, all_taken, released] {
      if (++*begun == threads) all_taken->raise();
      released->wait();
      return 1;
    };
    for (std::size_t i = 0; i < threads; ++i) blockers.push_back(create_task(api.to_thread(blocks, Api::Blocks::yes)));
    co_await all_taken->raised();
    auto marks = [ran] {
      *ran = true;
      return 1;
    };
    Task<int> task = create_task(api.to_thread(marks));
    co_await turns(yields + 2);
    task.cancel();
    Outcome<int> outcome = co_await task.outcome();
    const bool shown = !released->gave_up();  // else a thread may have become free meanwhile
    released->open();
    static_cast<void>(outcome);
    for (Task<int>& blocker : blockers) co_await blocker;
    if (!shown) *ran = false;
    co_return 0;
  };
  const Outcome<int> end = api.run(*scheduler, program());
  released->open();
  found.expect(!*ran, "a function whose await was cancelled before it had a thread was called");
  return found.after(end);
}

std::string run_waits(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  const std::size_t yields = it.below(it.size());
  // The function ends when all others have had their chance to return without it: a run that does must not outrun it.
  auto returned = std::make_shared<Gate>(std::chrono::milliseconds(2));
  auto ended = std::make_shared<std::atomic<bool>>(false);
  auto program = [&]() -> Coroutine<int> {
    auto begun = std::make_shared<Signal>();
    auto function = [begun, returned, ended] {
      begun->raise();
      returned->wait();
      *ended = true;
      return 1;
    };
    Task<int> task = create_task(api.to_thread(function, Api::Blocks::yes));
    co_await begun->raised();
    task.cancel();
    co_await turns(yields);
    co_return 0;
  };
  const Outcome<int> end = api.run(*scheduler, program());
  const bool waited = *ended;
  returned->open();
  found.expect(waited, "run returned while a function was still running on another thread");
  return found.after(end);
}

// What all of this presumes

/// Jobs that post themselves again and again, until somebody has run, or has had no turn for too long.
class Crowd : public std::enable_shared_from_this<Crowd> {
 public:
  Crowd(Api& api, std::size_t size) : api_(api), scheduler_(Scheduler::current()), over_(Future<int>::pending()), left_(size) {}
  void begin(std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) again();
  }
  /// A job that is to have a turn beside them.
  void post_watched() {
    auto job = [self = shared_from_this()] { self->ran_ = true; };
    api_.post(scheduler_, std::move(job));
  }
  /// The first of them to run posts the watched job.
  void let_one_post() { to_post_ = true; }
  [[nodiscard]] const Future<int>& over() const noexcept { return over_; }
  [[nodiscard]] bool ran() const noexcept { return ran_; }
  [[nodiscard]] bool starved() const noexcept { return starved_; }

 private:
  void again() {
    auto job = [self = shared_from_this()] { self->turn(); };
    api_.post(scheduler_, std::move(job));
  }
  void turn() {
    if (to_post_.exchange(false)) post_watched();
    // Processor time is what counts: nobody else may have it meanwhile.
    constexpr std::chrono::milliseconds enough{500};
    if (++turns_ % 256 == 0 && processor_time_of(::getpid()) - begun_ > enough) starved_ = !ran_;
    if (!ran_ && !starved_) return again();
    if (--left_ == 0) static_cast<void>(over_.try_set_result(0));
  }

  Api& api_;
  Scheduler& scheduler_;
  Future<int> over_;
  std::atomic<std::size_t> left_;
  const std::chrono::nanoseconds begun_ = processor_time_of(::getpid());
  std::atomic<std::uint64_t> turns_{0};
  std::atomic<bool> to_post_{false};
  std::atomic<bool> ran_{false};
  std::atomic<bool> starved_{false};
};

std::string beside_a_crowd(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  const std::size_t size = it.some() + (scheduler->parallel() ? 8 : 0);
  const std::uint64_t when = it.below(3);
  auto program = [&]() -> Coroutine<int> {
    auto crowd = std::make_shared<Crowd>(api, size);
    if (when == 0) crowd->post_watched();
    if (when == 1) crowd->let_one_post();
    crowd->begin(size);
    if (when == 2) crowd->post_watched();
    co_await crowd->over();
    found.expect(!crowd->starved(), when == 0   ? "a job did not run, while others that were posted after it ran again and again"
                                    : when == 1 ? "a job did not run, while the one that had posted it ran again and again"
                                                : "a job did not run, while others posted themselves again and again");
    co_return 0;
  };
  return found.after(api.run(*scheduler, program()));
}

std::string beside_a_busy_poster(Api& api) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  // Jobs that block stand for jobs that are busy: nobody else is held up.
  auto met = std::make_shared<Gate>(std::chrono::milliseconds(30));
  auto ran = std::make_shared<Gate>();
  auto program = [&]() -> Coroutine<int> {
    Scheduler& here = Scheduler::current();
    auto both_over = std::make_shared<Signal>();
    auto over = std::make_shared<Signal>();
    auto arrived = std::make_shared<std::atomic<int>>(0);
    auto left = std::make_shared<std::atomic<int>>(2);
    auto meets = [met, arrived, left, both_over] {
      if (++*arrived == 2) met->open();
      met->wait();
      if (--*left == 0) both_over->raise();
    };
    // Do two jobs ever run at once? A pool may have one thread.
    for (int i = 0; i < 2; ++i) api.post(here, meets);
    co_await both_over->raised();
    auto posts = [&api, &here, &found, met, ran, over] {
      if (!met->gave_up()) {
        auto job = [ran] { ran->open(); };
        api.post(here, std::move(job));
        found.expect(ran->wait(), "a job did not run while its poster was busy, with another thread idle");
      }
      over->raise();
    };
    api.post(here, posts);
    co_await over->raised();
    co_return 0;
  };
  return found.after(api.run(*scheduler, program()));
}

std::string every_ready_job_runs(Api& api, Case& it) {
  std::string wrong = beside_a_crowd(api, it);
  const bool parallel = api.scheduler()->parallel();
  if (wrong.empty() && parallel && it.below(10) == 0) wrong = beside_a_busy_poster(api);
  return wrong;
}

std::string post_wakes(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  const int value = static_cast<int>(it.some());
  std::thread outside;
  auto program = [&]() -> Coroutine<int> {
    Future<int> answer = Future<int>::pending();
    Scheduler& here = Scheduler::current();
    here.expect_outside();
    outside = std::thread([&api, &here, &found, answer, value] {
      auto job = [&here, &found, answer, value]() mutable {
        found.expect(Scheduler::current_or_null() == &here, "a job posted from outside did not run on the scheduler");
        if (Scheduler::current_or_null() == &here) answer.set_result(value);
      };
      api.post_from_outside(here, std::move(job));
    });
    // Whoever does not get the news is woken by the clock.
    Outcome<int> got = co_await wait_for(answer, tick).outcome();
    found.expect(got.ok() && got.value() == value, "a job posted from outside did not wake its waiter");
    co_return 0;
  };
  const Outcome<int> ran = api.run(*scheduler, program());
  if (outside.joinable()) outside.join();
  return found.after(ran);
}

std::string posts_keep_order(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  const std::size_t posts = 1 + it.some();
  std::thread outside;
  std::vector<std::size_t> order;  // touched on the scheduler's thread only
  auto program = [&]() -> Coroutine<int> {
    Scheduler& here = Scheduler::current();
    for (std::size_t i = 0; i < posts; ++i) here.expect_outside();
    outside = std::thread([&api, &here, &order, posts] {
      for (std::size_t i = 0; i < posts; ++i) {
        auto job = [&order, i] { order.push_back(i); };
        api.post_from_outside(here, std::move(job));
      }
    });
    outside.join();  // all of them are there before the first can run
    co_await sleep(tick);
    co_return 0;
  };
  const Outcome<int> ran = api.run(*scheduler, program());
  if (outside.joinable()) outside.join();
  found.expect(order.size() == posts, "a job posted from outside was lost");
  for (std::size_t i = 0; i < order.size(); ++i) found.expect(order[i] == i, "jobs posted from outside ran in another order");
  return found.after(ran);
}

// run

std::string answers_main(Api& api, Case& it) {
  const int value = static_cast<int>(it.some());
  const auto scheduler = api.scheduler();
  const Outcome<int> returned = api.run(*scheduler, after(tick, value));
  if (!returned.ok() || returned.value() != value) return "run did not answer what main returned";
  const auto second = api.scheduler();
  const Outcome<int> failed = api.run(*second, fail_after(tick));
  if (failed.ok() || failed.error().as<std::runtime_error>() == nullptr) return "run did not raise what main raised";
  const auto third = api.scheduler();
  auto cancels_itself = []() -> Coroutine<int> {
    current_task().cancel();
    co_await sleep(tick);
    co_return 0;
  };
  const Outcome<int> cancelled = api.run(*third, cancels_itself());
  if (cancelled.ok() || !cancelled.error().is_cancelled()) return "main was cancelled, and run raised no CancelledError";
  return {};
}

std::string nested_refused(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  const auto inner = api.scheduler();
  const std::size_t yields = it.below(it.size());
  std::atomic<bool> ran{false};
  auto program = [&]() -> Coroutine<int> {
    co_await turns(yields);
    auto body = [&]() -> Coroutine<int> {
      ran = true;
      co_return 1;
    };
    const Outcome<int> outcome = api.run(*inner, body());
    found.expect(!outcome.ok() && outcome.error().as<RuntimeError>() != nullptr, "run inside of run raised no RuntimeError");
    found.expect(!ran, "run inside of run ran its coroutine");
    co_return 0;
  };
  return found.after(api.run(*scheduler, program()));
}

std::string shutdown_errors(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  Findings found(api, *scheduler);
  const Reports reports(api, *scheduler);
  const int tasks = static_cast<int>(it.some());
  auto program = [&]() -> Coroutine<int> {
    auto fails_when_cancelled = []() -> Coroutine<int> {
      Outcome<void> slept = co_await sleep(tick * 9).outcome();
      if (!slept.ok()) throw std::runtime_error("clean-up failed");
      co_return 0;
    };
    static std::vector<Task<int>> kept;  // so that only shutdown can tell of them
    kept.clear();
    for (int i = 0; i < tasks; ++i) static_cast<void>(create_task(fails_when_cancelled()));
    co_await sleep(tick);
    co_return 7;
  };
  const Outcome<int> ran = api.run(*scheduler, program());
  found.expect(ran.ok() && ran.value() == 7, "a task that failed at shutdown changed what run answers");
  found.expect(reports.told() == tasks, "tasks that failed at shutdown were not each reported once");
  return found.text();
}

std::string deadlock_told(Api& api, Case& it) {
  const auto scheduler = api.scheduler();
  const std::size_t yields = it.below(it.size());
  auto program = [&]() -> Coroutine<int> {
    co_await turns(yields);
    Future<int> never = Future<int>::pending();
    const int value = co_await never;
    co_return value;
  };
  const Outcome<int> ran = api.run(*scheduler, program());
  if (ran.ok() || ran.error().as<DeadlockError>() == nullptr) return "nothing could go on, and run raised no DeadlockError";
  const std::string told = ran.error().as<DeadlockError>()->what();
  if (told.find("main") == std::string::npos || told.find("future") == std::string::npos)
    return "the deadlock's report does not name who waits for what";
  return {};
}

}  // namespace

const std::vector<ApiProperty>& api_properties() {
  static const std::vector<ApiProperty> all{
      {"COROUTINE-WAITS-TO-BE-AWAITED", waits_to_be_awaited},
      {"AWAITING-A-COROUTINE-GIVES-NOBODY-A-TURN", gives_nobody_a_turn},
      {"COROUTINE-IS-AWAITED-ONCE", is_awaited_once},
      {"ERRORS-CROSS-AWAITS-UNCHANGED", cross_unchanged},
      {"DROPPED-COROUTINE-NEVER-RUNS", dropped_never_runs},
      {"CURRENT-TASK-IS-THE-ONE-THAT-RUNS", current_is_running},
      {"EVERYBODY-SEES-THE-SAME-ERROR", same_error},
      {"TASK-IS-NOT-COMPLETED-FROM-OUTSIDE", not_from_outside},
      {"FUTURE-BELONGS-TO-ONE-SCHEDULER", one_scheduler},
      {"UNREAD-ERROR-IS-REPORTED", unread_is_reported},
      {"READ-ERROR-IS-NOT-REPORTED", read_is_not_reported},
      {"CALLBACK-ERRORS-STOP-NOBODY", callback_errors},
      {"GATHER-IS-NEVER-CANCELLED", gather_never_cancelled},
      {"CANCEL-OF-A-DONE-GATHER-ANSWERS-FALSE", done_gather_not_cancelled},
      {"GATHER-CONSUMES-LATER-ERRORS", later_errors},
      {"GROUP-IS-ENTERED-ONCE", group_once},
      {"TIMEOUT-IS-ENTERED-ONCE", timeout_once},
      {"WAIT-FOR-RUNS-A-COROUTINE-IN-THE-CALLERS-TASK", in_callers_task},
      {"SHIELDED-FAILURE-IS-REPORTED", shielded_failure},
      {"AS-COMPLETED-STARTS-AT-THE-CALL", starts_at_the_call},
      {"CONDITION-WAIT-FOR-TESTS-ITS-PREDICATE", tests_predicate},
      {"EVERY-READY-JOB-RUNS", every_ready_job_runs},
      {"TO-THREAD-RUNS-ELSEWHERE", runs_elsewhere},
      {"TO-THREAD-ERRORS-ARRIVE", errors_arrive},
      {"TO-THREAD-SUBMITS-WHEN-AWAITED", submits_when_awaited},
      {"CANCELLED-TO-THREAD-LETS-THE-FUNCTION-END", lets_the_function_end},
      {"CANCELLED-TO-THREAD-THAT-WAITS-NEVER-RUNS", waiting_never_runs},
      {"RUN-WAITS-FOR-FUNCTIONS-ON-THREADS", run_waits},
      {"POST-FROM-OUTSIDE-WAKES-A-SLEEPING-SCHEDULER", post_wakes},
      {"POSTS-FROM-OUTSIDE-KEEP-ORDER", posts_keep_order},
      {"RUN-ANSWERS-MAINS-OUTCOME", answers_main},
      {"NESTED-RUN-IS-REFUSED", nested_refused},
      {"ERRORS-AT-SHUTDOWN-ARE-REPORTED", shutdown_errors},
      {"DEADLOCK-IS-TOLD", deadlock_told},
  };
  return all;
}

}  // namespace lawful::properties
