#pragma once

#include "actors/contract/credit_lease.hpp"
#include "actors/contract/group_report.hpp"
#include "actors/contract/idempotency_table.hpp"
#include "actors/contract/interfaces.hpp"
#include "actors/contract/log_key.hpp"
#include "actors/contract/partition_places.hpp"
#include "actors/contract/routes.hpp"
#include "actors/runtime/emit_error.hpp"
#include "config/options.hpp"
#include "schemas/event_codec.hpp"
#include "schemas/status_codec.hpp"
#include "transport/engineio/frames.hpp"
#include "transport/http/admin_request.hpp"
#include "transport/http/poll_carrier.hpp"
#include "transport/kafka/error.hpp"
#include "transport/kafka/record.hpp"

#include <caf/actor_control_block.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

// -- who is who ---------------------------------------------------------------

/// One socket: a connection's presence in one namespace. Its address tells it
/// from an earlier one of the same connection and namespace.
struct socket_identity {
  /// Its public id: `sid` of the CONNECT reply, `ce_weirsid` of its records.
  std::string id;
  nsp_index nsp = 0;
  /// Whom its token names: `ce_weiruser`; empty: nobody.
  std::string user{};
};

using socket_ptr = std::shared_ptr<const socket_identity>;

/// A client's request on its way: whoever has it holds this. Its connection
/// counts it against the client's credit until nobody does any more, and then
/// says what nobody else has answered. Null: of no client.
using request_lease = std::shared_ptr<const credit_lease>;

/// An ack that a client waits for; an empty id: it asked for none.
struct ack_target {
  socket_ptr socket;
  std::string ack_id;
  std::uint64_t request = 0; ///< the connection's count; comes back with it
};

/// Offsets by partition: the next one that a room has yet to see.
using positions = std::map<std::int32_t, std::int64_t>;

/// By partition the log that such an offset is of, as far as it is known.
using partition_logs = std::map<std::int32_t, named_log>;

// -- client to Kafka ----------------------------------------------------------

/// From CONNECTION to INBOUND ROUTER: a client has emitted a mapped event.
struct emit_event {
  emitter_actor emitter;
  ack_target ack;
  std::string event;
  /// The packet's JSON array, name included; valid.
  std::string packet;
  std::vector<std::string> attachments;
  /// Of the connection's credit, in bytes; comes back with the answer.
  std::size_t cost = 0;
  /// Where it goes, if the connection had to know.
  std::optional<destination> to;
};

/// From INBOUND ROUTER to PRODUCER: a record to store.
struct produce_record {
  emitter_actor emitter;
  ack_target ack;
  std::size_t cost = 0;
  const mapping_route* route = nullptr; ///< lives as long as the node
  std::string key;
  schemas::encoded_record record;
  /// Of an event that carries an id of the client's: it is stored once.
  std::optional<emit_identity> identity;
};

/// From INBOUND ROUTER or PRODUCER to CONNECTION: the emit's credit is free
/// again, and this is the ack.
struct emit_answered {
  ack_target ack;
  std::size_t cost = 0;
  emit_errc error = emit_errc::none;
  std::string message;
  /// Null with an error.
  const mapping_route* route = nullptr;
  std::int32_t partition = -1;
  std::int64_t offset = -1;
};

/// From librdkafka's threads to PRODUCER.
struct producer_event {};

// -- Kafka to client ----------------------------------------------------------

/// From OUTBOUND ROUTER to PARTITION CONSUMER. A subscription is never reused:
/// who subscribes anew takes a new number, so that what is still on its way
/// for the old one can be told apart.
struct subscribe {
  subscriber_actor subscriber;
  std::uint32_t subscription = 0;
  /// The next offset wanted; cursor::unknown: from now on.
  std::int64_t cursor = -1;
  /// Those whose records belong into this partition; and the log that `cursor`
  /// is of, see `log_key`.
  std::vector<std::string> keys;
  std::uint64_t credit = 0; ///< bytes
  /// For members that are behind, in addition to the subscription for those
  /// who are not; batches that reach the end of the log come at once, even
  /// without records. Requires: `cursor` is known.
  bool replay = false;
  /// How many partitions the topic has, as far as the subscriber knows: it gets
  /// also the records of every key that belongs elsewhere by that count.
  /// Other programs may put them here, few as they are, and so a subscriber
  /// names each key at one partition only. 0: just `keys`.
  std::int32_t partitions = 0;
};

/// From OUTBOUND ROUTER to PARTITION CONSUMER: the end of a subscription.
struct unsubscribe {
  std::uint32_t subscription = 0;
};

/// From OUTBOUND ROUTER to PARTITION CONSUMER; answered by `keys_added`.
struct add_keys {
  std::uint32_t subscription = 0;
  std::vector<std::string> keys;
  /// How many of the key's recent records the answer is to name; 0 with more
  /// than one key.
  std::uint32_t history = 0;
};

