#include "conformance/report/timeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "spec/json.hpp"
#include "spec/notation.hpp"

namespace lawful::conformance {

using spec::Event;
using spec::Index;

namespace {

std::string outcome_text(const spec::Outcome& outcome) {
  if (const spec::Raised* raised = outcome.raised()) {
    const std::string text = spec::to_json(*raised);
    return " raises " + (text.front() == '"' ? text.substr(1, text.size() - 2) : text);
  }
  if (outcome.pending() || outcome.value().is_null()) return {};
  return " → " + spec::to_json(outcome.value());
}

bool is_tail(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

/// Columns a text takes: its code points.
std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return !is_tail(c); }));
}

std::string cut(const std::string& text, std::size_t most) {
  if (columns(text) <= most) return text;
  std::size_t at = 0;
  for (std::size_t seen = 0; at < text.size(); ++at) {
    if (!is_tail(text[at]) && ++seen == most) break;
  }
  return text.substr(0, at) + "…";
}

std::string padded(const std::string& text, std::size_t width) {
  const std::size_t taken = columns(text);
  return taken >= width ? text : text + std::string(width - taken, ' ');
}

}  // namespace

Timeline timeline_of(const spec::Program& program, const spec::Run& run, const std::vector<Index>& marked) {
  Timeline timeline;
  std::map<spec::NameId, std::size_t> lanes;
  std::vector<std::size_t> open;  // statements, by lane
  const auto points = [&](Index i) { return std::find(marked.begin(), marked.end(), i) != marked.end(); };
  for (Index i = 0; i < run.trace.size(); ++i) {
    const Event& event = run.trace[i];
    const auto [found, fresh] = lanes.emplace(event.task, timeline.lanes.size());
    if (fresh) {
      timeline.lanes.push_back(program.name(event.task));
      open.push_back(0);
    }
    Timeline::Row row;
    row.t = event.t;
    row.lane = found->second;
    row.marked = points(i);
    row.failed = event.outcome.raised() != nullptr;
    std::size_t& depth = open[row.lane];
    row.depth = depth;
    switch (event.kind) {
      case Event::Kind::start:
        row.shape = Timeline::Shape::start;
        row.label = "start";
        break;
      case Event::Kind::call:
        row.shape = Timeline::Shape::call;
        row.label = "called";
        break;
      case Event::Kind::finish:
        row.shape = Timeline::Shape::finish;
        row.label = "finish" + outcome_text(event.outcome);
        break;
      case Event::Kind::begin: {
        row.label = spec::headline(program, event.at);
        const Event* const next = i + 1 < run.trace.size() ? &run.trace[i + 1] : nullptr;
        if (next != nullptr && next->kind == Event::Kind::end && next->task == event.task && next->at == event.at &&
            next->t == event.t) {
          row.shape = Timeline::Shape::whole;
          // A return says its value twice.
          if (program.statement(event.at).op != spec::Op::return_ && program.statement(event.at).op != spec::Op::raise) {
            row.label += outcome_text(next->outcome);
          }
          row.failed = next->outcome.raised() != nullptr;
          ++i;
          row.marked = row.marked || points(i);
          break;
        }
        row.shape = Timeline::Shape::begin;
        ++depth;
        break;
      }
      case Event::Kind::end:
        row.shape = Timeline::Shape::end;
        if (depth > 0) --depth;
        row.depth = depth;
        row.label = std::string(spec::name_of(program.statement(event.at).op)) + outcome_text(event.outcome);
        break;
    }
    timeline.rows.push_back(std::move(row));
  }
  timeline.ending = run.judged() && run.status != spec::Status::hung
                        ? fmt::format("{} at t={}", spec::name_of(run.status), run.end)
                        : fmt::format("{}: {}", spec::name_of(run.status), run.message);
  return timeline;
}

