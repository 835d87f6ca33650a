#include "conformance/report/json.hpp"

#include <fmt/format.h>

#include "spec/json.hpp"

namespace lawful::conformance {

namespace {

void write_key(std::string& out, std::string_view key, std::string_view text) {
  out += fmt::format("\"{}\":", key);
  spec::write_string(out, text);
}

void write_rule(std::string& out, const RuleReport& rule) {
  out += '{';
  write_key(out, "rule", rule.rule->name);
  out += ',';
  write_key(out, "chapter", rule.rule->chapter);
  out += ',';
  write_key(out, "verdict", name_of(rule.verdict));
  out += fmt::format(",\"programs\":{}", rule.programs);
  if (rule.blocked_by != nullptr) {
    out += ',';
    write_key(out, "blocked_by", rule.blocked_by->name);
  }
  if (!rule.reason.empty()) {
    out += ',';
    write_key(out, "known", rule.reason);
  }
  if (!rule.broken.empty()) {
    out += ',';
    write_key(out, "sentence", rule.rule->sentence);
    out += ',';
    write_key(out, "why", rule.broken);
  }
  if (rule.finding) {
    out += ',';
    write_key(out, "sentence", rule.rule->sentence);
    out += ',';
    write_key(out, "why", rule.misdeed == spec::Status::finished ? rule.finding->judgement.why() : rule.finding->run.message);
    out += fmt::format(",\"repeats\":{},\"events\":[{}],\"program\":", rule.finding->repeats,
                       fmt::join(rule.finding->judgement.events(), ","));
    spec::write(out, rule.finding->program);
    out += ",\"run\":";
    spec::write(out, rule.finding->program, rule.finding->run);
  }
  out += '}';
}

}  // namespace

std::string to_json(const std::vector<Report>& reports) {
  std::string out = "{\"lawful\":1,\"subjects\":[";
  for (std::size_t i = 0; i < reports.size(); ++i) {
    const Report& report = reports[i];
    if (i != 0) out += ',';
    out += '{';
    write_key(out, "subject", report.subject);
    out += fmt::format(",\"seed\":{},\"programs\":{},\"floor\":{},\"rules\":[", report.seed, report.programs, report.floor);
    for (std::size_t r = 0; r < report.rules.size(); ++r) {
      if (r != 0) out += ',';
      write_rule(out, report.rules[r]);
    }
    out += ']';
    if (!report.trouble.empty()) {
      out += ',';
      write_key(out, "trouble", report.trouble);
    }
    out += '}';
  }
  return out + "]}\n";
}

}  // namespace lawful::conformance
