#include "config/parser.hpp"

#include "config/base/utf8.hpp"
#include "config/quantity.hpp"
#include "config/suggestion.hpp"

#include <algorithm>
#include <charconv>

namespace weir::config {

namespace {

const std::string* text_of(const node& in) {
  if (auto x = std::get_if<untyped>(&in.value))
    return &x->text;
  return std::get_if<std::string>(&in.value);
}

std::optional<std::int64_t> integer_of(const node& in) {
  if (auto x = std::get_if<std::int64_t>(&in.value))
    return *x;
  if (auto x = std::get_if<untyped>(&in.value)) {
    std::int64_t result = 0;
    auto end = x->text.data() + x->text.size();
    auto [stop, code] = std::from_chars(x->text.data(), end, result);
    if (code == std::errc{} && stop == end)
      return result;
  }
  return std::nullopt;
}

std::optional<bool> bool_of(const node& in) {
  if (auto x = std::get_if<bool>(&in.value))
    return *x;
  if (auto x = std::get_if<untyped>(&in.value)) {
    if (x->text == "true" || x->text == "false")
      return x->text == "true";
  }
  return std::nullopt;
}

/// `a,b,c`; an empty text is an empty list.
node::array split(const untyped& in, const position& at) {
  node::array result;
  std::size_t begin = 0;
  while (!in.text.empty() && begin <= in.text.size()) {
    auto end = std::min(in.text.find(',', begin), in.text.size());
    result.push_back({untyped{in.text.substr(begin, end - begin)}, at});
    begin = end + 1;
  }
  return result;
}

std::optional<node::array> array_of(const node& in) {
  if (auto x = std::get_if<untyped>(&in.value))
    return split(*x, in.at);
  if (auto x = std::get_if<node::array>(&in.value))
    return *x;
  return std::nullopt;
}

/// Numbers without a unit are the usual slip with durations.
std::string duration_hint(const node& in) {
  if (auto x = integer_of(in); x && *x > 0)
    return "; did you mean " + in_quotes(std::to_string(*x) + "ms") + "?";
  return {};
}

void report_bounds(const node& in, const std::string& path,
                   const std::string& min, const std::string& max,
                   report& log) {
  auto given = text_of(in) ? in_quotes(*text_of(in)) : to_property(in);
  report_value(in, path, given + " is out of bounds; use " + min + " to " + max,
               log);
}

} // namespace

void report_type(const node& in, const std::string& path,
                 const std::string& expected, report& log) {
  report_value(in, path, "expected " + expected + ", got " + describe(in), log);
}

void report_value(const node& in, const std::string& path,
                  const std::string& problem, report& log) {
  log.error(in.at, display_name(path, in.at) + ": " + problem);
}

parser<bool> flag() {
  return [](const node& in, const std::string& path, report& log) {
    auto result = bool_of(in);
    if (!result)
      report_type(in, path, "true or false", log);
    return result;
  };
}

parser<std::string> text(check acceptable) {
  return [=](const node& in, const std::string& path,
             report& log) -> std::optional<std::string> {
    auto result = text_of(in);
    if (!result)
      report_type(in, path, "a string in quotes", log);
    else if (!is_utf8(*result))
      report_value(in, path, in_quotes(*result) + " is not UTF-8", log);
    else if (auto problem = acceptable(*result))
      report_value(in, path, *problem, log);
    else
      return *result;
    return std::nullopt;
  };
}

parser<std::string> hidden_text(check acceptable) {
  return [=](const node& in, const std::string& path,
             report& log) -> std::optional<std::string> {
    auto result = text_of(in);
    auto problem = result ? acceptable(*result)
                          : complaint{"expected a string in quotes"};
    if (!problem)
      return *result;
    report_value(in, path, *problem, log);
    return std::nullopt;
  };
}

parser<std::vector<std::string>> list(const parser<std::string>& element) {
  return [=](const node& in, const std::string& path,
             report& log) -> std::optional<std::vector<std::string>> {
    auto array = array_of(in);
    if (!array) {
      auto x = text_of(in);
      report_type(in, path, "a list such as [" + in_quotes(x ? *x : "a") + "]",
                  log);
      return std::nullopt;
    }
    std::vector<std::string> result;
    for (auto& x : *array) {
      log.given(path + "[" + std::to_string(result.size()) + "]", x.at);
      auto value = element(x, path, log);
      if (!value)
        return std::nullopt;
      if (std::find(result.begin(), result.end(), *value) != result.end()) {
        report_value(x, path, in_quotes(*value) + " is there twice", log);
        return std::nullopt;
      }
      result.push_back(std::move(*value));
    }
    return result;
  };
}

parser<std::uint32_t> number(std::uint32_t min, std::uint32_t max) {
  return [=](const node& in, const std::string& path,
             report& log) -> std::optional<std::uint32_t> {
    auto x = integer_of(in);
    if (!x)
      report_type(in, path, "a whole number", log);
    else if (*x < min || *x > max)
      report_bounds(in, path, std::to_string(min), std::to_string(max), log);
    else
      return static_cast<std::uint32_t>(*x);
    return std::nullopt;
  };
}

parser<std::chrono::milliseconds> duration(std::chrono::milliseconds min,
                                           std::chrono::milliseconds max) {
  return [=](const node& in, const std::string& path,
             report& log) -> std::optional<std::chrono::milliseconds> {
    auto x = text_of(in) ? parse_duration(*text_of(in)) : std::nullopt;
    if (!x) {
      report_value(in, path,
                   "expected a duration such as \"250ms\", \"30s\" or \"2m\", "
                   "got "
                     + describe(in) + duration_hint(in),
                   log);
    } else if (*x < min || *x > max) {
      report_bounds(in, path, to_string(min), to_string(max), log);
    } else {
      return x;
    }
    return std::nullopt;
  };
}

parser<std::size_t> size(std::uint64_t min, std::uint64_t max) {
  return [=](const node& in, const std::string& path,
             report& log) -> std::optional<std::size_t> {
    std::optional<std::uint64_t> x;
    if (auto bytes = std::get_if<std::int64_t>(&in.value))
      x = *bytes < 0 ? 0 : static_cast<std::uint64_t>(*bytes);
    else if (text_of(in))
      x = parse_size(*text_of(in));
    if (!x)
      report_type(in, path, "a size such as 65536, \"64KiB\" or \"1MiB\"", log);
    else if (*x < min || *x > max)
      report_bounds(in, path, size_to_string(min), size_to_string(max), log);
    else
      return static_cast<std::size_t>(*x);
    return std::nullopt;
  };
}

std::optional<std::size_t> find_choice(const node& in, const std::string& path,
                                       const std::vector<std::string>& known,
                                       const std::vector<std::string>& planned,
                                       report& log) {
  auto name = text_of(in);
  if (!name) {
    report_type(in, path, "a string such as " + in_quotes(known.front()), log);
    return std::nullopt;
  }
  auto i = std::find(known.begin(), known.end(), *name);
  if (i != known.end())
    return static_cast<std::size_t>(i - known.begin());
  auto is_planned = std::any_of(planned.begin(), planned.end(),
                                [&](auto& x) { return name->starts_with(x); });
  report_value(
    in, path,
    is_planned ? in_quotes(*name) + " is not available in this version"
                   + suggestion("", known)
               : "unknown value " + in_quotes(*name) + suggestion(*name, known),
    log);
  return std::nullopt;
}

parser<std::string> name_of(const std::vector<std::string>& known) {
  std::vector<std::pair<std::string, std::string>> values;
  values.reserve(known.size());
  for (auto& x : known)
    values.emplace_back(x, x);
  return choice(values);
}

} // namespace weir::config