std::string timeline_text(const Timeline& timeline, std::size_t width, const std::string& begin_mark, const std::string& end_mark) {
  constexpr std::size_t before = 12;  // the pointer and the time
  constexpr std::size_t narrowest = 14;
  const std::size_t lanes = timeline.lanes.size();
  const auto cell_text = [](const Timeline::Row& row) {
    std::string indent;
    for (std::size_t i = 0; i < row.depth; ++i) indent += "│ ";
    switch (row.shape) {
      case Timeline::Shape::begin:
        return indent + "┌ " + row.label;
      case Timeline::Shape::end:
        return indent + "└ " + row.label;
      default:
        return indent + row.label;
    }
  };
  std::vector<std::size_t> widths(lanes);
  for (std::size_t lane = 0; lane < lanes; ++lane) widths[lane] = columns(timeline.lanes[lane]);
  for (const Timeline::Row& row : timeline.rows) widths[row.lane] = std::max(widths[row.lane], columns(cell_text(row)));
  // The widest lanes give way first.
  const auto total = [&] {
    std::size_t sum = before;
    for (const std::size_t one : widths) sum += one + 2;
    return sum;
  };
  while (lanes != 0 && total() > width) {
    const auto widest = std::max_element(widths.begin(), widths.end());
    if (*widest <= narrowest) break;
    --*widest;
  }
  std::string text(before, ' ');
  for (std::size_t lane = 0; lane < lanes; ++lane) text += padded(cut(timeline.lanes[lane], widths[lane]), widths[lane] + 2);
  const auto end_line = [&] {
    while (text.ends_with(' ')) text.pop_back();
    text += '\n';
  };
  end_line();
  std::vector<std::size_t> open(lanes);
  std::vector<bool> alive(lanes);
  spec::Tick before_t = -1;
  for (const Timeline::Row& row : timeline.rows) {
    if (row.marked) text += begin_mark;
    text += row.marked ? "  > " : "    ";
    text += padded(row.t == before_t ? "" : fmt::format("t={}", row.t), before - 4);
    before_t = row.t;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      std::string cell;
      if (lane == row.lane) {
        cell = cell_text(row);
      } else if (open[lane] != 0) {
        for (std::size_t i = 0; i < open[lane]; ++i) cell += "│ ";
      } else if (alive[lane]) {
        cell = "·";
      }
      text += padded(cut(cell, widths[lane]), widths[lane] + 2);
    }
    while (text.ends_with(' ')) text.pop_back();
    if (row.marked) text += end_mark;
    end_line();
    if (row.shape == Timeline::Shape::begin) ++open[row.lane];
    if (row.shape == Timeline::Shape::end && open[row.lane] > 0) --open[row.lane];
    alive[row.lane] = row.shape != Timeline::Shape::finish && row.shape != Timeline::Shape::call;
  }
  return text + "    " + timeline.ending + '\n';
}

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '&':
        safe += "&amp;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      default:
        // What XML cannot hold at all is shown as what it is not.
        safe += static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? '?' : c;
    }
  }
  return safe;
}