/// From OUTBOUND ROUTER to PARTITION CONSUMER.
struct remove_keys {
  std::uint32_t subscription = 0;
  std::vector<std::string> keys;
};

/// From PARTITION CONSUMER to OUTBOUND ROUTER: what it has subscribed to in
/// `[from, to)`, possibly nothing, as a record block.
struct record_batch {
  std::uint32_t subscription = 0;
  std::int64_t from = 0;
  std::int64_t to = 0;
  std::string records;
  /// Of the range, what lies before this offset is no longer in the log: it
  /// may have held records. At most `from`: nothing is lost.
  std::int64_t lost = -1;
  /// The log that the range is of, its leader's epoch, and where epochs begin
  /// in it, as far as is known; its receiver fills them in.
  kafka::log_id log = 0;
  std::int32_t leader_epoch = -1;
  std::shared_ptr<const leader_epochs> epochs;
};

/// From PARTITION CONSUMER to OUTBOUND ROUTER, between two batches: the keys'
/// records from `offset` on are complete.
struct keys_added {
  std::uint32_t subscription = 0;
  /// The log that what follows is of is named likewise (`log_key`), and of
  /// which keys records are misplaced there (`misplaced_key`), and where its
  /// leaders' epochs begin (`epochs_key`). One that names a problem
  /// (`problem_key`) says only why the partition cannot be read, or that it can
  /// again.
  std::vector<std::string> keys;
  std::int64_t offset = 0;
  /// Offsets of the keys' last records before `offset` that are still in the
  /// tail cache, oldest first.
  std::vector<std::int64_t> history;
  /// The log's oldest offset, and the next one to come; -1: not known yet.
  std::int64_t log_start = -1;
  std::int64_t log_end = -1;
};

/// Bytes that may be sent in addition. From OUTBOUND ROUTER to PARTITION
/// CONSUMER, and from a batch's lease to OUTBOUND ROUTER.
struct grant_credit {
  std::uint32_t subscription = 0;
  std::uint64_t bytes = 0;
};

/// From librdkafka's threads to PARTITION CONSUMER.
struct records_ready {};

/// From ROOM DIRECTORY to OUTBOUND ROUTER, and on to the PARTITION CONSUMER
/// where the room's key belongs: it knows which nodes have the room.
struct relay_event {
  std::string topic;
  std::string key;
  nsp_index nsp = 0; ///< the same on every node, as the configuration is
  std::string room;
  std::string frames;  ///< encoded for the clients
  request_lease lease; ///< stays on the sender's node
};

/// From PARTITION CONSUMER to OUTBOUND ROUTER of the other nodes that have
/// subscribed to the key; best effort.
struct local_event {
  relay_event event;
};

/// From OUTBOUND ROUTER to ROOM: where the room's records lie in a batch that
/// all its rooms share.
struct room_records {
  std::shared_ptr<const record_batch> batch;
  std::shared_ptr<const credit_lease> lease;
  std::int32_t partition = 0;
  /// Begin of each record in `batch->records`.
  std::vector<std::uint32_t> places;
  /// Of the replay that the room has asked for; 0: live.
  std::uint64_t replay = 0;
};

/// From OUTBOUND ROUTER to ROOM: it is served by every partition of its topic.
struct room_complete {
  /// In the key's own partition.
  positions from;
  named_log log{}; ///< of `from`
  /// Offsets of recent records before `from`, by partition, oldest first.
  std::map<std::int32_t, std::vector<std::int64_t>> history;
  /// Where the key's records belong.
  std::int32_t home = 0;
  /// The oldest offset of that partition's log, and the next one to come; as
  /// far as they are known.
  positions log_start;
  positions log_end;
  /// The same of all others, shared by the topic's rooms; null: there are none.
  std::shared_ptr<const topic_places> others;
  /// Other partitions that may hold records of the key, and from where on.
  positions misplaced;
};

/// From OUTBOUND ROUTER to ROOM, from time to time: all records of the room
/// before these offsets have been sent to it. So quiet rooms move on too.
struct room_moved {
  std::shared_ptr<const topic_places> to;
};

/// From OUTBOUND ROUTER to ROOM: why its topic, or a partition that its joins
/// wait for, cannot be read; empty: it can.
struct room_problem {
  std::string why;
};

/// From OUTBOUND ROUTER to ROOM: records of the room may be in this partition
/// too from now on.
struct room_home {
  std::int32_t partition = 0;
};

/// From OUTBOUND ROUTER to ROOM: nobody whom this node can reach reads the
/// partition where its records belong.
struct room_unreachable {
  std::string why; ///< empty: somebody does again
};

/// From ROOM to OUTBOUND ROUTER: the room's records from `from` on, once more,
/// for members that are behind. They come as `room_records` with this number,
/// until `stop_replay`.
struct start_replay {
  room_actor room;
  std::string topic;
  std::int32_t partition = 0;
  std::string key;
  std::int64_t from = 0;
  std::uint64_t replay = 0; ///< not 0; the room's own count
};

