#include "actors/client/connection_view.hpp"

#include "actors/client/connection_census.hpp"
#include "actors/client/connection_state.hpp"
#include "actors/client/shown_handshake.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace weir {

namespace {

using membership = socket_rooms::membership;

schemas::membership_status describe(const membership& x) {
  schemas::membership_status result{x.room, x.id == 0, x.is_behind(), {}};
  for (auto& y : x.readers)
    result.positions.push_back(
      {y.partition(), y.next(), y.is_missing(), y.lag()});
  return result;
}

schemas::socket_status describe(const client_socket& x, bool in_detail) {
  schemas::socket_status result{x.identity->id,
                                x.nsp(),
                                x.identity->user,
                                static_cast<std::uint32_t>(x.rooms.size()),
                                {}};
  if (in_detail)
    for (auto& [name, y] : x.rooms.all())
      result.rooms.push_back(describe(*y));
  return result;
}

bool is_behind(const client_socket& x) {
  return !x.rooms.behind().empty();
}

bool has(const std::list<client_socket>& sockets, auto predicate) {
  return std::any_of(sockets.begin(), sockets.end(), predicate);
}

} // namespace

connection_view::connection_view(connection_state& of) : of_(of) {
  of_.context->all->add(*this);
}

connection_view::~connection_view() {
  of_.context->all->remove(*this);
}

std::string_view connection_view::session_id() const {
  return of_.sid();
}

bool connection_view::is_called(std::string_view id) const {
  return id == session_id() || id == session_id().substr(0, shown_sid);
}

/// A socket that starts over is another one, behind the others. A connection
/// that is new may be ahead of the news.
void connection_view::use(const routes& next) {
  if (next.version() <= of_.table->version())
    return;
  of_.table = &next;
  auto now = [&next](auto* x) { return &next.at(x->index()); };
  if (of_.checked) {
    for (auto& x : of_.checked->waiting)
      x->rules = now(x->rules);
    for (auto& [number, x] : of_.checked->connects)
      x.rules = now(x.rules);
  }
  auto i = of_.sockets.begin();
  for (auto n = of_.sockets.size(); n > 0; --n) {
    auto& socket = *i++;
    end_questions(socket, *now(socket.rules));
    socket.use(*now(socket.rules));
  }
  of_.update_reading();
}

/// Joins that wait for the webhook, of rooms that are not as they were.
void connection_view::end_questions(client_socket& socket,
                                    const nsp_routes& now) {
  if (!of_.checked)
    return;
  std::vector<std::pair<std::string, const lost_room*>> lost;
  for (auto& [where, x] : of_.checked->rooms)
    if (auto* why = loss_of(where.second, *socket.rules, now);
        why && where.first == socket.identity && !x.joins.empty())
      lost.emplace_back(where.second, why);
  for (auto& [room, why] : lost)
    of_.call_joins_off(socket, room, why->to_who_joins);
}

void connection_view::add_to(connection_counts& x) const {
  ++x.connections;
  x.polling += of_.session->transport() == "polling" ? 1U : 0U;
  for (auto& socket : of_.sockets)
    ++x.sockets[socket.nsp()];
}

bool connection_view::matches(const connection_filter& x) const {
  auto& session = *of_.session;
  if ((!x.transport.empty() && x.transport != session.transport())
      || (!x.address.empty() && x.address != session.handshake().address)
      || (x.paused && !of_.paused && !of_.slowed))
    return false;
  if (!x.id.empty() && !is_called(x.id)
      && !has(of_.sockets, [&](auto& y) { return y.identity->id == x.id; }))
    return false;
  if (x.user.empty() && x.nsp.empty() && x.room.empty() && !x.behind)
    return true;
  return has(of_.sockets, [&](const client_socket& y) {
    return (x.user.empty() || y.identity->user == x.user)
           && (x.nsp.empty() || y.nsp() == x.nsp)
           && (x.room.empty() || y.rooms.all().contains(x.room))
           && (!x.behind || is_behind(y));
  });
}

schemas::connection_status connection_view::describe(bool in_detail) const {
  using std::chrono::milliseconds;
  auto& session = *of_.session;
  auto age = std::chrono::duration_cast<milliseconds>(
    std::chrono::system_clock::now() - session.handshake().time);
  schemas::connection_status result;
  result.id = session_id().substr(0, shown_sid);
  result.address = session.handshake().address;
  result.transport = session.transport();
  // The system's clock may have been set back since.
  result.connected_ms
    = static_cast<std::uint64_t>(std::max(age, milliseconds{0}).count());
  result.outbox_bytes = session.outbox_size();
  result.outbox_limit = session.outbox_limit();
  result.open_requests = static_cast<std::uint32_t>(of_.requests.size());
  result.open_bytes = of_.requests.bytes();
  result.paused = of_.paused || of_.slowed;
  result.behind = has(of_.sockets, is_behind);
  for (auto& x : of_.sockets)
    result.sockets.push_back(weir::describe(x, in_detail));
  if (in_detail)
    result.handshake = shown_handshake(session.handshake(),
                                       of_.context->is_encrypted);
  return result;
}

} // namespace weir
