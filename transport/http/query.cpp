#include "transport/http/query.hpp"

#include <algorithm>
#include <charconv>

namespace weir::http {

target split_target(std::string_view x) {
  auto path = x.substr(0, x.find('?'));
  return {path, x.substr(std::min(x.size(), path.size() + 1))};
}

std::optional<std::string> percent_decoded(std::string_view x) {
  std::string text;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (x[i] != '%') {
      text += x[i];
      continue;
    }
    unsigned char byte = 0;
    auto digits = x.substr(i + 1, 2);
    auto res = std::from_chars(digits.data(), digits.data() + digits.size(),
                               byte, 16);
    if (digits.size() < 2 || res.ptr != digits.data() + 2)
      return std::nullopt;
    text += static_cast<char>(byte);
    i += 2;
  }
  return text;
}

std::optional<std::string> parameter(std::string_view query,
                                     std::string_view name) {
  while (!query.empty()) {
    auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    auto key = pair.substr(0, pair.find('='));
    if (key == name)
      return percent_decoded(
        pair.substr(std::min(pair.size(), key.size() + 1)));
  }
  return std::nullopt;
}

} // namespace weir::http
