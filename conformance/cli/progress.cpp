#include "conformance/cli/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace lawful::conformance {

Progress::Progress(std::string what, std::string things, std::chrono::milliseconds quiet)
    : what_(std::move(what)), things_(std::move(things)), quiet_(quiet), terminal_(::isatty(STDERR_FILENO) != 0) {}

void Progress::tell(std::size_t done, std::size_t all) {
  const auto now = Clock::now();
  if (!terminal_ || all == 0 || now - begun_ < quiet_ || now - told_ < std::chrono::milliseconds(100)) return;
  told_ = now;
  constexpr std::size_t width = 24;
  const std::size_t full = width * done / all;
  std::string bar;
  for (std::size_t i = 0; i < width; ++i) bar += i < full ? "█" : "░";
  std::fprintf(stderr, "\r%s %s %zu of %zu %s\x1b[K", what_.c_str(), bar.c_str(), done, all, things_.c_str());
  std::fflush(stderr);
  shown_ = true;
}

void Progress::tell_rate(std::size_t done, std::size_t all) {
  const auto now = Clock::now();
  if (done != all && now - told_ < (terminal_ ? std::chrono::milliseconds(200) : std::chrono::milliseconds(10000))) return;
  told_ = now;
  const double seconds = std::chrono::duration<double>(now - begun_).count();
  std::fprintf(stderr, "%s%zu of %zu %s, %.0f a second%s", terminal_ ? "\r" : "", done, all, things_.c_str(),
               static_cast<double>(done) / std::max(seconds, 1e-3), terminal_ && done != all ? "" : "\n");
  std::fflush(stderr);
}

void Progress::clear() {
  if (shown_) std::fputs("\r\x1b[K", stderr);
  shown_ = false;
}

}  // namespace lawful::conformance
