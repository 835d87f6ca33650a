#include "properties/shrink.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace lawful::properties {

using spec::Body;
using spec::Draft;
using spec::Op;
using spec::Operand;
using spec::Program;
using spec::Statement;

namespace {

/// All bodies of a draft, outermost first, so that one can be found again in a copy by its number.
void collect(Body& body, std::vector<Body*>& all) {
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

std::vector<Body*> bodies(Draft& draft) {
  std::vector<Body*> all;
  collect(draft.main, all);
  return all;
}

void names_used(const Body& body, std::set<spec::NameId>& names) {
  for (const Statement& s : body) {
    names.insert(s.name);
    for (const Operand& operand : s.of) {
      names.insert(operand.name);
      names_used(operand.body, names);
    }
    for (const Body* part : {&s.body, &s.handler, &s.finally}) names_used(*part, names);
  }
}

/// Draws steps of one kind after the other, each on a copy of its own.
class Steps {
 public:
  explicit Steps(const Program& program) : original_(program.draft()) {}

  std::vector<Program> all() {
    Draft measured = original_;
    const std::vector<Body*> every = bodies(measured);
    // A body in place of the whole program.
    for (std::size_t b = 1; b < every.size(); ++b) {
      step([b](Draft& draft) {
        Body part = *bodies(draft)[b];
        draft.main = std::move(part);
        return true;
      });
    }
    // Runs of statements dropped, long ones first.
    for (std::size_t b = 0; b < every.size(); ++b) {
      const std::size_t size = every[b]->size();
      for (std::size_t run = size; run >= 1; run = run / 2) {
        for (std::size_t at = 0; at + run <= size; at += run) {
          step([=](Draft& draft) {
            Body& body = *bodies(draft)[b];
            const auto from = body.begin() + static_cast<std::ptrdiff_t>(at);
            body.erase(from, from + static_cast<std::ptrdiff_t>(run));
            return true;
          });
        }
      }
    }
    for (std::size_t b = 0; b < every.size(); ++b) {
      for (std::size_t i = 0; i < every[b]->size(); ++i) each_statement(b, i, (*every[b])[i]);
    }
    for (std::size_t r = 0; r < original_.resources.size(); ++r) {
      step([r](Draft& draft) {
        std::set<spec::NameId> used;
        names_used(draft.main, used);
        if (used.count(draft.resources[r].name) != 0) return false;
        draft.resources.erase(draft.resources.begin() + static_cast<std::ptrdiff_t>(r));
        return true;
      });
      if (original_.resources[r].value > 1) {
        step([r](Draft& draft) {
          --draft.resources[r].value;
          return true;
        });
      }
    }
    return std::move(made_);
  }

 private:
  void step(const std::function<bool(Draft&)>& edit) {
    Draft copy = original_;
    if (edit(copy)) made_.emplace_back(std::move(copy));
  }

  /// A step on the statement at place `i` of body `b`.
  void at(std::size_t b, std::size_t i, const std::function<bool(Statement&)>& edit) {
    step([&](Draft& draft) { return edit((*bodies(draft)[b])[i]); });
  }

  void each_statement(std::size_t b, std::size_t i, const Statement& s) {
    // Its body, or an operand's, in its place.
    const std::size_t parts = 3 + s.of.size();
    for (std::size_t part = 0; part < parts; ++part) {
      step([=](Draft& draft) {
        Body& body = *bodies(draft)[b];
        Statement& whole = body[i];
        Body inner;
        if (part == 0) inner = std::move(whole.body);
        if (part == 1) inner = std::move(whole.handler);
        if (part == 2) inner = std::move(whole.finally);
        if (part >= 3) inner = std::move(whole.of[part - 3].body);
        if (inner.empty()) return false;
        const auto from = body.erase(body.begin() + static_cast<std::ptrdiff_t>(i));
        body.insert(from, std::make_move_iterator(inner.begin()), std::make_move_iterator(inner.end()));
        return true;
      });
    }
    // All of its parts, one after the other, in its place.
    step([=](Draft& draft) {
      Body& body = *bodies(draft)[b];
      Statement whole = std::move(body[i]);
      Body inner;
      const auto take = [&inner](Body& part) { std::move(part.begin(), part.end(), std::back_inserter(inner)); };
      take(whole.body);
      take(whole.handler);
      take(whole.finally);
      for (Operand& operand : whole.of) take(operand.body);
      if (inner.empty()) return false;
      const auto from = body.erase(body.begin() + static_cast<std::ptrdiff_t>(i));
      body.insert(from, std::make_move_iterator(inner.begin()), std::make_move_iterator(inner.end()));
      return true;
    });
    const bool list = s.op == Op::gather || s.op == Op::wait || s.op == Op::as_completed;
    for (std::size_t o = 0; list && o < s.of.size(); ++o) {
      at(b, i, [o](Statement& it) {
        it.of.erase(it.of.begin() + static_cast<std::ptrdiff_t>(o));
        return true;
      });
    }
    for (const spec::Tick smaller : {spec::Tick{0}, spec::Tick{1}, spec::Tick{2}, s.ticks / 2, s.ticks - 1}) {
      if (smaller < 0 || smaller >= s.ticks) continue;
      at(b, i, [smaller](Statement& it) {
        it.ticks = smaller;
        return true;
      });
    }
    if (s.op == Op::create_task && s.group != spec::no_name) {
      at(b, i, [](Statement& it) {
        it.group = spec::no_name;
        return true;
      });
    }
    if (s.op == Op::try_ && s.has_finally && s.handles != spec::Handles::nothing) {
      at(b, i, [](Statement& it) {
        it.has_finally = false;
        it.finally.clear();
        return true;
      });
      at(b, i, [](Statement& it) {
        it.handles = spec::Handles::nothing;
        it.handler.clear();
        it.error.reset();
        return true;
      });
    }
    if (s.return_exceptions) {
      at(b, i, [](Statement& it) {
        it.return_exceptions = false;
        return true;
      });
    }
    if (s.has_ticks && (s.op == Op::wait || s.op == Op::as_completed)) {
      at(b, i, [](Statement& it) {
        it.has_ticks = false;
        it.ticks = 0;
        return true;
      });
    }
  }

  const Draft& original_;
  std::vector<Program> made_;
};

}  // namespace

std::vector<Program> simpler(const Program& program) { return Steps(program).all(); }

Program shrink(Program program, const std::function<bool(const Program&)>& fails, std::size_t tries) {
  for (bool smaller = true; smaller;) {
    smaller = false;
    for (Program& candidate : simpler(program)) {
      if (tries-- == 0) return program;
      if (!fails(candidate)) continue;
      program = std::move(candidate);
      smaller = true;
      break;
    }
  }
  return program;
}

}  // namespace lawful::properties
