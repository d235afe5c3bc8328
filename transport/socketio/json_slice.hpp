#pragma once

// Validates JSON and cuts it into slices of the original text; nothing is
// rebuilt, so numbers and escapes stay as their sender wrote them.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::json {

/// No text is accepted that is nested deeper, whatever depth is asked for.
inline constexpr std::size_t max_depth = 1000;

enum class validity { valid, invalid, too_deep };

/// Whether `text` is exactly one JSON value (RFC 8259, valid UTF-8) nested at
/// most `depth` deep. An escaped surrogate may lack its other half, as in what
/// JavaScript makes of a text cut inside an emoji. Too deep: what follows was
/// not looked at.
validity validate(std::string_view text, std::size_t depth);

/// Whether it is, and not too deep.
inline bool is_valid(std::string_view text, std::size_t depth) {
  return validate(text, depth) == validity::valid;
}

/// Without the white space of JSON at its ends.
std::string_view trimmed(std::string_view text);

/// The elements of an array, without surrounding white space.
/// Requires: `is_valid(array)` and that it is an array.
std::vector<std::string_view> elements(std::string_view array);

/// What stands between the brackets of an array, without surrounding white
/// space; nothing where `value` is not an array. Requires: `is_valid(value)`.
std::optional<std::string_view> array_body(std::string_view value);

/// Cuts the first of several values with commas between them, such as an
/// `array_body`, off `values`; empty: there was none.
std::string_view pop_front(std::string_view& values);

/// The value that a JSON pointer (RFC 6901) names, as a slice of `text`. Of
/// equal keys the last counts, as it does for JavaScript.
/// Requires: `is_valid(text)`.
std::optional<std::string_view> at(std::string_view text,
                                   std::string_view pointer);

/// Likewise into several values with commas between them, such as the arguments
/// of an event: the pointer's first part counts them, as in an array.
std::optional<std::string_view> argument_at(std::string_view values,
                                            std::string_view pointer);

/// The text of a JSON string with its escapes resolved; nothing where `value`
/// is not a string (or has an unpaired surrogate). Requires: `is_valid(value)`.
std::optional<std::string> string_value(std::string_view value);

/// Appends `text` as a JSON string with its quotes. Control characters (also
/// 0x1e, which separates packets in a polling payload) are escaped, bytes that
/// are no UTF-8 become U+FFFD: what is appended is valid whatever `text` holds.
void append_string(std::string& out, std::string_view text);

} // namespace weir::json
