#include "config/names.hpp"

#include "config/node.hpp"
#include "config/options/fixed_bounds.hpp"

#include <algorithm>
#include <array>

namespace weir {

bool is_reserved_event(std::string_view name) {
  static constexpr std::array<std::string_view, 6> reserved = {
    "connect",       "connect_error", "disconnect",
    "disconnecting", "newListener",   "removeListener",
  };
  return std::find(reserved.begin(), reserved.end(), name) != reserved.end();
}

bool is_weir_event(std::string_view name) {
  return name.starts_with("weir:");
}

} // namespace weir

namespace weir::config {

namespace {

constexpr std::size_t max_kafka_name = 249;
constexpr std::size_t min_secret = 16;

/// Bytes of a namespace's name that clients may ask for.
constexpr std::size_t max_nsp = 256;

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_kafka_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c)
         || c == '.' || c == '_' || c == '-';
}

bool is_kafka_name(std::string_view text) {
  return !text.empty() && text.size() <= max_kafka_name && text != "."
         && text != ".."
         && std::all_of(text.begin(), text.end(), is_kafka_character);
}

bool is_graphic(char c) {
  return c > 0x20 && c < 0x7f;
}

/// `0` or a number without leading zeros.
bool is_array_index(std::string_view text) {
  return !text.empty() && (text.size() == 1 || text[0] != '0')
         && std::all_of(text.begin(), text.end(), is_digit);
}

/// In a JSON pointer "~" only begins "~0" and "~1".
bool has_valid_escapes(std::string_view pointer) {
  for (auto i = pointer.find('~'); i != std::string_view::npos;
       i = pointer.find('~', i + 1))
    if (i + 1 == pointer.size()
        || (pointer[i + 1] != '0' && pointer[i + 1] != '1'))
      return false;
  return true;
}

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

std::string in_lower_case(std::string_view text) {
  std::string result{text};
  for (auto& c : result)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return result;
}

/// 1 to 65535, as it is written without zeros before it.
bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 && text[0] != '0'
         && std::all_of(text.begin(), text.end(), is_digit)
         && std::stoul(std::string{text}) <= 65'535;
}

bool is_scheme(std::string_view text) {
  return !text.empty() && is_lower(text[0])
         && std::all_of(text.begin(), text.end(), [](char c) {
              return is_lower(c) || is_digit(c) || c == '+' || c == '-'
                     || c == '.';
            });
}

/// A name or address, in lower case; an IPv6 address in brackets.
bool is_host(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']'))
    return text.size() > 4
           && text.find_first_not_of("0123456789abcdef:.[]")
                == std::string_view::npos;
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_lower(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
  });
}

/// `:80` or `:443`, which browsers leave out; empty: the scheme has none.
std::string_view usual_port(std::string_view scheme) {
  return scheme == "https" ? ":443" : scheme == "http" ? ":80" : "";
}

/// As browsers send it: `scheme://host[:port]` in lower case.
bool is_origin(std::string_view text) {
  auto i = text.find("://");
  if (i == std::string_view::npos)
    return false;
  auto scheme = text.substr(0, i);
  auto rest = text.substr(i + 3);
  auto end_of_host = rest.find(':', rest.starts_with('[') ? rest.find(']') : 0);
  auto host = rest.substr(0, end_of_host);
  auto port = rest.substr(host.size());
  return is_scheme(scheme) && is_host(host)
         && (port.empty()
             || (is_port(port.substr(1)) && port != usual_port(scheme)));
}

/// The origin that a text comes from which is none, as an address is.
std::string nearest_origin(std::string_view text) {
  auto result = in_lower_case(text);
  auto host = result.find("://");
  if (host == std::string::npos)
    return {};
  host += 3;
  result.erase(std::min(result.find_first_of("/?#", host), result.size()));
  if (auto user = result.find('@', host); user != std::string::npos)
    result.erase(host, user + 1 - host);
  auto port = usual_port(std::string_view{result}.substr(0, host - 3));
  if (!port.empty() && result.ends_with(port))
    result.erase(result.size() - port.size());
  return result;
}

constexpr auto kafka_name_rule = "use 1 to 249 letters, digits, \".\", \"_\" "
                                 "and \"-\"";

} // namespace

complaint anything(std::string_view) {
  return std::nullopt;
}

complaint check_event(std::string_view text) {
  if (text.empty())
    return "an event's name must not be empty";
  if (text.size() > max_event_name)
    return "an event's name has at most " + std::to_string(max_event_name)
           + " bytes";
  if (is_reserved_event(text))
    return in_quotes(text) + " is reserved by Socket.IO; choose another name";
  if (is_weir_event(text))
    return in_quotes(text)
           + " is reserved, as all names beginning with \"weir:\" are; choose "
             "another name";
  return std::nullopt;
}

