#include "tools/argument_checks.hpp"

#include "config/base/utf8.hpp"
#include "tools/admin_question.hpp"
#include "transport/http/endpoint_url.hpp"
#include "transport/socketio/json_slice.hpp"

#include <charconv>
#include <system_error>

namespace weir {

std::string is_text(const std::string& x) {
  return is_utf8(x) ? "" : printable(x) + " is not UTF-8";
}

std::string is_a_text(const std::string& x) {
  return x.empty() ? "it is empty" : is_text(x);
}

std::string is_port_url(const std::string& x) {
  return http::endpoint_of(x)
           ? ""
           : printable(x)
               + " is no URL of a port: http:// or https://, a host, \":\" and "
                 "a port";
}

std::string is_json_object(const std::string& x) {
  return json::is_valid(x, json::max_depth) && json::trimmed(x).starts_with('{')
           ? ""
           : printable(x) + " is no JSON object";
}

std::function<std::string(const std::string&)> is_number(std::uint64_t least,
                                                         std::uint64_t most) {
  return [least, most](const std::string& text) -> std::string {
    std::uint64_t x = 0;
    std::from_chars(text.data(), text.data() + text.size(), x);
    if (std::to_string(x) == text && x >= least && x <= most)
      return {};
    return printable(text) + " is not a number from " + std::to_string(least)
           + " to " + std::to_string(most);
  };
}

std::string is_interval(const std::string& x) {
  double seconds = 0;
  auto* end = x.data() + x.size();
  auto [stop, error] = std::from_chars(x.data(), end, seconds);
  auto is_in_range = seconds >= 0.1 && seconds <= 3600; // not "nan" either
  return error == std::errc{} && stop == end && is_in_range
           ? ""
           : printable(x) + " is not a number of seconds from 0.1 to 3600";
}

} // namespace weir
