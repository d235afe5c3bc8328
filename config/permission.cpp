#include "config/permission.hpp"

#include "config/node.hpp"
#include "config/room_pattern.hpp"

namespace weir {

namespace {

constexpr std::string_view equals = " = ";

std::string_view trimmed(std::string_view x) {
  while (x.starts_with(' '))
    x.remove_prefix(1);
  while (x.ends_with(' '))
    x.remove_suffix(1);
  return x;
}

} // namespace

std::optional<permission_rule> parse_permission(std::string_view text) {
  using enum permission_rule::kind;
  if (text == "anyone")
    return permission_rule{anyone, {}, {}};
  if (text == "authenticated")
    return permission_rule{authenticated, {}, {}};
  auto i = text.find(equals);
  if (i == std::string_view::npos)
    return std::nullopt;
  permission_rule result{claim, std::string{trimmed(text.substr(0, i))},
                         std::string{trimmed(text.substr(i + equals.size()))}};
  if (result.value.empty() || config::check_claim(result.pointer)
      || room_pattern::check_template(result.value))
    return std::nullopt;
  return result;
}

} // namespace weir

namespace weir::config {

complaint check_permission(std::string_view text) {
  if (parse_permission(text))
    return std::nullopt;
  auto i = text.find(equals);
  if (!text.starts_with('/') || i == std::string_view::npos
      || trimmed(text.substr(i + equals.size())).empty())
    return in_quotes(text)
           + " is not a rule; those are \"anyone\", \"authenticated\", and a "
             "JSON pointer to a claim with what must be there, such as "
             "\"/rooms = {id}\"";
  if (auto problem = check_claim(trimmed(text.substr(0, i))))
    return problem;
  return room_pattern::check_template(trimmed(text.substr(i + equals.size())));
}

} // namespace weir::config
