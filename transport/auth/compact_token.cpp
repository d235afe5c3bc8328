#include "transport/auth/compact_token.hpp"

#include "config/base/base64.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace weir::auth {

namespace {

namespace json = boost::json;

/// Deeper headers are nobody's.
constexpr std::size_t max_header_depth = 8;

/// Nothing: it is there, and no string.
std::optional<std::string> text_in(const json::object& x,
                                   std::string_view name) {
  auto* value = x.if_contains(name);
  if (value == nullptr)
    return std::string{};
  auto* text = value->if_string();
  return text ? std::optional{std::string{*text}} : std::nullopt;
}

bool read_header(std::string_view text, compact_token& to) {
  boost::system::error_code e;
  json::parse_options limits;
  limits.max_depth = max_header_depth;
  auto parsed = json::parse(text, e, {}, limits);
  auto* header = e ? nullptr : parsed.if_object();
  if (header == nullptr || header->contains("crit"))
    return false;
  auto algorithm = text_in(*header, "alg");
  auto id = text_in(*header, "kid");
  if (!algorithm || !id)
    return false;
  to.algorithm = std::move(*algorithm);
  to.key_id = std::move(*id);
  return true;
}

} // namespace

std::optional<compact_token> parse_token(std::string_view text) {
  auto first = text.find('.');
  auto second = first == std::string_view::npos ? first
                                                : text.find('.', first + 1);
  if (second == std::string_view::npos
      || text.find('.', second + 1) != std::string_view::npos)
    return std::nullopt;
  auto header = from_base64url(text.substr(0, first));
  auto claims = from_base64url(text.substr(first + 1, second - first - 1));
  auto signature = from_base64url(text.substr(second + 1));
  compact_token result;
  if (!header || !claims || !signature || !read_header(*header, result))
    return std::nullopt;
  result.claims = std::move(*claims);
  result.signature = std::move(*signature);
  result.signed_part = text.substr(0, second);
  return result;
}

} // namespace weir::auth
