#pragma once

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::auth {

/// A NumericDate in whole seconds, 0 to the year 9999; nothing: it is none.
std::optional<std::int64_t> date_in(const boost::json::value& x);

/// Whether `aud`, a string or a list of them, names one of these.
bool names_any(const boost::json::value& aud,
               const std::vector<std::string>& these);

/// The user that the claims name; nothing: none, or in a way that no record
/// could hold.
std::optional<std::string> user_in(const boost::json::value& claims,
                                   std::string_view pointer);

} // namespace weir::auth