/// From ROOM to OUTBOUND ROUTER.
struct stop_replay {
  room_actor room;
  std::uint64_t replay = 0;
};

/// From OUTBOUND ROUTER to ROOM: its replay is over before it has said so,
/// since others wait for their turn. It may begin another, which waits behind
/// them.
struct replay_ended {
  std::int32_t partition = 0;
  std::uint64_t replay = 0;
};

/// What a room's members get: the events of the offsets `[from, to)` of one
/// partition, encoded once for all of them.
struct room_events {
  std::uint64_t room = 0; ///< as in `join_answered`
  nsp_index nsp = 0;
  /// There are none: what was there is no longer to be had.
  bool lost = false;
  std::int32_t partition = 0;
  kafka::log_id log = 0;          ///< of the offsets; 0: not known
  std::int32_t leader_epoch = -1; ///< likewise, see kafka::log_position
  std::int64_t from = 0;
  std::int64_t to = 0;
  struct event {
    std::int64_t offset;
    std::size_t end; ///< in frames; it begins where the one before ends
  };
  std::vector<event> events;
  engineio::shared_frames frames; ///< null: no events
  /// Events that one socket does not get: its own with `echo = false`.
  struct exception {
    std::string socket_id;
    std::size_t event; ///< index
  };
  std::vector<exception> exceptions;
  std::shared_ptr<const credit_lease> lease;
};

/// From ROOM to CONNECTION.
struct deliver_events {
  std::shared_ptr<const room_events> events;
};

/// From CONNECTION to ROOM: the member has got nothing from these offsets on;
/// it gets nothing more of their partitions but what it asks for.
struct catch_up {
  socket_ptr socket;
  std::uint32_t membership = 0;
  positions behind;
  /// Bytes that it takes now; `budget_spent` follows, unless `caught_up` came
  /// for all. 0: none yet.
  std::size_t budget = 0;
  /// The membership's own count, which comes back with the answers.
  std::uint32_t request = 0;
};

/// From ROOM to CONNECTION: the partition's events come by themselves again,
/// from this offset on.
struct caught_up {
  std::uint64_t room = 0;
  std::int32_t partition = 0;
  std::int64_t at = 0;
  /// The member's last one that the room has seen; of an older one it means
  /// nothing.
  std::uint32_t request = 0;
};

/// From ROOM to CONNECTION: it has got what it asked for.
struct budget_spent {
  std::uint64_t room = 0;
  std::uint32_t request = 0; ///< likewise
};

/// From ROOM to CONNECTION: it is further behind than `limits.max_lag`, and
/// such members are to be disconnected.
struct lag_exceeded {
  std::uint64_t room = 0;
  std::uint64_t bytes = 0;
};

// -- rooms --------------------------------------------------------------------

/// To CONNECTION, when a request's lease ends: its credit is free again.
struct request_over {
  std::uint64_t request = 0;
};

/// From CONNECTION to ROOM DIRECTORY to ROOM.
struct join_room {
  member_actor member;
  ack_target ack;
  const mapping_route* route = nullptr; ///< lives as long as the node
  std::string room;
  std::string key;
  std::uint32_t membership = 0; ///< comes back with the answer
  /// Where the member begins in these partitions; elsewhere it begins now.
  positions since;
  partition_logs logs;            ///< of `since`
  std::int32_t of_partitions = 0; ///< that the topic had then; 0: not known
  /// It must not miss anything since then: refused if that cannot be promised.
  bool resumes = false;
  /// Who names no `since` begins with the mapping's `history`.
  bool with_history = true;
  request_lease lease;
};

/// From ROOM to CONNECTION: it is a member now, or with an error, it is not.
struct join_answered {
  ack_target ack;
  std::string room_name;
  /// Tells the room from an earlier one of the same name on this node.
  std::uint64_t room = 0;
  emit_errc error = emit_errc::none;
  std::string message;
  /// From where on nothing is missed, in the partitions that may hold the
  /// room's records, as far as that is known.
  positions from;
  /// Where it begins before what comes by itself.
  positions behind;
  std::uint32_t membership = 0;
  room_actor handle;   ///< null with an error
  partition_logs logs; ///< of `from` and `behind`
  /// That the topic has: `from` and `behind` name all where records of the room
  /// may be with so many, or with fewer that there were before. 0: not known.
  std::int32_t of_partitions = 0;
  /// Where it has been in another log of that name, of which nothing is to be
  /// had any more: it begins at the start of the one that there is now; or
  /// beyond where this one was cut: it begins there.
  positions restarted;
};

/// From CONNECTION to ROOM DIRECTORY to ROOM: the way that the join took, so
/// that it cannot overtake it.
struct leave_room {
  socket_ptr socket;
  std::string room;
  request_lease lease;
  /// The socket is no more: joins of its that wait are not to be answered.
  bool is_gone = false;
};

