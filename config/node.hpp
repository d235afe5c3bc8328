#pragma once

// A configuration as it was written, before anything is known about its keys.
// Independent of the format: the TOML file, the environment and --set all
// become such trees, and one list of keys reads them.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace weir::config {

/// Where something was written; `line` is 0 outside of files.
struct position {
  std::string source;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

struct entry;

/// A value from the environment or --set: its type is what the key wants.
struct untyped {
  std::string text;
};

/// A TOML value that no key takes, such as a date.
struct unsupported {
  std::string text;
};

struct node {
  using array = std::vector<node>;
  using table = std::vector<entry>;

  std::variant<table, array, std::string, std::int64_t, double, bool, untyped,
               unsupported>
    value;
  position at;
};

struct entry {
  std::string key;
  position at;
  node value;
};

/// The text in double quotes, shortened, control characters made visible.
std::string in_quotes(std::string_view text);

/// `the integer 42`, `the string "abc"`, `a table`: for messages.
std::string describe(const node& x);

/// The value as a librdkafka property; strings, numbers and booleans alike.
/// Requires: neither an array nor a table.
std::string to_property(const node& x);

} // namespace weir::config
