#include "config/room_pattern.hpp"

#include "config/node.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>

namespace weir {

namespace {

/// literal {name} literal {name} literal
struct parts {
  std::vector<std::string> literals;
  std::vector<std::string> names;
};

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9') || c == '_';
}

/// Cuts the text at its captures; returns what is wrong with the braces.
std::optional<std::string> cut(std::string_view text, parts& out) {
  std::size_t begin = 0;
  for (;;) {
    auto brace = std::min(text.find_first_of("{}", begin), text.size());
    out.literals.emplace_back(text.substr(begin, brace - begin));
    if (brace == text.size())
      return std::nullopt;
    if (text[brace] == '}')
      return "has a \"}\" without a \"{\" before it";
    auto end = text.find_first_of("{}", brace + 1);
    if (end == std::string_view::npos || text[end] == '{')
      return "has a \"{\" without a \"}\" after it";
    out.names.emplace_back(text.substr(brace + 1, end - brace - 1));
    begin = end + 1;
  }
}

std::optional<std::string> check_names(const parts& x) {
  for (auto& name : x.names) {
    if (name.empty())
      return "has a capture without a name; write it like \"{id}\"";
    if (!std::all_of(name.begin(), name.end(), is_name_character))
      return "has a capture " + config::in_quotes(name)
             + "; its name may have letters, digits and \"_\"";
  }
  return std::nullopt;
}

std::optional<std::string> check_captures(const parts& x) {
  for (auto i = x.names.begin(); i != x.names.end(); ++i)
    if (std::find(x.names.begin(), i, *i) != i)
      return "captures \"{" + *i + "}\" twice; give each its own name";
  for (std::size_t i = 1; i + 1 < x.literals.size(); ++i)
    if (x.literals[i].empty())
      return "has two captures without a character between them; write them "
             "like \"{a}:{b}\"";
  return std::nullopt;
}

std::string complaint(std::string_view text, const std::string& problem) {
  return config::in_quotes(text) + " " + problem;
}

/// What one place of a pattern accepts.
struct token {
  enum { character, any, any_sequence } kind;
  char value = 0;
};

/// A capture of one or more characters is any character, then any sequence.
std::vector<token> tokens(const std::vector<std::string>& literals) {
  std::vector<token> result;
  for (auto& literal : literals) {
    if (&literal != &literals.front()) {
      result.push_back({token::any});
      result.push_back({token::any_sequence});
    }
    for (auto c : literal)
      result.push_back({token::character, c});
  }
  return result;
}

bool compatible(const token& a, const token& b) {
  return a.kind != token::character || b.kind != token::character
         || a.value == b.value;
}

/// Whether some text is accepted by the rest of both, by every pair of places.
bool intersect(const std::vector<token>& a, const std::vector<token>& b) {
  auto width = b.size() + 1;
  std::vector<bool> reached((a.size() + 1) * width);
  auto at = [&](std::size_t i, std::size_t j) { return i * width + j; };
  reached[at(a.size(), b.size())] = true;
  for (auto i = a.size() + 1; i-- > 0;) {
    for (auto j = b.size() + 1; j-- > 0;) {
      auto more_a = i < a.size();
      auto more_b = j < b.size();
      auto loop_a = more_a && a[i].kind == token::any_sequence;
      auto loop_b = more_b && b[j].kind == token::any_sequence;
      if ((loop_a
           && (reached[at(i + 1, j)] || (more_b && reached[at(i, j + 1)])))
          || (loop_b
              && (reached[at(i, j + 1)] || (more_a && reached[at(i + 1, j)])))
          || (more_a && more_b && !loop_a && !loop_b && compatible(a[i], b[j])
              && reached[at(i + 1, j + 1)]))
        reached[at(i, j)] = true;
    }
  }
  return reached[at(0, 0)];
}

} // namespace

room_pattern::room_pattern(std::string_view text) : text_(text) {
  assert(!check(text));
  parts x;
  cut(text, x);
  literals_ = std::move(x.literals);
  names_ = std::move(x.names);
}