/// From ROOM to its members when it ends although they are there.
struct room_closed {
  std::uint64_t room = 0;
};

/// From ROOM to ROOM DIRECTORY: no member is left after this many joins.
struct room_empty {
  nsp_index nsp = 0;
  std::string room_name;
  std::uint64_t room = 0; ///< as in `join_answered`
  std::uint64_t joins = 0;
};

/// From ROOM DIRECTORY to OUTBOUND ROUTER.
struct add_room {
  room_actor room;
  std::string topic;
  std::string key;
  std::uint32_t history = 0; ///< recent records wanted
};

/// From ROOM DIRECTORY to OUTBOUND ROUTER.
struct remove_room {
  room_actor room;
  std::string topic;
  std::string key;
};

/// From CONNECTION to ROOM DIRECTORY to ROOM: to all members but the sender.
/// From OUTBOUND ROUTER to ROOM: it was sent on another node.
struct broadcast_local {
  nsp_index nsp = 0;
  std::string room;
  socket_ptr sender;
  engineio::shared_frames frames;
  request_lease lease;
};

/// From ROOM to CONNECTION.
struct deliver_local {
  std::uint64_t room = 0;
  nsp_index nsp = 0;
  socket_ptr sender;
  engineio::shared_frames frames;
  request_lease lease;
};

/// From DISCONNECTOR to that of another node: clients are to go, and not to
/// come back by themselves.
struct disconnect_clients {
  std::string id; ///< of a connection or a socket; empty: the members of a room
  std::string nsp;
  std::string room;
};

/// From DISCONNECTOR to itself on all nodes: all sockets of a user.
struct disconnect_user {
  std::string user;
};

/// From the thread that reads the deny topic to DISCONNECTOR: a user, or the id
/// of a token.
struct deny {
  std::string name;
};

/// From ADMIN to DISCONNECTOR.
struct disconnect_everywhere {
  disconnect_clients whom;
  std::string user; ///< empty: those above
};

/// From DISCONNECTOR to ROOM DIRECTORY to ROOM: all members.
struct disconnect_room {
  nsp_index nsp = 0;
  std::string room;
};

/// From ROOM to CONNECTION.
struct disconnect_socket {
  socket_ptr socket;
};

/// The answer to all of these but `disconnect_socket`.
struct disconnected {
  std::uint32_t clients = 0;
  std::vector<std::string> silent; ///< nodes that have not answered
};

// -- recovery -----------------------------------------------------------------

/// From CONNECTION to SOCKET DIRECTORY: a socket that can be recovered.
struct socket_opened {
  recoverable_actor owner;
  socket_ptr socket;
  request_lease lease;
};

/// From CONNECTION to SOCKET DIRECTORY: it is gone.
struct socket_closed {
  socket_ptr socket;
  /// The client certainly has an offset that was written then (seconds of the
  /// system's clock); an older one is not its last.
  std::int64_t known = 0;
  request_lease lease;
};

/// From CONNECTION to SOCKET DIRECTORY: a client has come back and wants to be
/// this socket again.
struct resume_socket {
  recoverable_actor owner;
  socket_ptr socket;
  std::int64_t seconds = 0; ///< when its offset was written
  std::string node;         ///< and where, by the node's tag
  request_lease lease;
};

/// From SOCKET DIRECTORY to that of another node: a client has come back here.
struct release_socket {
  std::uint64_t request = 0; ///< comes back with the answer
  std::string socket_id;
  std::int64_t seconds = 0;
  std::string to; ///< the asking node's tag
};

/// From SOCKET DIRECTORY to that of another node.
struct socket_released {
  std::uint64_t request = 0;
  /// False: the client's offset is not its last.
  bool granted = false;
  /// Tag of the node that had it from here; empty: none.
  std::string moved_to;
};

/// From SOCKET DIRECTORY to CONNECTION.
struct resume_answered {
  socket_ptr socket;
  bool granted = false;
};

/// From SOCKET DIRECTORY to CONNECTION: the client is somewhere else now.
struct take_over {
  socket_ptr socket;
};

// -- ownership ----------------------------------------------------------------

/// From CONSUMER GROUP to OUTBOUND ROUTER.
struct partition_assigned {
  std::string topic;
  std::int32_t partition = 0;
  partition_consumer_actor consumer;
};

/// From CONSUMER GROUP to OUTBOUND ROUTER.
struct partition_revoked {
  std::string topic;
  std::int32_t partition = 0;
};

/// From CONSUMER GROUP to OUTBOUND ROUTER: how many partitions the topic has,
/// and whether it can be read; again when that changes.
struct topic_known {
  std::string topic;
  std::int32_t partitions = 0; ///< 0: not known yet
  std::string problem;         ///< why it cannot be read; empty: it can
};

