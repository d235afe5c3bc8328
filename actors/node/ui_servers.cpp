#include "actors/node/ui_servers.hpp"

#include "transport/socketio/json_slice.hpp"

#include <string_view>
#include <utility>

namespace weir {

namespace {

using schemas::server_status;

std::string quoted(std::string_view text) {
  std::string result;
  json::append_string(result, text);
  return result;
}

/// What the page draws over time: `[{timestamp, type, subType?, count}]`.
class growth {
public:
  explicit growth(std::int64_t time_ms)
    : second_(std::to_string(time_ms - time_ms % 1000)) {}

  /// Counters of another process begin again.
  void add(std::string_view type, std::uint64_t from, std::uint64_t to,
           std::string_view sub_type = {}) {
    if (to <= from)
      return;
    json_ += std::string{json_.empty() ? "" : ","} + "{\"timestamp\":" + second_
             + ",\"type\":" + quoted(type);
    if (!sub_type.empty())
      json_ += ",\"subType\":" + quoted(sub_type);
    json_ += ",\"count\":" + std::to_string(to - from) + '}';
  }

  const std::string& json() const { return json_; }

private:
  std::string second_;
  std::string json_;
};

std::string growth_of(const server_status& from, const server_status& to,
                      std::int64_t time_ms) {
  growth result{time_ms};
  result.add("rawConnection", from.opened, to.opened);
  for (auto& [reason, n] : to.closed) {
    auto before = from.closed.find(reason);
    result.add("rawDisconnection",
               before == from.closed.end() ? 0 : before->second, n, reason);
  }
  result.add("packetsIn", from.events_received, to.events_received);
  result.add("packetsOut", from.events_sent, to.events_sent);
  result.add("bytesIn", from.received_bytes, to.received_bytes);
  result.add("bytesOut", from.sent_bytes, to.sent_bytes);
  return result.json();
}

std::string namespaces_of(const server_status& x) {
  std::string result;
  for (auto& [nsp, n] : x.sockets)
    result += (result.empty() ? "{\"name\":" : ",{\"name\":") + quoted(nsp)
              + ",\"socketsCount\":" + std::to_string(n) + '}';
  return result;
}

/// Seconds with a fraction, whatever the process's locale.
std::string seconds_of(std::uint64_t ms) {
  auto fraction = std::to_string(ms % 1000);
  return std::to_string(ms / 1000) + '.' + std::string(3 - fraction.size(), '0')
         + fraction;
}

} // namespace

bool is_same_process(const server_status& x, const server_status& y) {
  return x.pid == y.pid && x.uptime_ms <= y.uptime_ms;
}

std::string ui_servers::report(const std::string& node, const server_status& x,
                               std::int64_t time_ms) {
  auto before = last_.find(node);
  auto events = before != last_.end() && is_same_process(before->second, x)
                  ? growth_of(before->second, x, time_ms)
                  : "";
  last_.insert_or_assign(node, x);
  return "{\"serverId\":" + quoted(node) + ",\"hostname\":" + quoted(x.hostname)
         + ",\"pid\":" + std::to_string(x.pid)
         + ",\"uptime\":" + seconds_of(x.uptime_ms) + ",\"clientsCount\":"
         + std::to_string(x.connections) + ",\"pollingClientsCount\":"
         + std::to_string(x.polling) + ",\"aggregatedEvents\":[" + events
         + "],\"namespaces\":[" + namespaces_of(x) + "]}";
}

std::uint64_t sockets_of(const server_status& x) {
  std::uint64_t result = 0;
  for (auto& [nsp, n] : x.sockets)
    result += n;
  return result;
}

} // namespace weir
