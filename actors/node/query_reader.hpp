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
  /// For people, "is true or false".
  std::string may_be = "is UTF-8";
};

/// By name.
using parameter_readers = std::map<std::string, parameter_reader, std::less<>>;

/// Any UTF-8. A name that nothing has is one, too.
parameter_reader to(std::string& x);
parameter_reader to(std::optional<std::string>& x);
parameter_reader to(bool& x);

/// A text that `is_good`, or empty.
parameter_reader to_text(std::string& x, bool (*is_good)(std::string_view),
                         std::string may_be);

parameter_reader to_namespace(std::string& x);

/// Reads a query: each parameter is one that there is, is there once, and has a
/// value that it may have. What is wrong with it, for people; empty: nothing is.
std::string read_query(std::string_view query, const parameter_readers& all);

} // namespace weir
