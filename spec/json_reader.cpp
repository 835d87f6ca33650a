#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_map>

#include "spec/json.hpp"
#include "spec/json_path.hpp"

namespace lawful::spec {

namespace {

namespace od = simdjson::ondemand;

enum Key : std::uint32_t {
  k_op,
  k_task,
  k_body,
  k_group,
  k_ticks,
  k_value,
  k_error,
  k_on,
  k_of,
  k_return_exceptions,
  k_return_when,
  k_timeout,
  k_n,
  k_except,
  k_handler,
  k_finally,
  k_immediate,
  k_callback,
  key_count
};
constexpr std::array<std::string_view, key_count> key_names{
    "op",          "task",    "body", "group",  "ticks",   "value",   "error",     "on",      "of", "return_exceptions",
    "return_when", "timeout", "n",    "except", "handler", "finally", "immediate", "callback"};

constexpr std::uint32_t bit(Key key) { return 1U << key; }

/// Which keys a statement must and may have beside "op".
struct Keys {
  std::uint32_t required = 0;
  std::uint32_t optional = 0;
};

Keys keys_of(Op op) {
  switch (op) {
    case Op::sleep:
      return {bit(k_ticks)};
    case Op::return_:
      return {bit(k_value)};
    case Op::raise:
      return {bit(k_error)};
    case Op::create_task:
      return {bit(k_task) | bit(k_body), bit(k_group)};
    case Op::await:
    case Op::cancel:
    case Op::cancelling:
    case Op::result:
    case Op::exception:
    case Op::done:
    case Op::cancelled:
      return {bit(k_task)};
    case Op::uncancel:
      return {};
    case Op::set_result:
    case Op::put:
    case Op::put_nowait:
      return {bit(k_on) | bit(k_value)};
    case Op::set_exception:
      return {bit(k_on) | bit(k_error)};
    case Op::gather:
      return {bit(k_of), bit(k_return_exceptions)};
    case Op::task_group:
      return {bit(k_group) | bit(k_body)};
    case Op::timeout:
      return {bit(k_ticks) | bit(k_body), bit(k_timeout)};
    case Op::reschedule:
      return {bit(k_timeout) | bit(k_ticks)};
    case Op::wait_for:
      return {bit(k_of) | bit(k_ticks)};
    case Op::shield:
      return {bit(k_of)};
    case Op::wait:
      return {bit(k_of), bit(k_return_when) | bit(k_ticks)};
    case Op::as_completed:
      return {bit(k_of), bit(k_ticks)};
    case Op::with:
      return {bit(k_on) | bit(k_body)};
    case Op::notify:
      return {bit(k_on), bit(k_n)};
    case Op::shutdown:
      return {bit(k_on), bit(k_immediate)};
    case Op::call_soon:
    case Op::cancel_callback:
      return {bit(k_callback)};
    case Op::call_later:
      return {bit(k_callback) | bit(k_ticks)};
    case Op::add_done_callback:
      return {bit(k_task) | bit(k_callback)};
    case Op::try_:
      return {bit(k_body), bit(k_except) | bit(k_handler) | bit(k_finally)};
    default:
      return {bit(k_on)};
  }
}

std::string list_of(std::uint32_t keys) {
  std::string text;
  for (std::uint32_t key = 0; key < key_count; ++key) {
    if ((keys & (1U << key)) == 0) continue;
    if (!text.empty()) text += ", ";
    text += '"';
    text += key_names[key];
    text += '"';
  }
  return text.empty() ? "none" : text;
}

bool is_application_error(std::string_view name) {
  return name.size() > 1 && name[0] == 'E' &&
         std::all_of(name.begin() + 1, name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

/// What is kept from document to document: memory, and nothing that was read.
struct JsonReader::Buffers {
  od::parser parser;
  std::vector<char> text = std::vector<char>(std::size_t{1} << 12);
};

namespace {

/// Reads one document, and lives no longer: what it knows of a document it cannot carry into the next one.
class Decoder {
 public:
  Decoder(od::parser& parser, std::vector<char>& buffer, std::string_view text, std::size_t line)
      : buffer_(buffer), size_(text.size()), line_(line) {
    if (buffer_.size() < size_ + simdjson::SIMDJSON_PADDING) buffer_.resize(size_ + simdjson::SIMDJSON_PADDING);
    if (size_ != 0) std::memcpy(buffer_.data(), text.data(), size_);
    std::memset(buffer_.data() + size_, 0, simdjson::SIMDJSON_PADDING);
    const auto error = parser.iterate(buffer_.data(), size_, buffer_.size()).get(document_);
    if (error == simdjson::EMPTY) fail(start(), "the line is empty, where a JSON document is expected");
    if (error != simdjson::SUCCESS) fail(start(), std::string("this is not JSON: ") + simdjson::error_message(error));
  }

  Program program() {
    Program read = program(object(document_, "a program, an object with \"main\""));
    finish();
    return read;
  }

  Record record() {
    // The run speaks of the program's names: it is read after it, wherever it stands.
    std::string id;
    std::optional<Program> read;
    std::optional<Run> seen;
    bool has_run = false;
    std::uint32_t keys = 0;
    od::object top = object(document_, "an object with \"program\" and \"run\"");
    for (auto field_or_error : top) {
      od::field field = check(field_or_error);
      const char* const at = field_at(field);
      const std::string_view key = name_of_key(field);
      once(keys, key == "id" ? 1 : key == "program" ? 2 : key == "run" ? 4 : 0, key, at, "\"id\", \"program\" and \"run\"");
      if (key == "id") {
        od::value value = field.value();
        id = text_or_number(value);
      } else if (key == "program") {
        read.emplace(program(object(field.value(), "a program, an object with \"main\"")));
      } else if (read) {
        seen.emplace(run(object(field.value(), "a run"), *read));
      } else {
        has_run = true;
      }
    }
    if (!read) fail(start(), "\"program\" is missing");
    if (has_run) {
      document_.rewind();
      for (auto field_or_error : object(document_, "an object")) {
        od::field field = check(field_or_error);
        if (name_of_key(field) == "run") seen.emplace(run(object(field.value(), "a run"), *read));
      }
    }
    if (!seen) fail(start(), "\"run\" is missing");
    finish();
    return Record{std::move(id), *read, std::move(*seen)};
  }

  Run run(const Program& program) {
    Run read = run(object(document_, "a run"), program);
    finish();
    return read;
  }

 private:
  struct Name {
    enum class Is : std::uint8_t { unknown, task, resource, group, timeout, callback };
    Is is = Is::unknown;
    std::uint32_t resource = 0;
  };
  /// A use of a name, checked when all definitions are known.
  struct Use {
    NameId name;
    enum class As : std::uint8_t { task_or_future, task, resource, group, timeout, callback } as;
    Op op;
    const char* at;
  };

  [[noreturn]] void fail(const char* at, const std::string& message) const {
    const std::string_view text(buffer_.data(), size_);
    const auto offset =
        static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(at - buffer_.data(), 0, static_cast<std::ptrdiff_t>(size_)));
    throw JsonError(position(text, offset, line_) + ": " + message);
  }

  [[nodiscard]] const char* start() const { return buffer_.data(); }

  /// Where the reader stands, if it knows.
  [[nodiscard]] const char* here() {
    const char* at = nullptr;
    if (document_.current_location().get(at) != simdjson::SUCCESS) return buffer_.data() + size_;
    return at;
  }

  template <class T>
  T check(simdjson::simdjson_result<T> result) {
    T value;
    const simdjson::error_code error = std::move(result).get(value);
    if (error != simdjson::SUCCESS) fail_json(error);
    return value;
  }

  [[noreturn]] void fail_json(simdjson::error_code error) {
    fail(here(), std::string("this is not JSON: ") + simdjson::error_message(error));
  }

  void finish() {
    const char* at = nullptr;
    if (document_.current_location().get(at) == simdjson::SUCCESS) fail(at, "the document is over here: one document a line");
  }

  const char* token_at(od::value& value) { return value.raw_json_token().data(); }

  [[noreturn]] void wrong_type(std::string_view token, const std::string& expected) {
    constexpr std::size_t shown = 40;
    const char* const at = token.data();
    while (!token.empty() && (token.back() == ' ' || token.back() == '\n' || token.back() == '\t' || token.back() == '\r')) {
      token.remove_suffix(1);
    }
    std::size_t cut = std::min(shown, token.size());
    while (cut < token.size() && (static_cast<unsigned char>(token[cut]) & 0xC0U) == 0x80U) --cut;  // no half characters
    std::string found(token.substr(0, cut));
    if (cut < token.size()) found += "…";
    if (found == "{") found = "an object";
    if (found == "[") found = "a list";
    fail(at, "expected " + expected + ", found " + found);
  }

  od::object object(od::document& document, const std::string& expected) {
    od::object read;
    const auto error = document.get_object().get(read);
    if (error == simdjson::INCORRECT_TYPE) fail(start(), "expected " + expected + ", found something else");
    if (error == simdjson::INCOMPLETE_ARRAY_OR_OBJECT) {
      fail(start(), "this is not JSON: the document begins with { and does not end with }; one document a line");
    }
    if (error != simdjson::SUCCESS) fail_json(error);
    return read;
  }
  od::object object(od::value value, const std::string& expected) {
    const std::string_view token = value.raw_json_token();
    od::object read;
    const auto error = value.get_object().get(read);
    if (error == simdjson::INCORRECT_TYPE) wrong_type(token, expected);
    if (error != simdjson::SUCCESS) fail_json(error);
    return read;
  }
  od::array array(od::value value, const char* expected) {
    const std::string_view token = value.raw_json_token();
    od::array read;
    const auto error = value.get_array().get(read);
    if (error == simdjson::INCORRECT_TYPE) wrong_type(token, expected);
    if (error != simdjson::SUCCESS) fail_json(error);
    return read;
  }
  std::string_view string(od::value value, const char* expected) {
    const std::string_view token = value.raw_json_token();
    std::string_view read;
    const auto error = value.get_string().get(read);
    if (error == simdjson::INCORRECT_TYPE) wrong_type(token, expected);
    if (error == simdjson::STRING_ERROR) fail(token.data(), "this string has an escape that is none, or half a surrogate pair");
    if (error != simdjson::SUCCESS) fail_json(error);
    return read;
  }
  bool boolean(od::value value, const char* expected) {
    const std::string_view token = value.raw_json_token();
    bool read = false;
    if (value.get_bool().get(read) != simdjson::SUCCESS) wrong_type(token, expected);
    return read;
  }
  std::int64_t integer(od::value value, std::int64_t least, std::int64_t most, const char* what) {
    const std::string_view token = value.raw_json_token();
    std::int64_t read = 0;
    if (value.get_int64().get(read) != simdjson::SUCCESS || read < least || read > most) {
      wrong_type(token, std::string(what) + " a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    }
    return read;
  }
  std::string text_or_number(od::value& value) {
    std::string_view token = value.raw_json_token();
    if (token.starts_with('"')) return std::string(string(value, "an id"));
    return std::to_string(integer(value, INT64_MIN, INT64_MAX, "an id: a text, or"));
  }

  const char* field_at(od::field& field) { return field.key().raw() - 1; }

  std::string_view name_of_key(od::field& field) {
    const char* const at = field_at(field);
    std::string_view key;
    if (field.unescaped_key().get(key) != simdjson::SUCCESS)
      fail(at, "this key has an escape that is none, or half a surrogate pair");
    return key;
  }

  void once(std::uint32_t& seen, std::uint32_t key_bit, std::string_view key, const char* at, const char* allowed) {
    if (key_bit == 0) fail(at, "unknown key \"" + std::string(key) + "\": the keys here are " + allowed);
    if ((seen & key_bit) != 0) fail(at, "the key \"" + std::string(key) + "\" stands here twice");
    seen |= key_bit;
  }

  class Deeper {
   public:
    Deeper(Decoder& decoder, const char* at) : decoder_(decoder) {
      if (++decoder_.depth_ > JsonReader::max_depth)
        decoder_.fail(at, "nested deeper than " + std::to_string(JsonReader::max_depth) + " levels");
    }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;
    ~Deeper() { --decoder_.depth_; }

   private:
    Decoder& decoder_;
  };

  // names

  NameId name(std::string_view text) {
    const auto [found, fresh] = names_.try_emplace(std::string(text), static_cast<NameId>(draft_.names.size()));
    if (fresh) {
      draft_.names.emplace_back(text);
      known_.emplace_back();
    }
    return found->second;
  }

  NameId define(std::string_view text, Name::Is is, const char* at) {
    const NameId id = name(text);
    if (id == main_task) fail(at, "the name \"main\" is taken by the main task");
    if (known_[id].is != Name::Is::unknown) {
      fail(at, "the name \"" + std::string(text) +
                   "\" is used twice: tasks, resources, groups, timeouts and callbacks share one space of names");
    }
    known_[id].is = is;
    return id;
  }

  NameId use(std::string_view text, Use::As as, Op op, const char* at) {
    const NameId id = name(text);
    uses_.push_back(Use{id, as, op, at});
    return id;
  }

  void check_uses() {
    for (const Use& use : uses_) {
      const Name& known = known_[use.name];
      const std::string quoted = '"' + draft_.names[use.name] + '"';
      const ResourceKind kind = known.is == Name::Is::resource ? draft_.resources[known.resource].kind : ResourceKind::future;
      if (use.as == Use::As::resource) {
        if (known.is != Name::Is::resource) fail(use.at, "there is no resource " + quoted + ": \"on\" names one of \"resources\"");
        if (!fits(use.op, kind)) {
          fail(use.at,
               '"' + std::string(name_of(use.op)) + "\" does not fit " + quoted + ", which is a " + std::string(name_of(kind)));
        }
      } else if (known.is == Name::Is::resource && !(use.as == Use::As::task_or_future && kind == ResourceKind::future)) {
        const char* const expected = use.as == Use::As::group      ? "a task group"
                                     : use.as == Use::As::timeout  ? "a timeout"
                                     : use.as == Use::As::task     ? "a task"
                                     : use.as == Use::As::callback ? "a callback"
                                                                   : "a task or a future";
        fail(use.at, quoted + " is a " + std::string(name_of(kind)) + ", where the name of " + expected + " is expected");
      }
    }
  }

  // programs

  Program program(od::object top) {
    bool has_main = false;
    std::uint32_t keys = 0;
    const char* at = start();
    for (auto field_or_error : top) {
      od::field field = check(field_or_error);
      at = field_at(field);
      const std::string_view key = name_of_key(field);
      once(keys, key == "resources" ? 1 : key == "main" ? 2 : 0, key, at, "\"resources\" and \"main\"");
      if (key == "resources") {
        resources(object(field.value(), "an object, a resource for each name"));
      } else {
        has_main = true;
        draft_.main = body(field.value());
      }
    }
    if (!has_main) fail(at, "\"main\" is missing: a program is {\"resources\": {…}, \"main\": [statement, …]}");
    check_uses();
    return Program(std::move(draft_));
  }

  void resources(od::object all) {
    for (auto field_or_error : all) {
      od::field field = check(field_or_error);
      const char* const at = field_at(field);
      const NameId id = define(name_of_key(field), Name::Is::resource, at);
      known_[id].resource = static_cast<std::uint32_t>(draft_.resources.size());
      Resource resource;
      resource.name = id;
      std::optional<std::int64_t> value;
      const char* value_at = at;
      std::optional<ResourceKind> kind;
      std::uint32_t keys = 0;
      for (auto inner_or_error : object(field.value(), "a resource: an object with \"kind\"")) {
        od::field inner = check(inner_or_error);
        const char* const inner_at = field_at(inner);
        const std::string_view key = name_of_key(inner);
        once(keys, key == "kind" ? 1 : key == "value" ? 2 : 0, key, inner_at, "\"kind\" and \"value\"");
        if (key == "kind") {
          od::value text = inner.value();
          const char* const text_at = token_at(text);
          const std::string_view name = string(text, "the kind of a resource");
          kind = resource_kind_named(name);
          if (!kind) {
            fail(text_at, "unknown kind of resource \"" + std::string(name) +
                              "\": the kinds are semaphore, bounded_semaphore, lock, condition, event, barrier, queue and future");
          }
        } else {
          od::value number = inner.value();
          value_at = token_at(number);
          value = integer(number, 0, INT64_MAX, "permits, parties or a maximal size,");
        }
      }
      if (!kind) fail(at, "this resource has no \"kind\"");
      resource.kind = *kind;
      const std::string name(name_of(*kind));
      switch (*kind) {
        case ResourceKind::semaphore:
        case ResourceKind::bounded_semaphore:
          if (!value) fail(at, "a " + name + " needs its number of permits: \"value\"");
          break;
        case ResourceKind::barrier:
          if (!value || *value < 1) fail(value ? value_at : at, "a barrier needs its number of parties, 1 at least: \"value\"");
          break;
        case ResourceKind::queue:
          break;
        default:
          if (value) fail(value_at, "a " + name + " has no \"value\"");
      }
      resource.value = value.value_or(0);
      draft_.resources.push_back(resource);
    }
  }

  Body body(od::value value) {
    const Deeper deeper(*this, token_at(value));
    Body read;
    for (auto statement_or_error : array(value, "a body: a list of statements")) {
      od::value element = check(statement_or_error);
      read.push_back(statement(element));
    }
    return read;
  }

  Operand operand(od::value value) {
    const char* const at = token_at(value);
    Operand read;
    if (*at == '"') {
      read.name = use(string(value, "the name of a task"), Use::As::task_or_future, Op::await, at);
      return read;
    }
    const Deeper deeper(*this, at);
    read.fresh = true;
    std::uint32_t keys = 0;
    for (auto field_or_error : object(value, "an operand: the name of a task or future, or {\"task\": NAME, \"body\": BODY}")) {
      od::field field = check(field_or_error);
      const char* const key_at = field_at(field);
      const std::string_view key = name_of_key(field);
      once(keys, key == "task" ? 1 : key == "body" ? 2 : 0, key, key_at, "\"task\" and \"body\"");
      od::value inner = field.value();
      const char* const inner_at = token_at(inner);
      if (key == "task") {
        read.name = define(string(inner, "a name for the new task"), Name::Is::task, inner_at);
      } else {
        read.body = body(inner);
      }
    }
    if (keys != 3) fail(at, "a new task as operand needs \"task\" and \"body\"");
    return read;
  }

  /// Where a value stands: among those of a run there are exceptions too.
  enum class Of : std::uint8_t { program, run };

  Value value(od::value value, Of of) {
    const std::string_view token = value.raw_json_token();
    switch (token.empty() ? '\0' : token[0]) {
      case '"':
        return Value(std::string(string(value, "a text")));
      case 't':
      case 'f':
        return Value(boolean(value, "true or false"));
      case 'n': {
        bool null = false;
        if (value.is_null().get(null) != simdjson::SUCCESS || !null) wrong_type(token, "null");
        return Value();
      }
      case '[': {
        const Deeper deeper(*this, token.data());
        List list;
        for (auto element_or_error : array(value, "a list")) list.push_back(this->value(check(element_or_error), of));
        return Value(std::move(list));
      }
      case '{': {
        if (of == Of::program)
          wrong_type(token, "a value: null, true, false, a whole number of 64 bits, a text or a list of values");
        return raised_among_values(value);
      }
      default:
        return Value(integer(value, INT64_MIN, INT64_MAX, "a value: null, true, false, a text, a list of values, or"));
    }
  }

  Raised application_error(od::value value, bool or_cancelled) {
    const char* const at = token_at(value);
    const std::string_view name = string(value, "the name of an error");
    if (is_application_error(name)) return Raised::application(std::string(name));
    if (or_cancelled && name == "Cancelled") return Raised(Raised::Kind::cancelled);
    fail(at, '"' + std::string(name) + "\" is no application error: they are named E and digits, as \"E1\"" +
                 (or_cancelled ? ", and \"Cancelled\" may be raised too" : ""));
  }

  Statement statement(od::value value) {
    const char* const at = token_at(value);
    const Deeper deeper(*this, at);
    Statement s;
    std::uint32_t keys = 0;
    std::array<const char*, key_count> key_at{};
    std::array<const char*, key_count> value_at{};
    std::string_view op_text, task, group, on, timeout, except, return_when, callback;
    bool of_is_list = false;
    std::optional<Op> op;
    for (auto field_or_error : object(value, "a statement: an object with \"op\"")) {
      od::field field = check(field_or_error);
      const char* const here_at = field_at(field);
      const std::string_view text = name_of_key(field);
      const auto found = std::find(key_names.begin(), key_names.end(), text);
      if (found == key_names.end()) fail(here_at, "unknown key \"" + std::string(text) + "\" in a statement");
      const auto key = static_cast<Key>(found - key_names.begin());
      if ((keys & bit(key)) != 0) fail(here_at, "the key \"" + std::string(text) + "\" stands here twice");
      keys |= bit(key);
      key_at[key] = here_at;
      od::value inner = field.value();
      value_at[key] = token_at(inner);
      switch (key) {
        case k_op:
          op_text = string(inner, "the name of an op");
          op = op_named(op_text);
          if (!op) fail(value_at[key], "unknown op \"" + std::string(op_text) + '"');
          break;
        case k_task:
          task = string(inner, "the name of a task");
          break;
        case k_body:
          s.body = body(inner);
          break;
        case k_group:
          group = string(inner, "the name of a task group");
          break;
        case k_ticks:
          s.ticks = integer(inner, 0, max_tick, "ticks,");
          s.has_ticks = true;
          break;
        case k_value:
          s.value = this->value(inner, Of::program);
          break;
        case k_error:
          // Which errors are allowed depends on the op, which may come later; both ops take one by name.
          s.error = application_error(inner, true);
          break;
        case k_on:
          on = string(inner, "the name of a resource");
          break;
        case k_of:
          of_is_list = *value_at[key] == '[';
          if (of_is_list) {
            const Deeper list(*this, value_at[key]);
            for (auto element_or_error : array(inner, "a list of operands")) s.of.push_back(operand(check(element_or_error)));
          } else {
            s.of.push_back(operand(inner));
          }
          break;
        case k_return_exceptions:
          s.return_exceptions = boolean(inner, "true or false");
          break;
        case k_return_when:
          return_when = string(inner, "FIRST_COMPLETED, FIRST_EXCEPTION or ALL_COMPLETED");
          break;
        case k_timeout:
          timeout = string(inner, "the name of a timeout");
          break;
        case k_n:
          s.n = integer(inner, 0, INT64_MAX, "how many to notify,");
          break;
        case k_except:
          except = string(inner, "what to handle: \"any\", \"error\", \"group\" or the name of one error");
          break;
        case k_handler:
          s.handler = body(inner);
          break;
        case k_finally:
          s.finally = body(inner);
          s.has_finally = true;
          break;
        case k_immediate:
          s.immediate = boolean(inner, "true or false");
          break;
        default:
          callback = string(inner, "the name of a callback");
      }
    }
    if (!op) fail(at, "this statement has no \"op\"");
    s.op = *op;
    const Keys allowed = keys_of(s.op);
    const std::uint32_t given = keys & ~bit(k_op);
    const std::uint32_t strange = given & ~(allowed.required | allowed.optional);
    const std::uint32_t missing = allowed.required & ~given;
    for (std::uint32_t key = 0; key < key_count; ++key) {
      if ((strange & (1U << key)) != 0) {
        fail(key_at[key], "the op \"" + std::string(op_text) + "\" has no key \"" + std::string(key_names[key]) +
                              "\"; its keys are " + list_of(allowed.required | allowed.optional));
      }
    }
    if (missing != 0) fail(at, "the op \"" + std::string(op_text) + "\" lacks " + list_of(missing));

    switch (s.op) {
      case Op::create_task:
        s.name = define(task, Name::Is::task, value_at[k_task]);
        if ((keys & bit(k_group)) != 0) s.group = use(group, Use::As::group, s.op, value_at[k_group]);
        break;
      case Op::task_group:
        s.group = define(group, Name::Is::group, value_at[k_group]);
        break;
      case Op::timeout:
        if ((keys & bit(k_timeout)) != 0) s.name = define(timeout, Name::Is::timeout, value_at[k_timeout]);
        break;
      case Op::reschedule:
        s.name = use(timeout, Use::As::timeout, s.op, value_at[k_timeout]);
        break;
      case Op::gather:
      case Op::wait:
      case Op::as_completed:
        if (!of_is_list) fail(value_at[k_of], "the op \"" + std::string(op_text) + "\" takes a list of operands");
        break;
      case Op::wait_for:
      case Op::shield:
        if (of_is_list) fail(value_at[k_of], "the op \"" + std::string(op_text) + "\" takes one operand, not a list");
        break;
      case Op::set_exception:
        if (s.error->cancelled()) {
          fail(value_at[k_error],
               "\"Cancelled\" cannot be set: a future is cancelled by \"cancel\"; errors to set are E and digits");
        }
        break;
      case Op::try_:
        handles(s, keys, except, at, value_at[k_except]);
        break;
      default:
        break;
    }
    if ((keys & bit(k_callback)) != 0) {
      s.callback = s.op == Op::cancel_callback ? use(callback, Use::As::callback, s.op, value_at[k_callback])
                                               : define(callback, Name::Is::callback, value_at[k_callback]);
    }
    if ((keys & bit(k_on)) != 0) s.name = use(on, Use::As::resource, s.op, value_at[k_on]);
    if ((keys & bit(k_task)) != 0 && s.op != Op::create_task) {
      s.name = use(task, s.op == Op::cancelling ? Use::As::task : Use::As::task_or_future, s.op, value_at[k_task]);
    }
    if ((keys & bit(k_return_when)) != 0) {
      if (return_when == "FIRST_COMPLETED") {
        s.return_when = ReturnWhen::first_completed;
      } else if (return_when == "FIRST_EXCEPTION") {
        s.return_when = ReturnWhen::first_exception;
      } else if (return_when != "ALL_COMPLETED") {
        fail(value_at[k_return_when], "\"return_when\" is FIRST_COMPLETED, FIRST_EXCEPTION or ALL_COMPLETED");
      }
    }
    return s;
  }

  void handles(Statement& s, std::uint32_t keys, std::string_view except, const char* at, const char* except_at) {
    const bool has_except = (keys & bit(k_except)) != 0;
    if (has_except != ((keys & bit(k_handler)) != 0)) fail(at, "\"except\" and \"handler\" come together");
    if (!has_except) {
      if (!s.has_finally) fail(at, "a \"try\" needs \"except\" with \"handler\", or \"finally\"");
      return;
    }
    if (except == "any") {
      s.handles = Handles::any;
    } else if (except == "error") {
      s.handles = Handles::error;
    } else if (except == "group") {
      s.handles = Handles::group;
    } else {
      s.handles = Handles::named;
      s.error = is_application_error(except) ? Raised::application(std::string(except)) : Raised::named(except);
      if (s.error->kind() == Raised::Kind::unknown) {
        fail(except_at, "\"except\" is \"any\", \"error\", \"group\" or the name of one error, not \"" + std::string(except) + '"');
      }
    }
  }

  // runs

  Raised raised(od::value value) {
    const char* const at = token_at(value);
    if (*at == '"') {
      const std::string_view name = string(value, "an error");
      if (is_application_error(name)) return Raised::application(std::string(name));
      Raised named = Raised::named(name);
      if (named.kind() == Raised::Kind::unknown) fail(at, "unknown error \"" + std::string(name) + '"');
      return named;
    }
    const Deeper deeper(*this, at);
    std::size_t index = 0;
    std::vector<Raised> members;
    for (auto element_or_error : array(value, "an error: its name, or [\"group\", [error, …]]")) {
      od::value element = check(element_or_error);
      const char* const element_at = token_at(element);
      if (index == 0) {
        if (string(element, "\"group\"") != "group") fail(element_at, "a list of errors is [\"group\", [error, …]]");
      } else if (index == 1) {
        const Deeper list(*this, element_at);
        for (auto member_or_error : array(element, "the errors of the group")) members.push_back(raised(check(member_or_error)));
      }
      ++index;
    }
    if (index != 2) fail(at, "a list of errors is [\"group\", [error, …]]");
    return Raised::group(std::move(members));
  }

  Value raised_among_values(od::value value) {
    const char* const at = token_at(value);
    const Deeper deeper(*this, at);
    std::optional<Raised> read;
    for (auto field_or_error : object(value, "{\"raise\": ERROR}")) {
      od::field field = check(field_or_error);
      const char* const key_at = field_at(field);
      if (name_of_key(field) != "raise" || read) fail(key_at, "an exception among values is {\"raise\": ERROR}");
      read = raised(field.value());
    }
    if (!read) fail(at, "an exception among values is {\"raise\": ERROR}");
    return Value(std::move(*read));
  }

  NameId callback_named(std::string_view text, const Program& program, const char* at) {
    const auto id = program.find(text);
    if (!id || !program.is_callback(*id)) fail(at, "the program has no callback \"" + std::string(text) + '"');
    return *id;
  }

  NameId task_named(std::string_view text, const Program& program, const char* at) {
    const auto id = program.find(text);
    if (!id || !program.is_task(*id)) fail(at, "the program has no task \"" + std::string(text) + '"');
    return *id;
  }

  Run run(od::object top, const Program& program) {
    Run read;
    std::uint32_t keys = 0;
    const char* at = start();
    for (auto field_or_error : top) {
      od::field field = check(field_or_error);
      at = field_at(field);
      const std::string_view key = name_of_key(field);
      once(keys,
           key == "status"                   ? 1
           : key == "end"                    ? 2
           : key == "outcomes"               ? 4
           : key == "trace"                  ? 8
           : key == "op" || key == "message" ? 16
                                             : 0,
           key, at, "\"status\", \"end\", \"outcomes\" and \"trace\" (\"op\" if unsupported, \"message\" of an error)");
      od::value inner = field.value();
      if (key == "status") {
        const char* const status_at = token_at(inner);
        const std::string_view status = string(inner, "a status");
        const std::optional<Status> known = status_named(status);
        if (!known) {
          fail(status_at, "unknown status \"" + std::string(status) + "\": it is finished, deadlock, unsupported or error");
        }
        read.status = *known;
      } else if (key == "end") {
        read.end = integer(inner, 0, max_tick, "ticks,");
      } else if (key == "outcomes") {
        outcomes(inner, program, read);
      } else if (key == "trace") {
        for (auto event_or_error : array(inner, "a trace: a list of events"))
          read.trace.push_back(event(check(event_or_error), program));
      } else {
        read.message = std::string(string(inner, "a text"));
      }
    }
    if ((keys & 1) == 0) fail(at, "a run needs a \"status\"");
    if (read.judged() && read.status != Status::hung && (keys & 15) != 15)
      fail(at, "a run needs \"status\", \"end\", \"outcomes\" and \"trace\"");
    return read;
  }

  void outcomes(od::value value, const Program& program, Run& run) {
    for (auto field_or_error : object(value, "an object, an outcome for each task")) {
      od::field field = check(field_or_error);
      const char* const at = field_at(field);
      const NameId task = task_named(name_of_key(field), program, at);
      if (run.outcome(task) != nullptr) fail(at, "two outcomes of one task");
      od::value inner = field.value();
      const char* const inner_at = token_at(inner);
      if (*inner_at == '"') {
        if (string(inner, "an outcome") != "pending")
          fail(inner_at, "an outcome is {\"ok\": VALUE}, {\"raise\": ERROR} or \"pending\"");
        run.outcomes.emplace_back(task, Outcome());
        continue;
      }
      std::optional<Outcome> outcome;
      for (auto part_or_error : object(inner, "an outcome: {\"ok\": VALUE}, {\"raise\": ERROR} or \"pending\"")) {
        od::field part = check(part_or_error);
        const char* const part_at = field_at(part);
        const std::string_view key = name_of_key(part);
        if (outcome || (key != "ok" && key != "raise"))
          fail(part_at, "an outcome is {\"ok\": VALUE}, {\"raise\": ERROR} or \"pending\"");
        outcome = key == "ok" ? Outcome(this->value(part.value(), Of::run)) : Outcome(raised(part.value()));
      }
      if (!outcome) fail(inner_at, "an outcome is {\"ok\": VALUE}, {\"raise\": ERROR} or \"pending\"");
      run.outcomes.emplace_back(task, std::move(*outcome));
    }
    std::sort(run.outcomes.begin(), run.outcomes.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  }

  Event event(od::value value, const Program& program) {
    const char* const at = token_at(value);
    Event read;
    std::uint32_t keys = 0;
    std::string_view path;
    std::string_view who;
    const char* path_at = at;
    const char* who_at = at;
    for (auto field_or_error : object(value, "an event")) {
      od::field field = check(field_or_error);
      const char* const key_at = field_at(field);
      const std::string_view key = name_of_key(field);
      once(keys,
           key == "t"                      ? 1
           : key == "task"                 ? 2
           : key == "at"                   ? 4
           : key == "event"                ? 8
           : key == "ok" || key == "raise" ? 16
                                           : 0,
           key, key_at, "\"t\", \"task\", \"at\", \"event\" and \"ok\" or \"raise\"");
      od::value inner = field.value();
      const char* const inner_at = token_at(inner);
      if (key == "t") {
        read.t = integer(inner, 0, max_tick, "a tick,");
      } else if (key == "task") {
        who = string(inner, "the name of a task or callback");
        who_at = inner_at;
      } else if (key == "at") {
        path = string(inner, "the path of a statement");
        path_at = inner_at;
      } else if (key == "event") {
        const std::string_view kind = string(inner, "start, begin, end, finish or call");
        if (kind == "start") {
          read.kind = Event::Kind::start;
        } else if (kind == "begin") {
          read.kind = Event::Kind::begin;
        } else if (kind == "end") {
          read.kind = Event::Kind::end;
        } else if (kind == "finish") {
          read.kind = Event::Kind::finish;
        } else if (kind == "call") {
          read.kind = Event::Kind::call;
        } else {
          fail(inner_at, "unknown event \"" + std::string(kind) + "\": it is start, begin, end, finish or call");
        }
      } else if (key == "ok") {
        read.outcome = Outcome(this->value(inner, Of::run));
      } else {
        read.outcome = Outcome(raised(inner));
      }
    }
    if ((keys & 15) != 15) fail(at, "an event needs \"t\", \"task\", \"at\" and \"event\"");
    read.task = read.kind == Event::Kind::call ? callback_named(who, program, who_at) : task_named(who, program, who_at);
    const bool ends = read.kind == Event::Kind::end || read.kind == Event::Kind::finish;
    if (ends != ((keys & 16) != 0)) fail(at, "\"ok\" or \"raise\" belongs to end and finish, and to nothing else");
    const bool of_statement = read.kind == Event::Kind::begin || read.kind == Event::Kind::end;
    if (of_statement != !path.empty())
      fail(path_at, "\"at\" is \"\" for start, finish and call, and a statement's path for begin and end");
    if (of_statement) {
      read.at = program.at(read.task, path);
      if (read.at == no_statement)
        fail(path_at, "task \"" + program.name(read.task) + "\" has no statement \"" + std::string(path) + '"');
    }
    return read;
  }

  std::vector<char>& buffer_;
  const std::size_t size_;
  const std::size_t line_;
  od::document document_;
  std::size_t depth_ = 0;
  // Of the document's program.
  Draft draft_;
  std::unordered_map<std::string, NameId> names_{{"main", main_task}};
  std::vector<Name> known_{Name{Name::Is::task, 0}};
  std::vector<Use> uses_;
};

}  // namespace

JsonReader::JsonReader() : buffers_(std::make_unique<Buffers>()) {}
JsonReader::~JsonReader() = default;

Program JsonReader::program(std::string_view text, std::size_t line) {
  return Decoder(buffers_->parser, buffers_->text, text, line).program();
}
Record JsonReader::record(std::string_view text, std::size_t line) {
  return Decoder(buffers_->parser, buffers_->text, text, line).record();
}
Run JsonReader::run(std::string_view text, const Program& program, std::size_t line) {
  return Decoder(buffers_->parser, buffers_->text, text, line).run(program);
}

}  // namespace lawful::spec
