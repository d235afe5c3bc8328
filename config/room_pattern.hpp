#pragma once

// chat:{id}:{lang}
//      ^^^^ a capture: one or more characters, as few as possible

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// What a pattern's names stood for in one room, in the pattern's order; views
/// into that room's name.
using captures = std::vector<std::string_view>;

/// A room's name with captures. A value; matching allocates the captures only.
class room_pattern {
public:
  /// Requires: `!check(text)`.
  explicit room_pattern(std::string_view text);

  /// Returns what is wrong with the text, or nothing: unbalanced braces, an
  /// empty or repeated name, two captures without a character between them.
  static std::optional<std::string> check(std::string_view text);

  /// Likewise for a template that `expand` fills; it may repeat names.
  static std::optional<std::string> check_template(std::string_view text);

  /// What the names stand for in `room`; nothing where it does not match.
  std::optional<captures> match(std::string_view room) const;

  /// Fills the names of `text` (a key's template) with what `match` returned.
  /// Requires: `uses_known_names(text)`.
  std::string expand(std::string_view text, const captures& found) const;

  /// Whether `text` is a template and every `{name}` of it is one of the
  /// pattern's.
  bool uses_known_names(std::string_view text) const;

  /// The first of the pattern's names that the template does not use.
  std::optional<std::string> unused_name(std::string_view text) const;

  /// Whether two different rooms never expand to the same text: all names are
  /// used, and several of them in the pattern's order and with its characters
  /// between them. (From "chat:{a}:{b}", "{a}.{b}" would give x.y.z twice.)
  /// Requires: `uses_known_names(text)`.
  bool keeps_rooms_apart(std::string_view text) const;

  /// The room whose key by the template `text` is `key`; nothing: there is none.
  /// Requires: `keeps_rooms_apart(text)`.
  std::optional<std::string> room_of(std::string_view text,
                                     std::string_view key) const;

  /// Whether some room matches both.
  bool overlaps(const room_pattern& other) const;

  /// Bytes of the shortest room that matches.
  std::size_t shortest() const;

  bool is_constant() const { return names_.empty(); }

  /// How many captures it has.
  std::size_t names() const { return names_.size(); }

  const std::string& text() const { return text_; }

private:
  std::string text_;
  std::vector<std::string> literals_; // one more than names_
  std::vector<std::string> names_;
};

} // namespace weir
