#pragma once

// Fields of what the admin endpoint answers, of whatever version it is: what
// is not there, or is something else, is none.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// For people; "-": it is empty, or a node of another version has none.
std::string text(const boost::json::object& x, std::string_view field);

/// 64-bit numbers are strings in these answers. 0: there is none.
std::int64_t number(const boost::json::object& x, std::string_view field);

bool is_set(const boost::json::object& x, std::string_view field);

const boost::json::array& rows(const boost::json::object& x,
                               std::string_view field);

const boost::json::object& row(const boost::json::value& x);

/// Why a node is not ready. None: it is, or nobody knows.
std::vector<std::string> reasons_of(const boost::json::object& node);

} // namespace weir