/// From CLUSTER to OUTBOUND ROUTER, whenever it changes: nobody whom this node
/// can reach reads these partitions, and why.
struct partitions_unreachable {
  std::map<kafka::topic_partition, std::string> why;
  /// Why none of any topic is read; empty: some are.
  std::string everywhere;
};

/// From PARTITION CONSUMER to CONSUMER GROUP, from time to time and at the end.
struct commit_position {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t next = -1; ///< what to commit
  std::int64_t log_end = -1;
  std::uint64_t cached_bytes = 0;
  std::uint64_t subscribers = 0;
  std::int64_t credit = 0;        ///< bytes, of all subscribers
  kafka::log_id log = 0;          ///< of `next`
  std::int32_t leader_epoch = -1; ///< as kafka::log_position
  std::string note;               ///< to be committed with it
  std::string epochs;             ///< likewise
  /// What keeps the partition from being read, and how often librdkafka has
  /// told of an error.
  kafka::kafka_error problem;
  std::uint64_t errors = 0;
};

/// From CONSUMER GROUP to PARTITION CONSUMER.
struct revoke_partition {};

/// From librdkafka's threads to CONSUMER GROUP.
struct group_event {};

// -- cluster ------------------------------------------------------------------

/// From CLUSTER to CLUSTER of another node, once over each link, from both
/// sides; the dialing one begins. Claims that change later follow it.
struct peer_greeting {
  std::string node;
  std::uint64_t incarnation = 0;
  peer_actor from;
  std::vector<partition_assigned> claims;
  /// It has no other link: it wants to know where the others are.
  bool is_alone = false;
  /// Its actors that others talk to, by what they do. (A map, so that a later
  /// version can add one.)
  std::map<std::string, caf::strong_actor_ptr> services;
};

/// From CLUSTER to CLUSTER of another node.
struct claims_changed {
  std::vector<partition_assigned> taken;
  std::vector<partition_revoked> given;
};

/// From CLUSTER to CLUSTER of another node: to one that is alone, and from time
/// to time to each in turn.
struct addresses_known {
  std::vector<std::string> addresses; ///< of the nodes that it is linked to
};

/// From CLUSTER to CLUSTER of another node, four times per `cluster.timeout`.
struct node_load {
  std::uint32_t connections = 0;
  std::uint32_t partitions = 0;
};

/// From CLUSTER to CLUSTER of another node: the link's end is no failure.
struct node_leaving {};

/// From CLUSTER to this node's actors that talk to their like.
struct peer_joined {
  std::string node;
  std::string tag; ///< `node_tag(node)`
  std::map<std::string, caf::strong_actor_ptr> services;
};

/// From CLUSTER to the same actors.
struct peer_gone {
  std::string node;
  std::string tag;
};

/// From the client side's port to POLL FORWARDER.
struct poll_taken {
  std::string tag; ///< of the session's node
  http::poll_id id = 0;
  http::poll_request request;
};

/// Likewise: the client has gone, or has been told that no answer came.
struct poll_given_up {
  std::string tag;
  http::poll_id id = 0;
};

/// Likewise: this node is about to stop.
struct poll_hurried {
  std::string tag;
  http::poll_id id = 0;
};

/// From POLL FORWARDER to that of the session's node; `poll_answered` follows,
/// with the same id, unless `poll_aborted` comes before it.
struct forward_poll {
  http::poll_id id = 0; ///< the sender's
  std::string method;
  std::string target;
  std::string content_type;
  std::string body;
  std::string user; ///< of the client's certificate
};

/// From the session's node to the client's.
struct poll_answered {
  http::poll_id id = 0;
  std::uint16_t status = 0;
  std::string content_type;
  std::string body;
};

/// From the client's node to the session's: no answer is wanted any more, and
/// the session has lost its client.
struct poll_aborted {
  http::poll_id id = 0;
};

/// From the client's node, which is about to stop, to the session's: an answer
/// is wanted now, be it empty.
struct hurry_poll {
  http::poll_id id = 0;
};

/// From a session's loop to POLL FORWARDER.
struct guest_answered {
  poll_peer_actor peer;
  http::poll_id id = 0;
  http::poll_answer answer;
};

// -- operation ----------------------------------------------------------------

/// From the admin endpoint to ADMIN.
struct admin_query {
  http::admin_request request;
  http::admin_respond respond;
};

/// From ADMIN.
struct query_status {};

/// What PRODUCER answers to `query_status`.
struct producer_status {
  kafka::broker_state brokers;
  std::uint64_t in_flight = 0;
  std::vector<std::string> reasons; ///< why the node is not ready
};

/// What CONSUMER GROUP answers to `query_status`.
struct group_status {
  kafka::broker_state brokers;
  bool assigned_once = false;
  std::vector<std::string> reasons; ///< why the node is not ready
  std::vector<commit_position> partitions;
  std::map<std::string, std::int64_t> committed; ///< "topic/partition"
};

