#pragma once

#include <deque>
#include <map>

#include "conformance/mutants/mutant.hpp"

namespace lawful::conformance {

/// Timeouts and wait_for as one might write them oneself, over callbacks. They are lawful; mutants set one of their flaws.
class PlainTimeout : public TaskRuntime {
 public:
  using TaskRuntime::enter;
  using TaskRuntime::leave;
  using TaskRuntime::TaskRuntime;

  Timeout create_timeout(Tick ticks) override;
  Outcome enter(Timeout& timeout) override;
  Outcome reschedule(Timeout timeout, Tick ticks) override;
  Outcome leave(Timeout& timeout, Outcome body) override;
  Coroutine<Outcome> wait_for(Task task, Tick ticks) override;

  struct Flaws {
    bool looks_when_left = false;   // a deadline is only looked at when the block is left
    bool raises_cancelled = false;  // a timeout leaves as CancelledError
    bool keeps_own_cancel = false;  // its request stays
    bool stays_armed = false;       // leaving does not take the deadline back
    bool zero_fails_at_entry = false;
    bool zero_means_none = false;
    bool always_raises_timeout = false;      // once expired, however the body ended
    bool hides_errors = false;               // an error after the deadline becomes TimeoutError
    bool takes_any_cancel = false;           // any CancelledError becomes TimeoutError
    bool takes_cancel_when_expired = false;  // … once the deadline has passed
    bool expires_outer_too = false;          // an inner deadline counts for the blocks around it
    bool inner_claims_outer = false;         // an outer deadline is told by the innermost block
    bool inner_claims_equal = false;         // of equal deadlines the innermost block tells
    bool never_moves = false;                // reschedule does nothing
    bool moves_what_is_over = false;         // reschedule never objects
    bool counts_from_zero = false;           // requests from before entry count
    bool strikes_a_hop_late = false;         // the deadline is posted once more before it strikes
    // wait_for
    bool drops_answer = false;
    bool abandons = false;        // times out without cancelling what it waits for
    bool lets_go = false;         // … or without waiting for it
    bool says_cancelled = false;  // raises CancelledError at its deadline
    bool insists = false;         // raises TimeoutError whatever the cancel became
    bool zero_always_fails = false;
    bool zero_starts = false;
    bool keeps_cancel_to_itself = false;  // its caller's cancel does not reach what it waits for
    bool prefers_result = false;          // the caller's cancel is lost if the result is there
    bool result_wins_ties = false;
    bool takes_foreign_cancel = false;  // what was cancelled by others timed out
    bool shields_futures = false;
  };

 protected:
  Flaws flaws_;

 private:
  struct State {
    Ref<TaskCore> task;
    std::uint32_t requests = 0;
    Tick deadline = 0;
    Callback timer;
    bool active = false;
    bool expired = false;
    bool left = false;
    bool by_inner = false;  // it was marked as expired by a block inside
  };
  /// A new one. It stays until the runtime goes: a timer that nobody took back, as a flaw leaves it, strikes
  /// a deadline that is over, and never memory that is.
  State& begin(Tick ticks);
  void arm(State& state);
  void strike(State& state);
  Outcome left(State& state, const Outcome& body);
  std::deque<State> states_;
  std::map<const void*, State*> of_timeout_;               // by its identity: the state of the timeout that has it now
  std::map<const FutureCore*, std::vector<State*>> open_;  // by task, outermost first
};

}  // namespace lawful::conformance
