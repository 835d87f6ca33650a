#include <algorithm>
#include <map>

#include "spec/rule.hpp"
#include "spec/rules/phrases.hpp"

namespace lawful::spec {

namespace {

constexpr Chapter chapter("Queues", "1.1");

/// Everything that was done with one queue, each in the order in which it began.
struct Use {
  const Resource* resource;
  std::vector<StatementId> puts;  // put and put_nowait
  std::vector<StatementId> gets;  // get and get_nowait
  std::vector<StatementId> joins;
  std::vector<StatementId> dones;  // task_done
  std::vector<StatementId> shutdowns;
};

bool succeeded(const History& history, StatementId id) { return history.ended(id) && history.outcome(id).ok(); }

template <class Each>
void for_queues(const History& history, Each each) {
  for (const Resource& resource : history.program().resources()) {
    if (resource.kind != ResourceKind::queue) continue;
    Use use{&resource, {}, {}, {}, {}, {}};
    const auto collect = [&](std::initializer_list<Op> ops, std::vector<StatementId>& into) {
      for (const Op op : ops) {
        for (const StatementId id : history.all(op)) {
          if (history.begun(id) && history.program().statement(id).name == resource.name) into.push_back(id);
        }
      }
      std::sort(into.begin(), into.end(), [&](StatementId a, StatementId b) { return history.begin(a) < history.begin(b); });
    };
    collect({Op::put, Op::put_nowait}, use.puts);
    collect({Op::get, Op::get_nowait}, use.gets);
    collect({Op::join}, use.joins);
    collect({Op::task_done}, use.dones);
    collect({Op::shutdown}, use.shutdowns);
    each(use);
  }
}

bool is_wait(const History& history, StatementId id) {
  const Op op = history.program().statement(id).op;
  return op == Op::put || op == Op::get;
}

/// Items surely inside at every instant between two events, at least; and possibly, at most, at any. Without an immediate shutdown.
std::int64_t inside_at_least(const History& history, const Use& use, Index from, Index to) {
  std::int64_t count = 0;
  for (const StatementId id : use.puts) count += succeeded(history, id) && history.end(id) < from ? 1 : 0;
  for (const StatementId id : use.gets)
    count -= history.begin(id) <= to && (!history.ended(id) || history.outcome(id).ok()) ? 1 : 0;
  return count;
}

std::int64_t inside_at_most(const History& history, const Use& use, Index from, Index to) {
  std::int64_t count = 0;
  for (const StatementId id : use.puts)
    count += history.begin(id) <= to && (!history.ended(id) || history.outcome(id).ok()) ? 1 : 0;
  for (const StatementId id : use.gets) count -= succeeded(history, id) && history.end(id) < from ? 1 : 0;
  return count;
}

bool any_immediate(const History& history, const Use& use) {
  return std::any_of(use.shutdowns.begin(), use.shutdowns.end(),
                     [&](StatementId id) { return history.program().statement(id).immediate; });
}

/// Calls each(i, items) whenever the clock moves on after event i, or the run is a deadlock there.
template <class Each>
void for_quiet(const History& history, const Use& use, Each each) {
  for (Index i = 0; i < history.events(); ++i) {
    const bool last = i + 1 == history.events();
    const bool quiet = last ? history.run().status == Status::deadlock : history.event(i + 1).t > history.event(i).t;
    if (!quiet) continue;
    std::int64_t items = 0;
    for (const StatementId id : use.puts) items += succeeded(history, id) && history.end(id) <= i ? 1 : 0;
    for (const StatementId id : use.gets) items -= succeeded(history, id) && history.end(id) <= i ? 1 : 0;
    each(i, items);
  }
}

bool waits_after(const History& history, StatementId id, Index i) {
  return is_wait(history, id) && history.begin(id) <= i && history.end(id) > i;
}

/// Whether a value was put into the queue by just one statement.
bool unique(const History& history, const Use& use, const Value& value) {
  return std::count_if(use.puts.begin(), use.puts.end(),
                       [&](StatementId id) { return history.program().statement(id).value == value; }) == 1;
}

StatementId got(const History& history, const Use& use, const Value& value) {
  for (const StatementId id : use.gets) {
    if (history.answered(id, value)) return id;
  }
  return no_statement;
}

void keeps_order(const History& history, Judgement& judgement) {
  for_queues(history, [&](const Use& use) {
    for (const StatementId first : use.puts) {
      for (const StatementId second : use.puts) {
        if (!succeeded(history, first) || !succeeded(history, second) || history.end(first) > history.begin(second)) continue;
        const Value& a = history.program().statement(first).value;
        const Value& b = history.program().statement(second).value;
        if (!unique(history, use, a) || !unique(history, use, b)) continue;
        const StatementId get_a = got(history, use, a);
        const StatementId get_b = got(history, use, b);
        if (get_b == no_statement) continue;
        judgement.exercise();
        if (get_a != no_statement && history.end(get_b) < history.begin(get_a)) {
          judgement.violate(events_of(history, get_b, get_a),
                            to_json(a) + " was put in before " + to_json(b) + ", and taken out after it");
        }
      }
    }
  });
}

void bounded(const History& history, Judgement& judgement) {
  for_queues(history, [&](const Use& use) {
    if (use.resource->value == 0 || any_immediate(history, use)) return;
    Use waited = use;  // what put_nowait may do is said by a rule of its own
    std::erase_if(waited.puts, [&](StatementId id) { return !is_wait(history, id); });
    for (const StatementId id : waited.puts) {
      if (!succeeded(history, id)) continue;
      judgement.exercise();
      const std::int64_t inside = inside_at_least(history, waited, history.end(id) + 1, history.end(id));
      if (inside > use.resource->value) {
        judgement.violate(events_of(history, id), quoted(history, use.resource->name) + " has room for " +
                                                      std::to_string(use.resource->value) + ", and holds " +
                                                      std::to_string(inside));
      }
    }
  });
}

/// Whether up to an event a put or get on the queue was cancelled.
bool disturbed(const History& history, const Use& use, Index index) {
  for (const auto* list : {&use.puts, &use.gets}) {
    for (const StatementId id : *list) {
      if (history.end(id) <= index && history.outcome(id).cancelled()) return true;
    }
  }
  return false;
}

void goes_on(const History& history, Judgement& judgement, bool put, bool after_cancel) {
  for_queues(history, [&](const Use& use) {
    if (!use.shutdowns.empty()) return;
    for_quiet(history, use, [&](Index i, std::int64_t items) {
      if (disturbed(history, use, i) != after_cancel) return;
      for (const StatementId id : put ? use.puts : use.gets) {
        if (!waits_after(history, id, i)) continue;
        judgement.exercise();
        if (put ? use.resource->value == 0 || items < use.resource->value : items > 0) {
          judgement.violate({history.begin(id), i}, quoted(history, use.resource->name) + " holds " + std::to_string(items) +
                                                        (items == 1 ? " item, and the " : " items, and the ") + named(history, id) +
                                                        " waits");
        }
      }
    });
  });
}

void put_goes_on(const History& history, Judgement& judgement) { goes_on(history, judgement, true, false); }
void get_goes_on(const History& history, Judgement& judgement) { goes_on(history, judgement, false, false); }
void loses_nothing(const History& history, Judgement& judgement) {
  goes_on(history, judgement, true, true);
  goes_on(history, judgement, false, true);
}

void unbounded(const History& history, Judgement& judgement) {
  for_queues(history, [&](const Use& use) {
    if (use.resource->value != 0) return;
    for (const StatementId id : use.puts) {
      if (!history.ended(id) && !history.over_after(history.begin_tick(id))) continue;
      judgement.exercise();
      if (!history.ended(id) || history.end_tick(id) != history.begin_tick(id) || history.raised(id, Raised::Kind::queue_full)) {
        judgement.violate(events_of(history, id), quoted(history, use.resource->name) + " has no bound, and the " +
                                                      named(history, id) + " " + fate_of(history, id));
      }
    }
  });
}

void nowait_empty(const History& history, Judgement& judgement) {
  for_queues(history, [&](const Use& use) {
    for (const StatementId id : use.gets) {
      if (is_wait(history, id) || !history.ended(id) || !use.shutdowns.empty()) continue;
      Use others = use;
      others.gets.erase(std::remove(others.gets.begin(), others.gets.end(), id), others.gets.end());
      if (inside_at_most(history, others, history.begin(id), history.end(id)) > 0) continue;
      judgement.exercise();
      if (!history.raised(id, Raised::Kind::queue_empty)) {
        judgement.violate(events_of(history, id), quoted(history, use.resource->name) + " was empty, and the " +
                                                      named(history, id) + " " + text_of(history.outcome(id)));
      }
    }
  });
}

void nowait_full(const History& history, Judgement& judgement) {
  for_queues(history, [&](const Use& use) {
    for (const StatementId id : use.puts) {
      if (is_wait(history, id) || !history.ended(id) || !use.shutdowns.empty() || use.resource->value == 0) continue;
      Use others = use;
      others.puts.erase(std::remove(others.puts.begin(), others.puts.end(), id), others.puts.end());
      if (inside_at_least(history, others, history.begin(id), history.end(id)) < use.resource->value) continue;
      judgement.exercise();
      if (!history.raised(id, Raised::Kind::queue_full)) {
        judgement.violate(events_of(history, id), quoted(history, use.resource->name) + " was full, and the " + named(history, id) +
                                                      " " + text_of(history.outcome(id)));
      }
    }
  });
}

/// Whether anybody came to the queue by `others` in a tick up to `t` in which somebody was woken by `wakers`: who is woken owns
/// nothing yet, may be robbed, and then goes to the end of the line.
bool may_be_robbed(const History& history, const std::vector<StatementId>& wakers, const std::vector<StatementId>& others, Tick t) {
  for (const StatementId waker : wakers) {
    if (history.begin_tick(waker) > t) continue;
    for (const StatementId other : others) {
      for (const Tick at :
           {history.begin_tick(waker), history.ended(waker) ? history.end_tick(waker) : history.begin_tick(waker)}) {
        if (history.begin_tick(other) == at) return true;
      }
    }
  }
  return false;
}

void served_in_order(const History& history, Judgement& judgement, bool get) {
  for_queues(history, [&](const Use& use) {
    if (!use.shutdowns.empty()) return;
    const auto& line = get ? use.gets : use.puts;
    for (const StatementId early : line) {
      if (!is_wait(history, early) || (history.ended(early) && !history.outcome(early).ok())) continue;
      for (const StatementId late : line) {
        if (!is_wait(history, late) || !succeeded(history, late) || history.begin_tick(late) <= history.begin_tick(early)) continue;
        const Tick served = history.end_tick(late);
        if (history.ended(early) && history.end_tick(early) <= history.begin_tick(late)) continue;
        if (!history.calm_until(served) || may_be_robbed(history, get ? use.puts : use.gets, line, served)) continue;
        judgement.exercise();
        const bool still = history.ended(early) ? history.end_tick(early) > served : history.over_after(served);
        if (still) {
          judgement.violate(events_of(history, early, late), "the " + named(history, early) + " waited first, and the " +
                                                                 named(history, late) + " was served before it");
        }
      }
    }
  });
}

void getters_in_order(const History& history, Judgement& judgement) { served_in_order(history, judgement, true); }
void putters_in_order(const History& history, Judgement& judgement) { served_in_order(history, judgement, false); }

void not_reserved(const History& history, Judgement& judgement) {
  for_queues(history, [&](const Use& use) {
    if (!use.shutdowns.empty()) return;
    for (const StatementId take : use.gets) {
      if (is_wait(history, take) || !history.ended(take)) continue;
      for (const StatementId put : use.puts) {
        if (!succeeded(history, put) || history.end(put) > history.begin(take) ||
            !history.alone_between(history.begin(put), history.end(take)))
          continue;
        if (history.program().place(put).task != history.program().place(take).task) continue;
        const bool somebody_waits = std::any_of(use.gets.begin(), use.gets.end(),
                                                [&](StatementId id) { return waits_after(history, id, history.begin(put)); });
        // Nothing else was taken between the two.
        const bool taken = std::any_of(use.gets.begin(), use.gets.end(), [&](StatementId id) {
          return id != take && history.begin(id) > history.begin(put) && history.begin(id) < history.begin(take);
        });
        if (!somebody_waits || taken) continue;
        judgement.exercise();
        if (!history.outcome(take).ok()) {
          judgement.violate(events_of(history, put, take),
                            "an item was put in for a waiting task that has not gone on yet, and the " + named(history, take) +
                                " in the same step " + text_of(history.outcome(take)));
        }
      }
    }
  });
}

void delivers_once(const History& history, Judgement& judgement) {
  for_queues(history, [&](const Use& use) {
    for (const StatementId id : use.gets) {
      if (!succeeded(history, id)) continue;
      const Value& value = history.outcome(id).value();
      if (value.is_null()) continue;  // nothing at all is the business of another rule
      std::int64_t put = 0;
      std::int64_t taken = 0;
      for (const StatementId other : use.puts)
        put += history.program().statement(other).value == value && history.begin(other) < history.end(id) ? 1 : 0;
      for (const StatementId other : use.gets)
        taken += history.answered(other, value) && history.end(other) <= history.end(id) ? 1 : 0;
      judgement.exercise();
      if (taken > put)
        judgement.violate(events_of(history, id), to_json(value) + " was put in " + std::to_string(put) + " times, and taken out " +
                                                      std::to_string(taken) + " times");
    }
  });
}

void cancelled_put(const History& history, Judgement& judgement) {
  for_queues(history, [&](const Use& use) {
    for (const StatementId id : use.puts) {
      const Value& value = history.program().statement(id).value;
      if (!history.ended(id) || !history.outcome(id).cancelled() || !unique(history, use, value)) continue;
      judgement.exercise();
      if (got(history, use, value) != no_statement) {
        judgement.violate(events_of(history, id, got(history, use, value)),
                          "the put of " + to_json(value) + " was cancelled, and it was taken out");
      }
    }
  });
}

void join_waits(const History& history, Judgement& judgement) {
  for_queues(history, [&](const Use& use) {
    if (any_immediate(history, use)) return;
    for (const StatementId join : use.joins) {
      if (!succeeded(history, join)) continue;
      std::int64_t unfinished = 0;
      for (const StatementId id : use.puts) unfinished += succeeded(history, id) && history.end(id) < history.begin(join) ? 1 : 0;
      for (const StatementId id : use.dones)
        unfinished -= history.begin(id) < history.end(join) && (!history.ended(id) || history.outcome(id).ok()) ? 1 : 0;
      judgement.exercise();
      if (unfinished > 0) {
        judgement.violate(events_of(history, join), std::to_string(unfinished) + (unfinished == 1 ? " item was" : " items were") +
                                                        " not marked as done, and join was over");
      }
    }
  });
}

void join_ends(const History& history, Judgement& judgement) {
  for_queues(history, [&](const Use& use) {
    if (any_immediate(history, use)) return;
    for_quiet(history, use, [&](Index i, std::int64_t) {
      std::int64_t unfinished = 0;
      for (const StatementId id : use.puts) unfinished += succeeded(history, id) && history.end(id) <= i ? 1 : 0;
      for (const StatementId id : use.dones) unfinished -= succeeded(history, id) && history.end(id) <= i ? 1 : 0;
      for (const StatementId join : use.joins) {
        if (history.begin(join) > i) continue;
        if (history.ended(join) && history.outcome(join).ok()) judgement.exercise();
        if (history.end(join) <= i || unfinished != 0) continue;
        judgement.violate({history.begin(join), i}, "every item was marked as done, and join waits");
      }
    });
  });
}

void done_too_often(const History& history, Judgement& judgement) {
  for_queues(history, [&](const Use& use) {
    if (any_immediate(history, use)) return;
    for (const StatementId id : use.dones) {
      if (!history.ended(id)) continue;
      std::int64_t most = 0;
      for (const StatementId put : use.puts)
        most += history.begin(put) < history.end(id) && (!history.ended(put) || history.outcome(put).ok()) ? 1 : 0;
      for (const StatementId other : use.dones) most -= succeeded(history, other) && history.end(other) < history.begin(id) ? 1 : 0;
      if (most > 0) continue;
      judgement.exercise();
      if (!history.raised(id, Raised::Kind::value)) {
        judgement.violate(events_of(history, id),
                          "every item was marked as done, and one more `task_done` " + text_of(history.outcome(id)));
      }
    }
  });
}

void qsize_truth(const History& history, Judgement& judgement) {
  for (const StatementId id : history.all(Op::qsize)) {
    if (!history.ended(id) || history.outcome(id).value().integer() == nullptr) continue;
    for_queues(history, [&](const Use& use) {
      if (use.resource->name != history.program().statement(id).name || any_immediate(history, use)) return;
      const std::int64_t answer = *history.outcome(id).value().integer();
      const std::int64_t least = inside_at_least(history, use, history.begin(id), history.end(id));
      const std::int64_t most = inside_at_most(history, use, history.begin(id), history.end(id));
      judgement.exercise();
      if (answer < least || answer > most) {
        judgement.violate(events_of(history, id), quoted(history, use.resource->name) + " held " + std::to_string(least) + " to " +
                                                      std::to_string(most) + " items, and `qsize` " + text_of(history.outcome(id)));
      }
    });
  }
}

// shutdown

StatementId first_shutdown(const History& history, const Use& use) {
  return use.shutdowns.empty() || !history.ended(use.shutdowns[0]) ? no_statement : use.shutdowns[0];
}

void refuses_puts(const History& history, Judgement& judgement) {
  for_queues(history, [&](const Use& use) {
    const StatementId shutdown = first_shutdown(history, use);
    for (const StatementId id : use.puts) {
      if (shutdown == no_statement || history.begin(id) < history.end(shutdown)) continue;
      if (!history.ended(id) && !history.over_after(history.begin_tick(id))) continue;
      judgement.exercise();
      if (!history.raised(id, Raised::Kind::queue_shut_down) || history.end_tick(id) != history.begin_tick(id)) {
        judgement.violate(events_of(history, shutdown, id), quoted(history, use.resource->name) + " was shut down, and then the " +
                                                                named(history, id) + " " + fate_of(history, id));
      }
    }
  });
}

void drains(const History& history, Judgement& judgement) {
  for_queues(history, [&](const Use& use) {
    const StatementId shutdown = first_shutdown(history, use);
    if (shutdown == no_statement || any_immediate(history, use)) return;
    for (const StatementId id : use.gets) {
      if (history.begin(id) < history.end(shutdown)) continue;
      if (!history.ended(id) && !history.over_after(history.begin_tick(id))) continue;
      Use others = use;
      others.gets.erase(std::remove(others.gets.begin(), others.gets.end(), id), others.gets.end());
      const Index to = history.ended(id) ? history.end(id) : history.events() - 1;
      const bool surely_item = inside_at_least(history, others, history.begin(id), to) > 0;
      const bool surely_empty = inside_at_most(history, others, history.begin(id), to) <= 0;
      if (!surely_item && !surely_empty) continue;
      judgement.exercise();
      const bool right = surely_item ? succeeded(history, id) : history.raised(id, Raised::Kind::queue_shut_down);
      if (!right || history.end_tick(id) != history.begin_tick(id)) {
        judgement.violate(events_of(history, shutdown, id), quoted(history, use.resource->name) + " was shut down " +
                                                                (surely_item ? "with items left" : "and is empty") +
                                                                ", and then the " + named(history, id) + " " +
                                                                fate_of(history, id));
      }
    }
  });
}

void wakes_waiters(const History& history, Judgement& judgement) {
  for_queues(history, [&](const Use& use) {
    const StatementId shutdown = first_shutdown(history, use);
    if (shutdown == no_statement) return;
    const Tick t = history.begin_tick(shutdown);
    if (!history.calm_until(t)) return;
    for (const auto* list : {&use.puts, &use.gets}) {
      for (const StatementId id : *list) {
        if (!is_wait(history, id) || history.open_at(history.program().place(id).task, t) != id) continue;
        // Nobody else came in this tick who could have served it instead.
        const auto& others = list == &use.puts ? use.gets : use.puts;
        if (std::any_of(others.begin(), others.end(), [&](StatementId other) { return history.begin_tick(other) == t; })) continue;
        if (!history.ended(id) && !history.over_after(t)) continue;
        judgement.exercise();
        if (!history.raised(id, Raised::Kind::queue_shut_down) || history.end_tick(id) != t) {
          judgement.violate(events_of(history, shutdown, id), quoted(history, use.resource->name) + " was shut down at " +
                                                                  at_tick(t) + ", and the " + named(history, id) +
                                                                  ", which waited, " + fate_of(history, id));
        }
      }
    }
  });
}

void discards(const History& history, Judgement& judgement) {
  for_queues(history, [&](const Use& use) {
    const StatementId shutdown = first_shutdown(history, use);
    if (shutdown == no_statement || !history.program().statement(shutdown).immediate) return;
    for (const StatementId id : use.gets) {
      if (history.begin(id) < history.end(shutdown) || (!history.ended(id) && !history.over_after(history.begin_tick(id))))
        continue;
      judgement.exercise();
      if (!history.raised(id, Raised::Kind::queue_shut_down) || history.end_tick(id) != history.begin_tick(id)) {
        judgement.violate(events_of(history, shutdown, id), quoted(history, use.resource->name) +
                                                                " was shut down immediately, and then the " + named(history, id) +
                                                                " " + fate_of(history, id));
      }
    }
  });
}

void discarded_are_done(const History& history, Judgement& judgement) {
  for_queues(history, [&](const Use& use) {
    const StatementId shutdown = first_shutdown(history, use);
    if (shutdown == no_statement || use.shutdowns.size() != 1 || !history.program().statement(shutdown).immediate) return;
    const Tick t = history.begin_tick(shutdown);
    // Nothing was taken out and not marked as done, at a tick before.
    std::int64_t in_hand = 0;
    for (const StatementId id : use.gets) in_hand += succeeded(history, id) && history.end_tick(id) < t ? 1 : 0;
    for (const StatementId id : use.dones) in_hand -= succeeded(history, id) && history.end_tick(id) < t ? 1 : 0;
    for (const auto* list : {&use.puts, &use.gets, &use.dones}) {
      if (std::any_of(list->begin(), list->end(), [&](StatementId id) { return history.begin_tick(id) == t; })) return;
    }
    if (!history.calm_until(t)) return;
    for (const StatementId join : use.joins) {
      if (history.open_at(history.program().place(join).task, t) != join) continue;
      if (!history.ended(join) && !history.over_after(t)) continue;
      judgement.exercise();
      const bool over = history.ended(join) && history.end_tick(join) == t;
      if (over != (in_hand == 0)) {
        judgement.violate(events_of(history, shutdown, join),
                          quoted(history, use.resource->name) + " was shut down immediately with " + std::to_string(in_hand) +
                              " items taken out and not done, and join " + fate_of(history, join));
      }
    }
  });
}

void beats_granted_put(const History& history, Judgement& judgement) {
  for_queues(history, [&](const Use& use) {
    const StatementId shutdown = first_shutdown(history, use);
    if (shutdown == no_statement) return;
    const Tick t = history.begin_tick(shutdown);
    if (!history.calm_until(t)) return;
    for (const StatementId put : use.puts) {
      if (!is_wait(history, put) || history.open_at(history.program().place(put).task, t) != put) continue;
      // A slot was made for it, and the queue shut down, in one step of somebody else.
      const bool granted = std::any_of(use.gets.begin(), use.gets.end(), [&](StatementId get) {
        return succeeded(history, get) && history.end(get) < history.begin(shutdown) &&
               history.alone_between(history.begin(get), history.end(shutdown));
      });
      if (!granted || (!history.ended(put) && !history.over_after(t))) continue;
      judgement.exercise();
      if (!history.raised(put, Raised::Kind::queue_shut_down)) {
        judgement.violate(events_of(history, shutdown, put),
                          "there was room for it, and the queue was shut down before it had gone on; the " + named(history, put) +
                              " " + fate_of(history, put));
      }
    }
  });
}

}  // namespace

std::vector<Rule> queue_rules() {
  using enum Profile;
  const std::string_view source = "asyncio `Queue`";
  const std::string_view shutdown = "asyncio `Queue.shutdown`, since CPython 3.13";
  return {
      chapter.must("QUEUE-KEEPS-ORDER", core, {"QUEUE-DELIVERS-EACH-ITEM-ONCE"}, "What was put in first is taken out first.",
                   "It is a queue.", source, keeps_order),
      chapter.must("QUEUE-DELIVERS-EACH-ITEM-ONCE", core, {},
                   "Each item that was put in is taken out once at most, and nothing else is.",
                   "Work that is done twice is as bad as work not done.", source, delivers_once),
      chapter.must("QUEUE-HOLDS-NO-MORE-THAN-ITS-SIZE", core, {}, "A queue with a maximal size never holds more items than that.",
                   "The bound is what keeps a fast producer from drowning a slow consumer.", source, bounded),
      chapter.must("UNBOUNDED-QUEUE-NEVER-WAITS", core, {"CLOCK-STANDS-WHILE-ANYTHING-IS-READY"},
                   "Putting into a queue without a maximal size never waits.", "There is always room.", source, unbounded),
      chapter.must("PUT-GOES-ON-WHEN-THERE-IS-ROOM", core, {"QUEUE-HOLDS-NO-MORE-THAN-ITS-SIZE", "QUEUE-DELIVERS-EACH-ITEM-ONCE"},
                   "When the clock moves, or a run is a deadlock, no put waits while the queue has room.",
                   "A lost wake-up stops the producer for good.", source, put_goes_on),
      chapter.must("GET-GOES-ON-WHEN-THERE-IS-AN-ITEM", core, {"QUEUE-DELIVERS-EACH-ITEM-ONCE"},
                   "When the clock moves, or a run is a deadlock, no get waits while the queue holds an item.",
                   "A lost wake-up stops the consumer for good.", source, get_goes_on),
      chapter.must("CANCELLED-PUT-OR-GET-LOSES-NOTHING", core,
                   {"PUT-GOES-ON-WHEN-THERE-IS-ROOM", "GET-GOES-ON-WHEN-THERE-IS-AN-ITEM", "CANCELLED-PUT-PUTS-NOTHING"},
                   "A put or get that is cancelled, also after it was woken, loses no wake-up: no other waits while there is room, "
                   "or an item.",
                   "A wake-up that dies with a cancelled waiter is the classic leak.", source, loses_nothing),
      chapter.must("CANCELLED-PUT-PUTS-NOTHING", core, {}, "A put that is cancelled has put nothing in.",
                   "The caller will put it again, or not.", source, cancelled_put),
      chapter.must("GET-NOWAIT-OF-NOTHING-IS-REFUSED", core, {"QUEUE-DELIVERS-EACH-ITEM-ONCE"},
                   "get_nowait on an empty queue raises QueueEmpty.", "It may not wait.", source, nowait_empty),
      chapter.must("PUT-NOWAIT-WITHOUT-ROOM-IS-REFUSED", core, {"QUEUE-HOLDS-NO-MORE-THAN-ITS-SIZE"},
                   "put_nowait on a full queue raises QueueFull.", "It may not wait.", source, nowait_full),
      chapter.must("GETTERS-ARE-SERVED-IN-ORDER", core, {"GET-GOES-ON-WHEN-THERE-IS-AN-ITEM"},
                   "Items go to waiting gets in the order in which they began to wait, as long as nobody takes one in between.",
                   "First come, first served.", source, getters_in_order),
      chapter.must("PUTTERS-ARE-SERVED-IN-ORDER", core, {"PUT-GOES-ON-WHEN-THERE-IS-ROOM"},
                   "Room goes to waiting puts in the order in which they began to wait, as long as nobody takes it in between.",
                   "First come, first served.", source, putters_in_order),
      chapter.should("ITEM-IS-NOT-RESERVED", fifo, {"GET-GOES-ON-WHEN-THERE-IS-AN-ITEM"},
                     "An item that was put in for a waiting get may be taken by another before the waiting task goes on.",
                     "A queue that hands items over directly is a legitimate choice; it is another one.", source, not_reserved),
      chapter.must("QSIZE-TELLS-THE-TRUTH", core, {"QUEUE-DELIVERS-EACH-ITEM-ONCE"},
                   "`qsize` answers how many items the queue holds.", "It is what it is for.", source, qsize_truth),
      chapter.must("JOIN-WAITS-UNTIL-ALL-IS-DONE", core, {},
                   "join waits until every item that was put in was marked as done; taking it out is not enough.",
                   "The work begins when the item is taken.", source, join_waits),
      chapter.must("JOIN-ENDS-WHEN-ALL-IS-DONE", core, {"JOIN-WAITS-UNTIL-ALL-IS-DONE"},
                   "When the clock moves, no join waits while every item is marked as done.",
                   "A lost wake-up stops the program at its very end.", source, join_ends),
      chapter.must("TASK-DONE-TOO-OFTEN-IS-REFUSED", core, {}, "Marking more items as done than were put in raises ValueError.",
                   "Somebody counts wrongly.", source, done_too_often),
      chapter.must("QUEUE-THAT-IS-SHUT-DOWN-REFUSES-PUTS", core, {},
                   "Putting into a queue that was shut down raises QueueShutDown, at once.", "Nobody will take it out.", shutdown,
                   refuses_puts),
      chapter.must("QUEUE-THAT-IS-SHUT-DOWN-IS-DRAINED", core,
                   {"QUEUE-THAT-IS-SHUT-DOWN-REFUSES-PUTS", "QUEUE-DELIVERS-EACH-ITEM-ONCE"},
                   "Taking from a queue that was shut down answers what is left, and then raises QueueShutDown.",
                   "What was accepted is still to be worked off.", shutdown, drains),
      chapter.must("QUEUE-SHUTDOWN-WAKES-WHO-WAITS", core, {"CLOCK-STANDS-WHILE-ANYTHING-IS-READY"},
                   "Shutting a queue down ends every put that waits for room and every get that waits for an item with "
                   "QueueShutDown, in the same tick.",
                   "They wait for what will not come.", shutdown, wakes_waiters),
      chapter.must("IMMEDIATE-SHUTDOWN-DISCARDS-WHAT-IS-LEFT", core, {"QUEUE-THAT-IS-SHUT-DOWN-REFUSES-PUTS"},
                   "After an immediate shutdown nothing can be taken out any more: gets raise QueueShutDown.",
                   "It is what was asked for.", shutdown, discards),
      chapter.must("IMMEDIATE-SHUTDOWN-COUNTS-AS-DONE", core, {"JOIN-WAITS-UNTIL-ALL-IS-DONE"},
                   "An immediate shutdown counts every item it discards as done, and no item that was taken out: join ends if "
                   "nothing else is outstanding.",
                   "Nobody can work off what is gone; who took an item out still does.", shutdown, discarded_are_done),
      chapter.must("QUEUE-SHUTDOWN-BEATS-A-GRANTED-PUT", serial, {"QUEUE-SHUTDOWN-WAKES-WHO-WAITS"},
                   "A put for which room was made, and which has not gone on when the queue is shut down, raises QueueShutDown.",
                   "Nothing is in before it is in.", shutdown, beats_granted_put),
  };
}

}  // namespace lawful::spec