/// What CLUSTER answers to `query_status`: this node first.
struct cluster_status {
  std::vector<schemas::node_status> nodes;
  std::vector<std::string> reasons; ///< why clients do not get everything here
};

/// From the client side's port to GATEWAY.
struct clients_gone {};

/// From the client side's port to DISCONNECTOR: whoever the search was for is
/// gone, if it was found.
struct clients_searched {
  std::uint64_t search = 0;
  std::uint32_t found = 0;
};

/// From GATEWAY: finish what was begun, take nothing new, and answer.
struct drain {};

// -- inspection: what may cross to another node -------------------------------

template <class Inspector>
bool inspect(Inspector& f, subscribe& x) {
  return f.object(x).fields(
    f.field("subscriber", x.subscriber),
    f.field("subscription", x.subscription), f.field("cursor", x.cursor),
    f.field("keys", x.keys), f.field("credit", x.credit),
    f.field("partitions", x.partitions), f.field("replay", x.replay));
}

template <class Inspector>
bool inspect(Inspector& f, unsubscribe& x) {
  return f.object(x).fields(f.field("subscription", x.subscription));
}

template <class Inspector>
bool inspect(Inspector& f, add_keys& x) {
  return f.object(x).fields(f.field("subscription", x.subscription),
                            f.field("keys", x.keys),
                            f.field("history", x.history));
}

template <class Inspector>
bool inspect(Inspector& f, remove_keys& x) {
  return f.object(x).fields(f.field("subscription", x.subscription),
                            f.field("keys", x.keys));
}

template <class Inspector>
bool inspect(Inspector& f, record_batch& x) {
  return f.object(x).fields(f.field("subscription", x.subscription),
                            f.field("from", x.from), f.field("to", x.to),
                            f.field("records", x.records),
                            f.field("lost", x.lost));
}

template <class Inspector>
bool inspect(Inspector& f, keys_added& x) {
  return f.object(x).fields(
    f.field("subscription", x.subscription), f.field("keys", x.keys),
    f.field("offset", x.offset), f.field("history", x.history),
    f.field("log_start", x.log_start), f.field("log_end", x.log_end));
}

template <class Inspector>
bool inspect(Inspector& f, grant_credit& x) {
  return f.object(x).fields(f.field("subscription", x.subscription),
                            f.field("bytes", x.bytes));
}

template <class Inspector>
bool inspect(Inspector& f, partition_assigned& x) {
  return f.object(x).fields(f.field("topic", x.topic),
                            f.field("partition", x.partition),
                            f.field("consumer", x.consumer));
}

template <class Inspector>
bool inspect(Inspector& f, partition_revoked& x) {
  return f.object(x).fields(f.field("topic", x.topic),
                            f.field("partition", x.partition));
}

template <class Inspector>
bool inspect(Inspector& f, topic_known& x) {
  return f.object(x).fields(f.field("topic", x.topic),
                            f.field("partitions", x.partitions));
}

template <class Inspector>
bool inspect(Inspector& f, revoke_partition& x) {
  return f.object(x).fields();
}

template <class Inspector>
bool inspect(Inspector& f, records_ready& x) {
  return f.object(x).fields();
}

template <class Inspector>
bool inspect(Inspector& f, commit_position& x) {
  return f.object(x).fields(
    f.field("topic", x.topic), f.field("partition", x.partition),
    f.field("next", x.next), f.field("log_end", x.log_end),
    f.field("cached_bytes", x.cached_bytes),
    f.field("subscribers", x.subscribers), f.field("credit", x.credit));
}

template <class Inspector>
bool inspect(Inspector& f, peer_greeting& x) {
  return f.object(x).fields(
    f.field("node", x.node), f.field("incarnation", x.incarnation),
    f.field("from", x.from), f.field("claims", x.claims),
    f.field("is_alone", x.is_alone), f.field("services", x.services));
}

template <class Inspector>
bool inspect(Inspector& f, relay_event& x) {
  return f.object(x).fields(f.field("topic", x.topic), f.field("key", x.key),
                            f.field("nsp", x.nsp), f.field("room", x.room),
                            f.field("frames", x.frames));
}

template <class Inspector>
bool inspect(Inspector& f, local_event& x) {
  return f.object(x).fields(f.field("event", x.event));
}

template <class Inspector>
bool inspect(Inspector& f, release_socket& x) {
  return f.object(x).fields(f.field("request", x.request),
                            f.field("socket_id", x.socket_id),
                            f.field("seconds", x.seconds), f.field("to", x.to));
}

template <class Inspector>
bool inspect(Inspector& f, socket_released& x) {
  return f.object(x).fields(f.field("request", x.request),
                            f.field("granted", x.granted),
                            f.field("moved_to", x.moved_to));
}

