#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::log {

/// Writes lines to a descriptor that somebody else reads, or does not: what it
/// cannot write at once, up to a line, is kept for the next time, and lines
/// that come meanwhile are lost. So nobody waits who logs. Not thread-safe.
class line_writer {
public:
  explicit line_writer(int descriptor) : descriptor_(descriptor) {}

  /// False: the line is lost. Otherwise it is written, or will be, whole.
  bool write(std::string_view line);

private:
  bool write_rest();

  int descriptor_;
  std::string rest_; ///< of the last line
};

/// Lines that the node's log has lost since it began. Thread-safe.
std::uint64_t lines_lost();

} // namespace weir::log
