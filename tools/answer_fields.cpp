#include "tools/answer_fields.hpp"

#include <boost/json.hpp>

#include <stdexcept>

namespace weir {

using boost::json::array;
using boost::json::object;
using boost::json::value;

std::string text(const object& x, std::string_view field) {
  auto* found = x.if_contains(field);
  if (found == nullptr)
    return "-";
  if (auto* y = found->if_string())
    return y->empty() ? "-" : std::string{y->data(), y->size()};
  if (auto* y = found->if_bool())
    return *y ? "yes" : "no";
  return boost::json::serialize(*found);
}

std::int64_t number(const object& x, std::string_view field) {
  try {
    return std::stoll(text(x, field));
  } catch (const std::exception&) {
    return 0;
  }
}

bool is_set(const object& x, std::string_view field) {
  auto* found = x.if_contains(field);
  return found && found->is_bool() && found->get_bool();
}

const array& rows(const object& x, std::string_view field) {
  static const array none;
  auto* found = x.if_contains(field);
  auto* result = found ? found->if_array() : nullptr;
  return result ? *result : none;
}

const object& row(const value& x) {
  static const object none;
  auto* result = x.if_object();
  return result ? *result : none;
}

std::vector<std::string> reasons_of(const object& node) {
  auto* found = node.if_contains("readiness");
  auto* known = found ? found->if_object() : nullptr;
  std::vector<std::string> result;
  if (known == nullptr || is_set(*known, "ready"))
    return result;
  for (auto& x : rows(*known, "reasons"))
    if (auto* y = x.if_string())
      result.emplace_back(y->data(), y->size());
  if (result.empty())
    result.emplace_back("it does not say why");
  return result;
}

} // namespace weir
