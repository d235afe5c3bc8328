#include "config/secret.hpp"

#include "config/names.hpp"
#include "config/node.hpp"
#include "config/options/fixed_bounds.hpp"

#include <algorithm>
#include <array>
#include <fstream>

namespace weir::config {

namespace {

constexpr std::string_view file_suffix = "_file";

/// Parts of the names of secrets; `pem` is a key itself, `oauthbearer.config`
/// may hold one.
constexpr std::array<std::string_view, 5> secret_parts
  = {"password", "passphrase", "secret", "pem", "oauthbearer.config"};

/// What is shorter is no secret, and would be found in every text.
constexpr std::size_t shortest = 4;

std::string lower(std::string_view x) {
  std::string result{x};
  for (auto& c : result)
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return result;
}

bool has_secret_part(const std::string& name) {
  return std::any_of(secret_parts.begin(), secret_parts.end(), [&](auto part) {
    return name.find(part) != std::string::npos;
  });
}

/// Whether the text ends within a string of several lines.
bool ends_in_string(std::string_view text) {
  auto is_open = false;
  for (std::string_view quotes : {R"(""")", "'''"})
    for (auto i = text.find(quotes); i != std::string_view::npos;
         i = text.find(quotes, i + quotes.size()))
      is_open = !is_open;
  return is_open;
}

using properties = std::map<std::string, std::string>;

void read_properties_files(properties& all, const std::string& table,
                           report& log) {
  for (auto i = all.begin(); i != all.end();) {
    const std::string base{property_of_file(i->first)};
    if (base.empty()) {
      ++i;
      continue;
    }
    auto path = table + "." + i->first;
    auto found = read_secret(i->second);
    if (all.contains(base))
      log.error(log.place_of(path), in_quotes(i->first) + ": not together with "
                                      + in_quotes(base) + "; set one of them");
    else if (!found.problem.empty())
      log.error(log.place_of(path), in_quotes(i->first) + ": " + found.problem);
    else
      all[base] = std::move(found.value);
    i = all.erase(i);
  }
}

void read_file_of(std::string& value, const std::string& file,
                  const std::string& path,
                  complaint (*acceptable)(std::string_view), report& log) {
  if (file.empty())
    return;
  auto found = read_secret(file);
  if (!value.empty())
    log.error_at(path, "not together with "
                         + path.substr(0, path.size() - file_suffix.size())
                         + "; set one of them");
  else if (!found.problem.empty())
    log.error_at(path, found.problem);
  else if (found.value.empty())
    log.error_at(path, in_quotes(file) + " is empty");
  else if (auto problem = acceptable(found.value))
    log.error_at(path, *problem);
  else
    value = std::move(found.value);
}

} // namespace

bool is_secret_name(std::string_view text) {
  auto name = lower(text);
  if (name.ends_with(file_suffix) || name.ends_with(".file")
      || name.ends_with("location"))
    return false;
  return has_secret_part(name) || name == "token" || name.ends_with(".token")
         || name.ends_with("admin_token");
}

std::string shown_value(std::string_view name, std::string_view value) {
  return is_secret_name(name) ? "(hidden)" : in_quotes(value);
}

std::string shown_text(std::string_view name, std::string_view value,
                       std::string text) {
  if (!is_secret_name(name) || value.size() < shortest)
    return text;
  constexpr std::string_view instead = "(hidden)";
  for (auto i = text.find(value); i != std::string::npos;
       i = text.find(value, i + instead.size()))
    text.replace(i, value.size(), instead);
  return text;
}

std::string shown_line(std::string_view line, std::string_view before) {
  if (ends_in_string(before))
    return "(hidden)";
  auto name = lower(line);
  if (!has_secret_part(name) && name.find("token") == std::string::npos)
    return std::string{line};
  auto equals = line.find('=');
  return equals == std::string_view::npos
           ? "(hidden)"
           : std::string{line.substr(0, equals)} + "= (hidden)";
}

std::string shown_url(std::string_view url) {
  constexpr std::string_view scheme_end = "://";
  auto scheme = url.find(scheme_end);
  auto begin = scheme == std::string_view::npos ? 0
                                                : scheme + scheme_end.size();
  auto at = url.rfind('@');
  if (at == std::string_view::npos || at < begin)
    return std::string{url};
  return std::string{url.substr(0, begin)} + "(hidden)"
         + std::string{url.substr(at)};
}

secret_text read_secret(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  std::string text(max_key_file + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  auto size = static_cast<std::size_t>(in.gcount());
  if (in.bad() || (size == 0 && !in.eof()) || size > max_key_file)
    return {{},
            in_quotes(file) + " cannot be read, or has more than "
              + std::to_string(max_key_file)
              + " bytes; relative names start at the configuration's own "
                "folder"};
  text.resize(size);
  for (auto c : {'\n', '\r'})
    if (text.ends_with(c))
      text.pop_back();
  return {std::move(text), {}};
}

std::string_view property_of_file(std::string_view name) {
  if (!name.ends_with(file_suffix))
    return {};
  auto base = name.substr(0, name.size() - file_suffix.size());
  return is_secret_name(base) ? base : std::string_view{};
}

void read_secret_files(options& x, report& log) {
  read_file_of(x.cluster.secret, x.cluster.secret_file, "cluster.secret_file",
               check_secret, log);
  read_file_of(x.admin.token, x.admin.token_file, "admin.token_file",
               check_token, log);
  read_file_of(x.admin.ui_password, x.admin.ui_password_file,
               "admin.ui_password_file", check_bcrypt, log);
  read_file_of(x.auth.webhook.secret, x.auth.webhook.secret_file,
               "auth.webhook.secret_file", anything, log);
  read_properties_files(x.kafka.properties, "kafka.properties", log);
  read_properties_files(x.kafka.producer, "kafka.producer", log);
  read_properties_files(x.kafka.consumer, "kafka.consumer", log);
}

} // namespace weir::config
