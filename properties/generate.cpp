#include "properties/generate.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "properties/shrink.hpp"
#include "properties/situations/situations.hpp"
#include "spec/json.hpp"
#include "spec/notation.hpp"
#include "spec/rule.hpp"

namespace lawful::properties {

using spec::Body;
using spec::Draft;
using spec::NameId;
using spec::Op;
using spec::Operand;
using spec::Program;
using spec::ResourceKind;
using spec::Statement;
using spec::Tick;
using spec::Value;

std::string_view name_of(Focus focus) noexcept {
  constexpr std::array<std::string_view, focus_count> names{
      "everything", "gather", "return_exceptions", "group", "cancel", "semaphore", "early_result", "clock", "completion"};
  return names[static_cast<std::size_t>(focus)];
}

Focus focus_of(std::string_view chapter) noexcept {
  if (chapter == "The virtual clock") return Focus::clock;
  if (chapter == "Result ordering") return Focus::gather;
  if (chapter == "Sibling cancellation") return Focus::group;
  if (chapter == "return_exceptions") return Focus::return_exceptions;
  if (chapter == "InvalidStateError on early result") return Focus::early_result;
  if (chapter == "Semaphore bounds") return Focus::semaphore;
  return Focus::everything;
}

namespace {

std::string numbered(char letter, std::uint64_t number) {
  std::string text(1, letter);
  text.append(std::to_string(number));
  return text;
}

/// How likely each op is, beside the others.
using Weights = std::array<int, spec::op_count>;

Weights weights_of(Focus focus) {
  Weights w{};
  const auto set = [&](std::initializer_list<std::pair<Op, int>> list) {
    for (const auto& [op, weight] : list) w[static_cast<std::size_t>(op)] = weight;
  };
  // Something of everything that makes programs go.
  set({{Op::sleep, 10}, {Op::raise, 2}, {Op::create_task, 5}, {Op::await, 3}, {Op::try_, 2}, {Op::cancel, 1}});
  switch (focus) {
    case Focus::gather:
      set({{Op::gather, 14}, {Op::raise, 3}, {Op::as_completed, 3}, {Op::done, 1}});
      break;
    case Focus::completion:
      set({{Op::as_completed, 14}, {Op::wait, 4}, {Op::raise, 3}});
      break;
    case Focus::return_exceptions:
      set({{Op::gather, 16}, {Op::raise, 5}, {Op::cancel, 3}});
      break;
    case Focus::group:
      set({{Op::task_group, 10}, {Op::create_task, 10}, {Op::gather, 5}, {Op::raise, 5}, {Op::cancel, 2}, {Op::try_, 4}});
      break;
    case Focus::cancel:
      set({{Op::cancel, 8},
           {Op::uncancel, 2},
           {Op::cancelling, 3},
           {Op::timeout, 5},
           {Op::shield, 4},
           {Op::wait_for, 4},
           {Op::task_group, 3},
           {Op::gather, 3},
           {Op::cancelled, 3},
           {Op::reschedule, 1}});
      break;
    case Focus::semaphore:
      set({{Op::with, 16},
           {Op::acquire, 3},
           {Op::release, 5},
           {Op::locked, 1},
           {Op::timeout, 3},
           {Op::create_task, 8},
           {Op::cancel, 2},
           {Op::gather, 3}});
      break;
    case Focus::early_result:
      set({{Op::result, 8},
           {Op::exception, 8},
           {Op::done, 6},
           {Op::cancelled, 2},
           {Op::create_task, 8},
           {Op::set_result, 5},
           {Op::set_exception, 3},
           {Op::await, 4}});
      break;
    case Focus::clock:
      set({{Op::sleep, 20}, {Op::create_task, 8}, {Op::timeout, 4}, {Op::wait_for, 2}});
      break;
    case Focus::everything:
      w.fill(2);
      set({{Op::sleep, 12},
           {Op::create_task, 6},
           {Op::with, 5},
           {Op::gather, 4},
           {Op::task_group, 4},
           {Op::timeout, 4},
           {Op::try_, 5}});
      break;
  }
  set({{Op::return_, 0}});  // given to the last statement of a body only
  return w;
}

class Generator {
 public:
  Generator(const Shape& shape, rc::Random random) : shape_(shape), random_(std::move(random)), weights_(weights_of(shape.focus)) {}