template <class Inspector>
bool inspect(Inspector& f, disconnect_clients& x) {
  return f.object(x).fields(f.field("id", x.id), f.field("nsp", x.nsp),
                            f.field("room", x.room));
}

template <class Inspector>
bool inspect(Inspector& f, disconnect_user& x) {
  return f.object(x).fields(f.field("user", x.user));
}

template <class Inspector>
bool inspect(Inspector& f, disconnected& x) {
  return f.object(x).fields(f.field("clients", x.clients),
                            f.field("silent", x.silent));
}

template <class Inspector>
bool inspect(Inspector& f, claims_changed& x) {
  return f.object(x).fields(f.field("taken", x.taken),
                            f.field("given", x.given));
}

template <class Inspector>
bool inspect(Inspector& f, addresses_known& x) {
  return f.object(x).fields(f.field("addresses", x.addresses));
}

template <class Inspector>
bool inspect(Inspector& f, node_load& x) {
  return f.object(x).fields(f.field("connections", x.connections),
                            f.field("partitions", x.partitions));
}

template <class Inspector>
bool inspect(Inspector& f, node_leaving& x) {
  return f.object(x).fields();
}

template <class Inspector>
bool inspect(Inspector& f, forward_poll& x) {
  return f.object(x).fields(f.field("id", x.id), f.field("method", x.method),
                            f.field("target", x.target),
                            f.field("content_type", x.content_type),
                            f.field("body", x.body), f.field("user", x.user));
}

template <class Inspector>
bool inspect(Inspector& f, poll_answered& x) {
  return f.object(x).fields(f.field("id", x.id), f.field("status", x.status),
                            f.field("content_type", x.content_type),
                            f.field("body", x.body));
}

template <class Inspector>
bool inspect(Inspector& f, poll_aborted& x) {
  return f.object(x).fields(f.field("id", x.id));
}

template <class Inspector>
bool inspect(Inspector& f, hurry_poll& x) {
  return f.object(x).fields(f.field("id", x.id));
}

} // namespace weir

// The order is wire format between nodes: append only.
CAF_BEGIN_TYPE_ID_BLOCK(weir, caf::first_custom_type_id)

CAF_ADD_TYPE_ID(weir, (weir::subscribe))
CAF_ADD_TYPE_ID(weir, (weir::add_keys))
CAF_ADD_TYPE_ID(weir, (weir::remove_keys))
CAF_ADD_TYPE_ID(weir, (weir::record_batch))
CAF_ADD_TYPE_ID(weir, (weir::keys_added))
CAF_ADD_TYPE_ID(weir, (weir::grant_credit))
CAF_ADD_TYPE_ID(weir, (weir::partition_assigned))
CAF_ADD_TYPE_ID(weir, (weir::partition_revoked))
CAF_ADD_TYPE_ID(weir, (weir::revoke_partition))
CAF_ADD_TYPE_ID(weir, (weir::records_ready))
CAF_ADD_TYPE_ID(weir, (weir::commit_position))

CAF_ADD_TYPE_ID(weir, (weir::subscriber_actor))
CAF_ADD_TYPE_ID(weir, (weir::partition_consumer_actor))
CAF_ADD_TYPE_ID(weir, (weir::room_actor))

CAF_ADD_TYPE_ID(weir, (weir::emit_event))
CAF_ADD_TYPE_ID(weir, (weir::produce_record))
CAF_ADD_TYPE_ID(weir, (weir::emit_answered))
CAF_ADD_TYPE_ID(weir, (weir::producer_event))
CAF_ADD_TYPE_ID(weir, (weir::room_records))
CAF_ADD_TYPE_ID(weir, (weir::room_complete))
CAF_ADD_TYPE_ID(weir, (weir::deliver_events))
CAF_ADD_TYPE_ID(weir, (weir::join_room))
CAF_ADD_TYPE_ID(weir, (weir::join_answered))
CAF_ADD_TYPE_ID(weir, (weir::leave_room))
CAF_ADD_TYPE_ID(weir, (weir::room_closed))
CAF_ADD_TYPE_ID(weir, (weir::room_empty))
CAF_ADD_TYPE_ID(weir, (weir::add_room))
CAF_ADD_TYPE_ID(weir, (weir::remove_room))
CAF_ADD_TYPE_ID(weir, (weir::broadcast_local))
CAF_ADD_TYPE_ID(weir, (weir::deliver_local))
CAF_ADD_TYPE_ID(weir, (weir::group_event))
CAF_ADD_TYPE_ID(weir, (weir::query_status))
CAF_ADD_TYPE_ID(weir, (weir::producer_status))
CAF_ADD_TYPE_ID(weir, (weir::group_status))
CAF_ADD_TYPE_ID(weir, (weir::drain))
CAF_ADD_TYPE_ID(weir, (weir::admin_query))
CAF_ADD_TYPE_ID(weir, (weir::unsubscribe))
CAF_ADD_TYPE_ID(weir, (weir::topic_known))
CAF_ADD_TYPE_ID(weir, (weir::socket_opened))
CAF_ADD_TYPE_ID(weir, (weir::socket_closed))
CAF_ADD_TYPE_ID(weir, (weir::resume_socket))
CAF_ADD_TYPE_ID(weir, (weir::resume_answered))
CAF_ADD_TYPE_ID(weir, (weir::take_over))
CAF_ADD_TYPE_ID(weir, (weir::room_moved))
CAF_ADD_TYPE_ID(weir, (weir::room_home))
CAF_ADD_TYPE_ID(weir, (weir::start_replay))
CAF_ADD_TYPE_ID(weir, (weir::stop_replay))
CAF_ADD_TYPE_ID(weir, (weir::catch_up))
CAF_ADD_TYPE_ID(weir, (weir::caught_up))
CAF_ADD_TYPE_ID(weir, (weir::budget_spent))
CAF_ADD_TYPE_ID(weir, (weir::lag_exceeded))

