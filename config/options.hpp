#pragma once

// Every setting of a node: its name, default, bound and meaning. A key of the
// TOML file has the name of the member that holds it ([engineio] ping_interval
// is options.engineio.ping_interval); `weir.example.toml` lists them all.

#include "config/webhook_options.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace weir {

using std::chrono::milliseconds;
using std::chrono::seconds;

inline constexpr std::size_t kib = 1024;
inline constexpr std::size_t mib = 1024 * kib;
inline constexpr std::size_t gib = 1024 * mib;

/// Bytes of an event's name, whoever emits it: a client, a mapping, a record.
inline constexpr std::size_t max_event_name = 255;
/// Bytes of an id that an emitted event carries (`id_from`).
inline constexpr std::size_t max_emit_id = 128;
/// Bytes of a socket's public id, at most.
inline constexpr std::size_t max_socket_id = 64;
/// Bytes of a user's name, from a token or a certificate, in a record's
/// `ce_weiruser`.
inline constexpr std::size_t max_user = 255;
/// Keys that tokens may be signed with, of all sources together; and how many
/// of them one token is tried with that does not name its key.
inline constexpr std::size_t max_token_keys = 64;
inline constexpr std::size_t max_key_tries = 8;
/// Bytes of a key set (JWKS), of a PEM file, and of a secret's file.
inline constexpr std::size_t max_key_file = 256 * kib;
/// Bytes of the offset that a client hands back when it joins (`since`).
inline constexpr std::size_t max_since = 64 * kib;

/// [server.cors]: which other origins browsers may come from.
struct cors_options {
  /// Exact origins ("https://app.example.org"), or "*" for any. Empty: CORS is
  /// off, as in Socket.IO: pages of other origins cannot poll, but they can
  /// open a WebSocket. With a list, WebSockets of pages of other origins are
  /// refused, too.
  std::vector<std::string> origins;
  /// Answers `Access-Control-Allow-Credentials: true`; not with "*".
  bool credentials = false;

  bool operator==(const cors_options&) const = default;
};

enum class tls_version { v1_2, v1_3 };

/// How often something may happen, at most: `rate` a second in the long run.
struct rate_options {
  /// 0: as often as it likes.
  std::size_t rate = 0;
  /// At once, after a while without any; 0: as many as in a second.
  std::size_t burst = 0;

  bool operator==(const rate_options&) const = default;

  bool is_on() const { return rate != 0; }
  std::size_t most_at_once() const { return burst != 0 ? burst : rate; }
};

/// [[server.tls.sni]]: a certificate for some of the names that clients ask
/// for.
struct tls_sni_options {
  /// `chat.example.org`, or `*.example.org` for any one label in its place.
  std::vector<std::string> hosts;
  std::string certificate;
  std::string key;
  /// Where it stands in the file; 0: unknown.
  std::uint32_t line = 0;

  bool operator==(const tls_sni_options&) const = default;
};

/// [server.tls], [admin.tls]: TLS on a port. Files are named as seen from the
/// configuration's own folder, and read again when they change, and on SIGHUP.
struct tls_options {
  /// The port's certificate, with those between it and the authority (PEM);
  /// empty: no TLS.
  std::string certificate;
  /// Its private key (PEM), without a passphrase.
  std::string key;
  /// Authorities that the certificates of clients must be signed by (PEM);
  /// empty: clients are asked for none. Who shows none is let in.
  std::string client_ca;
  /// The oldest version that is spoken.
  tls_version min_version = tls_version::v1_2;
  /// For names that have certificates of their own.
  std::vector<tls_sni_options> sni;

  bool operator==(const tls_options&) const = default;
};

