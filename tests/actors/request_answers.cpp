// What clients get in the world of requests, and whether they may.

#include "actors/client/answers.hpp"
#include "tests/actors/request_world.hpp"
#include "transport/socketio/json_slice.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <charconv>

namespace weir::requests {

namespace {

std::string text_at(std::string_view json, std::string_view pointer) {
  auto value = json::at(json, pointer);
  return value ? json::string_value(*value).value_or("") : "";
}

} // namespace

/// `is_cut`: some of the last is lost.
void world::receive(client& x, bool is_cut) {
  auto packets = x.session->take();
  if (is_cut && !packets.empty())
    packets.resize(choice.below(static_cast<std::uint32_t>(packets.size())));
  for (auto& packet : packets)
    take(x, packet);
}

void world::take(client& x, std::string_view packet) {
  auto type = packet.front();
  packet.remove_prefix(1);
  auto is_other = packet.starts_with("/b");
  auto& socket = x.sockets[is_other ? 1 : 0];
  if (is_other)
    packet.remove_prefix(std::min(packet.size(), socket.nsp.size()));
  if (type == '0')
    on_connected(x, socket, packet);
  else if (type == '2')
    on_event(socket, packet);
  else if (type == '3')
    on_ack(x, socket, packet);
  else if (type == '4' && socket.is_connecting && denials > 0)
    socket.is_connecting = false, ++kept_out;
  else
    BOOST_ERROR("a packet that is not expected: " << type << packet);
}

void world::on_connected(const client& x, client_socket& socket,
                         std::string_view json) {
  check_allowed(x, socket, "");
  auto sid = text_at(json, "/sid");
  if (sid != socket.sid)
    socket.forget();
  else
    ++recovered;
  socket.sid = sid;
  socket.pid = text_at(json, "/pid");
  socket.is_connected = true;
  socket.is_connecting = false;
}

void world::on_event(client_socket& socket, std::string_view json) {
  BOOST_TEST(socket.is_connected);
  auto elements = json::elements(json);
  if (!socket.pid.empty())
    socket.offset = *json::string_value(elements.back());
  if (elements[0] == R"("weir:left")")
    on_left(socket, text_at(json, "/1/room"), text_at(json, "/1/reason"));
  if (elements[0] != R"("say")")
    return;
  auto room = text_at(json, "/1/room");
  auto [state, joined] = socket.state_in(room);
  BOOST_TEST((state != client_socket::state::out),
             "an event of " << room << " for who is not in it");
  auto number = *json::at(json, "/1/at");
  std::int64_t at = -1;
  std::from_chars(number.data(), number.data() + number.size(), at);
  socket.events[room].push_back(at);
}

/// It has come back, and the webhook does not let it into the room again; or
/// the room is another one now, or none.
void world::on_left(client_socket& socket, const std::string& room,
                    const std::string& reason) {
  if (reason == "mapping_gone" || reason == "mapping_changed")
    BOOST_TEST(rules->version() > 1u);
  else
    BOOST_TEST(denials > 0);
  room_request left;
  left.is_answered = left.is_ok = true;
  socket.requests[room].push_back(left);
  ++rooms_left;
}

/// Whether the webhook has ever let the client in there.
void world::check_allowed(const client& x, const client_socket& socket,
                          const std::string& room) {
  auto nsp = socket.nsp.empty() ? "/" : "/b";
  if (has_webhook)
    BOOST_TEST(allowed.contains({x.address, nsp, room}),
               x.address << " is in " << nsp << " " << room);
}

void world::on_ack(const client& x, client_socket& socket,
                   std::string_view text) {
  std::uint64_t id = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(),
                                      id);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  BOOST_TEST(++socket.answers[id] == 1, "ack " << id << " comes twice");
  ++answered;
  if (auto i = socket.tokens.find(id); has_tokens && i != socket.tokens.end())
    check_renewal(text_at(text, "/0/status"), i->second);
  auto* request = socket.request_of(id);
  if (request == nullptr)
    return;
  request->is_answered = true;
  request->is_ok = text_at(text, "/0/status") == "ok";
  auto room = text_at(text, "/0/room");
  request->seen = socket.events[room].size();
  if (!request->is_ok)
    return;
  auto offset = text_at(text, "/0/offset");
  auto from = read_offset(offset);
  BOOST_TEST_REQUIRE(from.has_value(), "no offset: " << text);
  socket.offsets.insert(offset);
  if (!request->is_join)
    return;
  check_allowed(x, socket, room);
  request->from = from->next.at(home_partition_of(room));
}

void world::check_renewal(std::string_view status, bool is_good) {
  BOOST_TEST(status == (is_good ? "ok" : "error"));
  ++(is_good ? renewed : not_renewed);
}

} // namespace weir::requests
