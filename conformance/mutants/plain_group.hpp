#pragma once

#include <map>

#include "conformance/mutants/mutant.hpp"

namespace lawful::conformance {

/// A task group as one might write it oneself, over tasks and their callbacks. It is lawful; mutants set one of its flaws.
class PlainGroup : public TaskRuntime {
 public:
  using TaskRuntime::create_task;
  using TaskRuntime::enter;
  using TaskRuntime::leave;
  using TaskRuntime::TaskRuntime;

  Outcome enter(Group& group) override;
  std::pair<Task, Outcome> create_task(Group group, NameId name, Coroutine<Outcome> body) override;
  Coroutine<Outcome> leave(Group group, Outcome body) override;

  struct Flaws {
    bool waits_once = false;                // for the tasks there are when the body ends, and no others
    bool leaves_body_alone = false;         // a failing task does not cancel the body
    bool bare_body_error = false;           // the body's error goes on as it is, if it is the only one
    bool keeps_cancel_to_itself = false;    // a cancelled owner waits for the tasks without cancelling them
    bool swallows_cancel = false;           // a cancelled owner leaves normally
    bool cancel_hides_errors = false;       // a cancelled owner leaves by CancelledError whatever failed
    bool cancel_gives_way = false;          // a cancel that gave way to errors is forgotten
    bool keeps_own_cancel = false;          // the group's request to its owner stays
    bool takes_back_once = false;           // … is not taken back if another came too
    bool open_while_aborting = false;       // new tasks are accepted while it shuts down
    bool open_when_over = false;            // … and afterwards
    bool flattens = false;                  // errors of an inner group become its own
    bool wraps_cancelled = false;           // an inner group that was cancelled from outside raises a group too
    bool cancels_again = false;             // each task that ends makes it cancel the others again
    bool cancels_again_with_owner = false;  // each cancel of the owner does
    bool starts_what_waits = false;         // tasks that were not started take a step before they are cancelled
    bool aborts_at_once = false;            // a failing task cancels the others in its last step
    bool aborts_newest_first = false;
  };

 protected:
  Flaws flaws_;

 private:
  struct State {
    std::vector<Task> children;
    std::vector<spec::Raised> errors;
    Ref<TaskCore> owner;
    Task all_done;
    std::size_t live = 0;
    bool exiting = false;
    bool over = false;
    bool aborting = false;
    bool cancelled_owner = false;
  };
  void ended(State& state, const Task& task);
  void failed(State& state);
  void abort(State& state);
  Coroutine<Outcome> watched(State& state, Coroutine<Outcome> body);
  std::map<const void*, State> states_;
};

}  // namespace lawful::conformance