/// [server]: where clients connect.
struct server_options {
  /// `address:port`; port 0 takes a free one and logs it.
  std::string listen = "127.0.0.1:3000";
  /// Where Socket.IO answers; begins and ends with a slash.
  std::string path = "/socket.io/";
  /// Where plain Engine.IO answers and sends each message back, to try the
  /// transport alone; likewise with slashes. Empty: nowhere.
  std::string echo_path;
  /// I/O loops, each a thread; 0: one per core. At most 256.
  std::uint32_t io_threads = 0;
  /// A request's line and headers must be complete after this time.
  milliseconds header_timeout = seconds{10};
  /// Bytes of a request's line and headers, at most.
  std::size_t max_header = 16 * kib;
  /// Bytes of a request's target (path and query), at most. Unset: as many as
  /// of the header.
  std::size_t max_url = 16 * kib;
  /// Clients at once: sessions, over whatever transport, are refused with 503
  /// beyond it; TCP connections, of which each may have two, are closed.
  std::uint32_t max_connections = 1'000'000;
  /// A connection that has joined no namespace is closed after this time.
  milliseconds connect_timeout = seconds{45};
  /// When the node stops, its clients are sent away one after the other within
  /// this time, so that they do not all come back to the other nodes at once;
  /// 0: together. At most an hour.
  milliseconds drain_time = seconds{5};
  /// A folder whose files are served at "/"; empty: none. In a file it is named
  /// as seen from that file's own folder.
  std::string files;
  /// A folder with the official JavaScript client's bundles, served below
  /// `path`; empty: none. Named likewise.
  std::string client_files;
  /// Bytes that the files of each of the two folders have together, at most:
  /// they are read when the node starts, and kept.
  std::size_t max_file_bytes = 256 * mib;
  /// Proxies in front of this node, as networks (CIDR): who comes from one of
  /// them is whom it names in `Forwarded` or `X-Forwarded-For`, the rightmost
  /// one that is no proxy itself.
  std::vector<std::string> trust_proxy;
  cors_options cors;
  tls_options tls;

  bool operator==(const server_options&) const = default;
};

/// [engineio]: the transport protocol (Engine.IO v4).
struct engineio_options {
  /// From one pong to the next ping.
  milliseconds ping_interval = seconds{25};
  /// A ping must be answered within this time.
  milliseconds ping_timeout = seconds{20};
  /// An upgrade to WebSocket must be complete within this time.
  milliseconds upgrade_timeout = seconds{10};
  /// Bytes of a polling request's body or of a WebSocket message, at most.
  std::size_t max_payload = 1'000'000;
  /// What clients may use: "polling", "websocket".
  std::vector<std::string> transports = {"polling", "websocket"};

  bool operator==(const engineio_options&) const = default;
};

/// [kafka]: the log.
struct kafka_options {
  /// True: an in-memory broker within this process, for trying things out.
  bool embedded = false;
  /// `host:port,host:port`; required unless `embedded`.
  std::string brokers;
  /// Consumer group; empty: the cluster's name.
  std::string group;
  /// An emit is answered with an error when Kafka has not stored it by then.
  milliseconds delivery_timeout = seconds{30};
  /// Partitions of the topics that the embedded broker creates; 1 to 1,000.
  std::uint32_t embedded_partitions = 4;
  /// [kafka.properties] go to librdkafka as they are, for both directions;
  /// [kafka.producer] and [kafka.consumer] for one of them. A secret may be in
  /// a file, which `<property>_file` names.
  std::map<std::string, std::string> properties;
  std::map<std::string, std::string> producer;
  std::map<std::string, std::string> consumer;

  bool operator==(const kafka_options&) const = default;
};

/// [cluster.tls]: how the links between nodes are encrypted, and how each end
/// shows the other that it belongs. All three or none. In a file they are named
/// as seen from that file's own folder.
struct cluster_tls_options {
  /// This node's certificate, with those between it and the authority (PEM).
  std::string certificate;
  /// Its private key (PEM), without a passphrase.
  std::string key;
  /// The authority that every node's certificate is signed by (PEM).
  std::string ca;

  bool operator==(const cluster_tls_options&) const = default;
};

