#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weir::http {

/// Target of a request, cut at "?".
struct target {
  std::string_view path; ///< as it came, not decoded
  std::string_view query;
};

target split_target(std::string_view x);

/// Decodes %XX; nothing if it is malformed.
std::optional<std::string> percent_decoded(std::string_view x);

/// Decodes a name or value as HTML forms and browsers write it: "+" is a space,
/// %XX a byte. As they do it, what is malformed stays as it is.
std::string form_decoded(std::string_view x);

/// Writes a name or value so that `form_decoded` gives it back.
std::string form_encoded(std::string_view x);

/// The value of the first parameter `name`, form-decoded as its name is;
/// nothing: there is none.
std::optional<std::string> parameter(std::string_view query,
                                     std::string_view name);

} // namespace weir::http
