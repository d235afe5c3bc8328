#include "transport/socketio/placeholder.hpp"

#include "transport/socketio/json_scanner.hpp"
#include "transport/socketio/json_slice.hpp"

#include <algorithm>
#include <bitset>
#include <cstdlib>
#include <map>
#include <string>

namespace weir::socketio {

namespace {

/// Finds the placeholders of a text and ticks off what they name.
class finder {
public:
  explicit finder(std::size_t attachments) : attachments_(attachments) {
    // nop
  }

  /// False: something is wrong with a placeholder.
  bool values(json::scanner& in) {
    while (!in.at_end() && !in.at_close())
      if (!value(in))
        return false;
    return true;
  }

  bool found_all() const { return found_.count() == attachments_; }

private:
  /// As deep as the text is nested, which validation has limited.
  bool value(json::scanner& in) {
    if (in.at('{'))
      return object(in);
    if (!in.at('[')) {
      in.next();
      return true;
    }
    in.enter();
    if (!values(in))
      return false;
    in.leave();
    return true;
  }

  bool object(json::scanner& in) {
    bool is_placeholder = false;
    std::string_view num;
    std::size_t members = 0;
    for (in.enter(); !in.at_close(); ++members) {
      auto key = json::string_value(in.next());
      if (in.at('{') || in.at('[')) {
        if (!value(in))
          return false;
        continue;
      }
      auto member = in.next();
      if (key == "_placeholder" && member == "true")
        is_placeholder = true;
      else if (key == "num")
        num = member;
    }
    in.leave();
    return !is_placeholder || (members == 2 && tick(num));
  }

  bool tick(std::string_view num) {
    static_assert(max_attachments == 10, "a number has one digit");
    if (num.size() != 1 || num[0] < '0' || num[0] > '9')
      return false;
    auto index = static_cast<std::size_t>(num[0] - '0');
    if (index >= attachments_ || found_[index])
      return false;
    found_.set(index);
    return true;
  }

  std::size_t attachments_;
  std::bitset<max_attachments> found_;
};

/// Walks as the reference's parser does: of equal keys it sees the last, and
/// nothing of what else is in a placeholder.
class illegal_finder {
public:
  explicit illegal_finder(std::size_t attachments)
    : attachments_(static_cast<double>(attachments)) {
    // nop
  }

  bool values(json::scanner& in) {
    bool result = false;
    while (!in.at_end() && !in.at_close())
      result |= value(in);
    return result;
  }

private:
  bool value(json::scanner& in) {
    if (in.at('{'))
      return object(in);
    if (!in.at('[')) {
      in.next();
      return false;
    }
    in.enter();
    auto result = values(in);
    in.leave();
    return result;
  }

  bool object(json::scanner& in) {
    std::map<std::string, bool> members;
    std::string_view flag;
    std::string_view num;
    for (in.enter(); !in.at_close();) {
      auto literal = in.next();
      auto key = json::string_value(literal).value_or(std::string{literal});
      const bool is_scalar = !in.at('{') && !in.at('[');
      const bool is_illegal = !is_scalar && value(in);
      auto scalar = is_scalar ? in.next() : std::string_view{};
      if (key == "_placeholder")
        flag = scalar;
      else if (key == "num")
        num = scalar;
      members[std::move(key)] = is_illegal;
    }
    in.leave();
    if (flag == "true")
      return !names_something(num);
    return std::any_of(members.begin(), members.end(),
                       [](auto& x) { return x.second; });
  }

  bool names_something(std::string_view num) const {
    if (num.empty() || (num[0] != '-' && (num[0] < '0' || num[0] > '9')))
      return false;
    auto x = std::strtod(std::string{num}.c_str(), nullptr);
    return x >= 0 && x < attachments_;
  }

  double attachments_;
};

} // namespace

bool has_illegal_placeholder(std::string_view json, std::size_t attachments) {
  json::scanner all{json};
  return illegal_finder{attachments}.values(all);
}

bool placeholders_match(std::string_view json, std::size_t attachments) {
  if (attachments == 0)
    return true;
  if (attachments > max_attachments)
    return false;
  finder search{attachments};
  json::scanner all{json};
  return search.values(all) && search.found_all();
}

} // namespace weir::socketio
