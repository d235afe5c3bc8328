#pragma once

// What no output may show: log lines, errors, what `weir check` prints.

#include "config/options.hpp"
#include "config/report.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace weir::config {

/// Whether a key, a librdkafka property or a variable of this name holds a
/// secret, be it spelled right or wrong. A `*_file` names a file: its name is
/// none.
bool is_secret_name(std::string_view name);

/// The value of a key in quotes, or `(hidden)`.
std::string shown_value(std::string_view name, std::string_view value);

/// What somebody else says about the value, without the value.
std::string shown_text(std::string_view name, std::string_view value,
                       std::string text);

/// A line of a file that could not be read, up to where a secret may begin.
/// `before`: the file's text in front of the line.
std::string shown_line(std::string_view line, std::string_view before);

/// A URL without the name and password that may stand in front of its host.
std::string shown_url(std::string_view url);

/// The content of a secret's file, whose last line break does not count; or
/// what is wrong with the file.
struct secret_text {
  std::string value;
  std::string problem;
};
secret_text read_secret(const std::string& file);

/// The property that `sasl.password_file` gives the value of; empty: of none.
std::string_view property_of_file(std::string_view name);

/// Puts what the secrets' files hold in place of their names: `secret_file` of
/// [cluster], `token_file` and `ui_password_file` of [admin], `secret_file` of
/// [auth.webhook], and `<secret>_file` of librdkafka's properties.
void read_secret_files(options& x, report& log);

} // namespace weir::config
