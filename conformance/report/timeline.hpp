#pragma once

#include <string>
#include <vector>

#include "spec/program.hpp"
#include "spec/rule.hpp"
#include "spec/run.hpp"

namespace lawful::conformance {

/// A run as it is drawn: a lane for each task (and callback) in the order in which they first did something, and a row for each
/// thing that was done, from top to bottom. A statement that begins and ends in one row waited for nothing.
struct Timeline {
  enum class Shape : std::uint8_t { start, begin, end, whole, finish, call };
  struct Row {
    spec::Tick t = 0;
    std::size_t lane = 0;
    Shape shape = Shape::whole;
    std::string label;
    std::size_t depth = 0;  ///< how many statements of its task are open around it
    bool marked = false;    ///< a violation shows here
    bool failed = false;    ///< it ended with an error
  };
  std::vector<std::string> lanes;
  std::vector<Row> rows;
  std::string ending;  ///< "finished at t=2"
};

/// `marked` are the events that show a violation.
[[nodiscard]] Timeline timeline_of(const spec::Program& program, const spec::Run& run, const std::vector<spec::Index>& marked);

/// As text, `width` columns wide where that is enough for its lanes; marked rows are pointed at, and between `begin_mark` and
/// `end_mark`.
[[nodiscard]] std::string timeline_text(const Timeline& timeline, std::size_t width, const std::string& begin_mark = {},
                                        const std::string& end_mark = {});
/// As an SVG element, whose colours come from the page's (or its own) style.
[[nodiscard]] std::string timeline_svg(const Timeline& timeline);

/// A text for HTML and XML.
[[nodiscard]] std::string escaped(std::string_view text);

}  // namespace lawful::conformance
