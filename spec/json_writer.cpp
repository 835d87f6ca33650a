#include <array>
#include <charconv>
#include <ostream>

#include "spec/json.hpp"

namespace lawful::spec {

namespace {

void write_integer(std::string& out, std::int64_t number) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void write_body(std::string& out, const Program& program, const Body& body);

void write_key(std::string& out, std::string_view key) {
  out += ",\"";
  out += key;
  out += "\":";
}

void write_operand(std::string& out, const Program& program, const Operand& operand) {
  if (!operand.fresh) return write_string(out, program.name(operand.name));
  out += "{\"task\":";
  write_string(out, program.name(operand.name));
  write_key(out, "body");
  write_body(out, program, operand.body);
  out += '}';
}

void write_operands(std::string& out, const Program& program, const std::vector<Operand>& operands) {
  out += '[';
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (i != 0) out += ',';
    write_operand(out, program, operands[i]);
  }
  out += ']';
}

std::string_view name_of(ReturnWhen when) {
  switch (when) {
    case ReturnWhen::first_completed:
      return "\"FIRST_COMPLETED\"";
    case ReturnWhen::first_exception:
      return "\"FIRST_EXCEPTION\"";
    default:
      return "\"ALL_COMPLETED\"";
  }
}

void write_statement(std::string& out, const Program& program, const Statement& s) {
  out += "{\"op\":\"";
  out += name_of(s.op);
  out += '"';
  const auto name = [&](std::string_view key) {
    write_key(out, key);
    write_string(out, program.name(s.name));
  };
  const auto ticks = [&] {
    write_key(out, "ticks");
    write_integer(out, s.ticks);
  };
  const auto body = [&](std::string_view key, const Body& part) {
    write_key(out, key);
    write_body(out, program, part);
  };
  switch (s.op) {
    case Op::sleep:
      ticks();
      break;
    case Op::return_:
      write_key(out, "value");
      write(out, s.value);
      break;
    case Op::raise:
      write_key(out, "error");
      write(out, *s.error);
      break;
    case Op::create_task:
      name("task");
      if (s.group != no_name) {
        write_key(out, "group");
        write_string(out, program.name(s.group));
      }
      body("body", s.body);
      break;
    case Op::await:
    case Op::cancel:
    case Op::cancelling:
    case Op::result:
    case Op::exception:
    case Op::done:
    case Op::cancelled:
      name("task");
      break;
    case Op::uncancel:
      break;
    case Op::set_result:
    case Op::put:
    case Op::put_nowait:
      name("on");
      write_key(out, "value");
      write(out, s.value);
      break;
    case Op::set_exception:
      name("on");
      write_key(out, "error");
      write(out, *s.error);
      break;
    case Op::gather:
      write_key(out, "of");
      write_operands(out, program, s.of);
      if (s.return_exceptions) {
        write_key(out, "return_exceptions");
        out += "true";
      }
      break;
    case Op::task_group:
      write_key(out, "group");
      write_string(out, program.name(s.group));
      body("body", s.body);
      break;
    case Op::timeout:
      if (s.name != no_name) name("timeout");
      ticks();
      body("body", s.body);
      break;
    case Op::reschedule:
      name("timeout");
      ticks();
      break;
    case Op::wait_for:
      write_key(out, "of");
      write_operand(out, program, s.of.front());
      ticks();
      break;
    case Op::shield:
      write_key(out, "of");
      write_operand(out, program, s.of.front());
      break;
    case Op::wait:
      write_key(out, "of");
      write_operands(out, program, s.of);
      if (s.return_when != ReturnWhen::all_completed) {
        write_key(out, "return_when");
        out += name_of(s.return_when);
      }
      if (s.has_ticks) ticks();
      break;
    case Op::as_completed:
      write_key(out, "of");
      write_operands(out, program, s.of);
      if (s.has_ticks) ticks();
      break;
    case Op::with:
      name("on");
      body("body", s.body);
      break;
    case Op::notify:
      name("on");
      if (s.n != 1) {
        write_key(out, "n");
        write_integer(out, s.n);
      }
      break;
    case Op::shutdown:
      name("on");
      if (s.immediate) {
        write_key(out, "immediate");
        out += "true";
      }
      break;
    case Op::call_soon:
    case Op::call_later:
    case Op::cancel_callback:
    case Op::add_done_callback:
      if (s.op == Op::add_done_callback) name("task");
      write_key(out, "callback");
      write_string(out, program.name(s.callback));
      if (s.op == Op::call_later) ticks();
      break;
    case Op::try_:
      body("body", s.body);
      if (s.handles != Handles::nothing) {
        write_key(out, "except");
        if (s.handles == Handles::any) out += "\"any\"";
        if (s.handles == Handles::error) out += "\"error\"";
        if (s.handles == Handles::group) out += "\"group\"";
        if (s.handles == Handles::named) write(out, *s.error);
        body("handler", s.handler);
      }
      if (s.has_finally) body("finally", s.finally);
      break;
    default:
      name("on");
  }
  out += '}';
}

void write_body(std::string& out, const Program& program, const Body& body) {
  out += '[';
  for (std::size_t i = 0; i < body.size(); ++i) {
    if (i != 0) out += ',';
    write_statement(out, program, body[i]);
  }
  out += ']';
}

void write_outcome(std::string& out, const Outcome& outcome) {
  if (const Raised* raised = outcome.raised()) {
    out += "\"raise\":";
    write(out, *raised);
  } else {
    out += "\"ok\":";
    write(out, outcome.value());
  }
}

}  // namespace

