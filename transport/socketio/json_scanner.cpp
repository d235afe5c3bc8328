#include "transport/socketio/json_scanner.hpp"

#include <cstddef>

namespace weir::json {

namespace {

/// Length of the string literal at the front of `text`, quotes included.
std::size_t string_length(std::string_view text) {
  for (auto i = text.find('"', 1); i != text.npos; i = text.find('"', i + 1)) {
    // A quote behind an odd number of backslashes is part of the text.
    auto plain = text.find_last_not_of('\\', i - 1);
    if ((i - plain) % 2 == 1)
      return i + 1;
  }
  return text.size();
}

/// Length of the object or array at the front of `text`. Brackets match in
/// valid JSON, so counting them without their kind is enough.
std::size_t container_length(std::string_view text) {
  std::size_t open = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    switch (text[i]) {
      case '"':
        i += string_length(text.substr(i)) - 1;
        break;
      case '{':
      case '[':
        ++open;
        break;
      case '}':
      case ']':
        if (--open == 0)
          return i + 1;
        break;
      default:
        break;
    }
  }
  return text.size();
}

/// Length of the number, true, false or null at the front of `text`.
std::size_t word_length(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size() && text[i] > ' ' && text[i] != ',' && text[i] != ']'
         && text[i] != '}')
    ++i;
  return i;
}

std::size_t value_length(std::string_view text) {
  if (text.starts_with('"'))
    return string_length(text);
  if (text.starts_with('{') || text.starts_with('['))
    return container_length(text);
  return word_length(text);
}

} // namespace

void scanner::leave() {
  rest_.remove_prefix(1);
  skip_white_space();
  if (at(','))
    enter();
}

std::string_view scanner::next() {
  auto value = rest_.substr(0, value_length(rest_));
  rest_.remove_prefix(value.size());
  skip_white_space();
  if (at(',') || at(':'))
    enter();
  return value;
}

} // namespace weir::json
