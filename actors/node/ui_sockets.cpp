#include "actors/node/ui_sockets.hpp"

#include "config/base/rfc3339.hpp"
#include "transport/socketio/json_slice.hpp"

#include <utility>

namespace weir {

namespace {

std::string quoted(std::string_view text) {
  std::string result;
  json::append_string(result, text);
  return result;
}

std::string object_of(const std::map<std::string, std::string>& x) {
  std::string result = "{";
  for (auto& [name, value] : x)
    result += (result.size() == 1 ? "" : ",") + quoted(name) + ':'
              + quoted(value);
  return result + '}';
}

std::string url_of(const schemas::handshake_status& x) {
  auto result = x.path;
  for (auto& [name, value] : x.query)
    result += (result.size() == x.path.size() ? "?" : "&") + name + '=' + value;
  return result;
}

std::string handshake_of(const schemas::connection_status& x) {
  auto shown = x.handshake.value_or(schemas::handshake_status{});
  auto has_origin = shown.headers.contains("origin");
  return "{\"address\":" + quoted(x.address) + ",\"headers\":"
         + object_of(shown.headers) + ",\"query\":" + object_of(shown.query)
         + ",\"issued\":" + std::to_string(shown.issued_ms)
         + ",\"secure\":" + (shown.secure ? "true" : "false") + ",\"time\":\""
         + to_rfc3339(static_cast<std::int64_t>(shown.issued_ms))
         + "\",\"url\":" + quoted(url_of(shown))
         + ",\"xdomain\":" + (has_origin ? "true" : "false") + '}';
}

std::string rest_of(const schemas::connection_status& x,
                    const schemas::socket_status& socket) {
  auto data = socket.user.empty() ? "{}"
                                  : "{\"user\":" + quoted(socket.user) + '}';
  return ",\"data\":" + data + ",\"handshake\":" + handshake_of(x);
}

std::string json_of(const ui_sockets::key& key, const ui_socket& x) {
  auto result = "{\"id\":" + quoted(key.id) + ",\"clientId\":"
                + quoted(x.client) + ",\"transport\":" + quoted(x.transport)
                + ",\"nsp\":" + quoted(key.nsp) + x.rest + ",\"rooms\":[";
  for (auto& room : x.rooms)
    result += (&room == &*x.rooms.begin() ? "" : ",") + quoted(room);
  return result + "]}";
}

/// The events of one look.
struct changes {
  changes(const ui_sockets::reasons& why, std::int64_t time_ms)
    : why(why), time("\"" + to_rfc3339(time_ms) + "\"") {}

  void connected(const ui_sockets::key& key, const ui_socket& x) {
    all.push_back({"socket_connected", json_of(key, x) + ',' + time});
  }

  /// The page takes a socket out of its rooms only where it is told so.
  void disconnected(const ui_sockets::key& key, const ui_socket& x) {
    for (auto& room : x.rooms)
      moved("room_left", key, room);
    auto reason = why.find(key);
    all.push_back({"socket_disconnected",
                   quoted(key.nsp) + ',' + quoted(key.id) + ','
                     + quoted(reason == why.end() ? "gone" : reason->second)
                     + ',' + time});
  }

  void changed(const ui_sockets::key& key, const ui_socket& from,
               const ui_socket& to) {
    if (from.transport != to.transport)
      all.push_back({"socket_updated",
                     "{\"id\":" + quoted(key.id) + ",\"nsp\":" + quoted(key.nsp)
                       + ",\"transport\":" + quoted(to.transport) + '}'});
    for (auto& room : from.rooms)
      if (!to.rooms.contains(room))
        moved("room_left", key, room);
    for (auto& room : to.rooms)
      if (!from.rooms.contains(room))
        moved("room_joined", key, room);
  }

  void moved(const char* what, const ui_sockets::key& key,
             const std::string& room) {
    all.push_back({what, quoted(key.nsp) + ',' + quoted(room) + ','
                           + quoted(key.id) + ',' + time});
  }

  const ui_sockets::reasons& why;
  std::string time;
  std::vector<ui_event> all;
};

} // namespace

std::size_t ui_sockets::add(listing& to, const std::string& node,
                            const schemas::connection_status& x) {
  std::size_t bytes = 0;
  for (auto& socket : x.sockets) {
    ui_socket shown{node, x.id, x.transport, {socket.id}, rest_of(x, socket)};
    for (auto& room : socket.rooms)
      if (!room.joining)
        shown.rooms.insert(room.room);
    for (auto& room : shown.rooms)
      bytes += room.size();
    bytes += sizeof(ui_socket) + shown.rest.size();
    to.insert_or_assign({socket.nsp, socket.id}, std::move(shown));
  }
  return bytes;
}

std::vector<ui_event>
ui_sockets::update(listing now, const std::set<std::string>& silent,
                   const reasons& why, std::int64_t time_ms) {
  for (auto& [key, x] : all_)
    if (silent.contains(x.node))
      now.try_emplace(key, x);
  changes found{why, time_ms};
  for (auto& [key, x] : all_)
    if (!now.contains(key))
      found.disconnected(key, x);
  for (auto& [key, x] : now)
    if (auto before = all_.find(key); before != all_.end())
      found.changed(key, before->second, x);
    else
      found.connected(key, x);
  all_ = std::move(now);
  return std::move(found.all);
}

std::string ui_sockets::json() const {
  std::string result = "[";
  for (auto& [key, x] : all_)
    result += (result.size() == 1 ? "" : ",") + json_of(key, x);
  return result + ']';
}

const ui_socket* ui_sockets::find(const std::string& nsp,
                                  const std::string& id) const {
  auto i = all_.find({nsp, id});
  return i == all_.end() ? nullptr : &i->second;
}

std::vector<ui_sockets::target>
ui_sockets::members(const std::string& nsp, const std::string& room) const {
  std::vector<target> result;
  for (auto i = all_.lower_bound({nsp, {}});
       i != all_.end() && i->first.nsp == nsp; ++i)
    if (room.empty() || i->second.rooms.contains(room))
      result.push_back({i->first.id, i->second.node});
  return result;
}

} // namespace weir