  Program program() {
    resources();
    // When main ends, shutdown cancels everybody: half of the programs linger, so that the others come to their ends.
    Body opening = shape_.statements > 2 && !one_in(3) ? open(shape_.statements - 1) : Body();
    const bool lingers = !opening.empty() || (shape_.statements > 2 && one_in(2));
    std::size_t left = shape_.statements - (lingers ? 1 : 0);
    for (const Statement& s : opening) left -= size_of(s);
    draft_.main = body(left, 0);
    draft_.main.insert(draft_.main.begin(), std::make_move_iterator(opening.begin()), std::make_move_iterator(opening.end()));
    if (lingers) {
      Statement linger;
      linger.op = Op::sleep;
      linger.ticks = shape_.ties ? 40 : 40'000'000'000;
      if (!draft_.main.empty() && (draft_.main.back().op == Op::return_ || draft_.main.back().op == Op::raise)) {
        draft_.main.insert(draft_.main.end() - 1, std::move(linger));
      } else {
        draft_.main.push_back(std::move(linger));
      }
    }
    return Program(std::move(draft_));
  }

  /// `situation`, a little different.
  Program varied(const Draft& situation) {
    draft_ = situation;
    const auto factor = static_cast<Tick>(1 + below(4));
    const Tick most = scale(draft_.main, factor);
    // One in eight has one of its ticks changed.
    if (one_in(8) && tickers_.size() > 0)
      tickers_[below(tickers_.size())]->ticks = static_cast<Tick>(below(static_cast<std::uint64_t>(most) + 2));
    // Half have somebody else around, and one in four something done at some place.
    if (one_in(2)) {
      Statement other;
      other.op = Op::create_task;
      other.name = draft_.add_name("other");
      const std::size_t budget = 1 + below(4);
      other.body = one_in(2) ? life(std::min<std::size_t>(budget, 2)) : body(budget, 4);
      draft_.main.insert(draft_.main.begin(), std::move(other));
    }
    if (one_in(4)) {
      std::vector<Body*> bodies;
      collect(draft_.main, bodies);
      Body& there = *bodies[below(bodies.size())];
      const auto at = static_cast<std::ptrdiff_t>(below(there.size() + 1));
      there.insert(there.begin() + at, plain(1 + below(3), 5));
    }
    return Program(std::move(draft_));
  }

 private:
  static void collect(Body& body, std::vector<Body*>& all) {
    all.push_back(&body);
    for (Statement& s : body) {
      for (Body* part : {&s.body, &s.handler, &s.finally}) {
        if (!part->empty()) collect(*part, all);
      }
      for (Operand& operand : s.of) {
        if (operand.fresh) collect(operand.body, all);
      }
    }
  }

  /// Multiplies all ticks, which keeps what comes before what; the greatest.
  Tick scale(Body& body, Tick factor) {
    Tick most = 0;
    for (Statement& s : body) {
      s.ticks *= factor;
      most = std::max(most, s.ticks);
      if (s.has_ticks) tickers_.push_back(&s);
      for (Body* part : {&s.body, &s.handler, &s.finally}) most = std::max(most, scale(*part, factor));
      for (Operand& operand : s.of) most = std::max(most, scale(operand.body, factor));
    }
    return most;
  }

