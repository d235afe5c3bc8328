// How often a client may ask, and how many connections a user may have: what is
// refused here makes no work for anybody else.

#include "actors/client/connection_state.hpp"
#include "actors/runtime/metrics/connections.hpp"
#include "actors/runtime/metrics/ports.hpp"
#include "transport/socketio/encoder.hpp"

#include <algorithm>

namespace weir {

using socketio::packet;
using socketio::packet_type;

namespace {

/// A client that is not read is not heard either when it goes.
constexpr auto longest_pause = std::chrono::milliseconds{1000};

/// Nobody can tell when another connection of the user goes.
constexpr auto until_one_goes = std::chrono::milliseconds{5000};

std::size_t size_of(const packet& x) {
  auto n = x.json.size();
  for (auto bytes : x.attachments)
    n += bytes.size();
  return n;
}

} // namespace

// -- what a client asks for ---------------------------------------------------

bool connection_state::is_within_rates(client_socket* socket, const packet& x) {
  auto now = context->clock();
  auto is_event = x.type == packet_type::event
                  || x.type == packet_type::binary_event;
  if (!is_event) {
    slow_down(rates->charge(size_of(x), now).wait);
    return true;
  }
  auto& settings = socket->rules->settings();
  auto over = rates->admit({x.name, size_of(x), x.name == settings.join_event},
                           now);
  if (over.limit.empty())
    return true;
  refuse_for_now(*socket, x.ack_id, over);
  if (rates->refuse(now))
    send_away();
  return false;
}

void connection_state::refuse_for_now(client_socket& socket,
                                      std::string_view ack_id,
                                      const request_rates::verdict& over) {
  count(self->system(), metrics::requests_refused, "rate_limited")->inc();
  note_rate_limited(over.limit, socket.identity->user);
  auto wait = std::chrono::ceil<std::chrono::milliseconds>(over.wait);
  socket.answer(ack_id,
                error_answer(emit_errc::rate_limited,
                             "more than limits." + std::string{over.limit}
                               + " allows; again after retry_after_ms",
                             wait));
  slow_down(over.wait);
}

void connection_state::note_rate_limited(std::string_view limit,
                                         std::string_view user) const {
  count(self->system(), metrics::rate_limited, limit)->inc();
  auto& from = session->handshake().address;
  log::limited(log_level::warning, "a client is over a limit", from,
               {{"address", from},
                {"sid", sid()},
                {"user", user},
                {"do", "look at who it is; limits." + std::string{limit}}});
}

/// What it sends meanwhile waits in its own buffers.
void connection_state::slow_down(request_rates::bucket::duration wait) {
  if (wait.count() <= 0 || slowed)
    return;
  slowed = true;
  auto pause = std::min(std::chrono::ceil<std::chrono::milliseconds>(wait),
                        longest_pause);
  slow.start(self, context->executor, pause, [this] {
    slowed = false;
    update_reading();
  });
}

void connection_state::send_away() {
  auto& from = session->handshake().address;
  log::limited(log_level::warning, "closed: a client is over a limit too often",
               from,
               {{"address", from},
                {"sid", sid()},
                {"do", "look at who it is; limits.max_rate_limited"}});
  disconnect_id(sid());
}

// -- connections of a user ----------------------------------------------------

bool connection_state::hold_user(const nsp_routes& rules,
                                 const std::string& user,
                                 user_connections::slot& slot,
                                 bool in_any_case) {
  if (!context->users || user.empty())
    return true;
  for (auto& x : sockets)
    if (x.slot && x.identity->user == user)
      slot = x.slot;
  if (!slot)
    slot = context->users->admit(user, in_any_case);
  if (slot)
    return true;
  note_rate_limited("connections_per_user", user);
  send_text(socketio::encode_connect_error(
    rules.settings().name, "too many connections",
    R"({"code":"rate_limited","retry_after_ms":)"
      + std::to_string(until_one_goes.count()) + "}"));
  ++refused; // this one, too, has cost a signature's time
  close_if_refused_often();
  return false;
}

} // namespace weir
