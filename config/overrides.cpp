#include "config/overrides.hpp"

#include "config/keys.hpp"
#include "config/secret.hpp"
#include "config/suggestion.hpp"
#include "config/text_bounds.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace weir::config {

namespace {

constexpr std::string_view prefix = "WEIR_";

/// `a.b` and a value as the tree that a file with `[a] b = value` gives.
node to_tree(std::string_view path, std::string text, const position& at) {
  auto dot = path.find('.');
  auto key = std::string{path.substr(0, dot)};
  if (dot == std::string_view::npos)
    return {node::table{{key, at, {untyped{std::move(text)}, at}}}, at};
  return {
    node::table{{key, at, to_tree(path.substr(dot + 1), std::move(text), at)}},
    at};
}

void apply(std::string_view path, std::string text, const position& at,
           options& out, report& log) {
  if (static_cast<std::size_t>(std::count(path.begin(), path.end(), '.'))
      >= max_depth)
    return log.error(at, in_quotes(path) + " has more than "
                           + std::to_string(max_depth) + " parts");
  read_table(to_tree(path, std::move(text), at), {}, option_keys(), out, log);
}

/// `kafka.delivery_timeout` -> `WEIR_KAFKA_DELIVERY_TIMEOUT`.
std::string variable_name(std::string_view path) {
  std::string result{prefix};
  for (auto c : path)
    result += c == '.'               ? '_'
              : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A')
                                     : c;
  return result;
}

/// `SASL_PASSWORD` -> `sasl.password`; `SASL_PASSWORD_FILE` ->
/// `sasl.password_file`.
std::string property_name(std::string_view text) {
  constexpr std::string_view file = ".file";
  std::string result;
  for (auto c : text)
    result += c == '_'               ? '.'
              : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a')
                                     : c;
  if (result.ends_with(file)
      && is_secret_name(result.substr(0, result.size() - file.size())))
    result[result.size() - file.size()] = '_';
  return result;
}

std::optional<std::string> path_of(const std::string& name,
                                   const std::vector<key_path>& paths) {
  for (auto& x : paths) {
    auto known = variable_name(x.path);
    if (x.kind == key_kind::properties) {
      if (name.starts_with(known + "_") && name.size() > known.size() + 1)
        return x.path + "." + property_name(name.substr(known.size() + 1));
    } else if (name == known) {
      return x.path;
    }
  }
  return std::nullopt;
}

/// `WEIR_SERVER_` of any variable in [server], or an empty string.
std::string section_of(const std::string& name) {
  for (auto& key : option_keys())
    if (auto section = variable_name(key.name) + "_"; name.starts_with(section))
      return section;
  return {};
}

/// The variable that this one is a misspelling of, or an empty string. Within a
/// section only what follows it is compared.
std::string nearest_variable(const std::string& name,
                             const std::string& section,
                             const std::vector<key_path>& paths) {
  std::vector<std::string> candidates;
  for (auto& x : paths)
    if (auto known = variable_name(x.path);
        x.kind == key_kind::value && known.starts_with(section))
      candidates.push_back(known.substr(section.size()));
  auto best = nearest(name.substr(section.size()), candidates);
  return best.empty() ? best : section + best;
}

/// Kubernetes tells every container of a service "weir", unasked.
bool is_service_link(const std::string& name, const std::string& text) {
  auto has = [&](const char* part) {
    return name.find(part) != std::string::npos;
  };
  return has("_SERVICE_HOST") || has("_SERVICE_PORT") || has("_PORT_")
         || text.starts_with("tcp://") || text.starts_with("udp://");
}

} // namespace

void apply_override(const std::string& text, options& out, report& log) {
  position at{"--set"};
  auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    return log.error(at, in_quotes(shown_line(text, {}))
                           + " is not an override; write it like "
                             "\"server.listen=127.0.0.1:3000\"");
  apply(std::string_view{text}.substr(0, equals), text.substr(equals + 1), at,
        out, log);
}

void apply_variable(const std::pair<std::string, std::string>& variable,
                    options& out, report& log) {
  auto& [name, text] = variable;
  if (!name.starts_with(prefix))
    return;
  position at{"environment"};
  auto paths = key_paths();
  if (auto path = path_of(name, paths))
    return apply(*path, text, at, out, log);
  if (is_service_link(name, text))
    return;
  auto section = section_of(name);
  if (auto best = nearest_variable(name, section, paths); !best.empty())
    log.error(at, "unknown variable " + in_quotes(name) + did_you_mean(best));
  else if (!section.empty())
    log.error(at, "unknown variable " + in_quotes(name)
                    + "; it names no key, as \"WEIR_SERVER_LISTEN\" names "
                      "server.listen");
}

} // namespace weir::config
