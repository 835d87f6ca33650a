#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "conformance/cli/verbs.hpp"

namespace lawful::conformance {

Lines::Lines(const std::string& path)
    : path_(path == "-" ? "standard input" : path), file_(path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY)) {
  if (file_ < 0) throw std::runtime_error(path + ": " + std::strerror(errno));
}

Lines::~Lines() {
  if (file_ != STDIN_FILENO) ::close(file_);
}

bool Lines::more_at_hand() const noexcept { return buffer_.find('\n', at_) != std::string::npos; }

bool Lines::next(std::string_view& line) {
  std::size_t searched = at_;
  for (;;) {
    const std::size_t end = buffer_.find('\n', searched);
    if (end != std::string::npos) {
      line = std::string_view(buffer_).substr(at_, end - at_);
      at_ = end + 1;
      break;
    }
    if (over_) {
      if (at_ == buffer_.size()) return false;
      line = std::string_view(buffer_).substr(at_);  // the last line has no end
      at_ = buffer_.size();
      break;
    }
    buffer_.erase(0, at_);
    at_ = 0;
    searched = buffer_.size();
    constexpr std::size_t block = std::size_t{1} << 16;
    buffer_.resize(searched + std::max(block, searched));
    ssize_t got = 0;
    do {
      got = ::read(file_, buffer_.data() + searched, buffer_.size() - searched);
    } while (got < 0 && errno == EINTR);
    if (got < 0) throw std::runtime_error(path_ + ": " + std::strerror(errno));
    buffer_.resize(searched + static_cast<std::size_t>(got));
    over_ = got == 0;
  }
  if (line.ends_with('\r')) line.remove_suffix(1);
  ++number_;
  return true;
}

}  // namespace lawful::conformance
