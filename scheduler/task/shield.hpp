#pragma once

#include "scheduler/task/task.hpp"

namespace lawful {

/// Waits for `awaited` without handing a cancel on to it: cancelling whoever awaits the shield ends that wait alone, and what is
/// shielded goes on. A coroutine becomes a task now; something done already is answered as it is.
/// Shutdown cancels what is shielded like any other task.
/// @throws as create_task; InvalidStateError if a future is empty
template <Awaited A>
Future<ValueOf<A>> shield(A&& awaited);

// implementation

/// The future that stands in front of a shielded one.
class ShieldCore : public FutureCore {
 public:
  ShieldCore(Scheduler& scheduler, Ref<FutureCore> inner) : FutureCore(scheduler), inner_(std::move(inner)) {}
  void begin();
  [[nodiscard]] std::string description() const override;
  [[nodiscard]] bool completes_itself() const noexcept override { return true; }

 protected:
  /// The inner future finished: put its value in place here too. Throws what copying it throws.
  virtual void copy_value(FutureCore& inner) = 0;

 private:
  static void on_inner(Counted& target, Counted*);
  static void on_outer(Counted& target, Counted*);
  Ref<FutureCore> inner_;
};

template <class T>
class ShieldOf final : public Valued<ShieldCore, T> {
 public:
  using Valued<ShieldCore, T>::Valued;

 private:
  void copy_value(FutureCore& inner) override {
    Outcome<T> outcome = Future<T>(Ref<FutureCore>(inner)).result_outcome();
    if (!outcome.ok()) outcome.error().raise();
    this->fill(std::move(outcome).value());
  }
};

template <Awaited A>
Future<ValueOf<A>> shield(A&& awaited) {
  refuse_broken_temporaries<!DoubtfulRvalue<A>>();
  using T = ValueOf<A>;
  Future<T> inner = ensure_future(std::forward<A>(awaited));
  if (inner.done()) return inner;
  auto core = make_counted<ShieldOf<T>>(inner.core().scheduler(), inner.ref());
  core->begin();
  return Future<T>(Ref<FutureCore>(std::move(core)));
}

}  // namespace lawful
