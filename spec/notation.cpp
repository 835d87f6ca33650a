#include "spec/notation.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <vector>

#include "spec/json.hpp"

namespace lawful::spec {

namespace {

// words

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
bool is_mark(char c) { return c == '{' || c == '}' || c == ';' || c == '[' || c == ']' || c == ',' || c == '='; }
bool is_mark(std::string_view word) { return word.size() == 1 && is_mark(word[0]); }
bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20U || c == 0x7f; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_number(std::string_view word) { return !word.empty() && (is_digit(word[0]) || word[0] == '-'); }
bool is_quoted(std::string_view word) { return !word.empty() && word[0] == '"'; }

/// Words that mean something to the reader, beside the names of ops and of kinds of resource.
constexpr std::array<std::string_view, 16> keywords{"task",
                                                    "in",
                                                    "group",
                                                    "for",
                                                    "nothing",
                                                    "except",
                                                    "finally",
                                                    "any",
                                                    "error",
                                                    "immediate",
                                                    "return_exceptions",
                                                    "FIRST_COMPLETED",
                                                    "FIRST_EXCEPTION",
                                                    "null",
                                                    "true",
                                                    "false"};

/// Whether the reader takes `name` for a name wherever one may stand, and a human too.
bool is_plain(std::string_view name) {
  if (name.empty() || is_number(name) || op_named(name) || resource_kind_named(name)) return false;
  if (std::find(keywords.begin(), keywords.end(), name) != keywords.end()) return false;
  return std::none_of(name.begin(), name.end(),
                      [](char c) { return is_space(c) || is_mark(c) || is_control(c) || c == '"' || c == '\\'; });
}

/// As the notation has it: in quotes, unless it is a plain word.
std::string quoted(const std::string& name) {
  if (is_plain(name)) return name;
  std::string out;
  write_string(out, name);
  return out;
}

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
  const auto named = [&](NameId name) { return quoted(program.name(name)); };
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
      word(named(operand.name));
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
      word(named(s.name));
      word("= task");
      if (s.group != no_name) word("in " + named(s.group));
      return block(s.body);
    case Op::task_group:
      word("group");
      word(named(s.group));
      return block(s.body);
    case Op::timeout:
      word(op);
      if (s.name != no_name) word(named(s.name));
      word(std::to_string(s.ticks));
      return block(s.body);
    case Op::with:
      word(op);
      word(named(s.name));
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
  if (s.name != no_name) word(named(s.name));
  if (s.callback != no_name) word(named(s.callback));
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
  explicit Reader(std::string_view text) : text_(text) {
    if (!simdjson::validate_utf8(text)) throw NotationError("this is no UTF-8");
  }

