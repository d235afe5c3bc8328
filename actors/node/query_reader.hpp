#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// A parameter of a request's: where its value goes, and what that may be.
struct parameter_reader {
  /// False: it is no value of this parameter.
  std::function<bool(std::string value)> set;
  /// For people, "is true or false"; empty: it may be anything.
  std::string_view may_be{};
};

/// By name.
using parameter_readers = std::map<std::string, parameter_reader, std::less<>>;

parameter_reader to(std::string& x);
parameter_reader to(std::optional<std::string>& x);
parameter_reader to(bool& x);

/// Reads a query. What is wrong with it, for people; empty: nothing is.
std::string read_query(std::string_view query, const parameter_readers& all);

} // namespace weir
