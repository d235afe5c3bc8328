#include "transport/socketio/json_slice.hpp"

#include "transport/socketio/json_scanner.hpp"

#include <charconv>

namespace weir::json {

namespace {

constexpr bool is_white_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/// A part of a pointer, with ~1 for a slash and ~0 for itself.
std::optional<std::string> unescaped(std::string_view token) {
  std::string result;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '~') {
      result += token[i];
      continue;
    }
    auto code = ++i < token.size() ? token[i] : '\0';
    if (code != '0' && code != '1')
      return std::nullopt;
    result += code == '0' ? '~' : '/';
  }
  return result;
}

bool is_key(std::string_view literal, std::string_view name) {
  if (literal.find('\\') == std::string_view::npos)
    return literal.substr(1, literal.size() - 2) == name;
  return string_value(literal) == name;
}

/// Goes to a member's value; of equal keys to the last. False: there is none.
bool enter_member(scanner& object, std::string_view name) {
  std::optional<scanner> found;
  object.enter();
  while (!object.at_close()) {
    auto key = object.next();
    if (is_key(key, name))
      found = object;
    object.next();
  }
  if (found)
    object = *found;
  return found.has_value();
}

/// Goes from the first of an array's elements, or of several values, to that
/// which the index names. False: there is none.
bool skip_to(scanner& values, std::string_view index) {
  std::size_t skip = 0;
  auto last = index.data() + index.size();
  auto [end, error] = std::from_chars(index.data(), last, skip);
  if (error != std::errc{} || end != last
      || (index.size() > 1 && index.front() == '0'))
    return false;
  auto at_end = [&] { return values.at_end() || values.at_close(); };
  for (; skip > 0 && !at_end(); --skip)
    values.next();
  return !at_end();
}

bool enter_child(scanner& value, std::string_view token) {
  if (value.at('[')) {
    value.enter();
    return skip_to(value, token);
  }
  if (!value.at('{'))
    return false;
  if (token.find('~') == std::string_view::npos)
    return enter_member(value, token);
  auto name = unescaped(token);
  return name && enter_member(value, *name);
}

/// Takes the first part off a pointer; nothing where it has none.
std::optional<std::string_view> pop_token(std::string_view& pointer) {
  if (!pointer.starts_with('/'))
    return std::nullopt;
  pointer.remove_prefix(1);
  auto token = pointer.substr(0, pointer.find('/'));
  pointer.remove_prefix(token.size());
  return token;
}

/// The value that the pointer leads to from where the scanner is.
std::optional<std::string_view> follow(scanner here, std::string_view pointer) {
  while (!pointer.empty()) {
    auto token = pop_token(pointer);
    if (!token || !enter_child(here, *token))
      return std::nullopt;
  }
  return here.next();
}

} // namespace

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_white_space(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_white_space(text.back()))
    text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> elements(std::string_view array) {
  std::vector<std::string_view> result;
  scanner values{array};
  for (values.enter(); !values.at_close();)
    result.push_back(values.next());
  return result;
}

std::optional<std::string_view> array_body(std::string_view value) {
  value = trimmed(value);
  if (!value.starts_with('['))
    return std::nullopt;
  return trimmed(value.substr(1, value.size() - 2));
}

std::string_view pop_front(std::string_view& values) {
  scanner all{values};
  auto result = all.next();
  values = all.rest();
  return result;
}

std::optional<std::string_view> at(std::string_view text,
                                   std::string_view pointer) {
  return follow(scanner{text}, pointer);
}

std::optional<std::string_view> argument_at(std::string_view values,
                                            std::string_view pointer) {
  scanner all{values};
  auto index = pop_token(pointer);
  if (!index || !skip_to(all, *index))
    return std::nullopt;
  return follow(all, pointer);
}

} // namespace weir::json
