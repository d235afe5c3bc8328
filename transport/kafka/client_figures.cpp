#include "transport/kafka/client_figures.hpp"

#include "transport/kafka/statistics.hpp"

#include <algorithm>

namespace weir::kafka {

namespace {

using statistics::number;
using statistics::take;

/// Reads numbers one after the other, in librdkafka's order.
class reader {
public:
  explicit reader(std::string_view text) : rest_(text) {}

  /// The number behind `name`, which is looked for from the last one on.
  std::int64_t next(std::string_view name) {
    auto found = take(rest_, name);
    auto result = found ? number(*found) : -1;
    is_good_ = is_good_ && result >= 0;
    return result;
  }

  bool is_good() const { return is_good_; }

private:
  std::string_view rest_;
  bool is_good_ = true;
};

/// Of several connections to a broker: one that has got another id may have two
/// for a while.
void add_broker(std::string_view name, const client_figures::broker& x,
                client_figures& to) {
  auto& known = to.brokers[std::string{name}];
  known.unanswered += x.unanswered;
  known.round_trip_p99 = std::max(known.round_trip_p99, x.round_trip_p99);
  known.answers += x.answers;
  known.throttled += x.throttled;
  known.unreachable |= x.unreachable;
}

/// Whether it waits for a connection. One that nobody needs is not wanted, and
/// those states that are not here have one.
bool is_connecting(std::string_view state) {
  return state == "TRY_CONNECT" || state == "CONNECT"
         || state == "SSL_HANDSHAKE";
}

/// The text from here to the next quote.
std::string_view text_of(std::optional<std::string_view> x) {
  return x ? x->substr(0, x->find('"')) : std::string_view{};
}

/// A round trip's average has a name of its own among many; numbers that a
/// space comes before are written so. Begins with the broker's name.
bool read_broker(std::string_view broker, client_figures& to) {
  client_figures::broker result;
  auto name = text_of(take(broker, "\""));
  auto source = text_of(take(broker, "\"source\":\""));
  result.unreachable = is_connecting(text_of(take(broker, "\"state\":\"")));
  reader x{broker};
  result.unanswered = x.next("\"waitresp_cnt\":");
  to.retries += x.next("\"txretries\":");
  to.timeouts += x.next("\"req_timeouts\":");
  result.answers = x.next("\"rx\":");
  take(broker, "\"rtt\":");
  reader rtt{broker};
  to.round_trip_time += rtt.next("\"sum\":");
  result.round_trip_p99 = rtt.next("\"p99\": ");
  to.round_trips += rtt.next("\"cnt\":");
  to.round_trip_p99 = std::max(to.round_trip_p99, result.round_trip_p99);
  take(broker, "\"throttle\":");
  reader throttle{broker};
  result.throttled = throttle.next("\"sum\":");
  if (source != "logical" && source != "internal")
    add_broker(name, result, to);
  return x.is_good() && rtt.is_good() && throttle.is_good();
}

/// Behind all topics, which have fields of the same names.
bool read_totals(std::string_view json, client_figures& to) {
  auto begin = json.rfind("\"tx\":");
  if (begin == std::string_view::npos)
    return false;
  reader x{json.substr(begin)};
  to.requests = x.next("\"tx\":");
  to.sent_bytes = x.next("\"tx_bytes\":");
  to.received_bytes = x.next("\"rx_bytes\":");
  to.sent_records = x.next("\"txmsgs\":");
  to.received_records = x.next("\"rxmsgs\":");
  return x.is_good();
}

} // namespace

std::optional<client_figures> read_figures(std::string_view json) {
  client_figures result;
  reader x{json};
  result.queued_records = x.next("\"msg_cnt\":");
  result.queued_bytes = x.next("\"msg_size\":");
  if (!x.is_good() || !read_totals(json, result))
    return std::nullopt;
  if (!take(json, "\"brokers\":{"))
    return std::nullopt;
  auto rest = json.substr(0, json.find("\"topics\":{"));
  while (auto broker = take(rest, "\"nodename\":"))
    if (!read_broker(broker->substr(0, broker->find("\"nodename\":")), result))
      return std::nullopt;
  return result;
}

} // namespace weir::kafka
