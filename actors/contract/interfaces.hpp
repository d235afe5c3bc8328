#pragma once

// Every actor's contract, in reading order from the client to Kafka and back.
// Who sends a message, and what it holds, stands with its struct in
// messages.hpp.

#include <caf/result.hpp>
#include <caf/typed_actor.hpp>

#include <vector>

namespace weir {

struct add_keys;
struct add_room;
struct addresses_known;
struct admin_query;
struct broadcast_local;
struct budget_spent;
struct catch_up;
struct caught_up;
struct claims_changed;
struct cluster_status;
struct clients_gone;
struct clients_searched;
struct commit_position;
struct deliver_events;
struct deliver_local;
struct deny;
struct disconnect_clients;
struct disconnect_everywhere;
struct disconnect_room;
struct disconnect_socket;
struct disconnect_user;
struct disconnected;
struct drain;
struct emit_answered;
struct emit_event;
struct forward_poll;
struct grant_credit;
struct group_event;
struct group_order;
struct group_report;
struct group_status;
struct guest_answered;
struct hurry_poll;
struct join_answered;
struct join_room;
struct keys_added;
struct lag_exceeded;
struct leave_room;
struct local_event;
struct node_leaving;
struct node_load;
struct partition_assigned;
struct partition_revoked;
struct partitions_unreachable;
struct peer_gone;
struct peer_greeting;
struct peer_joined;
struct poll_aborted;
struct poll_answered;
struct poll_given_up;
struct poll_hurried;
struct poll_taken;
struct produce_record;
struct producer_event;
struct producer_status;
struct query_status;
struct record_batch;
struct relay_event;
struct request_over;
struct release_socket;
struct records_ready;
struct remove_room;
struct remove_keys;
struct resume_answered;
struct resume_socket;
struct revoke_partition;
struct room_closed;
struct room_complete;
struct room_empty;
struct room_home;
struct room_moved;
struct room_problem;
struct room_records;
struct room_unreachable;
struct socket_closed;
struct socket_opened;
struct socket_released;
struct replay_ended;
struct start_replay;
struct stop_replay;
struct subscribe;
struct take_over;
struct topic_known;
struct unsubscribe;

/// Whoever waits for what became of an emit.
using emitter_actor = caf::typed_actor<
  // Stored, with its offset; or refused, with a code.
  caf::result<void>(emit_answered)>;

/// Whoever may be in rooms.
using member_actor = caf::typed_actor<
  // In, with the position from which nothing is missed; or refused.
  caf::result<void>(join_answered),
  // The room's next events, in partition order.
  caf::result<void>(deliver_events),
  // It is up to date again.
  caf::result<void>(caught_up),
  // What it has asked for to catch up is there.
  caf::result<void>(budget_spent),
  // It is too far behind.
  caf::result<void>(lag_exceeded),
  // An event that never touched Kafka.
  caf::result<void>(deliver_local),
  // The room has failed: its members must not believe that they are up to date.
  caf::result<void>(room_closed),
  // It is to go.
  caf::result<void>(disconnect_socket)>;

/// Whoever holds sockets that can be recovered.
using recoverable_actor = caf::typed_actor<
  // A client may be the socket again that it was, or not.
  caf::result<void>(resume_answered),
  // It is somewhere else now.
  caf::result<void>(take_over)>;

/// CONNECTION: one Engine.IO session of a client.
using connection_actor = emitter_actor::extend_with<member_actor>::
  extend_with<recoverable_actor>::extend<
    // Nobody has a request of the client's any more.
    caf::result<void>(request_over)>;

/// INBOUND ROUTER: event and room to topic, key and value. One per I/O loop.
using inbound_router_actor = caf::typed_actor<
  // An event that a client emitted.
  caf::result<void>(emit_event)>;

/// PRODUCER: one per node.
using producer_actor = caf::typed_actor<
  // A record to store; answered to its emitter.
  caf::result<void>(produce_record),
  // librdkafka has delivery reports or news of the brokers.
  caf::result<void>(producer_event),
  // Are brokers there, how much is in flight?
  caf::result<producer_status>(query_status),
  // Answers once every record handed over has its report.
  caf::result<void>(drain)>;

/// Whoever takes the records of a partition.
using subscriber_actor = caf::typed_actor<
  // Records of the subscribed rooms in a contiguous range of offsets.
  caf::result<void>(record_batch),
  // In stream order: rooms added to the subscription are complete from here.
  caf::result<void>(keys_added),
  // A member on another node has sent an event that never touches Kafka.
  caf::result<void>(local_event)>;

/// PARTITION CONSUMER: a small log server for one assigned partition.
using partition_consumer_actor = caf::typed_actor<
  // Begin, or begin anew, at the subscriber's cursor.
  caf::result<void>(subscribe),
  // More rooms for an existing subscription.
  caf::result<void>(add_keys),
  // Fewer rooms.
  caf::result<void>(remove_keys),
  // A subscription, or a replay, is not wanted any more.
  caf::result<void>(unsubscribe),
  // The subscriber can take more bytes.
  caf::result<void>(grant_credit),
  // For the other nodes that have the room.
  caf::result<void>(relay_event),
  // librdkafka has records.
  caf::result<void>(records_ready),
  // The group takes the partition away; answers with the final position.
  caf::result<commit_position>(revoke_partition)>;

/// Whoever needs to know where the partitions are.
using ownership_actor = caf::typed_actor<
  // A partition is read by this consumer from now on.
  caf::result<void>(partition_assigned),
  // It is no longer.
  caf::result<void>(partition_revoked),
  // How many partitions a topic has, and whether it can be read.
  caf::result<void>(topic_known)>;

/// Whoever subscribes to partitions.
using partition_router_actor = ownership_actor::extend<
  // Nobody whom this node can reach reads these.
  caf::result<void>(partitions_unreachable)>;

/// Whoever decides whether this node may be in the consumer group.
using group_keeper_actor = ownership_actor::extend<
  // Where the node stands; answered by what it is to do.
  caf::result<group_order>(group_report)>;

/// CLUSTER of another node. What is said arrives in order, for as long as the
/// link holds.
using peer_actor = caf::typed_actor<
  // The first message over a link: who is there, and what it reads.
  caf::result<void>(peer_greeting),
  // It reads other partitions now.
  caf::result<void>(claims_changed),
  // Where further nodes are.
  caf::result<void>(addresses_known),
  // A sign of life, with what the node carries.
  caf::result<void>(node_load),
  // It leaves on purpose.
  caf::result<void>(node_leaving)>;

/// Whoever talks to its like on other nodes.
using peer_watcher_actor = caf::typed_actor<
  // A node is there, with its actors that others talk to.
  caf::result<void>(peer_joined),
  // It is not any more.
  caf::result<void>(peer_gone)>;

/// CLUSTER: which nodes there are, and which of them reads which partition.
using cluster_actor = peer_actor::extend_with<group_keeper_actor>::extend<
  // Who is there, how is it?
  caf::result<cluster_status>(query_status),
  // Tells the others that this node leaves.
  caf::result<void>(drain)>;

/// CONSUMER GROUP: this node's membership in the Kafka consumer group.
using consumer_group_actor = caf::typed_actor<
  // librdkafka has something to serve.
  caf::result<void>(group_event),
  // How far a partition has been read.
  caf::result<void>(commit_position),
  // Who owns what, how far, and are brokers there?
  caf::result<group_status>(query_status),
  // Answers once positions are committed and the group is left.
  caf::result<void>(drain)>;

/// ROOM: the members of one Socket.IO room on this node.
using room_actor = caf::typed_actor<
  // A socket wants in.
  caf::result<void>(join_room),
  // A socket is out.
  caf::result<void>(leave_room),
  // The room's next records.
  caf::result<void>(room_records),
  // From here on no record of the room is missed.
  caf::result<void>(room_complete),
  // One more partition may hold its records.
  caf::result<void>(room_home),
  // Its topic cannot be read, or can again.
  caf::result<void>(room_problem),
  // Whether its records come at all.
  caf::result<void>(room_unreachable),
  // How far the room is, also when it is quiet.
  caf::result<void>(room_moved),
  // A member is behind, and may want to catch up.
  caf::result<void>(catch_up),
  // Others have their turn to catch up.
  caf::result<void>(replay_ended),
  // An event for the members that never touches Kafka.
  caf::result<void>(broadcast_local),
  // All members are to go; how many there were.
  caf::result<disconnected>(disconnect_room)>;

/// OUTBOUND ROUTER: this node's subscriptions, one cursor and credit per
/// partition.
using outbound_router_actor
  = subscriber_actor::extend_with<partition_router_actor>::extend<
    // A room has members here: its records are wanted.
    caf::result<void>(add_room),
    // It has none any more.
    caf::result<void>(remove_room),
    // A room has members that are behind.
    caf::result<void>(start_replay),
    // It has not any more.
    caf::result<void>(stop_replay),
    // A batch has been handled by everybody: its bytes are free again.
    caf::result<void>(grant_credit),
    // For the other nodes that have the room.
    caf::result<void>(relay_event)>;

/// ROOM DIRECTORY: finds, creates and retires this node's rooms.
using room_directory_actor = caf::typed_actor<
  // A socket wants in; handed on to the room.
  caf::result<void>(join_room),
  // A socket is out; likewise.
  caf::result<void>(leave_room),
  // Handed on to the room, if it is there.
  caf::result<void>(broadcast_local),
  // Likewise.
  caf::result<disconnected>(disconnect_room),
  // A room has no members and may be retired.
  caf::result<void>(room_empty)>;

/// SOCKET DIRECTORY of another node.
using socket_peer_actor = caf::typed_actor<
  // A client has come there that was here: its connection is to go.
  caf::result<void>(release_socket),
  // It is gone; or the socket is somewhere else by now.
  caf::result<void>(socket_released)>;

/// SOCKET DIRECTORY: which connection holds which socket that can be recovered.
using socket_directory_actor
  = socket_peer_actor::extend_with<peer_watcher_actor>::extend<
    // A socket is here.
    caf::result<void>(socket_opened),
    // It is not any more.
    caf::result<void>(socket_closed),
    // Its client has come back; answered once the old connection is gone.
    caf::result<void>(resume_socket)>;

/// POLL FORWARDER of another node.
using poll_peer_actor = caf::typed_actor<
  // A request of a client there, for a session here.
  caf::result<void>(forward_poll),
  // That client has given it up.
  caf::result<void>(poll_aborted),
  // It is to ask another node: an answer is wanted now.
  caf::result<void>(hurry_poll),
  // The answer to a request of a client here.
  caf::result<void>(poll_answered)>;

/// POLL FORWARDER: takes polling requests to the nodes that have their
/// sessions. One per node.
using poll_forwarder_actor
  = poll_peer_actor::extend_with<peer_watcher_actor>::extend<
    // A client here wants a session of another node.
    caf::result<void>(poll_taken),
    // It does not any more.
    caf::result<void>(poll_given_up),
    // It is to ask another node.
    caf::result<void>(poll_hurried),
    // A session here has answered a client of another node.
    caf::result<void>(guest_answered)>;

/// DISCONNECTOR of another node.
using disconnector_peer_actor = caf::typed_actor<
  // Clients are to go from here; how many there were.
  caf::result<disconnected>(disconnect_clients)>;

/// Likewise; earlier versions do not know of users.
using user_disconnector_actor = caf::typed_actor<
  // A user's sockets are to go from here; how many there were.
  caf::result<disconnected>(disconnect_user)>;

/// DISCONNECTOR: sends clients away, on whatever node they are. One per node.
using disconnector_actor = disconnector_peer_actor::
  extend_with<user_disconnector_actor>::extend_with<peer_watcher_actor>::extend<
    // A user or token is denied: what there is of it here is to go.
    caf::result<void>(deny),
    // Clients are to go from all nodes; how many there were.
    caf::result<disconnected>(disconnect_everywhere),
    // All clients of this node have been looked at.
    caf::result<void>(clients_searched)>;

/// ADMIN: asks everyone for status, and passes on what the operator wants.
using admin_actor = caf::typed_actor<
  // A request of the operator's.
  caf::result<void>(admin_query),
  // The node is about to stop: it is not ready for new clients any more.
  caf::result<void>(drain)>;

/// GATEWAY: the root supervisor; starts, drains and stops the node.
using gateway_actor = peer_watcher_actor::extend<
  // Stop in an orderly way; the gateway's own end is the answer.
  caf::result<void>(drain),
  // No client is connected any more.
  caf::result<void>(clients_gone)>;

} // namespace weir
