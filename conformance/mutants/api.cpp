#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "conformance/mutants/mutant.hpp"
#include "conformance/subjects/scheduler_subject.hpp"

namespace lawful::conformance {

namespace {

using properties::Api;

/// The deterministic scheduler with a C++ API of which one operation is broken.
template <class MutantApi>
class ApiSubject final : public Subject {
 public:
  explicit ApiSubject(std::string_view name) : name_(name) {}
  [[nodiscard]] std::string name() const override { return "mutant:" + name_; }
  [[nodiscard]] bool parallel() const override { return false; }
  [[nodiscard]] spec::Run run(const spec::Program& program) override {
    DeterministicScheduler scheduler;
    TaskRuntime runtime(scheduler);
    return run_on(runtime, program);
  }
  [[nodiscard]] std::unique_ptr<Api> api() const override {
    return std::make_unique<MutantApi>([] { return std::make_unique<DeterministicScheduler>(); });
  }

 private:
  const std::string name_;
};

template <class MutantApi>
Mutant api_mutant(std::string_view name, std::string_view rule, std::string_view what) {
  return Mutant{name, rule, what, [name] { return std::make_unique<ApiSubject<MutantApi>>(name); }};
}

struct CoroutineRunsAtOnce final : Api {
  using Api::Api;
  Coroutine<int> coroutine(std::function<int()> body) override {
    try {
      return answer(body());
    } catch (...) {
      return Api::coroutine(std::move(body));
    }
  }
  static Coroutine<int> answer(int value) { co_return value; }
};

struct AwaitTakesATurn final : Api {
  using Api::Api;
  Coroutine<int> await(Coroutine<int> coroutine) override {
    co_await lawful::sleep(Duration::zero());
    lawful::Outcome<int> outcome = co_await std::move(coroutine).outcome();
    co_return std::move(outcome);
  }
};

struct AwaitedTwiceAnswersZero final : Api {
  using Api::Api;
  Coroutine<lawful::Outcome<int>> await_again(Coroutine<int>&) override {
    co_return lawful::Outcome<lawful::Outcome<int>>(lawful::Outcome<int>(0));
  }
};

struct ErrorsAreCopied final : Api {
  using Api::Api;
  Coroutine<int> await(Coroutine<int> coroutine) override {
    lawful::Outcome<int> outcome = co_await std::move(coroutine).outcome();
    if (!outcome.ok()) co_return Error::of(std::runtime_error(outcome.error().describe()));
    co_return std::move(outcome);
  }
};

struct DroppedRunsInBackground final : Api {
  using Api::Api;
  void drop(Coroutine<int> coroutine) override { static_cast<void>(create_task(std::move(coroutine))); }
};

struct CurrentTaskIsTheLast final : Api {
  using Api::Api;
  std::string current_name() override {
    const std::string name = Api::current_name();
    if (!name.empty()) last_ = name;
    return last_;
  }
  std::string last_;
};

struct ErrorIsRebuilt final : Api {
  using Api::Api;
  Error exception(const AnyFuture& future) override {
    const Error error = Api::exception(future);
    if (!error) return error;
    return Error::of(std::runtime_error(error.describe()));
  }
};

struct TaskCompletedSilently final : Api {
  using Api::Api;
  Error set_result(Future<int> future, int value) override {
    static_cast<void>(Api::set_result(std::move(future), value));
    return {};
  }
};

struct ForeignFutureAnswersZero final : Api {
  using Api::Api;
  Coroutine<lawful::Outcome<int>> await_future(Future<int> future) override {
    if (&future.core().scheduler() != &Scheduler::current())
      co_return lawful::Outcome<lawful::Outcome<int>>(lawful::Outcome<int>(0));
    lawful::Outcome<int> outcome = co_await future.outcome();
    co_return lawful::Outcome<lawful::Outcome<int>>(std::move(outcome));
  }
};

struct NothingIsReported final : Api {
  using Api::Api;
  void set_exception_handler(Scheduler& scheduler, ExceptionHandler handler) override {
    // What callbacks and shutdown tell of is told: only what nobody read is not.
    auto filtered = [handler = std::move(handler)](const Unretrieved& unretrieved) {
      const bool of_others =
          unretrieved.message.find("callback") != std::string::npos || unretrieved.message.find("shut down") != std::string::npos;
      if (of_others) handler(unretrieved);
    };
    Api::set_exception_handler(scheduler, std::move(filtered));
  }
};

struct EverythingIsReported final : Api {
  using Api::Api;
  Error exception(const AnyFuture& future) override {
    const Error error = Api::exception(future);
    if (error && handled_) future.core().scheduler().call_exception_handler(Unretrieved{"a task failed", error});
    return error;
  }
  void set_exception_handler(Scheduler& scheduler, ExceptionHandler handler) override {
    handled_ = true;
    Api::set_exception_handler(scheduler, std::move(handler));
  }
  std::unique_ptr<Scheduler> scheduler() override {
    handled_ = false;
    return Api::scheduler();
  }
  bool handled_ = false;
};

struct CallbackErrorStopsTheRest final : Api {
  using Api::Api;
  void add_done_callback(AnyFuture future, std::function<void()> callback) override {
    auto guarded = [this, callback = std::move(callback)] {
      if (dead_) return;
      dead_ = true;
      callback();
      dead_ = false;
    };
    dead_ = false;
    Api::add_done_callback(std::move(future), std::move(guarded));
  }
  bool dead_ = false;
};

struct GatherReadsCancelled final : Api {
  using Api::Api;
  bool cancelled(const AnyFuture& future) override {
    if (Api::cancelled(future)) return true;
    const AnyFuture::ExceptionAnswer answer = future.try_exception();
    return answer.exception && answer.exception.is_cancelled();
  }
};

struct DoneGatherTakesACancel final : Api {
  using Api::Api;
  bool cancel(AnyFuture future) override {
    Api::cancel(std::move(future));
    return true;
  }
};

/// Awaits one task after the other, and leaves the rest unread when one fails.
struct GatherLeavesErrorsUnread final : Api {
  using Api::Api;
  Future<std::vector<int>> gather(std::vector<Task<int>> tasks) override { return create_task(one_by_one(std::move(tasks))); }
  static Coroutine<std::vector<int>> one_by_one(std::vector<Task<int>> tasks) {
    std::vector<int> values;
    for (Task<int>& task : tasks) {
      lawful::Outcome<int> outcome = co_await task.outcome();
      if (!outcome.ok()) co_return outcome.error();
      values.push_back(outcome.value());
    }
    co_return values;
  }
};

struct GroupEnteredAgain final : Api {
  using Api::Api;
  using Api::enter;
  Error enter(TaskGroup& group) override {
    static_cast<void>(Api::enter(group));
    return {};
  }
};

struct TimeoutEnteredAgain final : Api {
  using Api::Api;
  using Api::enter;
  Error enter(Timeout& timeout) override {
    static_cast<void>(Api::enter(timeout));
    return {};
  }
};

struct WaitForMakesATask final : Api {
  using Api::Api;
  using Api::wait_for;
  Coroutine<int> wait_for(Coroutine<int> coroutine, Duration delay) override {
    Task<int> task = create_task(std::move(coroutine));
    lawful::Outcome<int> outcome = co_await lawful::wait_for(std::move(task), delay).outcome();
    co_return std::move(outcome);
  }
};

struct ShieldReadsErrors final : Api {
  using Api::Api;
  Future<int> shield(Task<int> task) override {
    auto read = [task](const AnyFuture&) { static_cast<void>(task.try_exception()); };
    task.add_done_callback(std::move(read));
    return Api::shield(std::move(task));
  }
};

struct AsCompletedStartsOneByOne final : Api {
  using Api::Api;
  AsCompleted<int> as_completed(std::vector<Coroutine<int>> coroutines) override {
    std::vector<Coroutine<int>> chained;
    auto before = std::make_shared<Event>();
    before->set();
    for (Coroutine<int>& coroutine : coroutines) {
      auto behind = std::make_shared<Event>();
      chained.push_back(after(before, behind, std::move(coroutine)));
      before = behind;
    }
    return Api::as_completed(std::move(chained));
  }
  static Coroutine<int> after(std::shared_ptr<Event> before, std::shared_ptr<Event> behind, Coroutine<int> coroutine) {
    co_await before->wait();
    co_await lawful::sleep(Duration(1));
    lawful::Outcome<int> outcome = co_await std::move(coroutine).outcome();
    behind->set();
    co_return std::move(outcome);
  }
};

struct ConditionBelievesTheWakeUp final : Api {
  using Api::Api;
  using Api::wait_for;
  Coroutine<Unit> wait_for(Condition& condition, std::function<bool()> predicate) override {
    if (predicate()) co_return Unit();
    lawful::Outcome<Unit> waited = co_await condition.wait().outcome();
    co_return std::move(waited);
  }
};

struct ToThreadStaysHere final : Api {
  using Api::Api;
  Coroutine<int> to_thread(std::function<int()> function, Blocks blocks) override {
    if (blocks == Blocks::no) return Api::coroutine(std::move(function));
    return Api::to_thread(std::move(function), blocks);
  }
};

struct ToThreadSwallowsErrors final : Api {
  using Api::Api;
  Coroutine<int> to_thread(std::function<int()> function, Blocks blocks) override {
    auto careful = [function = std::move(function)]() -> int {
      try {
        return function();
      } catch (...) {
        return 0;
      }
    };
    return Api::to_thread(std::move(careful), blocks);
  }
};

struct ToThreadSubmitsAtOnce final : Api {
  using Api::Api;
  Coroutine<int> to_thread(std::function<int()> function, Blocks blocks) override {
    return joined(create_task(Api::to_thread(std::move(function), blocks)));
  }
  static Coroutine<int> joined(Task<int> task) {
    lawful::Outcome<int> outcome = co_await task.outcome();
    co_return std::move(outcome);
  }
};

struct ToThreadWaitsWhenCancelled final : Api {
  using Api::Api;
  Coroutine<int> to_thread(std::function<int()> function, Blocks blocks) override {
    auto ended = std::make_shared<Event>();
    Task<int> task = create_task(Api::to_thread(std::move(function), blocks));
    lawful::Outcome<int> outcome = co_await lawful::shield(task).outcome();
    const bool struck = !outcome.ok() && outcome.error().is_cancelled();
    while (struck && !task.done()) {
      lawful::Outcome<int> rest = co_await lawful::shield(task).outcome();
      static_cast<void>(rest);
    }
    co_return std::move(outcome);
  }
};

struct ToThreadKeepsItsPlace final : Api {
  using Api::Api;
  Coroutine<int> to_thread(std::function<int()> function, Blocks blocks) override {
    Task<int> task = create_task(Api::to_thread(std::move(function), blocks));
    lawful::Outcome<int> outcome = co_await lawful::shield(task).outcome();
    co_return std::move(outcome);
  }
};

/// The first function of a run that blocks gets a thread which nobody knows of.
struct ToThreadLosesItsThread final : Api {
  using Api::Api;
  ~ToThreadLosesItsThread() override {
    for (std::thread& thread : threads_) thread.join();
  }
  Coroutine<int> to_thread(std::function<int()> function, Blocks blocks) override {
    if (blocks == Blocks::no || calls_++ != 0) {
      lawful::Outcome<int> outcome = co_await Api::to_thread(std::move(function), blocks).outcome();
      co_return std::move(outcome);
    }
    auto value = std::make_shared<std::atomic<int>>(-1);
    threads_.emplace_back([function = std::move(function), value] { *value = function(); });
    while (*value == -1) co_await lawful::sleep(Duration::zero());
    co_return value->load();
  }
  std::unique_ptr<Scheduler> scheduler() override {
    calls_ = 0;
    return Api::scheduler();
  }
  std::vector<std::thread> threads_;
  int calls_ = 0;
};

struct NewestJobFirst final : Api {
  using Api::Api;
  void post(Scheduler& scheduler, std::function<void()> job) override {
    stack_.push_back(std::move(job));
    auto newest = [this] {
      const auto next = std::move(stack_.back());
      stack_.pop_back();
      next();
    };
    Api::post(scheduler, std::move(newest));
  }
  std::vector<std::function<void()>> stack_;
};

struct PostRunsOutside final : Api {
  using Api::Api;
  void post_from_outside(Scheduler& scheduler, std::function<void()> job) override {
    if (job_count_++ != 0) return Api::post_from_outside(scheduler, std::move(job));
    job();
    Api::post_from_outside(scheduler, [] {});
  }
  std::unique_ptr<Scheduler> scheduler() override {
    job_count_ = 0;
    return Api::scheduler();
  }
  std::atomic<int> job_count_{0};
};

struct PostsLastFirst final : Api {
  using Api::Api;
  void post_from_outside(Scheduler& scheduler, std::function<void()> job) override {
    const std::lock_guard lock(mutex_);
    stack_.push_back(std::move(job));
    auto top = [this] {
      std::unique_lock lock(mutex_);
      const auto next = std::move(stack_.back());
      stack_.pop_back();
      lock.unlock();
      next();
    };
    Api::post_from_outside(scheduler, std::move(top));
  }
  std::mutex mutex_;
  std::vector<std::function<void()>> stack_;
};

struct RunSwallowsErrors final : Api {
  using Api::Api;
  lawful::Outcome<int> run(Scheduler& scheduler, Coroutine<int> main) override {
    lawful::Outcome<int> outcome = Api::run(scheduler, std::move(main));
    const bool own =
        !outcome.ok() && (outcome.error().as<DeadlockError>() != nullptr || outcome.error().as<RuntimeError>() != nullptr);
    if (outcome.ok() || own) return outcome;
    return 0;
  }
};

struct RunNests final : Api {
  using Api::Api;
  lawful::Outcome<int> run(Scheduler& scheduler, Coroutine<int> main) override {
    if (Scheduler::current_or_null() == nullptr) return Api::run(scheduler, std::move(main));
    Task<int> task = create_task(scheduler, std::move(main));
    static_cast<void>(drive_to_end(scheduler, task));
    Leftovers(scheduler).tear_down();
    return task.result_outcome();
  }
};

struct ShutdownHidesErrors final : Api {
  using Api::Api;
  void set_exception_handler(Scheduler& scheduler, ExceptionHandler handler) override {
    auto filtered = [handler = std::move(handler)](const Unretrieved& unretrieved) {
      if (unretrieved.message.find("shut down") == std::string::npos) handler(unretrieved);
    };
    Api::set_exception_handler(scheduler, std::move(filtered));
  }
};

struct DeadlockIsSilent final : Api {
  using Api::Api;
  lawful::Outcome<int> run(Scheduler& scheduler, Coroutine<int> main) override {
    lawful::Outcome<int> outcome = Api::run(scheduler, std::move(main));
    if (!outcome.ok() && outcome.error().as<DeadlockError>() != nullptr) return 0;
    return outcome;
  }
};

}  // namespace

std::vector<Mutant> api_mutants() {
  return {
      api_mutant<CoroutineRunsAtOnce>("coroutine-runs-at-once", "COROUTINE-WAITS-TO-BE-AWAITED",
                                      "a coroutine runs when it is made"),
      api_mutant<AwaitTakesATurn>("await-takes-a-turn", "AWAITING-A-COROUTINE-GIVES-NOBODY-A-TURN",
                                  "every await of a coroutine goes through the queue"),
      api_mutant<AwaitedTwiceAnswersZero>("awaited-twice-answers-zero", "COROUTINE-IS-AWAITED-ONCE",
                                          "a second await answers a default-constructed value"),
      api_mutant<ErrorsAreCopied>("errors-are-copied", "ERRORS-CROSS-AWAITS-UNCHANGED",
                                  "an error is rebuilt from its text at each await"),
      api_mutant<DroppedRunsInBackground>("dropped-runs-in-background", "DROPPED-COROUTINE-NEVER-RUNS",
                                          "a coroutine that is dropped runs as a task"),
      api_mutant<CurrentTaskIsTheLast>("current-task-is-the-last", "CURRENT-TASK-IS-THE-ONE-THAT-RUNS",
                                       "the current task is not reset after its step"),
      api_mutant<ErrorIsRebuilt>("error-is-rebuilt", "EVERYBODY-SEES-THE-SAME-ERROR",
                                 "exception() makes a new error from the text of the old"),
      api_mutant<TaskCompletedSilently>("task-completed-silently", "TASK-IS-NOT-COMPLETED-FROM-OUTSIDE",
                                        "setting the result of a task is ignored"),
      api_mutant<ForeignFutureAnswersZero>("foreign-future-answers-zero", "FUTURE-BELONGS-TO-ONE-SCHEDULER",
                                           "a future of another scheduler counts as done"),
      api_mutant<NothingIsReported>("nothing-is-reported", "UNREAD-ERROR-IS-REPORTED",
                                    "an error that nobody read dies with its task"),
      api_mutant<EverythingIsReported>("everything-is-reported", "READ-ERROR-IS-NOT-REPORTED",
                                       "every error is reported, read or not"),
      api_mutant<CallbackErrorStopsTheRest>("callback-error-stops-the-rest", "CALLBACK-ERRORS-STOP-NOBODY",
                                            "a callback that throws ends the loop over the callbacks"),
      api_mutant<GatherReadsCancelled>("gather-reads-cancelled", "GATHER-IS-NEVER-CANCELLED",
                                       "a gather that ended with CancelledError reads as cancelled"),
      api_mutant<DoneGatherTakesACancel>("done-gather-takes-a-cancel", "CANCEL-OF-A-DONE-GATHER-ANSWERS-FALSE",
                                         "cancelling what is over answers true"),
      api_mutant<GatherLeavesErrorsUnread>(
          "gather-leaves-errors-unread", "GATHER-CONSUMES-LATER-ERRORS",
          "gather looks at one operand after the other until one fails, as a race in cobalt leaked the loser's error"),
      api_mutant<GroupEnteredAgain>("group-entered-again", "GROUP-IS-ENTERED-ONCE", "entering a group twice does nothing"),
      api_mutant<TimeoutEnteredAgain>("timeout-entered-again", "TIMEOUT-IS-ENTERED-ONCE", "entering a timeout twice does nothing"),
      api_mutant<WaitForMakesATask>("wait-for-makes-a-task", "WAIT-FOR-RUNS-A-COROUTINE-IN-THE-CALLERS-TASK",
                                    "wait_for makes a task of its coroutine, as in CPython 3.11"),
      api_mutant<ShieldReadsErrors>("shield-reads-errors", "SHIELDED-FAILURE-IS-REPORTED",
                                    "a shield that nobody waits on reads the error all the same"),
      api_mutant<AsCompletedStartsOneByOne>("as-completed-starts-one-by-one", "AS-COMPLETED-STARTS-AT-THE-CALL",
                                            "each coroutine is started when the one before has ended"),
      api_mutant<ConditionBelievesTheWakeUp>("condition-believes-the-wake-up", "CONDITION-WAIT-FOR-TESTS-ITS-PREDICATE",
                                             "wait_for waits once"),
      api_mutant<NewestJobFirst>("newest-job-first", "EVERY-READY-JOB-RUNS", "jobs are kept on a stack"),
      api_mutant<ToThreadStaysHere>("to-thread-stays-here", "TO-THREAD-RUNS-ELSEWHERE",
                                    "the function is called on the scheduler's own thread"),
      api_mutant<ToThreadSwallowsErrors>("to-thread-swallows-errors", "TO-THREAD-ERRORS-ARRIVE",
                                         "an error on another thread is dropped"),
      api_mutant<ToThreadSubmitsAtOnce>("to-thread-submits-at-once", "TO-THREAD-SUBMITS-WHEN-AWAITED",
                                        "the function is handed to a thread at the call"),
      api_mutant<ToThreadWaitsWhenCancelled>("to-thread-waits-when-cancelled", "CANCELLED-TO-THREAD-LETS-THE-FUNCTION-END",
                                             "a cancelled await waits until the function has ended"),
      api_mutant<ToThreadKeepsItsPlace>("to-thread-keeps-its-place", "CANCELLED-TO-THREAD-THAT-WAITS-NEVER-RUNS",
                                        "a function keeps its place in line, wanted or not"),
      api_mutant<ToThreadLosesItsThread>("to-thread-loses-its-thread", "RUN-WAITS-FOR-FUNCTIONS-ON-THREADS",
                                         "each function gets a thread that nobody waits for"),
      api_mutant<PostRunsOutside>("post-runs-outside", "POST-FROM-OUTSIDE-WAKES-A-SLEEPING-SCHEDULER",
                                  "a job posted from outside runs on the thread that posts it"),
      api_mutant<PostsLastFirst>("posts-last-first", "POSTS-FROM-OUTSIDE-KEEP-ORDER", "jobs from outside are kept on a stack"),
      api_mutant<RunSwallowsErrors>("run-swallows-errors", "RUN-ANSWERS-MAINS-OUTCOME", "run logs what main raised, and returns"),
      api_mutant<RunNests>("run-nests", "NESTED-RUN-IS-REFUSED", "run inside of run drives the inner scheduler"),
      api_mutant<ShutdownHidesErrors>("shutdown-hides-errors", "ERRORS-AT-SHUTDOWN-ARE-REPORTED",
                                      "what fails at shutdown is dropped"),
      api_mutant<DeadlockIsSilent>("deadlock-is-silent", "DEADLOCK-IS-TOLD", "a run that cannot go on ends without a word"),
  };
}

}  // namespace lawful::conformance
