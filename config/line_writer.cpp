#include "config/line_writer.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace weir::log {

namespace {

/// A pipe that can be written to takes so much at once.
constexpr std::size_t most_at_once = PIPE_BUF;

/// Also where an error is to come: then writing does not wait either.
bool is_writable(int descriptor) {
  pollfd x{descriptor, POLLOUT, 0};
  return ::poll(&x, 1, 0) > 0;
}

} // namespace

bool line_writer::write(std::string_view line) {
  if (!write_rest())
    return false;
  rest_ = line;
  write_rest();
  return true;
}

/// The descriptor is shared with other processes: it must stay blocking. Where
/// writing fails, there is nowhere to report that to.
bool line_writer::write_rest() {
  std::string_view rest = rest_;
  while (!rest.empty() && is_writable(descriptor_)) {
    auto n = ::write(descriptor_, rest.data(),
                     std::min(rest.size(), most_at_once));
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
      break; // others who have it, too, were faster, or want it not to block
    rest.remove_prefix(n > 0 ? static_cast<std::size_t>(n) : rest.size());
  }
  rest_ = std::string{rest};
  return rest_.empty();
}

} // namespace weir::log
