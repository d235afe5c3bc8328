#include "config/memory_bound.hpp"

#include "config/options/fixed_bounds.hpp"
#include "config/options/replay_window.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>
#include <utility>

namespace weir::config {

namespace {

// -- what is not set by anybody -----------------------------------------------
// ------------------------------------------------

/// Code, libraries, threads, and what actors there are in any node.
constexpr std::uint64_t program = 64 * mib;

/// A loop's read buffer, the events that it shows to the Admin UI (512 KiB), and
/// its thread's share of the allocator's slack.
constexpr std::uint64_t per_loop = 4 * mib;

/// A session with its actor and its timers.
constexpr std::uint64_t per_session = 12 * kib;

/// A TCP connection, whatever it is used for.
constexpr std::uint64_t per_stream = 4 * kib;

/// What is read at once, on top of a message that is not whole yet.
constexpr std::uint64_t read_buffer = 64 * kib;

/// Polling clients have a GET and a POST, or what they upgrade to.
constexpr std::uint64_t streams_per_client = 2;

/// What an outbox may hold in any case, whatever the others do.
constexpr std::uint64_t outbox_least = 16 * kib;

/// An emit, a join, ... on its way, without what it says.
constexpr std::uint64_t per_request = 512;

/// A socket in a namespace, without its rooms.
constexpr std::uint64_t per_socket = 2 * kib;

/// The user that a certificate names: its session's, its socket's, and in what
/// its socket may do.
constexpr std::uint64_t per_certificate = 1 * kib;

/// A socket's membership, and a room's actor if nobody else is in it; without
/// the room's name, which the socket, the room, its directory, the router, the
/// partition's reader and the room's key each have.
constexpr std::uint64_t per_membership = 6 * kib;
constexpr std::uint64_t names_per_membership = 6;

/// What a member to come is let catch up with: a partition and an offset.
constexpr std::uint64_t per_history_record = 16;

/// librdkafka's and our own share of a record in a queue.
constexpr std::uint64_t per_record = 512;

constexpr std::uint64_t per_idempotency_id = 160;

/// The socket's id, twice, and the tag of the node that has it now.
constexpr std::uint64_t per_recent_socket = 256;

/// A forwarded request without its body; its target is a part of its header.
constexpr std::uint64_t per_forwarded_poll = 1 * kib;

/// In the handshake: 64 that came in and 64 dialed, a frame of up to 64 KiB in
/// each direction.
constexpr std::uint64_t handshakes = 128;
constexpr std::uint64_t per_handshake = 128 * kib;

/// One stores records, the other stores again what came in refused requests.
constexpr std::uint64_t producer_clients = 2;

/// The admin endpoint's own limits.
constexpr std::uint64_t admin_connections = 256;
constexpr std::uint64_t per_admin_connection = 16 * kib + 64 * kib + 64 * kib;

/// What waits for the Admin UI's pages.
constexpr std::uint64_t ui_outboxes = 64 * mib;

/// What a webhook is asked, without claims; and what it may answer.
constexpr std::uint64_t per_question = 4 * kib;
constexpr std::uint64_t most_of_an_answer = 64 * kib + 16 * kib;

/// A span, with an event's name and a tracestate, but without a room's name.
constexpr std::uint64_t per_span = 2 * kib;

/// What librdkafka's mock cluster keeps of a partition.
constexpr std::uint64_t embedded_log = 5 * mib;

/// A record and what was made of it for clients lie side by side; so do a
/// record and the index by which it is found.
constexpr std::uint64_t with_copy = 2;

// -- arithmetic ---------------------------------------------------------------

constexpr auto most = std::numeric_limits<std::uint64_t>::max();

std::uint64_t product(std::uint64_t x, std::uint64_t y) {
  return y != 0 && x > most / y ? most : x * y;
}

std::uint64_t sum(std::uint64_t x, std::uint64_t y) {
  return x > most - y ? most : x + y;
}

/// A property of librdkafka, as it is given or as Weir sets it.
std::uint64_t property(const kafka_options& x, const queue_property& wanted) {
  auto result = wanted.value;
  auto& special = wanted.of_producer ? x.producer : x.consumer;
  for (auto* given : {&x.properties, &special})
    if (auto i = given->find(wanted.key); i != given->end())
      std::from_chars(i->second.data(), i->second.data() + i->second.size(),
                      result);
  return result;
}

// -- the terms ----------------------------------------------------------------

struct builder {
  builder(const options& x, const memory_assumptions& assumed)
    : settings(x), assumed(assumed), clients(x.server.max_connections) {
    std::set<std::string> topics;
    for (auto& nsp : x.namespaces)
      for (auto& y : nsp.mappings) {
        topics.insert(y.topic);
        history = std::max<std::uint64_t>(history, y.history);
      }
    auto each = x.kafka.embedded ? x.kafka.embedded_partitions
                                 : assumed.partitions;
    partitions = product(topics.size(), each);
    sockets = product(clients, x.namespaces.size());
    memberships = product(sockets, x.limits.rooms_per_socket);
    peers = x.cluster.listen.empty()
              ? 0
              : std::max<std::uint64_t>(x.cluster.seeds.size(), 1);
  }

