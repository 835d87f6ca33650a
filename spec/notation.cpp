#include "spec/notation.hpp"

#include <charconv>
#include <map>
#include <vector>

#include "spec/json.hpp"

namespace lawful::spec {

namespace {

// writing

void put_body(std::string& out, const Program& program, const Body& body, std::size_t indent);

void put_block(std::string& out, const Program& program, const Body& body, std::size_t indent) {
  if (body.empty()) {
    out += "{ }";
    return;
  }
  out += "{\n";
  put_body(out, program, body, indent + 2);
  out.append(indent, ' ');
  out += '}';
}

std::string_view word_of(ReturnWhen when) {
  return when == ReturnWhen::first_completed   ? "FIRST_COMPLETED"
         : when == ReturnWhen::first_exception ? "FIRST_EXCEPTION"
                                               : "ALL_COMPLETED";
}

/// What indentation says of a statement that is written without its bodies.
constexpr std::size_t headline_only = static_cast<std::size_t>(-1);

void put_statement(std::string& out, const Program& program, const Statement& s, std::size_t indent) {
  const auto block = [&](const Body& body) {
    if (indent == headline_only) {
      out += body.empty() ? "{ }" : "{…}";
    } else {
      put_block(out, program, body, indent);
    }
  };
  const auto word = [&](const std::string& text) {
    out += text;
    out += ' ';
  };
  const auto operands = [&] {
    for (const Operand& operand : s.of) {
      word(program.name(operand.name));
      if (operand.fresh) {
        block(operand.body);
        out += ' ';
      }
    }
    out.pop_back();
  };
  const std::string op(name_of(s.op));
  switch (s.op) {
    case Op::create_task:
      word(program.name(s.name));
      word("= task");
      if (s.group != no_name) word("in " + program.name(s.group));
      return block(s.body);
    case Op::task_group:
      word("group");
      word(program.name(s.group));
      return block(s.body);
    case Op::timeout:
      word(op);
      if (s.name != no_name) word(program.name(s.name));
      word(std::to_string(s.ticks));
      return block(s.body);
    case Op::with:
      word(op);
      word(program.name(s.name));
      return block(s.body);
    case Op::try_:
      word(op);
      block(s.body);
      if (s.handles != Handles::nothing) {
        out += " except ";
        word(s.handles == Handles::any     ? "any"
             : s.handles == Handles::error ? "error"
             : s.handles == Handles::group ? "group"
                                           : s.error->name());
        block(s.handler);
      }
      if (s.has_finally) {
        out += " finally ";
        block(s.finally);
      }
      return;
    case Op::uncancel:
      out += op;
      return;
    case Op::gather:
      word(op);
      if (s.return_exceptions) word("return_exceptions");
      if (s.of.empty()) word("nothing");
      return operands();
    case Op::wait:
      word(op);
      if (s.return_when != ReturnWhen::all_completed) word(std::string(word_of(s.return_when)));
      if (s.has_ticks) word("for " + std::to_string(s.ticks));
      if (s.of.empty()) word("nothing");
      return operands();
    case Op::as_completed:
      word(op);
      if (s.has_ticks) word("for " + std::to_string(s.ticks));
      if (s.of.empty()) word("nothing");
      return operands();
    case Op::wait_for:
      word(op);
      word(std::to_string(s.ticks));
      return operands();
    case Op::shield:
      word(op);
      return operands();
    default:
      break;
  }
  word(op);
  if (s.name != no_name) word(program.name(s.name));
  if (s.callback != no_name) word(program.name(s.callback));
  if (s.op == Op::sleep || s.op == Op::reschedule || s.op == Op::call_later) word(std::to_string(s.ticks));
  if (s.op == Op::return_ || s.op == Op::set_result || s.op == Op::put || s.op == Op::put_nowait) word(to_json(s.value));
  if (s.op == Op::raise || s.op == Op::set_exception) word(s.error->name());
  if (s.op == Op::notify && s.n != 1) word(std::to_string(s.n));
  if (s.op == Op::shutdown && s.immediate) word("immediate");
  out.pop_back();
}

void put_body(std::string& out, const Program& program, const Body& body, std::size_t indent) {
  for (const Statement& s : body) {
    out.append(indent, ' ');
    put_statement(out, program, s, indent);
    out += '\n';
  }
}

// reading

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) { names_.emplace("main", main_task); }

