#include "actors/node/query_reader.hpp"

#include "transport/http/query.hpp"

#include <algorithm>
#include <utility>

namespace weir {

namespace {

std::string names_of(const parameter_readers& all) {
  std::string result;
  for (auto& [name, _] : all)
    result += (result.empty() ? "" : ", ") + name;
  return result;
}

} // namespace

parameter_reader to(std::string& x) {
  return {[&x](std::string value) {
    x = std::move(value);
    return true;
  }};
}

parameter_reader to(std::optional<std::string>& x) {
  return {[&x](std::string value) {
    x = std::move(value);
    return true;
  }};
}

parameter_reader to(bool& x) {
  return {[&x](const std::string& value) {
            x = value == "true";
            return x || value == "false";
          },
          "is true or false"};
}

std::string read_query(std::string_view query, const parameter_readers& all) {
  while (!query.empty()) {
    auto one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), one.size() + 1));
    if (one.empty())
      continue;
    auto name = http::form_decoded(one.substr(0, one.find('=')));
    auto reader = all.find(name);
    if (reader == all.end())
      return "there is no parameter \"" + name + "\" here, only "
             + names_of(all);
    auto value = http::parameter(one, name).value_or("");
    if (!reader->second.set(value))
      return "\"" + value + "\" is no value of " + name + ", which "
             + std::string{reader->second.may_be};
  }
  return {};
}

} // namespace weir