std::optional<std::string> room_pattern::check(std::string_view text) {
  if (text.empty())
    return "a room needs a name, such as \"chat:{id}\"";
  parts x;
  auto problem = cut(text, x);
  if (!problem)
    problem = check_names(x);
  if (!problem)
    problem = check_captures(x);
  return problem ? std::optional{complaint(text, *problem)} : std::nullopt;
}

std::optional<std::string> room_pattern::check_template(std::string_view text) {
  parts x;
  auto problem = cut(text, x);
  if (!problem)
    problem = check_names(x);
  return problem ? std::optional{complaint(text, *problem)} : std::nullopt;
}

// The earliest end of each capture leaves the most for those after it, and a
// longer capture accepts whatever a shorter one does, so that no other choice
// needs to be tried.
std::optional<captures> room_pattern::match(std::string_view room) const {
  if (is_constant())
    return room == text_ ? std::optional{captures{}} : std::nullopt;
  auto& suffix = literals_.back();
  if (room.size() < literals_.front().size() + suffix.size()
      || !room.starts_with(literals_.front()) || !room.ends_with(suffix))
    return std::nullopt;
  room.remove_suffix(suffix.size());
  captures found;
  found.reserve(names_.size());
  auto begin = literals_.front().size();
  for (std::size_t i = 1; i < names_.size(); ++i) {
    auto end = room.find(literals_[i], begin + 1);
    if (end == std::string_view::npos)
      return std::nullopt;
    found.push_back(room.substr(begin, end - begin));
    begin = end + literals_[i].size();
  }
  if (begin >= room.size())
    return std::nullopt;
  found.push_back(room.substr(begin));
  return found;
}

// Runs for every emit, so it reads the template in place.
std::string room_pattern::expand(std::string_view text,
                                 const captures& found) const {
  assert(uses_known_names(text));
  std::string result;
  std::size_t begin = 0;
  for (;;) {
    auto brace = std::min(text.find('{', begin), text.size());
    result += text.substr(begin, brace - begin);
    if (brace == text.size())
      return result;
    auto end = text.find('}', brace);
    auto name = std::find(names_.begin(), names_.end(),
                          text.substr(brace + 1, end - brace - 1));
    result += found[static_cast<std::size_t>(name - names_.begin())];
    begin = end + 1;
  }
}

bool room_pattern::uses_known_names(std::string_view text) const {
  parts x;
  if (cut(text, x))
    return false;
  return std::all_of(x.names.begin(), x.names.end(), [this](auto& name) {
    return std::find(names_.begin(), names_.end(), name) != names_.end();
  });
}

std::optional<std::string>
room_pattern::unused_name(std::string_view text) const {
  parts x;
  cut(text, x);
  for (auto& name : names_)
    if (std::find(x.names.begin(), x.names.end(), name) == x.names.end())
      return name;
  return std::nullopt;
}

bool room_pattern::keeps_rooms_apart(std::string_view text) const {
  if (names_.size() < 2)
    return !unused_name(text);
  parts x;
  cut(text, x);
  return x.names == names_
         && std::equal(x.literals.begin() + 1, x.literals.end() - 1,
                       literals_.begin() + 1, literals_.end() - 1);
}

// What several names stand for is found as in a pattern; a single one may be
// repeated, which no pattern may.
std::optional<std::string> room_pattern::room_of(std::string_view text,
                                                 std::string_view key) const {
  parts x;
  cut(text, x);
  captures found;
  if (names_.size() > 1) {
    auto captured = room_pattern{text}.match(key);
    if (!captured)
      return std::nullopt;
    found = std::move(*captured);
  } else if (!is_constant()) {
    std::size_t literal = 0;
    for (auto& y : x.literals)
      literal += y.size();
    if (key.size() <= literal)
      return std::nullopt;
    found = {key.substr(x.literals.front().size(),
                        (key.size() - literal) / x.names.size())};
  }
  if (expand(text, found) != key)
    return std::nullopt;
  auto room = expand(text_, found);
  return match(room) ? std::optional{std::move(room)} : std::nullopt;
}

bool room_pattern::overlaps(const room_pattern& other) const {
  return intersect(tokens(literals_), tokens(other.literals_));
}

std::size_t room_pattern::shortest() const {
  auto result = names_.size();
  for (auto& x : literals_)
    result += x.size();
  return result;
}

} // namespace weir
