#include "transport/socketio/placeholder.hpp"

#include "transport/socketio/json_scanner.hpp"
#include "transport/socketio/json_slice.hpp"

#include <bitset>

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
      const auto key = json::string_value(in.next());
      if (in.at('{') || in.at('[')) {
        if (!value(in))
          return false;
        continue;
      }
      const auto member = in.next();
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
    const auto index = static_cast<std::size_t>(num[0] - '0');
    if (index >= attachments_ || found_[index])
      return false;
    found_.set(index);
    return true;
  }

  std::size_t attachments_;
  std::bitset<max_attachments> found_;
};

} // namespace

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