std::string timeline_svg(const Timeline& timeline) {
  constexpr std::size_t left = 64;
  constexpr std::size_t top = 34;
  constexpr std::size_t row_height = 24;
  constexpr std::size_t letter = 7;
  constexpr std::size_t most_letters = 34;
  const std::size_t lanes = timeline.lanes.size();
  std::vector<std::size_t> widths(lanes, 90);
  for (std::size_t lane = 0; lane < lanes; ++lane)
    widths[lane] = std::max(widths[lane], 24 + letter * columns(timeline.lanes[lane]));
  for (const Timeline::Row& row : timeline.rows) {
    widths[row.lane] = std::max(widths[row.lane], 40 + row.depth * 8 + letter * std::min(most_letters, columns(row.label)));
  }
  std::vector<std::size_t> at(lanes);
  std::size_t width = left;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    at[lane] = width + 14;
    width += widths[lane];
  }
  width = std::max(width, left + letter * columns(timeline.ending)) + 10;
  const std::size_t height = top + timeline.rows.size() * row_height + 30;
  const auto y_of = [&](std::size_t row) { return top + row * row_height + row_height / 2; };

  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"timeline\" role=\"img\" aria-label=\"timeline\" width=\"{0}\" "
      "height=\"{1}\" "
      "viewBox=\"0 0 {0} {1}\">\n",
      width, height);
  spec::Tick before = -1;
  for (std::size_t i = 0; i < timeline.rows.size(); ++i) {
    const Timeline::Row& row = timeline.rows[i];
    if (row.marked) {
      svg += fmt::format("<rect class=\"marked\" x=\"0\" y=\"{}\" width=\"{}\" height=\"{}\"/>\n", y_of(i) - row_height / 2, width,
                         row_height);
    }
    if (row.t == before) continue;
    before = row.t;
    svg += fmt::format(
        "<line class=\"tick\" x1=\"0\" x2=\"{}\" y1=\"{}\" y2=\"{}\"/><text class=\"time\" x=\"6\" y=\"{}\">t={}</text>\n", width,
        y_of(i) - row_height / 2, y_of(i) - row_height / 2, y_of(i) + 4, row.t);
  }
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    svg += fmt::format("<text class=\"lane\" x=\"{}\" y=\"20\">{}</text>\n", at[lane], escaped(timeline.lanes[lane]));
    std::size_t first = timeline.rows.size();
    std::size_t last = 0;
    bool finished = false;
    std::vector<std::pair<std::size_t, std::size_t>> open;  // row and depth
    std::string bars;
    for (std::size_t i = 0; i < timeline.rows.size(); ++i) {
      const Timeline::Row& row = timeline.rows[i];
      if (row.lane != lane) continue;
      first = std::min(first, i);
      last = i;
      finished = finished || row.shape == Timeline::Shape::finish || row.shape == Timeline::Shape::call;
      if (row.shape == Timeline::Shape::begin) open.emplace_back(i, row.depth);
      if (row.shape == Timeline::Shape::end && !open.empty()) {
        bars +=
            fmt::format("<rect class=\"bar\" x=\"{}\" y=\"{}\" width=\"6\" height=\"{}\" rx=\"3\"/>\n",
                        at[lane] - 3 + open.back().second * 8, y_of(open.back().first) - 3, y_of(i) - y_of(open.back().first) + 6);
        open.pop_back();
      }
    }
    if (!finished) last = timeline.rows.size() - 1;
    for (const auto& [row, depth] : open) {  // it never ended
      bars += fmt::format("<rect class=\"bar open\" x=\"{}\" y=\"{}\" width=\"6\" height=\"{}\" rx=\"3\"/>\n",
                          at[lane] - 3 + depth * 8, y_of(row) - 3, y_of(last) - y_of(row) + 12);
    }
    if (first <= last) {
      svg += fmt::format("<line class=\"life\" x1=\"{0}\" x2=\"{0}\" y1=\"{1}\" y2=\"{2}\"/>\n", at[lane], y_of(first), y_of(last));
    }
    svg += bars;
  }
  for (std::size_t i = 0; i < timeline.rows.size(); ++i) {
    const Timeline::Row& row = timeline.rows[i];
    const std::size_t x = at[row.lane] + row.depth * 8;
    const char* const kind = row.marked ? "dot here" : row.failed ? "dot failed" : "dot";
    svg += fmt::format("<circle class=\"{}\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>", kind, x, y_of(i), row.marked ? 5 : 4);
    svg += fmt::format("<text class=\"label\" x=\"{}\" y=\"{}\"><title>{}</title>{}{}</text>\n", x + 11, y_of(i) + 4,
                       escaped(row.label), row.shape == Timeline::Shape::end ? "└ " : "", escaped(cut(row.label, most_letters)));
  }
  svg += fmt::format("<text class=\"ending\" x=\"6\" y=\"{}\">{}</text>\n</svg>\n", height - 10,
                     escaped(timeline.ending.substr(0, timeline.ending.find('\n'))));
  return svg;
}

}  // namespace lawful::conformance