  Draft program() {
    for (; !at_end(); take(";")) {
      const auto kind = resource_kind_named(peek());
      // `future f` declares; no op is called like a kind of resource.
      if (!kind) break;
      next();
      Resource resource;
      resource.kind = *kind;
      resource.name = name(next());
      if (is_number(peek())) resource.value = number();
      draft_.resources.push_back(resource);
    }
    draft_.main = statements();
    if (!at_end()) fail("a statement");
    return std::move(draft_);
  }

 private:
  [[noreturn]] void fail(const std::string& expected) {
    const std::string_view word = peek();
    throw NotationError("at character " + std::to_string(at_) + ": expected " + expected + ", found \"" + std::string(word) + '"');
  }

  static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
  static bool is_mark(char c) { return c == '{' || c == '}' || c == ';' || c == '[' || c == ']' || c == ',' || c == '='; }

  std::string_view peek() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    std::size_t end = at_;
    if (end < text_.size() && is_mark(text_[end])) return text_.substr(at_, 1);
    if (end < text_.size() && text_[end] == '"') {
      for (++end; end < text_.size() && text_[end] != '"'; ++end) end += text_[end] == '\\' ? 1 : 0;
      return text_.substr(at_, end + 1 - at_);
    }
    while (end < text_.size() && !is_space(text_[end]) && !is_mark(text_[end])) ++end;
    return text_.substr(at_, end - at_);
  }
  std::string_view next() {
    const std::string_view word = peek();
    if (word.empty()) fail("more");
    at_ += word.size();
    return word;
  }
  bool take(std::string_view word) {
    if (peek() != word) return false;
    at_ += word.size();
    return true;
  }
  void want(std::string_view word) {
    if (!take(word)) fail('"' + std::string(word) + '"');
  }
  bool at_end() { return peek().empty(); }
  static bool is_number(std::string_view word) { return !word.empty() && ((word[0] >= '0' && word[0] <= '9') || word[0] == '-'); }

  std::int64_t number() {
    const std::string_view word = peek();
    std::int64_t read = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), read);
    if (error != std::errc() || end != word.data() + word.size()) fail("a number");
    next();
    return read;
  }

  NameId name(std::string_view text) {
    const auto [found, fresh] = names_.try_emplace(std::string(text), static_cast<NameId>(draft_.names.size()));
    if (fresh) draft_.names.emplace_back(text);
    return found->second;
  }

  Value value() {
    if (take("[")) {
      List list;
      while (!take("]")) {
        list.push_back(value());
        take(",");
      }
      return Value(std::move(list));
    }
    if (is_number(peek())) return Value(number());
    const std::string_view word = next();
    if (word == "null") return Value();
    if (word == "true" || word == "false") return Value(word == "true");
    if (word.front() == '"') return Value(std::string(word.substr(1, word.size() - 2)));
    return Value(std::string(word));
  }

  Raised error() {
    const std::string word(next());
    const Raised built_in = Raised::named(word);
    return built_in.kind() == Raised::Kind::unknown ? Raised::application(word) : built_in;
  }

  Body block() {
    want("{");
    Body body = statements();
    want("}");
    return body;
  }

  Body statements() {
    Body body;
    while (!at_end() && peek() != "}") {
      body.push_back(statement());
      take(";");
    }
    return body;
  }

  /// Whether the next word begins a statement.
  bool begins_statement() {
    const std::string_view word = peek();
    if (word == "group" || op_named(word)) return true;
    const std::size_t here = at_;
    next();
    const bool assigns = peek() == "=";
    at_ = here;
    return assigns;
  }

  std::vector<Operand> operands(bool one = false) {
    std::vector<Operand> made;
    if (take("nothing")) return made;
    while (!at_end() && peek() != "}" && peek() != ";" && !begins_statement()) {
      Operand operand;
      operand.name = name(next());
      operand.fresh = peek() == "{";
      if (operand.fresh) operand.body = block();
      made.push_back(std::move(operand));
      if (one) break;
      // Operands go to the end of the line, or to what can only be a statement.
      if (text_.find_first_not_of(" \t", at_) < text_.size() && text_[text_.find_first_not_of(" \t", at_)] == '\n') break;
    }
    return made;
  }

  Statement statement() {
    Statement s;
    const std::string_view word = next();
    const std::size_t begin = at_ - word.size();
    if (take("=")) {
      want("task");
      s.op = Op::create_task;
      s.name = name(word);
      if (take("in")) s.group = name(next());
      s.body = block();
      return s;
    }
    const std::optional<Op> op = word == "group" ? Op::task_group : op_named(word);
    if (!op) {
      at_ = begin;
      fail("a statement");
    }
    s.op = *op;
    switch (s.op) {
      case Op::sleep:
        s.ticks = number();
        s.has_ticks = true;
        break;
      case Op::return_:
        s.value = value();
        break;
      case Op::raise:
        s.error = error();
        break;
      case Op::uncancel:
        break;
      case Op::task_group:
        s.group = name(next());
        s.body = block();
        break;
      case Op::timeout:
        if (!is_number(peek())) s.name = name(next());
        s.ticks = number();
        s.has_ticks = true;
        s.body = block();
        break;
      case Op::with:
        s.name = name(next());
        s.body = block();
        break;
      case Op::try_:
        try_(s);
        break;
      case Op::gather:
        s.return_exceptions = take("return_exceptions");
        s.of = operands();
        break;
      case Op::wait:
        if (take("FIRST_COMPLETED")) s.return_when = ReturnWhen::first_completed;
        if (take("FIRST_EXCEPTION")) s.return_when = ReturnWhen::first_exception;
        for_ticks(s);
        s.of = operands();
        break;
      case Op::as_completed:
        for_ticks(s);
        s.of = operands();
        break;
      case Op::wait_for:
        s.ticks = number();
        s.has_ticks = true;
        s.of = operands(true);
        break;
      case Op::shield:
        s.of = operands(true);
        break;
      case Op::call_soon:
      case Op::cancel_callback:
        s.callback = name(next());
        break;
      case Op::call_later:
        s.callback = name(next());
        s.ticks = number();
        s.has_ticks = true;
        break;
      case Op::add_done_callback:
        s.name = name(next());
        s.callback = name(next());
        break;
      default:
        s.name = name(next());
        if (s.op == Op::reschedule) {
          s.ticks = number();
          s.has_ticks = true;
        }
        if (s.op == Op::set_result || s.op == Op::put || s.op == Op::put_nowait) s.value = value();
        if (s.op == Op::set_exception) s.error = error();
        if (s.op == Op::notify && is_number(peek())) s.n = number();
        if (s.op == Op::shutdown) s.immediate = take("immediate");
    }
    return s;
  }

  void for_ticks(Statement& s) {
    if (!take("for")) return;
    s.ticks = number();
    s.has_ticks = true;
  }

  void try_(Statement& s) {
    s.body = block();
    if (take("except")) {
      if (take("any")) {
        s.handles = Handles::any;
      } else if (take("error")) {
        s.handles = Handles::error;
      } else if (take("group")) {
        s.handles = Handles::group;
      } else {
        s.handles = Handles::named;
        s.error = error();
      }
      s.handler = block();
    }
    s.has_finally = take("finally");
    if (s.has_finally) s.finally = block();
  }

  const std::string_view text_;
  std::size_t at_ = 0;
  Draft draft_;
  std::map<std::string, NameId, std::less<>> names_;
};

}  // namespace

std::string to_notation(const Program& program) {
  std::string out;
  for (const Resource& resource : program.resources()) {
    out += name_of(resource.kind);
    out += ' ';
    out += program.name(resource.name);
    if (resource.value != 0 || resource.kind <= ResourceKind::bounded_semaphore) out += ' ' + std::to_string(resource.value);
    out += '\n';
  }
  put_body(out, program, program.main(), 0);
  return out;
}

std::string headline(const Program& program, StatementId id) {
  std::string out;
  put_statement(out, program, program.statement(id), headline_only);
  return out;
}

Draft from_notation(std::string_view text) { return Reader(text).program(); }

}  // namespace lawful::spec