CAF_ADD_TYPE_ID(weir, (weir::peer_actor))
CAF_ADD_TYPE_ID(weir, (weir::peer_greeting))
CAF_ADD_TYPE_ID(weir, (weir::claims_changed))
CAF_ADD_TYPE_ID(weir, (weir::addresses_known))
CAF_ADD_TYPE_ID(weir, (weir::node_load))
CAF_ADD_TYPE_ID(weir, (weir::node_leaving))
CAF_ADD_TYPE_ID(weir, (weir::peer_joined))
CAF_ADD_TYPE_ID(weir, (weir::peer_gone))
CAF_ADD_TYPE_ID(weir, (weir::cluster_status))
CAF_ADD_TYPE_ID(weir, (weir::forward_poll))
CAF_ADD_TYPE_ID(weir, (weir::poll_answered))
CAF_ADD_TYPE_ID(weir, (weir::poll_aborted))
CAF_ADD_TYPE_ID(weir, (weir::hurry_poll))
CAF_ADD_TYPE_ID(weir, (weir::poll_taken))
CAF_ADD_TYPE_ID(weir, (weir::poll_given_up))
CAF_ADD_TYPE_ID(weir, (weir::poll_hurried))
CAF_ADD_TYPE_ID(weir, (weir::guest_answered))
CAF_ADD_TYPE_ID(weir, (weir::clients_gone))

CAF_ADD_TYPE_ID(weir, (weir::relay_event))
CAF_ADD_TYPE_ID(weir, (weir::local_event))
CAF_ADD_TYPE_ID(weir, (weir::release_socket))
CAF_ADD_TYPE_ID(weir, (weir::socket_released))
CAF_ADD_TYPE_ID(weir, (weir::disconnect_clients))
CAF_ADD_TYPE_ID(weir, (weir::disconnected))
CAF_ADD_TYPE_ID(weir, (weir::disconnect_everywhere))
CAF_ADD_TYPE_ID(weir, (weir::disconnect_room))
CAF_ADD_TYPE_ID(weir, (weir::disconnect_socket))
CAF_ADD_TYPE_ID(weir, (weir::clients_searched))
CAF_ADD_TYPE_ID(weir, (weir::group_report))
CAF_ADD_TYPE_ID(weir, (weir::group_order))
CAF_ADD_TYPE_ID(weir, (weir::partitions_unreachable))
CAF_ADD_TYPE_ID(weir, (weir::room_unreachable))
CAF_ADD_TYPE_ID(weir, (weir::request_over))

CAF_ADD_TYPE_ID(weir, (weir::room_problem))

CAF_ADD_TYPE_ID(weir, (weir::replay_ended))

CAF_ADD_TYPE_ID(weir, (weir::disconnect_user))
CAF_ADD_TYPE_ID(weir, (weir::deny))

CAF_END_TYPE_ID_BLOCK(weir)

// These hold pointers or stay between the actors of one node: CAF refuses to
// send them to another.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::emit_event)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::produce_record)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::emit_answered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::producer_event)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::room_records)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::room_complete)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::deliver_events)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::join_room)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::join_answered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::leave_room)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::room_closed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::room_empty)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::add_room)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::remove_room)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::broadcast_local)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::deliver_local)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::group_event)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::query_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::producer_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::group_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::drain)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::admin_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::socket_opened)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::socket_closed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::resume_socket)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::resume_answered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::take_over)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::room_moved)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::room_home)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::room_problem)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::start_replay)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::stop_replay)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::replay_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::catch_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::caught_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::budget_spent)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::lag_exceeded)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::peer_joined)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::peer_gone)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::cluster_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::poll_taken)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::poll_given_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::poll_hurried)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::guest_answered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::clients_gone)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::disconnect_everywhere)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::disconnect_room)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::deny)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::disconnect_socket)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::clients_searched)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::group_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::group_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::partitions_unreachable)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::room_unreachable)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::request_over)
