#include "properties/within.hpp"

#include <iterator>
#include <set>

namespace lawful::properties {

using spec::Body;
using spec::Draft;
using spec::Op;
using spec::Operand;
using spec::Statement;

namespace {

class Within {
 public:
  Within(const spec::Ops& ops, const Draft& draft) : ops_(ops) {
    // A future that nobody can end is of no use, and may be more than the subject has.
    for (const spec::Resource& resource : draft.resources) {
      if (resource.kind == spec::ResourceKind::future && !has(Op::set_result)) gone_.insert(resource.name);
    }
  }

  Body body(Body given) {
    Body kept;
    for (Statement& s : given) {
      s.body = body(std::move(s.body));
      s.handler = body(std::move(s.handler));
      s.finally = body(std::move(s.finally));
      std::vector<Operand> of;
      for (Operand& operand : s.of) {
        if (gone_.count(operand.name) != 0) continue;
        operand.body = body(std::move(operand.body));
        of.push_back(std::move(operand));
      }
      const bool lacks_operands = of.size() != s.of.size() && (s.op == Op::wait_for || s.op == Op::shield);
      s.of = std::move(of);
      if (s.op == Op::create_task && !has(Op::task_group)) s.group = spec::no_name;
      const bool block = s.op == Op::task_group || s.op == Op::timeout || s.op == Op::with || s.op == Op::try_;
      if (!has(s.op)) {
        if (block) std::move(s.body.begin(), s.body.end(), std::back_inserter(kept));
        continue;
      }
      if (lacks_operands || (!block && s.name != spec::no_name && gone_.count(s.name) != 0)) continue;
      kept.push_back(std::move(s));
    }
    return kept;
  }

  void name_all(const Body& body) {
    for (const Statement& s : body) {
      named_.insert(s.name);
      for (const Operand& operand : s.of) {
        named_.insert(operand.name);
        name_all(operand.body);
      }
      for (const Body* part : {&s.body, &s.handler, &s.finally}) name_all(*part);
    }
  }
  [[nodiscard]] bool named(spec::NameId name) const { return named_.count(name) != 0; }

 private:
  [[nodiscard]] bool has(Op op) const { return ops_.test(static_cast<std::size_t>(op)); }

  const spec::Ops ops_;
  std::set<spec::NameId> gone_;
  std::set<spec::NameId> named_;
};

}  // namespace

spec::Program within(const spec::Program& program, const spec::Ops& ops) {
  if ((spec::ops_of(program) & ~ops).none()) return program;
  Draft draft = program.draft();
  Within rest(ops, draft);
  draft.main = rest.body(std::move(draft.main));
  rest.name_all(draft.main);
  std::erase_if(draft.resources, [&](const spec::Resource& resource) { return !rest.named(resource.name); });
  return spec::Program(std::move(draft));
}

}  // namespace lawful::properties
