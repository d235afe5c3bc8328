#include "actors/node/ui_request.hpp"

#include "config/names.hpp"
#include "transport/socketio/json_slice.hpp"

#include <utility>

namespace weir {

namespace {

using kind = ui_request::kind;

/// The arguments one after the other; `is_good` until one is missing or of
/// another type.
class reader {
public:
  explicit reader(std::string_view args) : rest_(args) {}

  std::string text() {
    auto value = json::pop_front(rest_);
    auto found = json::string_value(value);
    is_good = is_good && found.has_value();
    return std::move(found).value_or("");
  }

  /// May be missing, or null: empty.
  std::string filter() {
    auto value = json::pop_front(rest_);
    if (value.empty() || value == "null")
      return {};
    auto found = json::string_value(value);
    is_good = is_good && found.has_value() && !found->empty();
    return std::move(found).value_or("");
  }

  bool flag() {
    auto value = json::pop_front(rest_);
    is_good = is_good && (value == "true" || value == "false");
    return value == "true";
  }

  std::string_view rest() const { return rest_; }

  bool is_good = true;

private:
  std::string_view rest_;
};

void read_emit(ui_request& x, reader& from) {
  x.filter = from.filter();
  x.event = from.text();
  x.args = from.rest();
  from.is_good = from.is_good && !config::check_event(x.event);
}

void read_move(ui_request& x, reader& from) {
  x.room = from.text();
  x.filter = from.filter();
  from.is_good = from.is_good && !x.room.empty();
}

void read_disconnect(ui_request& x, reader& from) {
  x.close = from.flag();
  x.filter = from.filter();
}

/// A member of an object; "": there is none, or it is no text.
std::string member(std::string_view object, std::string_view pointer) {
  if (object.empty())
    return {};
  auto value = json::at(object, pointer);
  return value ? json::string_value(*value).value_or("") : std::string{};
}

} // namespace

std::optional<ui_request> parse_ui_request(std::string_view name,
                                           std::string_view args) {
  ui_request result;
  reader from{args};
  result.nsp = from.text();
  if (name == "emit") {
    result.what = kind::emit;
    read_emit(result, from);
  } else if (name == "join" || name == "leave") {
    result.what = name == "join" ? kind::join : kind::leave;
    read_move(result, from);
  } else if (name == "_disconnect") {
    result.what = kind::disconnect;
    read_disconnect(result, from);
  } else {
    return std::nullopt;
  }
  return from.is_good ? std::optional{std::move(result)} : std::nullopt;
}

ui_credentials read_ui_credentials(std::string_view json) {
  return {member(json, "/username"), member(json, "/password"),
          member(json, "/sessionId")};
}

} // namespace weir
