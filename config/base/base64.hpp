#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// The digits of base64url.
constexpr std::string_view base64url_digits
  = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Characters that `n` bytes take in base64url, without padding.
constexpr std::size_t base64url_size(std::size_t n) {
  return (n * 4 + 2) / 3;
}

/// Writes `bytes` to `to`; returns the end. They may lie in the place that is
/// written to, if they end where the text ends or later.
char* put_base64url(char* to, std::string_view bytes);

std::string to_base64url(std::string_view bytes);

/// Nothing for anything that `to_base64url` would not have written: so each
/// change of a character changes the bytes, or is refused.
std::optional<std::string> from_base64url(std::string_view text);

/// Appends `bytes` in base64, padded.
void append_base64(std::string& text, std::string_view bytes);

/// Nothing for anything that `append_base64` would not have written.
std::optional<std::string> from_base64(std::string_view text);

/// Appends what `text` stands for. Lenient as Node's Buffer is: the alphabet of
/// base64url counts as well, what is in neither (line feeds, say) is skipped,
/// and the first "=" ends it.
void append_decoded_base64(std::string& bytes, std::string_view text);

} // namespace weir
