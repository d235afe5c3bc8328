#include "transport/socketio/json_slice.hpp"

#include "transport/socketio/json_scanner.hpp"

#include <charconv>

namespace weir::json {

namespace {

/// A part of a pointer, with ~1 for a slash and ~0 for itself.
std::optional<std::string> unescaped(std::string_view token) {
  std::string result;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '~') {
      result += token[i];
      continue;
    }
    const auto code = ++i < token.size() ? token[i] : '\0';
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
    const auto key = object.next();
    if (is_key(key, name))
      found = object;
    object.next();
  }
  if (found)
    object = *found;
  return found.has_value();
}

bool enter_element(scanner& array, std::string_view index) {
  std::size_t skip = 0;
  const auto last = index.data() + index.size();
  const auto [end, error] = std::from_chars(index.data(), last, skip);
  if (error != std::errc{} || end != last
      || (index.size() > 1 && index.front() == '0'))
    return false;
  array.enter();
  for (; skip > 0 && !array.at_close(); --skip)
    array.next();
  return !array.at_close();
}

bool enter_child(scanner& value, std::string_view token) {
  if (value.at('['))
    return enter_element(value, token);
  if (!value.at('{'))
    return false;
  if (token.find('~') == std::string_view::npos)
    return enter_member(value, token);
  const auto name = unescaped(token);
  return name && enter_member(value, *name);
}

} // namespace

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view white_space = " \n\r\t";
  const auto first = text.find_first_not_of(white_space);
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(white_space) - first + 1);
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
  const auto result = all.next();
  values = all.rest();
  return result;
}

std::optional<std::string_view> at(std::string_view text,
                                   std::string_view pointer) {
  scanner here{text};
  while (!pointer.empty()) {
    if (pointer.front() != '/')
      return std::nullopt;
    pointer.remove_prefix(1);
    const auto token = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(token.size());
    if (!enter_child(here, token))
      return std::nullopt;
  }
  return here.next();
}

} // namespace weir::json