complaint check_optional_event(std::string_view text) {
  return text.empty() ? std::nullopt : check_event(text);
}

complaint check_nsp(std::string_view text) {
  if (!text.starts_with('/'))
    return in_quotes(text) + " must begin with \"/\"; write "
           + in_quotes("/" + std::string{text});
  if (text.find_first_of(",?") != std::string_view::npos)
    return in_quotes(text)
           + " must hold neither \",\" nor \"?\": they end a namespace in a "
             "packet";
  if (text.size() > max_nsp)
    return in_quotes(text) + " is longer than " + std::to_string(max_nsp)
           + " bytes, which no client may ask for";
  if (std::any_of(text.begin(), text.end(), is_control))
    return in_quotes(text)
           + " has a control character, which no client may send";
  return std::nullopt;
}

complaint check_pointer(std::string_view text) {
  if (text.empty())
    return std::nullopt;
  auto pointer = text.substr(1);
  if (text[0] == '/' && is_array_index(pointer.substr(0, pointer.find('/')))
      && has_valid_escapes(pointer))
    return std::nullopt;
  return in_quotes(text)
         + " is not a JSON pointer into the arguments; \"/0/room\" is the "
           "member room of the first one, \"/1\" the second one";
}

complaint check_topic(std::string_view text) {
  if (is_kafka_name(text))
    return std::nullopt;
  return in_quotes(text) + " is not a topic's name; " + kafka_name_rule;
}

complaint check_optional_topic(std::string_view text) {
  return text.empty() ? std::nullopt : check_topic(text);
}

complaint check_identifier(std::string_view text) {
  if (is_kafka_name(text))
    return std::nullopt;
  return in_quotes(text) + " does not fit; " + kafka_name_rule;
}

complaint check_optional_identifier(std::string_view text) {
  return text.empty() ? std::nullopt : check_identifier(text);
}

complaint check_path(std::string_view text) {
  if (text.starts_with('/') && text.ends_with('/')
      && text.find_first_of("?#%") == std::string_view::npos
      && std::all_of(text.begin(), text.end(), is_graphic))
    return std::nullopt;
  return in_quotes(text)
         + " must begin and end with a slash, like \"/socket.io/\"";
}

complaint check_optional_path(std::string_view text) {
  return text.empty() ? std::nullopt : check_path(text);
}

complaint check_origin(std::string_view text) {
  if (text == "*" || is_origin(text))
    return std::nullopt;
  auto problem = in_quotes(text) + " is not an origin; write it like ";
  if (auto best = nearest_origin(text); is_origin(best))
    return problem + in_quotes(best);
  return problem + "\"https://app.example.org\", without a path";
}

complaint check_host_pattern(std::string_view text) {
  auto name = text.substr(text.starts_with("*.") ? 2 : 0);
  auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  };
  if (!name.empty() && name.front() != '.'
      && std::all_of(name.begin(), name.end(), fits))
    return std::nullopt;
  return in_quotes(text)
         + " is not a host's name; write it like \"chat.example.org\" or "
           "\"*.example.org\"";
}

complaint check_secret(std::string_view text) {
  if (text.empty() || text.size() >= min_secret)
    return std::nullopt;
  return "a secret has at least " + std::to_string(min_secret)
         + " characters; \"openssl rand -base64 24\" makes one";
}

bool is_url(std::string_view text) {
  return text.find("://") != std::string_view::npos;
}

complaint check_claim(std::string_view text) {
  if (text.starts_with('/') && has_valid_escapes(text))
    return std::nullopt;
  return in_quotes(text)
         + " is not a JSON pointer to a claim, such as \"/sub\"";
}

complaint check_token_place(std::string_view text) {
  auto names = [&](std::string_view prefix) {
    return text.starts_with(prefix) && text.size() > prefix.size()
           && std::all_of(text.begin(), text.end(), is_graphic)
           && text.find_first_of("=;,&") == std::string_view::npos;
  };
  constexpr std::string_view payload = "auth:";
  if (text == "header" || names("cookie:") || names("query:")
      || (text.starts_with(payload)
          && !check_claim(text.substr(payload.size()))))
    return std::nullopt;
  return in_quotes(text)
         + " is no place for a token; those are \"auth:/token\" (a JSON "
           "pointer into what clients connect with), \"header\", "
           "\"cookie:name\" and \"query:name\"";
}

complaint check_token(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), is_graphic))
    return std::nullopt;
  return "a token has only visible ASCII characters, without spaces";
}

} // namespace weir::config