/// [cluster]: this node among others.
struct cluster_options {
  /// Also in `ce_source` of the records that this cluster writes.
  std::string name = "weir";
  /// Unique within the cluster; also Kafka's `group.instance.id`.
  std::string node = "a";
  /// Signs what clients hand back to recover; the same on every node. At least
  /// 16 characters; empty: none, then no namespace can have `recovery`. Nodes
  /// also prove to each other by it that they belong together. Never logged.
  std::string secret;
  /// A file that holds it, whose last line break does not count.
  std::string secret_file;
  /// `address:port` for the other nodes; port 0 takes a free one. Empty: this
  /// node is alone. Other addresses than loopback need `secret` and `tls`.
  std::string listen;
  /// `host:port` that the other nodes dial; empty: where it listens.
  std::string advertise;
  /// `host:port` of some nodes to join through; those that cannot be reached
  /// are tried again.
  std::vector<std::string> seeds;
  /// A node that is silent for so long is lost; a quarter of it is from one
  /// heartbeat to the next. Likewise partitions that nobody reads whom this
  /// node can reach. 100 ms to 10 min.
  milliseconds timeout = seconds{5};
  cluster_tls_options tls;

  bool operator==(const cluster_options&) const = default;
};

/// What becomes of a client that is `max_lag` behind.
enum class lag_policy {
  disconnect, ///< it is closed; it may reconnect and recover
  skip,       ///< it resumes at the end of the log, and is told what it missed
};

/// Bytes of a partition's log that are read for somebody in one step.
inline constexpr std::size_t read_step = 256 * kib;
/// Bytes by which the replays of one node and partition may be beyond what
/// `limits.replays` has for them before nothing more is read for them.
inline constexpr std::size_t replay_debt = 4 * read_step;
/// No replay has more at once than this part of `limits.credit`.
inline constexpr std::size_t replay_share = 8;

/// [[limits.event]]: how often one connection may emit it.
struct event_limit_options {
  std::string name;
  rate_options events;
  rate_options bytes; ///< of its arguments and attachments
  /// Where it stands in the file; 0: unknown.
  std::uint32_t line = 0;

  bool operator==(const event_limit_options&) const = default;
};

