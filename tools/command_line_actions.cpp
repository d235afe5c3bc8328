// The commands that do something.

#include "tools/command_line.hpp"

#include <chrono>
#include <utility>

namespace weir {

namespace {

/// Nodes may have to wait for those who read topics that are new.
constexpr std::chrono::seconds reload_timeout{40};

} // namespace

void command_line::add_actions() {
  add_disconnect();
  auto& stop = add("drain", "stop a node in an orderly way", [this] {
    return act(how_, "/v1/nodes/" + encoded(one_) + "/drain");
  });
  add_text(stop, "NODE", one_, "its name").required();
  auto& log = add("loglevel", "what nodes log, until they restart", [this] {
    return act(how_, target_of("/v1/log-level",
                               {{"level", level_}, {"node", node_}}));
  });
  log.add_option("LEVEL", level_, "the least that is written")
    ->required()
    ->check(CLI::IsMember({"trace", "debug", "info", "warning", "error"}));
  add_node(log);
  add_node(add("reload", "have nodes read their configurations again", [this] {
    if (app_.count("--timeout") == 0)
      how_.where.timeout = reload_timeout;
    return act(how_, target_of("/v1/reload", {{"node", node_}}));
  }));
  add_events();
  add_memberships();
}

void command_line::add_sockets(CLI::App& x, bool with_room) {
  auto& who = *x.add_option_group("who", "one of, or several that all hold");
  if (with_room)
    add_text(who, "--room", whom_.room, "the members of a room");
  add_text(who, "--sid", whom_.sid, "a connection, or a socket");
  add_text(who, "--user", whom_.user, "the sockets of a user");
  who.require_option(1, 0);
  add_text(x, "--namespace", whom_.nsp, "of Socket.IO");
  add_node(x);
}

parameters command_line::sockets(parameters more) const {
  more.insert(more.end(), {{"sid", whom_.sid},
                           {"user", whom_.user},
                           {"namespace", whom_.nsp},
                           {"node", node_}});
  return more;
}

void command_line::add_events() {
  auto& to_topic
    = add("publish", "store an event in the topic of a room", [this] {
        return publish(how_,
                       target_of("/v1/publish", {{"event", event_},
                                                 {"room", whom_.room},
                                                 {"namespace", whom_.nsp}}),
                       arguments_of(words_));
      });
  add_text(to_topic, "ROOM", whom_.room, "whose members get it").required();
  add_text(to_topic, "--namespace", whom_.nsp, "of Socket.IO");
  auto& to_clients = add(
    "emit", "send clients an event that no topic has", [this] {
      return act(how_,
                 target_of("/v1/emit",
                           sockets({{"event", event_}, {"room", whom_.room}})),
                 arguments_of(words_));
    });
  add_sockets(to_clients, true);
  for (auto* x : {&to_topic, &to_clients}) {
    add_text(*x, "EVENT", event_, "its name").required();
    x->add_option("ARGUMENT", words_, "JSON, or else a text")->check(is_text);
  }
}

void command_line::add_memberships() {
  for (auto& [name, what] : {std::pair{"join", "put sockets into a room"},
                             std::pair{"leave", "put sockets out of a room"}}) {
    auto& x = add(name, what, [this, path = std::string{"/v1/"} + name] {
      return act(how_, target_of(path, sockets({{"room", whom_.room}})));
    });
    add_text(x, "ROOM", whom_.room, "its name").required();
    add_sockets(x, false);
  }
}

void command_line::add_disconnect() {
  auto& x = add("disconnect", "send clients away, on whatever node they are",
                [this] { return disconnect(how_, whom_); });
  auto& who = *x.add_option_group("who", "one of");
  add_text(who, "--sid", whom_.sid, "a connection, or a socket");
  add_text(who, "--user", whom_.user, "all sockets of a user");
  add_text(who, "--room", whom_.room, "the members of a room");
  who.require_option(1);
  add_text(x, "--namespace", whom_.nsp, "of the room");
}

} // namespace weir