  void add(std::string what, std::string keys, std::uint64_t each,
           std::uint64_t count, std::string_view unit) {
    if (each != 0 && count != 0)
      result.terms.push_back(
        {std::move(what), std::move(keys), each, count, unit});
  }

  bool recovers() const {
    return std::any_of(settings.namespaces.begin(), settings.namespaces.end(),
                       [](auto& x) { return x.recovery.count() > 0; });
  }

  void add_node() {
    auto loops = settings.server.io_threads != 0 ? settings.server.io_threads
                                                 : assumed.cores;
    auto& limits = settings.limits;
    add("the program", "", program, 1, "node");
    add("what a loop works with",
        "engineio.max_payload, limits.outbox, server.io_threads",
        per_loop + 2 * message + limits.outbox, loops, "loops");
    add("sockets that have closed", "limits.recent_sockets", per_recent_socket,
        recovers() ? limits.recent_sockets : 0, "sockets");
    add("ids of emitted events", "limits.idempotency_ids", per_idempotency_id,
        limits.idempotency_ids, "ids");
    if (!settings.auth.deny_topic.empty())
      add("who is denied", "auth.deny_memory", settings.auth.deny_memory, 1,
          "node");
    add_webhook();
    add_spans();
    auto folders = std::uint64_t{!settings.server.files.empty()}
                   + std::uint64_t{!settings.server.client_files.empty()};
    add("files that are served", "server.max_file_bytes",
        settings.server.max_file_bytes, folders, "folders");
    add("requests to the admin endpoint", "", per_admin_connection,
        admin_connections, "connections");
    if (!settings.admin.ui.empty())
      add_ui();
  }

  void add_ui() {
    add("the Admin UI's page", "server.max_file_bytes",
        settings.server.max_file_bytes, 1, "folders");
    add("what waits for the Admin UI", "", ui_outboxes, 1, "node");
    // What there is, and what there was before.
    add("sockets that the Admin UI lists", "admin.ui_sockets",
        with_copy * max_ui_listing, settings.admin.ui_sockets != 0 ? 1 : 0,
        "node");
  }

  void add_webhook() {
    auto& x = settings.auth.webhook;
    if (!x.is_configured())
      return;
    add("answers of the webhook that are kept", "auth.webhook.cache_bytes",
        x.cache_bytes, 1, "node");
    add("questions for the webhook",
        "auth.webhook.waiting, concurrency, auth.jwt.max_token",
        per_question + with_copy * settings.auth.jwt.max_token
          + with_copy * settings.limits.room_name,
        std::uint64_t{x.waiting} + x.concurrency, "questions");
    add("answers of the webhook that come", "auth.webhook.concurrency",
        with_copy * most_of_an_answer, x.concurrency, "questions");
  }

  /// A batch is there as spans, as its body, and in the request.
  void add_spans() {
    auto& x = settings.tracing;
    if (x.is_configured())
      add("spans for the collector", "tracing.queue, batch",
          per_span + settings.limits.room_name,
          std::uint64_t{x.queue} + std::uint64_t{3} * x.batch, "spans");
  }

  void add_clients() {
    auto& limits = settings.limits;
    const std::string all = ", server.max_connections";
    // A request's head is there as it came and as it was understood.
    add("TCP connections and what they read",
        "engineio.max_payload, server.max_header" + all,
        per_stream + read_buffer + 2 * settings.server.max_header + message,
        product(clients, streams_per_client), "connections");
    add("sessions and their handshakes", "limits.handshake" + all,
        per_session + limits.handshake, clients, "sessions");
    add("events that wait for their attachments", "engineio.max_payload" + all,
        2 * message, clients, "sessions");
    add("outboxes", "limits.outboxes, limits.outbox" + all,
        std::min<std::uint64_t>(limits.outboxes,
                                product(limits.outbox, clients)),
        1, "node");
    // One message may go beyond the limit, and one be in the answer to a GET.
    add("messages beyond what outboxes may hold", "engineio.max_payload" + all,
        outbox_least + 2 * message, clients, "sessions");
    add("requests without an answer",
        "limits.unanswered_bytes, engineio.max_payload" + all,
        limits.unanswered_bytes + 2 * message
          + product(per_request, limits.unanswered_emits),
        clients, "sessions");
  }