/// [limits]: what one client, one partition, and one node's waiting may cost.
struct limits_options {
  /// Bytes waiting for one client; beyond, it lags. Unset: follows max_payload.
  std::size_t outbox = 1 * mib;
  /// Bytes waiting for all clients of the node. The more wait, the less may
  /// wait for each: what is left, at least 16 KiB and at most `outbox`.
  std::size_t outboxes = 1 * gib;
  /// Bytes of the log that a lagging client may be behind; beyond them `on_lag`
  /// acts.
  std::size_t max_lag = 64 * mib;
  lag_policy on_lag = lag_policy::disconnect;
  /// Requests of one connection that somebody has yet to handle: emits without
  /// a delivery report, joins, leaves, local events, namespaces that are
  /// entered or left; with or without an ack. At the limit its socket is not
  /// read.
  std::uint32_t unanswered_emits = 64;
  /// Likewise in bytes.
  std::size_t unanswered_bytes = 1 * mib;
  /// Bytes of recent records kept per partition.
  std::size_t tail_cache = 16 * mib;
  /// Bytes of records on their way to this node's rooms, per partition.
  std::size_t credit = 4 * mib;
  /// Bytes of records, of the whole node, on their way to members of rooms that
  /// catch up: after they were away or slow, or with `history`. Rooms take
  /// turns for it; none gets more of it at once than an eighth of `credit`.
  std::size_t replays = 128 * mib;
  /// Clients from one address (of IPv6, the first 64 bits) at once, counted as
  /// for server.max_connections, and refused with 429. A proxy that
  /// `server.trust_proxy` does not name is one address.
  std::uint32_t connections_per_address = 100'000;
  /// Connections of one user (of a token) to this node; 0: any number.
  std::uint32_t connections_per_user = 0;
  /// How often sessions may begin: from one address, and on the whole node.
  /// Refused with 429.
  rate_options connection_rate;
  rate_options handshakes;
  /// How often requests may come from one address that belong to no session:
  /// files, what is not there, handshakes that are none. Refused with 429.
  rate_options requests{1'000, 0};
  /// What one connection may send, whatever it is: packets over polling, frames
  /// of a WebSocket. It is not read before there is space for more.
  rate_options packets{10'000, 0};
  /// What one connection may ask for, however it ends: events that it emits,
  /// joins and leaves among them, and bytes of those; and of the joins alone.
  /// What is more is refused (rate_limited), and the connection read again when
  /// there is space, at the latest after a second.
  rate_options events;
  rate_options bytes;
  rate_options joins;
  /// With so many refusals within a minute the client is sent away; 0: never.
  std::uint32_t max_rate_limited = 0;
  /// Of some events alone.
  std::vector<event_limit_options> event;
  /// Bytes of a session's first request, its target and headers, that are kept
  /// with it; header lines beyond them are not.
  std::size_t handshake = 4 * kib;
  /// Rooms that one socket may be in.
  std::uint32_t rooms_per_socket = 256;
  /// Bytes of a room's name; with `rooms_per_socket` the bound of what a
  /// socket's memberships hold.
  std::size_t room_name = 255;
  /// Bytes of the offset that recovery appends to each event; a socket in more
  /// rooms than fit cannot recover.
  std::size_t recovery_offset = 1 * kib;
  /// Bytes of events that wait on this node while librdkafka's queue is full.
  std::size_t producer_queue = 256 * mib;
  /// Polling requests of clients here that wait for another node, which has
  /// their sessions; and the bytes of their bodies. Further ones are answered
  /// 503.
  std::uint32_t forwarded_polls = 100'000;
  std::size_t forwarded_bytes = 64 * mib;
  /// Ids of emitted events that this node remembers (`id_from`).
  std::uint32_t idempotency_ids = 100'000;
  /// Nesting of JSON that a client or a record may hold.
  std::uint32_t json_depth = 128;

  bool operator==(const limits_options&) const = default;
};

/// [admin]: the operator's endpoint.
struct admin_options {
  /// `address:port`; loopback unless a token protects it.
  std::string listen = "127.0.0.1:9300";
  /// Expected as `Authorization: Bearer <token>`; empty: none. Never logged.
  std::string token;
  /// A file that holds it, whose last line break does not count.
  std::string token_file;
  tls_options tls;

  bool operator==(const admin_options&) const = default;
};

/// [auth.jwt]: clients show who they are by a token (RFC 7519, as RFC 8725
/// wants it) that somebody else has signed. Without `algorithms` there is none
/// of it, and every client is let in. In a file, files are named as seen from
/// that file's own folder.
struct jwt_options {
  /// Which signatures count: RS256, RS384, RS512, PS256, PS384, PS512, ES256,
  /// ES384, ES512, EdDSA, HS256, HS384, HS512. A token with another one is
  /// refused, whatever its key.
  std::vector<std::string> algorithms;
  /// Files of public keys or certificates (PEM).
  std::vector<std::string> keys;
  /// A file of public keys (JWKS), or the `https://` URL of one.
  std::string jwks;
  /// Of a URL: the authority that its certificate is signed by (PEM); empty:
  /// those that the system trusts.
  std::string jwks_ca;
  /// Of a URL: how long its answer may take, and after which time it is asked
  /// again where its Cache-Control says nothing. The last good answer is kept.
  milliseconds jwks_timeout = seconds{5};
  milliseconds jwks_refresh = std::chrono::minutes{5};
  /// For HS256, HS384 and HS512, at least as long as the hash (32, 48, 64
  /// bytes); in the file, or in one of its own, whose last line break does not
  /// count. Never logged.
  std::string secret;
  std::string secret_file;
  /// What `iss` must be; empty: anything.
  std::string issuer;
  /// One of these must be in `aud`. Empty: a token that is for somebody, is for
  /// somebody else.
  std::vector<std::string> audience;
  /// How far clocks may differ: for `exp` and `nbf`. At most 10 min.
  milliseconds leeway = seconds{30};
  /// Where to look for the token, in this order: "auth:/token" (a JSON pointer
  /// into the payload of CONNECT, what official clients have as `auth`),
  /// "header" (`Authorization: Bearer`), "cookie:name", "query:name".
  std::vector<std::string> token = {"auth:/token"};
  /// Which claim names the user: a JSON pointer. Every token must have it.
  std::string user = "/sub";
  /// Bytes of a token; a larger one is not looked at.
  std::size_t max_token = 8 * kib;
  /// Tokens of one connection that are refused; with the last one it is closed,
  /// since each takes the time of a signature. At most 1,000.
  std::uint32_t max_refused = 10;
  /// So long before a token expires its socket gets `weir:token_expiring`; for
  /// what lives less than twice as long, in the middle.
  milliseconds expiry_notice = seconds{60};

  bool operator==(const jwt_options&) const = default;

  bool is_configured() const { return !algorithms.empty(); }
};

/// Which of the names that a client's certificate is for (subjectAltName) is
/// its user.
enum class certificate_name { none, uri, dns, email };

/// [auth]: who clients are.
struct auth_options {
  jwt_options jwt;
  webhook_options webhook;
  /// Whoever shows a certificate (`client_ca` of [server.tls]) is this one of
  /// its names, of which it must have exactly one; `none`: nobody by that.
  certificate_name certificate_user = certificate_name::none;
  /// A compacted topic of who is denied: a record's key is a user or the id of
  /// a token (`jti`); one without a value (a tombstone) lifts it. Empty: none.
  std::string deny_topic;
  /// Bytes of its keys that a node keeps, 64 for each included. With more it
  /// lets nobody in.
  std::size_t deny_memory = 64 * mib;

  bool operator==(const auth_options&) const = default;

  /// Whether clients show who they are. Otherwise everything is allowed.
  bool identifies_clients() const {
    return jwt.is_configured() || certificate_user != certificate_name::none;
  }
};

enum class log_level { trace, debug, info, warning, error };
enum class log_format { text, json };

/// [log]: to stderr.
struct log_options {
  log_level level = log_level::info;
  log_format format = log_format::text;
  /// Of lines that clients, other nodes or brokers can cause as often as they
  /// like: how many with the same text are written within `limit_interval`, in
  /// all and one for each cause. The next one says how many were left out.
  std::uint32_t limit_lines = 10;
  milliseconds limit_interval = seconds{10};

  bool operator==(const log_options&) const = default;
};

enum class join_policy {
  client,    ///< a client joins by the join event
  automatic, ///< "auto": every socket of the namespace is a member
  claim,     ///< "claim:/rooms": those that a claim of its token names are
};

/// allow: with [auth.jwt] or `certificate_user`, who may do what with a
/// mapping's rooms; who is not named by a rule may not. A rule is "anyone",
/// "authenticated" (who has shown a token or such a certificate), or "/rooms =
/// {id}": a JSON pointer into the token's claims, and what must be there, with
/// the room's captures; a list has it if any of its values is that.
struct allow_options {
  /// Become a member.
  std::vector<std::string> join;
  /// Emit into a room, local events included.
  std::vector<std::string> emit;
  /// Have what came before one has joined: `history`, and `since` of a join.
  std::vector<std::string> history;

  bool operator==(const allow_options&) const = default;
};

enum class value_format {
  json,     ///< the event's single argument
  args,     ///< the JSON array of all arguments
  raw,      ///< one binary argument as it is
  envelope, ///< the Protobuf message of schemas/weir/v1/event.proto
};

/// What a record without a value (null: a tombstone) is.
enum class tombstone_policy {
  event, ///< an event with the argument `null`
  skip,  ///< no event
};

/// [[namespace.mapping]]: rooms and the topic behind them.
struct mapping_options {
  /// Pattern; `{id}` captures one or more characters.
  std::string room;
  std::string topic;
  /// The record's key, with the pattern's captures; empty: the room's name.
  std::string key;
  /// What clients may emit into such a room.
  std::vector<std::string> events;
  /// Where an emitted event names its room: a JSON pointer into the array of
  /// arguments. Empty: `room` is a constant.
  std::string room_from;
  /// Where an emitted event carries an id of the client's, likewise. An event
  /// that comes again with its id is stored once. Empty: nowhere.
  std::string id_from;
  /// Name of the delivered event when the record carries none; empty: the
  /// first of `events`, or "message".
  std::string event;
  /// False: not delivered back to the socket that emitted it.
  bool echo = true;
  /// True: only members of the room may emit into it.
  bool members_only = false;
  join_policy join = join_policy::client;
  /// Of `claim`: a JSON pointer into the claims. A value there, or each of a
  /// list, stands for the room's one capture.
  std::string join_claim;
  /// Records replayed to a new member; 0 to 10,000.
  std::uint32_t history = 0;
  value_format format = value_format::json;
  tombstone_policy tombstones = tombstone_policy::event;
  allow_options allow;
  /// Line of the file where it stands; 0: none.
  std::uint32_t line = 0;

  bool operator==(const mapping_options&) const = default;
};

enum class local_target {
  room,   ///< to the room's members, best effort
  sender, ///< back to the socket
  none,   ///< delivered to nobody; the ack is the answer
};

enum class local_ack {
  none, ///< no answer to an ack that is asked for, but for a refusal
  echo, ///< the ack carries the arguments
};

/// [[namespace.local]]: events that never touch Kafka.
struct local_options {
  std::vector<std::string> events;
  local_target to = local_target::room;
  /// As in a mapping; required for `to = "room"`, and only for that.
  std::string room_from;
  /// Delivered under this name; empty: the event's own.
  std::string as;
  local_ack ack = local_ack::none;
  std::uint32_t line = 0;

  bool operator==(const local_options&) const = default;
};

/// on_connect: emitted to a new socket.
struct on_connect_options {
  std::string event;
  /// The only source of arguments: the CONNECT packet's payload.
  std::string args = "handshake";
  /// It comes first, whatever else the socket gets. While there is nothing
  /// else it may wait so long behind the answer to CONNECT, for clients that
  /// lose what comes in one segment with it. At most a second.
  milliseconds delay{0};

  bool operator==(const on_connect_options&) const = default;
};

/// Whether a namespace asks who a client is.
enum class auth_policy {
  /// With [auth.jwt] or `certificate_user`: nobody without a token or a
  /// certificate; else it is `none`.
  required,
  optional, ///< without either the client is nobody; bad ones are refused
  none,     ///< nobody is asked
};

/// [[namespace]].
struct namespace_options {
  std::string name = "/";
  auth_policy auth = auth_policy::required;
  /// What the endpoint of [auth.webhook] is asked, too: "connect" (who may
  /// enter), "join" (who may be in a room).
  std::vector<std::string> webhook;
  /// A client that reconnects within this time gets what it missed (connection
  /// state recovery); 0: off. At most 24 hours; needs `cluster.secret`.
  milliseconds recovery{0};
  std::string join_event = "join";
  std::string leave_event = "leave";
  std::optional<on_connect_options> on_connect;
  std::vector<mapping_options> mappings;
  std::vector<local_options> locals;
  std::uint32_t line = 0;

  bool operator==(const namespace_options&) const = default;
};

struct options {
  server_options server;
  engineio_options engineio;
  kafka_options kafka;
  cluster_options cluster;
  limits_options limits;
  admin_options admin;
  auth_options auth;
  log_options log;
  std::vector<namespace_options> namespaces;

  bool operator==(const options&) const = default;
};

} // namespace weir
