#include "actors/node/query_reader.hpp"

#include "config/base/utf8.hpp"
#include "config/escaped.hpp"
#include "transport/http/query.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace weir {

namespace {

std::string names_of(const parameter_readers& all) {
  std::string result;
  for (auto& [name, _] : all)
    result += (result.empty() ? ", only " : ", ") + name;
  return result;
}

std::string quoted(std::string_view text) {
  std::string result;
  append_quoted(result, text);
  return result;
}

} // namespace

parameter_reader to(std::string& x) {
  return {[&x](std::string value) {
    x = std::move(value);
    return is_utf8(x);
  }};
}

parameter_reader to(std::optional<std::string>& x) {
  return {[&x](std::string value) {
    x = std::move(value);
    return is_utf8(*x);
  }};
}

parameter_reader to(bool& x) {
  return {[&x](const std::string& value) {
            x = value == "true";
            return x || value == "false";
          },
          "is true or false"};
}

parameter_reader to_text(std::string& x, bool (*is_good)(std::string_view),
                         std::string may_be) {
  return {[&x, is_good](std::string value) {
            x = std::move(value);
            return x.empty() || (is_utf8(x) && is_good(x));
          },
          std::move(may_be)};
}

parameter_reader to_namespace(std::string& x) {
  return to_text(
    x, [](std::string_view value) { return value.starts_with('/'); },
    "begins with \"/\"");
}

std::string read_query(std::string_view query, const parameter_readers& all) {
  std::set<std::string> seen;
  while (!query.empty()) {
    auto one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), one.size() + 1));
    if (one.empty())
      continue;
    if (!http::percent_decoded(one))
      return quoted(one) + " has a \"%\" without two hexadecimal digits";
    auto name = http::form_decoded(one.substr(0, one.find('=')));
    auto reader = all.find(name);
    if (reader == all.end())
      return "there is no parameter " + quoted(name) + " here" + names_of(all);
    if (!seen.insert(name).second)
      return name + " is there more than once";
    auto value = http::parameter(one, name).value_or("");
    if (!reader->second.set(value))
      return quoted(value) + " is no value of " + name + ", which "
             + reader->second.may_be;
  }
  return {};
}

} // namespace weir
