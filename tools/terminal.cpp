#include "tools/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

namespace weir {

namespace {

/// A character of UTF-8 begins here; each is taken for one column.
bool begins(char x) {
  return (static_cast<unsigned char>(x) & 0xC0) != 0x80;
}

/// Where the character begins that so many come before; npos: there is none.
std::size_t place_of(std::string_view line, std::size_t column) {
  for (std::size_t i = 0; i < line.size(); ++i)
    if (begins(line[i]) && column-- == 0)
      return i;
  return std::string_view::npos;
}

} // namespace

std::size_t terminal_columns() {
  winsize size{};
  if (isatty(STDOUT_FILENO) == 0
      || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
    return 0;
  return size.ws_col;
}

std::string fitted(std::string_view text, std::size_t columns) {
  std::string result;
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    auto has_end = line.size() < text.size();
    auto is_long = columns > 0
                   && place_of(line, columns) != std::string_view::npos;
    if (is_long)
      result.append(line.substr(0, place_of(line, columns - 1))).append("…");
    else
      result += line;
    result += has_end ? "\n" : "";
    text.remove_prefix(line.size() + (has_end ? 1 : 0));
  }
  return result;
}

} // namespace weir