  void add_rooms() {
    auto& limits = settings.limits;
    const std::string all = "limits.rooms_per_socket, server.max_connections";
    add("sockets", "limits.recovery_offset, server.max_connections",
        per_socket + with_copy * limits.recovery_offset, sockets, "sockets");
    if (settings.auth.jwt.is_configured())
      add("claims of tokens", "auth.jwt.max_token, server.max_connections",
          with_copy * settings.auth.jwt.max_token, sockets, "sockets");
    else if (settings.auth.identifies_clients())
      add("users of certificates", "server.max_connections", per_certificate,
          sockets, "sockets");
    add("memberships", all,
        per_membership + product(history, per_history_record)
          + product(names_per_membership, limits.room_name),
        memberships, "memberships");
  }

  void add_partitions() {
    auto& limits = settings.limits;
    add("tail caches", "limits.tail_cache", with_copy * limits.tail_cache,
        partitions, "partitions");
    add("what was read last for who is behind", "limits.tail_cache",
        with_copy * limits.tail_cache / window_share, partitions, "partitions");
    // Credit may be overdrawn by a record.
    add("records on their way to rooms", "limits.credit, limits.outbox",
        product(limits.credit + limits.outbox, with_copy + peers), partitions,
        "partitions");
    add("records for rooms that catch up", "limits.replays",
        product(limits.replays, with_copy + peers), 1, "node");
    add("what these may go beyond that", "limits.outbox",
        product(replay_debt + read_step + limits.outbox, with_copy + peers),
        partitions, "partitions");
    add("records that are fetched, and fetched again",
        "kafka.consumer.\"queued.max.messages.kbytes\"", 2 * fetched(),
        partitions, "partitions");
    if (settings.kafka.embedded)
      add("the embedded broker's partition logs", "kafka.embedded_partitions",
          embedded_log, partitions, "partitions");
  }

  void add_kafka() {
    add("answers to fetches", "kafka.consumer.\"fetch.max.bytes\"",
        property(settings.kafka, fetch_max_bytes), 2, "clients");
    auto bytes = property(settings.kafka, producer_kib);
    auto records = property(settings.kafka, producer_records);
    add("records that are being stored",
        "kafka.producer.\"queue.buffering.max.kbytes\"",
        sum(product(bytes, kib), product(records, per_record)),
        producer_clients, "clients");
  }

  void add_cluster() {
    auto& limits = settings.limits;
    if (peers == 0)
      return;
    add("requests for other nodes", "limits.forwarded_bytes",
        limits.forwarded_bytes + message, 1 + peers, "nodes");
    add("targets of such requests", "limits.forwarded_polls, server.max_header",
        per_forwarded_poll + settings.server.max_header,
        product(limits.forwarded_polls, 1 + peers), "requests");
    add("handshakes of nodes", "", per_handshake, handshakes, "handshakes");
  }

  /// librdkafka fetches while one of the first two is not reached.
  std::uint64_t fetched() const {
    auto bytes = property(settings.kafka, queued_kib);
    auto records = property(settings.kafka, queued_records);
    return sum(sum(product(bytes, kib), product(records, per_record)),
               property(settings.kafka, fetch_bytes));
  }

  const options& settings;
  const memory_assumptions& assumed;
  std::uint64_t message = settings.engineio.max_payload;
  std::uint64_t clients;
  std::uint64_t sockets = 0;
  std::uint64_t memberships = 0;
  std::uint64_t partitions = 0;
  std::uint64_t peers = 0;
  std::uint64_t history = 0; ///< the longest of the mappings'
  memory_bound result;
};

} // namespace

std::uint64_t memory_term::bytes() const {
  return product(each, count);
}

std::uint64_t memory_bound::bytes() const {
  std::uint64_t result = 0;
  for (auto& x : terms)
    result = sum(result, x.bytes());
  return result;
}

const memory_term& memory_bound::largest() const {
  return *std::max_element(terms.begin(), terms.end(), [](auto& x, auto& y) {
    return x.bytes() < y.bytes();
  });
}

std::uint32_t clients_that_fit(const options& x,
                               const memory_assumptions& assumed,
                               std::uint64_t memory) {
  auto copy = x;
  std::uint32_t fit = 0;
  auto first_beyond = x.server.max_connections + std::uint64_t{1};
  while (fit + std::uint64_t{1} < first_beyond) {
    auto middle = fit + (first_beyond - fit) / 2;
    copy.server.max_connections = static_cast<std::uint32_t>(middle);
    if (memory_bound_of(copy, assumed).bytes() <= memory)
      fit = copy.server.max_connections;
    else
      first_beyond = middle;
  }
  return fit;
}

memory_bound memory_bound_of(const options& x,
                             const memory_assumptions& assumed) {
  builder all{x, assumed};
  all.add_node();
  all.add_clients();
  all.add_rooms();
  all.add_partitions();
  all.add_kafka();
  all.add_cluster();
  return std::move(all.result);
}

} // namespace weir::config