  Draft program() {
    for (; !at_end(); take(";")) {
      const auto kind = resource_kind_named(peek());
      // `future f` declares; no op is called like a kind of resource.
      if (!kind) break;
      next();
      draft_.resources.push_back(resource(*kind));
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

  std::string_view peek() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    std::size_t end = at_;
    if (end < text_.size() && is_mark(text_[end])) return text_.substr(at_, 1);
    if (end < text_.size() && text_[end] == '"') {
      for (++end; end < text_.size() && text_[end] != '"' && text_[end] != '\n'; ++end) end += text_[end] == '\\' ? 1 : 0;
      if (end >= text_.size() || text_[end] != '"') {
        throw NotationError("at character " + std::to_string(at_) + ": this text in quotes has no end on its line");
      }
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

  std::int64_t number(std::int64_t least, std::int64_t most, const std::string& what) {
    const std::string_view word = peek();
    std::int64_t read = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), read);
    if (error != std::errc() || end != word.data() + word.size() || read < least || read > most) {
      fail(what + ", a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    }
    next();
    return read;
  }

  void ticks(Statement& s) {
    s.ticks = number(0, max_tick, "ticks");
    s.has_ticks = true;
  }

  /// What stands in quotes, written as in JSON.
  std::string text(std::string_view word) {
    std::string read;
    for (std::size_t i = 1; i + 1 < word.size(); ++i) {
      if (is_control(word[i]) && word[i] != 0x7f) bad_text("control characters are written as \\n, \\t or \\u00XX");
      if (word[i] != '\\') {
        read += word[i];
        continue;
      }
      ++i;
      constexpr std::string_view letters = "\"\\/bfnrt";
      constexpr std::string_view meant = "\"\\/\b\f\n\r\t";
      const std::size_t letter = letters.find(word[i]);
      if (letter != std::string_view::npos) {
        read += meant[letter];
      } else if (word[i] == 'u') {
        std::uint32_t point = code_unit(word, i);
        if (point >= 0xD800 && point < 0xDC00) {
          if (word.substr(i + 1, 2) != "\\u") bad_text("half a surrogate pair");
          i += 2;
          const std::uint32_t low = code_unit(word, i);
          if (low < 0xDC00 || low > 0xDFFF) bad_text("half a surrogate pair");
          point = 0x10000U + ((point - 0xD800U) << 10U) + (low - 0xDC00U);
        } else if (point >= 0xDC00 && point <= 0xDFFF) {
          bad_text("half a surrogate pair");
        }
        put_character(read, point);
      } else {
        bad_text("the escape \\" + std::string(1, word[i]) + " is none");
      }
    }
    return read;
  }
  [[noreturn]] void bad_text(const std::string& what) const {
    throw NotationError("before character " + std::to_string(at_) + ": a text in quotes is written as in JSON: " + what);
  }
  /// The four digits after the u at `i`, which moves to the last of them.
  std::uint32_t code_unit(std::string_view word, std::size_t& i) const {
    const std::string_view digits = word.substr(i + 1, 4);
    std::uint32_t read = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), read, 16);
    if (error != std::errc() || digits.size() != 4 || end != digits.data() + 4) bad_text("\\u takes four hexadecimal digits");
    i += 4;
    return read;
  }
  static void put_character(std::string& out, std::uint32_t point) {
    const auto byte = [&](std::uint32_t bits) { out += static_cast<char>(static_cast<unsigned char>(bits)); };
    if (point < 0x80) {
      byte(point);
      return;
    }
    if (point < 0x800) {
      byte(0xC0U | (point >> 6U));
    } else {
      if (point < 0x10000) {
        byte(0xE0U | (point >> 12U));
      } else {
        byte(0xF0U | (point >> 18U));
        byte(0x80U | ((point >> 12U) & 0x3FU));
      }
      byte(0x80U | ((point >> 6U) & 0x3FU));
    }
    byte(0x80U | (point & 0x3FU));
  }

  NameId name(std::string_view word) {
    const std::string text = is_quoted(word) ? this->text(word) : std::string(word);
    const auto [found, fresh] = names_.try_emplace(text, static_cast<NameId>(draft_.names.size()));
    if (fresh) draft_.names.push_back(text);
    return found->second;
  }
  NameId name() {
    if (is_mark(peek())) fail("a name");
    return name(next());
  }

  Resource resource(ResourceKind kind) {
    Resource read;
    read.kind = kind;
    read.name = name();
    switch (kind) {
      case ResourceKind::semaphore:
      case ResourceKind::bounded_semaphore:
        read.value = number(0, INT64_MAX, "its permits");
        break;
      case ResourceKind::barrier:
        read.value = number(1, INT64_MAX, "its parties");
        break;
      case ResourceKind::queue:
        if (is_number(peek())) read.value = number(0, INT64_MAX, "its maximal size");
        break;
      case ResourceKind::lock:
      case ResourceKind::condition:
      case ResourceKind::event:
      case ResourceKind::future:
        break;
    }
    return read;
  }

  Value value() {
    if (take("[")) {
      const Deeper list_deeper(*this);
      List list;
      while (!take("]")) {
        list.push_back(value());
        take(",");
      }
      return Value(std::move(list));
    }
    if (is_number(peek())) return Value(number(INT64_MIN, INT64_MAX, "a value"));
    if (is_mark(peek())) fail("a value");
    const std::string_view word = next();
    if (word == "null") return Value();
    if (word == "true" || word == "false") return Value(word == "true");
    if (is_quoted(word)) return Value(text(word));
    return Value(std::string(word));
  }

  static bool is_application_error(std::string_view name) {
    return name.size() > 1 && name[0] == 'E' && std::all_of(name.begin() + 1, name.end(), is_digit);
  }
  /// The errors of a program, those of others too where it handles them.
  enum class May : std::uint8_t { set, raise, handle };
  Raised error(May may) {
    const std::string word(peek());
    Raised read = is_application_error(word) ? Raised::application(word) : Raised::named(word);
    if (read.kind() == Raised::Kind::unknown) fail("an error, as E1");
    if (may == May::set && read.kind() != Raised::Kind::application) fail("an error that can be set: E and digits");
    if (may == May::raise && read.kind() != Raised::Kind::application && !read.cancelled()) {
      fail("an error that can be raised: E and digits, or Cancelled");
    }
    next();
    return read;
  }

  /// A level of the program, as JSON counts them: what is read here can be written there, and read.
  class Deeper {
   public:
    explicit Deeper(Reader& reader) : reader_(reader) {
      if (++reader_.depth_ > JsonReader::max_depth) {
        throw NotationError("at character " + std::to_string(reader_.at_) + ": nested deeper than " +
                            std::to_string(JsonReader::max_depth) + " levels");
      }
    }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;
    ~Deeper() { --reader_.depth_; }

   private:
    Reader& reader_;
  };

  Body block() {
    want("{");
    Body body = statements();
    want("}");
    return body;
  }

  Body statements() {
    const Deeper deeper(*this);
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
    if (word.empty()) return false;
    const std::size_t here = at_;
    next();
    const bool assigns = peek() == "=";
    at_ = here;
    return assigns;
  }

  Operand operand() {
    Operand read;
    read.name = name();
    read.fresh = peek() == "{";
    if (read.fresh) {
      const Deeper deeper(*this);
      read.body = block();
    }
    return read;
  }

  /// Operands go to the end of the line, or to what can only be a statement.
  std::vector<Operand> operands() {
    std::vector<Operand> made;
    if (take("nothing")) return made;
    const Deeper deeper(*this);
    while (!at_end() && peek() != "}" && peek() != ";" && !begins_statement()) {
      made.push_back(operand());
      const std::size_t next_word = text_.find_first_not_of(" \t\r", at_);
      if (next_word != std::string_view::npos && text_[next_word] == '\n') break;
    }
    return made;
  }
  /// The one that wait_for and shield take.
  std::vector<Operand> one_operand() {
    if (at_end() || is_mark(peek()) || peek() == "nothing" || begins_statement()) fail("an operand");
    return {operand()};
  }

  Statement statement() {
    const Deeper deeper(*this);
    Statement s;
    if (is_mark(peek())) fail("a statement");
    const std::string_view word = next();
    const std::size_t begin = at_ - word.size();
    if (take("=")) {
      want("task");
      s.op = Op::create_task;
      s.name = name(word);
      if (take("in")) s.group = name();
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
        ticks(s);
        break;
      case Op::return_:
        s.value = value();
        break;
      case Op::raise:
        s.error = error(May::raise);
        break;
      case Op::uncancel:
        break;
      case Op::task_group:
        s.group = name();
        s.body = block();
        break;
      case Op::timeout:
        if (!is_number(peek())) s.name = name();
        ticks(s);
        s.body = block();
        break;
      case Op::with:
        s.name = name();
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
        ticks(s);
        s.of = one_operand();
        break;
      case Op::shield:
        s.of = one_operand();
        break;
      case Op::call_soon:
      case Op::cancel_callback:
        s.callback = name();
        break;
      case Op::call_later:
        s.callback = name();
        ticks(s);
        break;
      case Op::add_done_callback:
        s.name = name();
        s.callback = name();
        break;
      default:
        s.name = name();
        if (s.op == Op::reschedule) ticks(s);
        if (s.op == Op::set_result || s.op == Op::put || s.op == Op::put_nowait) s.value = value();
        if (s.op == Op::set_exception) s.error = error(May::set);
        if (s.op == Op::notify && is_number(peek())) s.n = number(0, INT64_MAX, "how many to notify");
        if (s.op == Op::shutdown) s.immediate = take("immediate");
    }
    return s;
  }

  void for_ticks(Statement& s) {
    if (!take("for")) return;
    ticks(s);
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
        s.error = error(May::handle);
      }
      s.handler = block();
    }
    s.has_finally = take("finally");
    if (s.has_finally) s.finally = block();
    if (s.handles == Handles::nothing && !s.has_finally) fail("\"except\" or \"finally\"");
  }

  const std::string_view text_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  Draft draft_;
  std::map<std::string, NameId, std::less<>> names_{{"main", main_task}};
};

}  // namespace

std::string to_notation(const Program& program) {
  std::string out;
  for (const Resource& resource : program.resources()) {
    out += name_of(resource.kind);
    out += ' ';
    out += quoted(program.name(resource.name));
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
