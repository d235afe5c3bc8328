#include "transport/http/client_address.hpp"

#include "transport/http/request_head.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/field.hpp>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace weir::http {

namespace {

using boost::asio::ip::address;

/// The elements of one header line; nothing: it does not follow the grammar.
using elements = std::optional<std::vector<std::string>>;
using read_line = elements (*)(std::string_view line);

// -- addresses ----------------------------------------------------------------

address_bytes bytes_of(const address& x) {
  auto v6 = x.is_v6()
              ? x.to_v6()
              : boost::asio::ip::make_address_v6(boost::asio::ip::v4_mapped,
                                                 x.to_v4());
  return v6.to_bytes();
}

/// `192.0.2.7`, `192.0.2.7:47011`, `2001:db8::7`, `[2001:db8::7]:47011`.
std::optional<address> parse_node(std::string_view text) {
  if (text.starts_with('['))
    text = text.substr(1, std::min(text.find(']'), text.size()) - 1);
  else if (std::count(text.begin(), text.end(), ':') == 1)
    text = text.substr(0, text.find(':'));
  boost::system::error_code e;
  auto x = boost::asio::ip::make_address(std::string{text}, e);
  if (e || text.find('%') != text.npos)
    return std::nullopt;
  return x;
}

// -- X-Forwarded-For ----------------------------------------------------------

elements read_list(std::string_view line) {
  std::vector<std::string> result;
  for (std::size_t begin = 0; begin <= line.size();) {
    auto end = std::min(line.find(',', begin), line.size());
    result.emplace_back(trimmed(line.substr(begin, end - begin)));
    begin = end + 1;
  }
  return result;
}

// -- Forwarded ----------------------------------------------------------------

/// Takes a token or a quoted string off; nothing: there is none.
std::optional<std::string> take_value(std::string_view& text) {
  std::string result;
  if (!text.starts_with('"')) {
    auto end = std::min(text.find_first_of(",; \t\""), text.size());
    result = text.substr(0, end);
    text.remove_prefix(end);
    return result.empty() ? std::nullopt : std::optional{result};
  }
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return result;
    }
    i += text[i] == '\\' && i + 1 < text.size() ? 1 : 0;
    result += text[i];
  }
  return std::nullopt; // its end is missing
}

/// Takes `name=value` off; `to` gets that of `for`.
bool take_pair(std::string_view& text, std::string& to) {
  auto equals = std::min(text.find('='), text.size());
  auto name = text.substr(0, equals);
  if (!is_token(name) || equals == text.size())
    return false;
  text.remove_prefix(equals + 1);
  auto value = take_value(text);
  if (value && boost::beast::iequals(name, "for"))
    to = std::move(*value);
  return value.has_value();
}

void skip_space(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
}

/// An element without `for` says nothing, and is "" here.
elements read_forwarded(std::string_view line) {
  std::vector<std::string> result(1);
  while (true) {
    skip_space(line);
    if (!take_pair(line, result.back()))
      return std::nullopt;
    skip_space(line);
    if (line.empty())
      return result;
    if (line[0] == ',')
      result.emplace_back();
    else if (line[0] != ';')
      return std::nullopt;
    line.remove_prefix(1);
  }
}

// -- the rightmost ------------------------------------------------------------

std::vector<std::string_view> lines_of(const boost::beast::http::fields& from,
                                       std::string_view name) {
  std::vector<std::string_view> result;
  auto [i, end] = from.equal_range(name);
  for (; i != end; ++i)
    result.emplace_back(i->value());
  return result;
}

/// From right to left as far as trusted proxies have written it. Nothing: what
/// one of them has written cannot be read.
std::optional<address> rightmost(const std::vector<std::string_view>& lines,
                                 read_line read, address last,
                                 const trusted_proxies& trusted) {
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    auto xs = read(*line);
    if (!xs)
      return std::nullopt;
    for (auto x = xs->rbegin(); x != xs->rend(); ++x) {
      auto from = parse_node(*x);
      if (!from)
        return std::nullopt;
      last = *from;
      if (!trusted.contains(last))
        return last;
    }
  }
  return last;
}

} // namespace

trusted_proxies::trusted_proxies(const std::vector<std::string>& networks) {
  for (auto& x : networks)
    networks_.push_back(parse_network(x).value());
}

bool trusted_proxies::contains(const address& x) const {
  return std::any_of(networks_.begin(), networks_.end(),
                     [bytes = bytes_of(x)](auto& y) {
                       return y.contains(bytes);
                     });
}

address client_address(const address& peer,
                       const boost::beast::http::fields& headers,
                       const trusted_proxies& trusted) {
  if (!trusted.contains(peer))
    return peer;
  std::optional<address> result;
  for (auto [name, read] :
       {std::pair<std::string_view, read_line>{"Forwarded", read_forwarded},
        {"X-Forwarded-For", read_list}}) {
    auto lines = lines_of(headers, name);
    if (lines.empty())
      continue;
    auto found = rightmost(lines, read, peer, trusted);
    if (!found || (result && bytes_of(*result) != bytes_of(*found)))
      return peer;
    result = found;
  }
  return result.value_or(peer);
}

} // namespace weir::http
