#include "config/toml_file.hpp"

#include "config/quantity.hpp"
#include "config/secret.hpp"
#include "config/text_bounds.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>
#include <vector>

namespace {

/// What toml++ believed of the text is wrong; it would abort, or continue.
struct assertion_failed {};

[[noreturn]] void fail_assertion() {
  throw assertion_failed{};
}

} // namespace

// The parser is compiled here and nowhere else, so its assertions are ours.
#undef NDEBUG
#undef TOML_SHARED_LIB
#undef TOML_HEADER_ONLY
#define TOML_HEADER_ONLY 1
#define TOML_ASSERT(expr) ((expr) ? void() : fail_assertion())
#include <toml++/toml.h>

namespace weir::config {

namespace {

position place(const toml::source_region& x, const std::string& file) {
  return {file, x.begin.line, x.begin.column};
}

node to_node(const toml::node& in, const std::string& file);

node::table to_table(const toml::table& in, const std::string& file) {
  node::table result;
  for (auto& [key, value] : in)
    result.push_back({std::string{key.str()}, place(key.source(), file),
                      to_node(value, file)});
  return result;
}

node::array to_array(const toml::array& in, const std::string& file) {
  node::array result;
  for (auto& value : in)
    result.push_back(to_node(value, file));
  return result;
}

node to_node(const toml::node& in, const std::string& file) {
  auto at = place(in.source(), file);
  if (auto x = in.as_table())
    return {to_table(*x, file), at};
  if (auto x = in.as_array())
    return {to_array(*x, file), at};
  if (auto x = in.as_string())
    return {x->get(), at};
  if (auto x = in.as_integer())
    return {x->get(), at};
  if (auto x = in.as_floating_point())
    return {x->get(), at};
  if (auto x = in.as_boolean())
    return {x->get(), at};
  return {unsupported{"a date or time"}, at};
}

std::string line_of(const std::string& text, std::uint32_t number) {
  std::istringstream in{text};
  std::string result;
  while (number-- > 0 && std::getline(in, result)) {
  }
  result.erase(0, result.find_first_not_of(" \t"));
  result.erase(result.find_last_not_of(" \t\r") + 1);
  return result;
}

/// Text without quotes is the most usual slip.
std::string syntax_hint(const std::string& line) {
  auto equals = line.find('=');
  auto begin = line.find_first_not_of(" \t", equals + 1);
  if (line.starts_with('[') || line.starts_with('=')
      || equals == std::string::npos || begin == std::string::npos
      || std::string_view{"\"'[{#"}.find(line[begin]) != std::string_view::npos)
    return {};
  return "; text needs quotes, as in "
         + line.substr(0, line.find_last_not_of(" \t", equals - 1) + 1)
         + " = \"" + line.substr(begin) + "\"";
}

/// Whether the parser's own assertion fails on the text.
bool breaks_parser(std::string_view text) {
  try {
    static_cast<void>(toml::parse(text));
  } catch (const assertion_failed&) {
    return true;
  } catch (const toml::parse_error&) {
    // Within a multi-line string or list, which ends further down.
  }
  return false;
}

/// toml++ 3.3 takes it for granted that a header's bracket is followed by a
/// key. Returns the first line that it is wrong about: the last one of the
/// shortest text that fails so.
std::uint32_t bad_header(const std::string& text) {
  struct header {
    std::uint32_t line;
    std::size_t end;
  };
  std::vector<header> headers;
  std::uint32_t line = 0;
  for (std::size_t begin = 0, end = 0; end < text.size(); begin = end + 1) {
    ++line;
    end = std::min(text.find('\n', begin), text.size());
    auto first = text.find_first_not_of(" \t", begin);
    if (first < end && text[first] == '[')
      headers.push_back({line, end});
  }
  auto found
    = std::partition_point(headers.begin(), headers.end(), [&](auto& x) {
        return !breaks_parser(std::string_view{text}.substr(0, x.end + 1));
      });
  return found == headers.end() ? line : found->line;
}

/// The line as it may be shown.
std::string shown_line_of(const std::string& text, std::uint32_t number) {
  std::size_t begin = 0;
  for (auto n = number; n > 1 && begin < text.size(); --n)
    begin = std::min(text.find('\n', begin), text.size() - 1) + 1;
  return shown_line(line_of(text, number),
                    std::string_view{text}.substr(0, begin));
}

void report_syntax(const position& at, const std::string& text,
                   std::string_view problem, report& log) {
  auto line = shown_line_of(text, at.line);
  auto is_whole = line == line_of(text, at.line);
  log.error(at, "syntax error in " + in_quotes(line) + ": "
                  + std::string{problem}
                  + (is_whole ? syntax_hint(line) : std::string{}));
}

std::optional<node> parse(const std::string& text, const std::string& file,
                          report& log) {
  try {
    return to_node(toml::parse(text), file);
  } catch (const toml::parse_error& x) {
    report_syntax(place(x.source(), file), text, x.description(), log);
  } catch (const assertion_failed&) {
    report_syntax({file, bad_header(text), 1}, text,
                  "a table's name must follow the bracket", log);
  }
  return std::nullopt;
}

/// What goes too deep is not parsed; what is wrong before it, as a bracket that
/// is never closed, may be the reason and is reported instead.
std::optional<node> parse_bounded(const std::string& text,
                                  const std::string& file, report& log) {
  auto found = find_too_deep(text);
  if (!found)
    return parse(text, file, log);
  report before{file, {}};
  parse(text.substr(0, found->end), file, before);
  auto errors = before.in_order();
  // Where the text was cut it ends too early, which is no mistake.
  if (!errors.empty() && errors.front().line + 1 < found->line)
    log.error({file, errors.front().line, errors.front().column},
              errors.front().message);
  else
    log.error({file, found->line, 1},
              "syntax error in " + in_quotes(shown_line_of(text, found->line))
                + ": " + found->problem);
  return std::nullopt;
}

std::optional<std::string> read(const std::string& file, report& log) {
  std::error_code ignored;
  std::ifstream in{file, std::ios::binary};
  if (!in || std::filesystem::is_directory(file, ignored)) {
    log.error({file}, std::string{"cannot read the configuration; "}
                        + (std::filesystem::exists(file, ignored)
                             ? "is it a file, and may this user read it?"
                             : "there is no such file"));
    return std::nullopt;
  }
  std::string text(max_file + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > max_file) {
    log.error({file}, "larger than " + size_to_string(max_file)
                        + ", so hardly a configuration");
    return std::nullopt;
  }
  return text;
}

} // namespace

std::optional<node> read_toml(const std::string& file, report& log) {
  auto text = read(file, log);
  return text ? parse_bounded(*text, file, log) : std::nullopt;
}

} // namespace weir::config
