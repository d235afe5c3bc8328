#include "config/keys.hpp"
#include "config/permission.hpp"
#include "config/room_pattern.hpp"

namespace weir::config {

namespace {

using namespace std::chrono_literals;

/// A JSON pointer into what clients connect with; empty: none.
complaint check_payload_pointer(std::string_view text) {
  if (text.empty() || !check_claim(text))
    return std::nullopt;
  return in_quotes(text)
         + " is not a JSON pointer into what clients connect with, such as "
           "\"/trace\"";
}

keys<on_connect_options> on_connect_keys() {
  using o = on_connect_options;
  return {
    value("event", &o::event, text(check_event)),
    value("args", &o::args, name_of({"handshake"})),
    value("delay", &o::delay, duration(0ms, 1s)),
  };
}

keys<allow_options> allow_keys() {
  using o = allow_options;
  return {
    value("join", &o::join, list(text(check_permission))),
    value("emit", &o::emit, list(text(check_permission))),
    value("history", &o::history, list(text(check_permission))),
  };
}

/// The pointer behind `claim:`; nothing: it is something else.
std::optional<std::string> claim_of(const node& in) {
  auto* text = std::get_if<std::string>(&in.value);
  if (text == nullptr || !text->starts_with(join_claim_prefix))
    return std::nullopt;
  auto pointer = text->substr(join_claim_prefix.size());
  return check_claim(pointer) ? std::nullopt : std::optional{pointer};
}

/// One key for two members.
key<mapping_options> join_key() {
  auto policy = choice<join_policy>({{"client", join_policy::client},
                                     {"auto", join_policy::automatic},
                                     {"claim:/rooms", join_policy::claim}},
                                    {"server"});
  auto read = [policy](mapping_options& out, const node& in,
                       const std::string& path, report& log) {
    if (auto pointer = claim_of(in)) {
      out.join = join_policy::claim;
      out.join_claim = std::move(*pointer);
    } else if (auto x = policy(in, path, log)) {
      out.join = *x;
    } else {
      log.unreadable(path);
    }
  };
  auto compare = [](const mapping_options& a, const mapping_options& b,
                    const std::string& path, std::vector<std::string>& out) {
    if (a.join != b.join || a.join_claim != b.join_claim)
      out.push_back(path);
  };
  return {"join", read, {{"join"}}, compare};
}

keys<mapping_options> mapping_keys() {
  using o = mapping_options;
  return {
    value("room", &o::room, text(room_pattern::check)),
    value("topic", &o::topic, text(check_topic)),
    value("key", &o::key, text(room_pattern::check_template)),
    value("events", &o::events, list(text(check_event))),
    value("room_from", &o::room_from, text(check_pointer)),
    value("id_from", &o::id_from, text(check_pointer)),
    value("trace_from", &o::trace_from, text(check_pointer)),
    value("event", &o::event, text(check_optional_event)),
    value("echo", &o::echo, flag()),
    value("members_only", &o::members_only, flag()),
    join_key(),
    value("history", &o::history, number(0, 10'000)),
    value("format", &o::format,
          choice<value_format>({{"json", value_format::json},
                                {"args", value_format::args},
                                {"raw", value_format::raw},
                                {"envelope", value_format::envelope}},
                               {"protobuf:"})),
    value("tombstones", &o::tombstones,
          choice<tombstone_policy>({{"event", tombstone_policy::event},
                                    {"skip", tombstone_policy::skip}})),
    table("allow", &o::allow, allow_keys()),
  };
}

keys<local_options> local_keys() {
  using o = local_options;
  return {
    value("events", &o::events, list(text(check_event))),
    value("to", &o::to,
          choice<local_target>({{"room", local_target::room},
                                {"sender", local_target::sender},
                                {"none", local_target::none}})),
    value("room_from", &o::room_from, text(check_pointer)),
    value("as", &o::as, text(check_optional_event)),
    value("ack", &o::ack,
          choice<local_ack>(
            {{"none", local_ack::none}, {"echo", local_ack::echo}})),
  };
}

} // namespace

const keys<namespace_options>& namespace_keys() {
  using o = namespace_options;
  static const keys<namespace_options> result = {
    value("name", &o::name, text(check_nsp)),
    value("auth", &o::auth,
          choice<auth_policy>({{"required", auth_policy::required},
                               {"optional", auth_policy::optional},
                               {"none", auth_policy::none}})),
    value("webhook", &o::webhook, list(name_of({"connect", "join"}))),
    value("recovery", &o::recovery, duration(0ms, 24h)),
    value("trace_from", &o::trace_from, text(check_payload_pointer)),
    value("join_event", &o::join_event, text(check_event)),
    value("leave_event", &o::leave_event, text(check_event)),
    optional_table("on_connect", &o::on_connect, on_connect_keys()),
    tables("mapping", &o::mappings, mapping_keys()),
    tables("local", &o::locals, local_keys()),
  };
  return result;
}

} // namespace weir::config
