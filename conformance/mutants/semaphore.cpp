#include <algorithm>
#include <map>

#include "conformance/mutants/plain_sync.hpp"

namespace lawful::conformance {

namespace {

bool is_semaphore(const spec::Resource& declared) {
  return declared.kind == spec::ResourceKind::semaphore || declared.kind == spec::ResourceKind::bounded_semaphore;
}

struct SemaphoreLetsOneMoreIn final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Resource create_resource(const spec::Resource& declared) override {
    spec::Resource more = declared;
    if (is_semaphore(declared)) ++more.value;
    return TaskRuntime::create_resource(more);
  }
};

struct ReleaseWakesNobody final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Outcome release(Resource resource) override {
    if (resource->semaphore != nullptr && resource->semaphore->locked()) return Value();
    return TaskRuntime::release(resource);
  }
};

/// A semaphore of its own: a vector of waiters, of which the last one is served first.
struct SemaphoreLastInFirstOut final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  struct Stack {
    std::size_t permits = 0;
    std::vector<Task> waiting;
  };
  Resource create_resource(const spec::Resource& declared) override {
    Resource resource = TaskRuntime::create_resource(declared);
    if (is_semaphore(declared)) stacks_[resource.get()].permits = resource->bound;
    bounded_[resource.get()] = declared.kind == spec::ResourceKind::bounded_semaphore;
    return resource;
  }
  Coroutine<Outcome> acquire(Resource resource) override {
    if (resource->semaphore == nullptr) {
      Outcome acquired = co_await TaskRuntime::acquire(resource);
      co_return acquired;
    }
    Stack& stack = stacks_[resource.get()];
    if (stack.permits > 0) {
      --stack.permits;
      co_return Outcome(Value());
    }
    Task turn = create_future();
    stack.waiting.push_back(turn);
    Outcome waited = co_await TaskRuntime::await(turn);
    if (!waited.ok()) {
      stack.waiting.erase(std::remove(stack.waiting.begin(), stack.waiting.end(), turn), stack.waiting.end());
      if (!turn.cancelled()) give(stack);
    }
    co_return waited;
  }
  Outcome release(Resource resource) override {
    if (resource->semaphore == nullptr) return TaskRuntime::release(resource);
    Stack& stack = stacks_[resource.get()];
    if (bounded_[resource.get()] && stack.permits >= resource->bound) return spec::Raised(spec::Raised::Kind::value);
    give(stack);
    return Value();
  }
  bool locked(Resource resource) override {
    if (resource->semaphore == nullptr) return TaskRuntime::locked(resource);
    return stacks_[resource.get()].permits == 0;
  }
  void give(Stack& stack) {
    while (!stack.waiting.empty()) {
      Task last = stack.waiting.back();
      stack.waiting.pop_back();
      if (!last.try_set_result(Value())) return;
    }
    ++stack.permits;
  }
  std::map<const TaskResource*, Stack> stacks_;
  std::map<const TaskResource*, bool> bounded_;
};

struct BoundedSemaphoreGrows final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Resource create_resource(const spec::Resource& declared) override {
    spec::Resource plain = declared;
    if (is_semaphore(declared)) plain.kind = spec::ResourceKind::semaphore;
    return TaskRuntime::create_resource(plain);
  }
};

struct SemaphoreRefusesToGrow final : TaskRuntime {
  using TaskRuntime::TaskRuntime;
  Resource create_resource(const spec::Resource& declared) override {
    spec::Resource bounded = declared;
    if (is_semaphore(declared)) bounded.kind = spec::ResourceKind::bounded_semaphore;
    return TaskRuntime::create_resource(bounded);
  }
};

using Flaws = PlainSync::Flaws;

/// The plain primitives with one flaw set.
template <bool Flaws::*Flaw>
struct Flawed final : PlainSync {
  explicit Flawed(Scheduler& scheduler) : PlainSync(scheduler) { flaws_.*Flaw = true; }
};

}  // namespace

std::vector<Mutant> semaphore_mutants() {
  return {
      mutant<SemaphoreLetsOneMoreIn>("semaphore-lets-one-more-in", "SEMAPHORE-BOUND", "permits are compared by <= instead of <"),
      mutant<ReleaseWakesNobody>("release-wakes-nobody", "SEMAPHORE-LOSES-NO-PERMIT", "a release at zero is lost"),
      mutant<SemaphoreLastInFirstOut>("semaphore-last-in-first-out", "SEMAPHORE-SERVES-IN-ORDER", "waiters are kept on a stack, as in libcoro"),
      mutant<BoundedSemaphoreGrows>("bounded-semaphore-grows", "BOUNDED-SEMAPHORE-REFUSES-TO-GROW", "the bound is not looked at"),
      mutant<SemaphoreRefusesToGrow>("semaphore-refuses-to-grow", "SEMAPHORE-GROWS-BY-RELEASE", "every semaphore is bounded"),
      mutant<Flawed<&Flaws::permit_dies_with_cancelled>>("permit-dies-with-a-cancelled-waiter",
                                                         "SEMAPHORE-SURVIVES-CANCELLED-WAITERS",
                                                         "a waiter that is cancelled after it was given a permit keeps it"),
      mutant<Flawed<&Flaws::semaphore_always_yields>>("semaphore-always-yields", "FREE-PERMIT-IS-TAKEN-AT-ONCE",
                                                      "every acquire goes through the queue"),
      mutant<Flawed<&Flaws::semaphore_is_barged>>(
          "semaphore-is-barged", "SEMAPHORE-IS-NOT-BARGED",
          "a released permit is free for whoever comes first, and who was woken tries again"),
      mutant<Flawed<&Flaws::semaphore_never_reads_locked>>("semaphore-never-reads-locked", "SEMAPHORE-LOCKED-TELLS-THE-TRUTH",
                                                           "locked() answers false"),
  };
}

}  // namespace lawful::conformance
