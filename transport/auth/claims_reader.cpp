#include "transport/auth/claims_reader.hpp"

#include "config/options/fixed_bounds.hpp"
#include "config/options/units.hpp"

#include <boost/json/value.hpp>

#include <algorithm>
#include <cmath>

namespace weir::auth {

namespace {

namespace json = boost::json;

constexpr std::int64_t end_of_9999 = 253'402'300'799;

bool is_control(char c) {
  auto x = static_cast<unsigned char>(c);
  return x < 0x20 || x == 0x7f;
}

bool is_one_of(const json::value& x, const std::vector<std::string>& these) {
  auto* text = x.if_string();
  return text
         && std::any_of(these.begin(), these.end(), [&](const std::string& y) {
              return std::string_view{*text} == y;
            });
}

} // namespace

std::optional<std::int64_t> date_in(const json::value& x) {
  boost::system::error_code e;
  if (!x.is_number())
    return std::nullopt;
  auto seconds = x.to_number<double>(e);
  if (e || !std::isfinite(seconds) || seconds < 0)
    return std::nullopt;
  return seconds < static_cast<double>(end_of_9999)
           ? static_cast<std::int64_t>(seconds)
           : end_of_9999;
}

bool names_any(const json::value& aud, const std::vector<std::string>& these) {
  auto* list = aud.if_array();
  if (list == nullptr)
    return is_one_of(aud, these);
  return std::any_of(list->begin(), list->end(),
                     [&](auto& x) { return is_one_of(x, these); });
}

std::optional<std::string> user_in(const json::value& claims,
                                   std::string_view pointer) {
  boost::system::error_code e;
  auto* value = claims.find_pointer(pointer, e);
  auto* text = value ? value->if_string() : nullptr;
  if (text == nullptr || text->empty() || text->size() > max_user
      || std::any_of(text->begin(), text->end(), is_control))
    return std::nullopt;
  return std::string{*text};
}

} // namespace weir::auth