void write_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t plain = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        out += "\\u00";
        out += "0123456789abcdef"[c >> 4];
        out += "0123456789abcdef"[c & 15];
    }
  }
  out.append(text, plain);
  out += '"';
}

void write(std::string& out, const Raised& raised) {
  if (raised.kind() != Raised::Kind::group) return write_string(out, raised.name());
  out += "[\"group\",[";
  for (std::size_t i = 0; i < raised.members().size(); ++i) {
    if (i != 0) out += ',';
    write(out, raised.members()[i]);
  }
  out += "]]";
}

void write(std::string& out, const Value& value) {
  if (value.is_null()) {
    out += "null";
  } else if (const bool* boolean = value.boolean()) {
    out += *boolean ? "true" : "false";
  } else if (const std::int64_t* integer = value.integer()) {
    write_integer(out, *integer);
  } else if (const std::string* string = value.string()) {
    write_string(out, *string);
  } else if (const List* list = value.list()) {
    out += '[';
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (i != 0) out += ',';
      write(out, (*list)[i]);
    }
    out += ']';
  } else {
    out += "{\"raise\":";
    write(out, *value.raised());
    out += '}';
  }
}

void write(std::string& out, const Program& program) {
  out += '{';
  if (!program.resources().empty()) {
    out += "\"resources\":{";
    for (std::size_t i = 0; i < program.resources().size(); ++i) {
      const Resource& resource = program.resources()[i];
      if (i != 0) out += ',';
      write_string(out, program.name(resource.name));
      out += ":{\"kind\":\"";
      out += name_of(resource.kind);
      out += '"';
      if (resource.kind == ResourceKind::semaphore || resource.kind == ResourceKind::bounded_semaphore ||
          resource.kind == ResourceKind::barrier || (resource.kind == ResourceKind::queue && resource.value != 0)) {
        out += ",\"value\":";
        write_integer(out, resource.value);
      }
      out += '}';
    }
    out += "},";
  }
  out += "\"main\":";
  write_body(out, program, program.main());
  out += '}';
}

void write(std::string& out, const Program& program, const Run& run) {
  out += "{\"status\":\"";
  out += name_of(run.status);
  out += '"';
  if (!run.message.empty() || !run.judged()) {
    write_key(out, run.status == Status::unsupported ? "op" : "message");
    write_string(out, run.message);
  }
  // Of a subject that misbehaved, what was seen until then, if anything.
  if (!run.judged() && run.trace.empty() && run.outcomes.empty() && run.end == 0) {
    out += '}';
    return;
  }
  write_key(out, "end");
  write_integer(out, run.end);
  out += ",\"outcomes\":{";
  for (std::size_t i = 0; i < run.outcomes.size(); ++i) {
    const auto& [task, outcome] = run.outcomes[i];
    if (i != 0) out += ',';
    write_string(out, program.name(task));
    if (outcome.pending()) {
      out += ":\"pending\"";
    } else {
      out += ":{";
      write_outcome(out, outcome);
      out += '}';
    }
  }
  out += "},\"trace\":[";
  for (std::size_t i = 0; i < run.trace.size(); ++i) {
    const Event& event = run.trace[i];
    out += i == 0 ? "{\"t\":" : ",{\"t\":";
    write_integer(out, event.t);
    out += ",\"task\":";
    write_string(out, program.name(event.task));
    out += ",\"at\":\"";
    if (event.at != no_statement) out += program.place(event.at).path;
    out += "\",\"event\":\"";
    out += name_of(event.kind);
    out += '"';
    if (event.kind == Event::Kind::end || event.kind == Event::Kind::finish) {
      out += ',';
      write_outcome(out, event.outcome);
    }
    out += '}';
  }
  out += "]}";
}

std::string to_json(const Program& program) {
  std::string out;
  write(out, program);
  return out;
}

std::string to_json(const Program& program, const Run& run) {
  std::string out;
  write(out, program, run);
  return out;
}

std::string to_json(const Value& value) {
  std::string out;
  write(out, value);
  return out;
}

std::string to_json(const Raised& raised) {
  std::string out;
  write(out, raised);
  return out;
}

std::ostream& operator<<(std::ostream& out, const Program& program) { return out << to_json(program); }

}  // namespace lawful::spec
