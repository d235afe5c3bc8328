#pragma once

// What the properties of requests share: the node's own actors between clients
// that a test speaks for and logs that it writes; the parts of it lie in
//
//   request_world.cpp    the node, and what others do
//   request_asks.cpp     what clients ask for
//   request_answers.cpp  what they get
//   request_mappings.cpp mappings that change
//   request_steps.cpp    a run, and what must hold

#include "actors/client/authenticator.hpp"
#include "actors/client/connection.hpp"
#include "actors/client/connection_registry.hpp"
#include "actors/cluster/socket_directory.hpp"
#include "actors/contract/delivery.hpp"
#include "actors/contract/emit.hpp"
#include "actors/contract/ownership.hpp"
#include "actors/contract/recovery.hpp"
#include "actors/kafka/outbound_router.hpp"
#include "actors/kafka/partition_consumer.hpp"
#include "actors/room/room_directory.hpp"
#include "tests/actors/request_client.hpp"
#include "tests/support/deterministic_actor_system.hpp"
#include "tests/support/interleaving.hpp"
#include "tests/support/scripted_log.hpp"
#include "transport/auth/decision.hpp"
#include "transport/auth/webhook.hpp"

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace weir::requests {

constexpr std::int32_t partitions = 2;
constexpr std::uint32_t rooms = 3, clients = 3;

std::string room_name(std::uint32_t i);
std::int32_t home_partition_of(const std::string& room);

/// By another mapping, which has them in the same partitions: so that positions
/// in one are positions in the other.
std::string prefix_like(const std::string& name);

/// A topic, and who reads it.
struct topic_model {
  std::array<test::scripted_log, partitions> logs;
  std::array<std::optional<partition_consumer_actor>, partitions> consumers;
  std::array<std::int64_t, partitions> starts{}; ///< of the next readers
  bool is_read = false;
};

/// What a webhook has been asked.
struct open_question {
  auth::decision_question content;
  auth::webhook::respond respond;
};

/// A connection, as what tells it of other mappings knows it.
struct listed {
  connection_actor handle;
  std::shared_ptr<connection_registry> registry;
};

/// Who decides who may come, and for how long.
enum class gate { none, webhook, tokens };

struct world : test::deterministic_actor_system {
  explicit world(std::uint32_t seed, gate by = gate::none);
  ~world();
  outbound_router_actor spawn_watcher();
  inbound_router_actor spawn_router_probe();
  void open(client& x);
  void run_until_attached(client& x);

  // -- the others -------------------------------------------------------------

  void append();
  void answer_emit();
  void answer_question(bool is_good = false);
  void assign(const std::string& name, std::int32_t partition);
  void read_topic(const std::string& name);
  void end_consumers(topic_model& x);
  void fail_room();

  // -- what clients ask for ---------------------------------------------------

  void send(client& x, const std::string& packet);
  client_socket* talker(client& x);
  void connect(client& x);
  std::string payload_of(const client& x, const client_socket& socket);
  void leave_namespace(client& x);
  std::string begin_request(client& x, client_socket& socket);
  void join(client& x);
  void join(client& x, client_socket& its_socket, const std::string& room);
  std::string some_offset(const client_socket& socket, const std::string& room);
  void leave(client& x);
  void ask(client& x);
  void cut(client& x);
  void come_back(client& x);

  // -- tokens -----------------------------------------------------------------

  static constexpr std::string_view secret
    = "a secret that is as long as HS256 wants it";

  void take_tokens(namespace_options& main, namespace_options& other);
  std::int64_t now();
  std::int64_t some_life();
  std::string make_token(const std::string& user, std::int64_t life,
                         std::string_view by = secret);
  void renew(client& x, client_socket& socket);

  // -- what clients get -------------------------------------------------------

  void receive(client& x, bool is_cut = false);
  void take(client& x, std::string_view packet);
  void on_connected(const client& x, client_socket& socket,
                    std::string_view json);
  void on_event(client_socket& socket, std::string_view json);
  void on_left(client_socket& socket, const std::string& room,
               const std::string& reason);
  void check_allowed(const client& x, const client_socket& socket,
                     const std::string& room);
  void on_ack(const client& x, client_socket& socket, std::string_view text);
  void check_renewal(std::string_view status, bool is_good);

  // -- other mappings ---------------------------------------------------------

  std::string topic_of(const std::string& prefix) const;
  mapping_options mapping_to(const std::string& prefix) const;
  static std::string key_by(const std::string& prefix, const std::string& room);
  void use_mappings(std::vector<mapping_options> x);
  bool has_later() const;
  void begin_later();
  void release_later();
  void end_later();
  void change_mappings();
  void tell_one();
  void end_changes();
  void join_everywhere();

  // -- a run ------------------------------------------------------------------

  void step();
  void settle();
  void heal();
  void check();
  void check_room(client_socket& socket, const std::string& room);
  void stop();

  test::interleaving choice;
  std::vector<namespace_options> nsps;
  routes_ptr rules;
  bool has_changes = false;
  /// Of keys, by mapping.
  const std::array<std::string, 3> prefixes{"room:", prefix_like("other"),
                                            prefix_like("later")};
  std::vector<listed> connections;
  std::deque<std::pair<listed, routes_ptr>> untold; ///< of which table
  limits_options limits;
  std::vector<emit_event> emits;
  inbound_router_actor inbound = spawn_router_probe();
  std::shared_ptr<const schemas::recovery_signer> signer
    = std::make_shared<const schemas::recovery_signer>("0123456789abcdef");
  consumer_group_actor group;
  outbound_router_actor router;
  room_directory_actor directory;
  socket_directory_actor sockets;
  std::map<std::string, topic_model> topics;
  std::map<std::string, std::vector<std::int64_t>> stored; ///< by key
  std::vector<room_actor> open_rooms;
  std::vector<std::shared_ptr<test::fake_session>> lost_sessions;
  bool has_webhook, has_tokens;
  bool is_healed = false; ///< tokens last
  std::shared_ptr<const authenticator> tokens;
  std::vector<open_question> questions;
  /// What was ever allowed: client, namespace, room (empty: entering).
  std::set<std::tuple<std::string, std::string, std::string>> allowed;
  std::array<client, clients> all;
  int last_id = 0;
  int answered = 0, recovered = 0, members = 0;
  int denials = 0, kept_out = 0, rooms_left = 0;
  int begun = 0, ended = 0; ///< of the topic that is not always read
  int renewed = 0, not_renewed = 0;
};

} // namespace weir::requests