  std::uint64_t below(std::uint64_t n) { return n == 0 ? 0 : random_.next() % n; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  template <class T>
  const T& one_of(const std::vector<T>& all) {
    return all[below(all.size())];
  }

  void resources() {
    // A kind for each op with weight that needs one; sometimes two.
    static constexpr std::array<ResourceKind, 8> kinds{
        ResourceKind::semaphore, ResourceKind::bounded_semaphore, ResourceKind::lock,  ResourceKind::condition,
        ResourceKind::event,     ResourceKind::barrier,           ResourceKind::queue, ResourceKind::future};
    for (const ResourceKind kind : kinds) {
      bool wanted = false;
      for (std::size_t op = 0; op < spec::op_count; ++op) wanted = wanted || (weights_[op] > 0 && fits(static_cast<Op>(op), kind));
      if (!wanted) continue;
      if (shape_.focus == Focus::semaphore) {
        if (kind > ResourceKind::bounded_semaphore) continue;
        if (kind == ResourceKind::semaphore && one_in(4)) continue;
      } else if (shape_.focus == Focus::everything && !one_in(2)) {
        continue;
      }
      const int count = one_in(4) ? 2 : 1;
      for (int i = 0; i < count; ++i) add_resource(kind);
    }
  }

  void add_resource(ResourceKind kind) {
    spec::Resource resource;
    resource.name = draft_.add_name(numbered('r', draft_.resources.size()));
    resource.kind = kind;
    if (kind <= ResourceKind::bounded_semaphore) resource.value = static_cast<std::int64_t>(one_in(6) ? 0 : 1 + below(2));
    if (kind == ResourceKind::barrier) resource.value = static_cast<std::int64_t>(1 + below(3));
    if (kind == ResourceKind::queue) resource.value = static_cast<std::int64_t>(below(3));
    if (kind == ResourceKind::future) tasks_.push_back(resource.name);
    draft_.resources.push_back(resource);
  }

  /// A body of exactly `budget` statements, those inside of them counted.
  Body body(std::size_t budget, std::size_t depth) {
    Body made;
    while (budget > 0) {
      if (budget == 1 && !made.empty() && one_in(2)) {
        made.push_back(last());
        break;
      }
      made.push_back(statement(budget, depth));
      budget -= size_of(made.back());
    }
    return made;
  }

  static std::size_t size_of(const Statement& s) {
    std::size_t size = 1;
    for (const Body* part : {&s.body, &s.handler, &s.finally}) {
      for (const Statement& inner : *part) size += size_of(inner);
    }
    for (const Operand& operand : s.of) {
      for (const Statement& inner : operand.body) size += size_of(inner);
    }
    return size;
  }

  Statement last() {
    Statement s;
    if (one_in(shape_.focus == Focus::group || shape_.focus == Focus::return_exceptions ? 2 : 5)) {
      s.op = Op::raise;
      s.error = error();
    } else {
      s.op = Op::return_;
      s.value = value();
    }
    return s;
  }

  Value value() {
    // Values differ, so that a result out of its place is seen.
    ++values_;
    if (one_in(12)) return Value(numbered('v', values_));
    return Value(values_);
  }

  spec::Raised error() {
    if (one_in(8)) return spec::Raised(spec::Raised::Kind::cancelled);
    return spec::Raised::application(numbered('E', 1 + below(9)));
  }

  Tick ticks(bool may_be_zero = true) {
    if (!shape_.ties) return static_cast<Tick>(1 + below(1'000'000'000));
    return static_cast<Tick>(may_be_zero ? below(6) : 1 + below(5));
  }

  Op choose(std::size_t budget, std::size_t depth) {
    for (;;) {
      int total = 0;
      for (const int weight : weights_) total += weight;
      auto at = static_cast<int>(below(static_cast<std::uint64_t>(total)));
      std::size_t index = 0;
      while (at >= weights_[index]) at -= weights_[index++];
      const auto op = static_cast<Op>(index);
      if (possible(op, budget, depth)) return op;
    }
  }

  bool possible(Op op, std::size_t budget, std::size_t depth) {
    switch (op) {
      case Op::create_task:
      case Op::task_group:
      case Op::timeout:
      case Op::try_:
        return budget >= 2 && depth < 8;
      case Op::gather:
      case Op::wait:
      case Op::as_completed:
        return depth < 8 && (budget >= 3 || !tasks_.empty() || one_in(8));
      case Op::wait_for:
      case Op::shield:
        return depth < 8 && (budget >= 2 || !tasks_.empty());
      case Op::await:
      case Op::cancel:
      case Op::result:
      case Op::exception:
      case Op::done:
      case Op::cancelled:
        return !tasks_.empty();
      case Op::cancelling:
        return true;
      case Op::reschedule:
        return !timeouts_.empty();
      case Op::with:
        return resource_for(op) != spec::no_name && budget >= 2 && depth < 8;
      case Op::sleep:
      case Op::raise:
      case Op::uncancel:
        return true;
      default:
        return resource_for(op) != spec::no_name;
    }
  }

  NameId resource_for(Op op) {
    std::vector<NameId> fitting;
    for (const spec::Resource& resource : draft_.resources) {
      if (fits(op, resource.kind)) fitting.push_back(resource.name);
    }
    return fitting.empty() ? spec::no_name : one_of(fitting);
  }

  NameId new_task() { return draft_.add_name(numbered('t', ++task_count_)); }

  /// Part of a budget, one at least and all at most.
  std::size_t part_of(std::size_t budget) { return budget <= 1 ? budget : 1 + below(budget); }

  // Situations that chance alone seldom makes, of the statements they are made of.

  Statement sleeping() {
    Statement s;
    s.op = Op::sleep;
    s.ticks = ticks(false);
    return s;
  }

  /// A short life: sleep, then end by a value or an error.
  Body life(std::size_t budget) {
    Body made;
    if (budget > 0) made.push_back(sleeping());
    if (budget > 1) made.push_back(last());
    return made;
  }

  /// Tasks of one group, of which some fail while others sleep, and one may be cancelled.
  Body siblings(std::size_t budget, NameId group) {
    Body made;
    while (budget >= 3 && made.size() < 3) {
      Statement child;
      child.op = Op::create_task;
      child.name = new_task();
      child.group = group;
      child.body = life(2);
      tasks_.push_back(child.name);
      made.push_back(std::move(child));
      budget -= 3;
    }
    if (budget >= 1 && one_in(2)) {
      made.push_back(sleeping());
      --budget;
    }
    if (budget >= 1 && !made.empty() && one_in(2)) {
      Statement cancel;
      cancel.op = Op::cancel;
      cancel.name = one_of(tasks_);
      made.push_back(std::move(cancel));
    }
    return made;
  }

  /// Comes at some time, and holds a permit for some time.
  Body user(NameId semaphore) {
    Statement with;
    with.op = Op::with;
    with.name = semaphore;
    with.body.push_back(sleeping());
    Body made;
    made.push_back(sleeping());
    made.push_back(std::move(with));
    return made;
  }

  /// `s`, and what it raises handled, so that the program goes on.
  static Statement tried(Statement s) {
    Statement whole;
    whole.op = Op::try_;
    whole.handles = spec::Handles::error;
    whole.body.push_back(std::move(s));
    return whole;
  }

  Statement new_child(Body body_of_it) {
    Statement child;
    child.op = Op::create_task;
    child.name = new_task();
    child.body = std::move(body_of_it);
    tasks_.push_back(child.name);
    return child;
  }

  /// How main begins, so that what the focus is about has somebody to happen to.
  Body open(std::size_t budget) {
    Body made;
    NameId semaphore = spec::no_name;
    for (const spec::Resource& resource : draft_.resources) {
      // One permit is the one that is fought for.
      if (resource.kind <= ResourceKind::bounded_semaphore && resource.value == 1) semaphore = resource.name;
    }
    if (shape_.focus == Focus::semaphore && semaphore != spec::no_name) {
      for (; budget >= 4 && made.size() < 4; budget -= 4) made.push_back(new_child(user(semaphore)));
    } else if (shape_.focus == Focus::early_result) {
      for (; budget >= 6 && made.size() < 2; budget -= 3) made.push_back(new_child(life(2)));
      if (budget >= 2 && one_in(2)) made.push_back(sleeping());
    } else if (shape_.focus == Focus::group && budget >= 8) {
      Statement gather;
      gather.op = Op::gather;
      for (budget -= 2; budget >= 2 && gather.of.size() < 3; budget -= 2) {
        Operand operand;
        operand.fresh = true;
        operand.name = new_task();
        operand.body = life(2);
        tasks_.push_back(operand.name);
        gather.of.push_back(std::move(operand));
      }
      made.push_back(tried(std::move(gather)));
    }
    return made;
  }

  Statement statement(std::size_t budget, std::size_t depth) {
    const bool asks = shape_.focus == Focus::early_result || shape_.focus == Focus::group;
    if (asks && budget >= 2 && depth < 8 && !one_in(4)) {
      Statement s = plain(budget - 1, depth + 1);
      const bool may_raise =
          s.op == Op::result || s.op == Op::exception || s.op == Op::await || s.op == Op::gather || s.op == Op::task_group;
      return may_raise ? tried(std::move(s)) : s;
    }
    return plain(budget, depth);
  }

  Statement plain(std::size_t budget, std::size_t depth) {
    Statement s;
    s.op = choose(budget, depth);
    const std::size_t inside = budget - 1;
    switch (s.op) {
      case Op::sleep:
        s.ticks = ticks();
        // Who asks others for their results does so when some have ended.
        if (shape_.focus == Focus::early_result && depth <= 1) s.ticks *= 4;
        break;
      case Op::raise:
        s.error = error();
        break;
      case Op::create_task:
        s.name = new_task();
        if (!groups_.empty() && (shape_.focus == Focus::group ? !one_in(6) : !one_in(3))) s.group = one_of(groups_);
        if (shape_.focus == Focus::semaphore && inside >= 3 && resource_for(Op::release) != spec::no_name && !one_in(3)) {
          s.body = user(resource_for(Op::release));
        } else if ((shape_.focus == Focus::early_result || shape_.focus == Focus::group) && inside >= 2 && !one_in(3)) {
          s.body = life(2);
        } else {
          s.body = body(part_of(std::min<std::size_t>(inside, 4)), depth + 1);
        }
        tasks_.push_back(s.name);
        break;
      case Op::await:
      case Op::cancel:
      case Op::result:
      case Op::exception:
      case Op::done:
      case Op::cancelled:
        s.name = one_of(tasks_);
        break;
      case Op::cancelling: {
        s.name = spec::main_task;
        if (!tasks_.empty() && !is_resource(tasks_.back())) s.name = tasks_.back();
        break;
      }
      case Op::uncancel:
        break;
      case Op::set_result:
        s.name = resource_for(s.op);
        s.value = value();
        break;
      case Op::set_exception:
        s.name = resource_for(s.op);
        s.error = spec::Raised::application(numbered('E', 1 + below(9)));
        break;
      case Op::gather:
        s.return_exceptions = shape_.focus == Focus::return_exceptions ? !one_in(6) : one_in(4);
        s.of = operands(inside, depth, !one_in(8));
        break;
      case Op::wait:
        s.return_when = static_cast<spec::ReturnWhen>(below(3));
        s.of = operands(inside, depth, true);
        s.has_ticks = one_in(2);
        if (s.has_ticks) s.ticks = ticks();
        break;
      case Op::as_completed:
        s.of = operands(inside, depth, true);
        s.has_ticks = one_in(4);
        if (s.has_ticks) s.ticks = ticks();
        break;
      case Op::wait_for:
      case Op::shield:
        s.of.push_back(operand(inside, depth));
        if (s.op == Op::wait_for) {
          s.ticks = ticks();
          s.has_ticks = true;
        }
        break;
      case Op::task_group:
        s.group = draft_.add_name(numbered('g', ++group_count_));
        groups_.push_back(s.group);
        s.body = shape_.focus == Focus::group && inside >= 3 && !one_in(3) ? siblings(inside, s.group)
                                                                           : body(part_of(inside), depth + 1);
        if (!one_in(4)) groups_.pop_back();
        break;
      case Op::timeout:
        s.ticks = ticks();
        if (one_in(3)) {
          s.name = draft_.add_name(numbered('x', ++timeout_count_));
          timeouts_.push_back(s.name);
        }
        s.body = body(part_of(std::min<std::size_t>(inside, 5)), depth + 1);
        break;
      case Op::reschedule:
        s.name = one_of(timeouts_);
        s.ticks = ticks();
        break;
      case Op::try_: {
        s.body = body(part_of(inside), depth + 1);
        std::size_t left = inside;
        for (const Statement& inner : s.body) left -= size_of(inner);
        s.has_finally = one_in(4);
        if (!s.has_finally || one_in(3)) {
          static constexpr std::array<spec::Handles, 5> handles{spec::Handles::any, spec::Handles::error, spec::Handles::error,
                                                                spec::Handles::group, spec::Handles::named};
          s.handles = handles[below(handles.size())];
          if (s.handles == spec::Handles::named) {
            s.error = one_in(2) ? spec::Raised(spec::Raised::Kind::timeout) : spec::Raised(spec::Raised::Kind::cancelled);
          }
          if (left > 0 && one_in(2)) {
            s.handler = body(part_of(std::min<std::size_t>(left, 2)), depth + 1);
            for (const Statement& inner : s.handler) left -= size_of(inner);
          }
        }
        if (s.has_finally && left > 0 && one_in(2)) s.finally = body(part_of(std::min<std::size_t>(left, 2)), depth + 1);
        break;
      }
      case Op::with:
        s.name = resource_for(s.op);
        s.body = body(part_of(std::min<std::size_t>(inside, 4)), depth + 1);
        break;
      case Op::notify:
        s.name = resource_for(s.op);
        s.n = static_cast<std::int64_t>(below(3));
        break;
      case Op::put:
      case Op::put_nowait:
        s.name = resource_for(s.op);
        s.value = value();
        break;
      default:
        s.name = resource_for(s.op);
    }
    return s;
  }

  bool is_resource(NameId name) {
    for (const spec::Resource& resource : draft_.resources) {
      if (resource.name == name) return true;
    }
    return false;
  }

  Operand operand(std::size_t budget, std::size_t depth) {
    Operand made;
    if (budget == 0 || (!tasks_.empty() && one_in(5))) {
      made.name = tasks_.empty() ? spec::main_task : one_of(tasks_);
      return made;
    }
    made.fresh = true;
    made.name = new_task();
    const bool simple = shape_.focus == Focus::gather || shape_.focus == Focus::return_exceptions || shape_.focus == Focus::group ||
                        shape_.focus == Focus::completion;
    made.body = simple && budget >= 2 && !one_in(3) ? life(2) : body(part_of(std::min<std::size_t>(budget, 3)), depth + 1);
    tasks_.push_back(made.name);
    return made;
  }

  std::vector<Operand> operands(std::size_t budget, std::size_t depth, bool some) {
    std::vector<Operand> made;
    if (!some) return made;
    const std::size_t wanted = 1 + below(4);
    while (made.size() < wanted && (budget > 0 || !tasks_.empty())) {
      made.push_back(operand(budget, depth));
      for (const Statement& inner : made.back().body) budget -= size_of(inner);
      if (one_in(8)) {
        Operand again;
        again.name = made.back().name;
        made.push_back(again);
      }
    }
    return made;
  }

  const Shape shape_;
  rc::Random random_;
  const Weights weights_;
  Draft draft_;
  std::vector<NameId> tasks_;   // tasks and futures named so far
  std::vector<NameId> groups_;  // groups in whose body we are, mostly
  std::vector<NameId> timeouts_;
  std::vector<Statement*> tickers_;  // of a situation: the statements with ticks
  std::size_t task_count_ = 0;
  std::size_t group_count_ = 0;
  std::size_t timeout_count_ = 0;
  std::int64_t values_ = 0;
};

}  // namespace

Program generate(const Shape& shape, std::uint64_t seed) { return Generator(shape, rc::Random(seed)).program(); }

Program aimed(std::string_view rule, std::uint64_t seed) {
  static const auto drafts = [] {
    std::vector<std::pair<std::string_view, Draft>> read;
    for (const Situation& situation : situations()) read.emplace_back(situation.rule, spec::from_notation(situation.program));
    return read;
  }();
  rc::Random random(seed);
  std::vector<const Draft*> own;
  for (const auto& [name, draft] : drafts) {
    if (name == rule) own.push_back(&draft);
  }
  Shape shape;
  const std::uint64_t dice = random.next();
  if (own.empty()) {
    shape.focus = focus_of(spec::rule_named(rule)->chapter);
    shape.statements = 3 + dice % 18;
    shape.ties = (dice >> 32) % 3 != 0;
    return generate(shape, random.next());
  }
  shape.focus = Focus::clock;  // bystanders that sleep and start others
  return Generator(shape, random).varied(*own[dice % own.size()]);
}

rc::Gen<Program> programs(Focus focus, bool ties) {
  return rc::Gen<Program>([focus, ties](const rc::Random& random, int size) {
    Shape shape;
    shape.focus = focus;
    shape.ties = ties;
    shape.statements = 2 + static_cast<std::size_t>(size) / 5;
    return rc::shrinkable::shrinkRecur(Generator(shape, random).program(),
                                       [](const Program& program) { return rc::seq::fromContainer(simpler(program)); });
  });
}

}  // namespace lawful::properties
