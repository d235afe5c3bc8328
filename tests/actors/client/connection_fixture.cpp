#include "tests/actors/client/connection_fixture.hpp"

namespace weir::test {

std::shared_ptr<room_events>
connection_fixture::events_at(std::int64_t from, std::uint64_t room,
                              const texts& packets, nsp_index nsp) {
  auto result = std::make_shared<room_events>();
  result->room = room;
  result->nsp = nsp;
  result->from = result->to = from;
  std::string frames;
  for (auto& x : packets) {
    engineio::append_text_message(frames, x);
    result->events.push_back({result->to++, frames.size()});
  }
  result->frames = std::make_shared<const std::string>(std::move(frames));
  return result;
}

std::vector<namespace_options> connection_fixture::make_nsps() {
  auto vip = mapping("vip:{id}", "vip", {"vip say"});
  vip.members_only = true;
  auto closed = mapping("news", "news");
  closed.join = join_policy::automatic;
  auto main = nsp("/", {mapping("chat:{id}", "chat", {"say"}), vip});
  auto custom = nsp("/custom", {closed});
  custom.on_connect = on_connect_options{"auth", "handshake"};
  main.locals = {{{"typing"}, local_target::room, "/0/room", "types", {}, 0},
                 {{"echo"}, local_target::sender, "", "echoed", {}, 0},
                 {{"ask"}, local_target::none, "", "", local_ack::echo, 0}};
  return {main, custom};
}

void connection_fixture::start() {
  connection_context context{
    executor,  rules,
    limits,    1000,
    45s,       router,
    directory, socket_directory,
    signer,    [this] { return "s" + std::to_string(++sockets); }};
  context.now = [this] { return seconds; };
  context.tokens = tokens;
  context.users = users;
  context.ask_webhook = webhook;
  context.max_shown = max_shown;
  context.max_refused = max_refused;
  context.clock = [this] { return steady; };
  context.emits = collector;
  context.meter = meter;
  context.all = registry;
  connection = keep(spawn_connection(
    std::make_shared<const connection_context>(std::move(context)), session));
  session->limit = limits.outbox;
  session->before_call = [this] { lend_thread_to(connection); };
  run();
}

} // namespace weir::test
