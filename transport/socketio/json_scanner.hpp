#pragma once

#include <string_view>

namespace weir::json {

/// Walks over text that is known to be valid JSON, value by value. An object or
/// array is either skipped by `next` or walked through by `enter` and `leave`,
/// so a walk over everything reads each byte once however deep it is nested.
class scanner {
public:
  /// Requires: `text` is a JSON value, or values (object members) with commas
  /// between them.
  explicit scanner(std::string_view text) : rest_(text) { skip_white_space(); }

  /// What is still to come.
  std::string_view rest() const { return rest_; }

  bool at_end() const { return rest_.empty(); }

  /// Whether the next value is of the kind that `c` begins.
  bool at(char c) const { return rest_.starts_with(c); }

  /// Enters an object or array.
  void enter() {
    rest_.remove_prefix(1);
    skip_white_space();
  }

  /// Whether the object or array that was entered has no more values.
  bool at_close() const { return at(']') || at('}'); }

  /// Leaves it. Requires: `at_close()`. Behind it a comma is skipped.
  void leave();

  /// The next value, or key. Behind it a comma or colon is skipped.
  std::string_view next();

private:
  /// Control characters do not occur outside of strings but as white space.
  void skip_white_space() {
    while (!rest_.empty() && static_cast<unsigned char>(rest_.front()) <= ' ')
      rest_.remove_prefix(1);
  }

  std::string_view rest_;
};

} // namespace weir::json
