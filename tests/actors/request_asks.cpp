// What clients ask for in the world of requests, and how they come and go.

#include "actors/client/authenticator.hpp"
#include "tests/actors/request_world.hpp"
#include "tests/transport/auth/token_maker.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <utility>

namespace weir::requests {

using namespace std::chrono_literals;

// -- what clients ask for -----------------------------------------------------

void world::send(client& x, const std::string& packet) {
  x.session->feed(packet);
}

/// A socket that may ask for something now.
client_socket* world::talker(client& x) {
  auto& socket = x.sockets[choice.below(2)];
  auto may = socket.is_connected && x.session->is_open() && x.session->is_read()
             && !x.is_stopping;
  return may ? &socket : nullptr;
}

void world::connect(client& x) {
  auto& socket = x.sockets[choice.below(2)];
  if (socket.is_connected || socket.is_connecting || !x.session->is_open()
      || !x.session->is_read())
    return;
  socket.is_connecting = true;
  send(x, "0" + socket.nsp + payload_of(x, socket));
}

std::string world::payload_of(const client& x, const client_socket& socket) {
  std::string auth;
  if (has_tokens)
    auth += R"(,"token":")" + make_token(x.address, some_life()) + '"';
  if (!socket.pid.empty())
    auth += R"(,"pid":")" + socket.pid + R"(","offset":")" + socket.offset
            + '"';
  return auth.empty() ? "" : "{" + auth.substr(1) + "}";
}

/// The acks that it still waits for have to come at once.
void world::leave_namespace(client& x) {
  auto* socket = talker(x);
  if (!socket)
    return;
  send(x, "1" + socket->nsp.substr(0, socket->nsp.find(',')));
  receive(x);
  for (auto& [ack_id, n] : socket->answers)
    BOOST_TEST(n == 1, "ack " << ack_id << " was given " << n << " times");
  socket->forget();
  socket->is_connected = false;
  socket->pid.clear();
}

std::string world::begin_request(client& x, client_socket& socket) {
  auto id = ++x.last_ack;
  socket.answers[id] = 0;
  return "2" + socket.nsp + std::to_string(id);
}

void world::join(client& x) {
  if (auto* socket = talker(x))
    join(x, *socket, room_name(choice.below(rooms)));
}

void world::join(client& x, client_socket& its_socket,
                 const std::string& room) {
  auto* socket = &its_socket;
  auto begin = begin_request(x, *socket);
  std::string options;
  if (choice.once_in(4))
    options = R"(,{"since":")" + some_offset(*socket, room) + "\"}";
  socket->requests[room].push_back({x.last_ack, true});
  send(x, begin + R"(["join",")" + room + '"' + options + "]");
}

/// One that an earlier join has got, the log's begin, or none at all.
std::string world::some_offset(const client_socket& socket,
                               const std::string& room) {
  if (choice.once_in(5))
    return "nonsense";
  if (choice.once_in(5))
    return std::to_string(home_partition_of(room)) + ":1000000";
  auto own = std::to_string(home_partition_of(room)) + ":";
  for (auto& x : socket.offsets)
    if (x.starts_with(own) && choice.once_in(2))
      return x;
  return own + "0";
}

void world::leave(client& x) {
  auto* socket = talker(x);
  if (!socket)
    return;
  auto room = room_name(choice.below(rooms));
  auto begin = begin_request(x, *socket);
  socket->requests[room].push_back({x.last_ack, false});
  send(x, begin + R"(["leave",")" + room + "\"]");
}

/// Everything else that has an answer, and what has none.
void world::ask(client& x) {
  auto* socket = talker(x);
  if (!socket)
    return;
  auto room = R"({"room":")" + room_name(choice.below(rooms)) + "\"}";
  auto bare = "2" + socket->nsp;
  switch (choice.below(8)) {
    case 7:
      return renew(x, *socket);
    case 0:
      return send(x, begin_request(x, *socket) + R"(["say",)" + room + "]");
    case 1:
      return send(x, bare + R"(["say",)" + room + "]");
    case 2:
      return send(x, bare + R"(["typing",)" + room + "]");
    case 3:
      return send(x, begin_request(x, *socket) + R"(["ask",1])");
    case 4:
      return send(x, begin_request(x, *socket) + R"(["both",)" + room + "]");
    case 5:
      return send(x, begin_request(x, *socket) + R"(["join","cellar"])");
    default:
      return send(x, begin_request(x, *socket)
                       + R"(["join","room:a-name-that-is-too-long"])");
  }
}

/// The network fails, and takes some of what was sent last with it. The node
/// may not know.
void world::cut(client& x) {
  if (!x.session->is_open())
    return;
  receive(x, true);
  if (choice.once_in(2))
    x.session->hang_up();
  else
    lost_sessions.push_back(x.session);
  come_back(x);
}

/// On a new connection. What was asked for on the old one may be done.
void world::come_back(client& x) {
  for (auto& socket : x.sockets) {
    for (auto& [room, requests] : socket.requests)
      for (auto& y : requests)
        y.is_lost = y.is_lost || !y.is_answered;
    std::erase_if(socket.answers, [](auto& y) { return y.second == 0; });
    if (socket.pid.empty())
      socket.forget();
    socket.is_connected = socket.is_connecting = false;
  }
  open(x);
}

// -- tokens -------------------------------------------------------------------

void world::take_tokens(namespace_options& main, namespace_options& other) {
  main.auth = auth_policy::required;
  other.auth = auth_policy::optional;
  jwt_options x;
  x.algorithms = {"HS256"};
  x.token = {"auth:/token"};
  x.leeway = 1s;
  x.expiry_notice = 3s;
  tokens = std::make_shared<const authenticator>(
    x, std::make_shared<const auth::current_keys>(
         std::make_shared<const auth::key_set>(
           std::vector{auth::key_from_secret(std::string{secret})})));
}

std::int64_t world::now() {
  auto passed = system.clock().now().time_since_epoch();
  return 1000
         + std::chrono::duration_cast<std::chrono::seconds>(passed).count();
}

/// Seconds: some end soon.
std::int64_t world::some_life() {
  return !is_healed && choice.once_in(2) ? 2 + choice.below(4) : 100'000;
}

std::string world::make_token(const std::string& user, std::int64_t life,
                              std::string_view by) {
  using auth::algorithm;
  return test::make_token(
    test::header_of(algorithm::hs256),
    R"({"sub":")" + user + R"(","exp":)" + std::to_string(now() + life) + "}",
    test::token_key::of_secret(std::string{by}), algorithm::hs256);
}

/// By a token of its own, or by something else, which may cost it the
/// connection. Where there are none it is an event as any other.
void world::renew(client& x, client_socket& socket) {
  auto begin = begin_request(x, socket) + R"(["weir:token")";
  auto what = choice.below(6);
  socket.tokens[x.last_ack] = what > 3;
  if (what == 0)
    return send(x, begin + "]");
  if (what == 1)
    return send(x, begin + ",17]");
  auto text = what == 2   ? make_token("somebody else", 600)
              : what == 3 ? make_token(x.address, 600, std::string(42, 'x'))
                          : make_token(x.address, some_life());
  send(x, begin + ",\"" + text + "\"]");
}

} // namespace weir::requests
