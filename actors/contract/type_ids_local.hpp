#pragma once

// The messages between actors of one node: they hold pointers, or mean nothing
// elsewhere, and CAF refuses to send them to another node. Their order does not
// matter.

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>

#define WEIR_LOCAL_MESSAGE(name)                                               \
  namespace weir {                                                             \
  struct name;                                                                 \
  }                                                                            \
  CAF_ADD_TYPE_ID(weir_local, (weir::name))                                    \
  CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::name)

// Behind all that type_ids_wire.hpp may ever have.
CAF_BEGIN_TYPE_ID_BLOCK(weir_local, caf::first_custom_type_id + 1000)

WEIR_LOCAL_MESSAGE(add_room)
WEIR_LOCAL_MESSAGE(admin_query)
WEIR_LOCAL_MESSAGE(ask_nodes)
WEIR_LOCAL_MESSAGE(broadcast_local)
WEIR_LOCAL_MESSAGE(budget_spent)
WEIR_LOCAL_MESSAGE(catch_up)
WEIR_LOCAL_MESSAGE(caught_up)
WEIR_LOCAL_MESSAGE(census_turn)
WEIR_LOCAL_MESSAGE(clients_gone)
WEIR_LOCAL_MESSAGE(clients_searched)
WEIR_LOCAL_MESSAGE(cluster_status)
WEIR_LOCAL_MESSAGE(commit_position)
WEIR_LOCAL_MESSAGE(connection_page)
WEIR_LOCAL_MESSAGE(connection_question)
WEIR_LOCAL_MESSAGE(deliver_events)
WEIR_LOCAL_MESSAGE(deliver_local)
WEIR_LOCAL_MESSAGE(deny)
WEIR_LOCAL_MESSAGE(disconnect_everywhere)
WEIR_LOCAL_MESSAGE(disconnect_room)
WEIR_LOCAL_MESSAGE(disconnect_socket)
WEIR_LOCAL_MESSAGE(drain)
WEIR_LOCAL_MESSAGE(emit_events)
WEIR_LOCAL_MESSAGE(emits_answered)
WEIR_LOCAL_MESSAGE(find_rooms)
WEIR_LOCAL_MESSAGE(forward_cancel)
WEIR_LOCAL_MESSAGE(forward_complete_now)
WEIR_LOCAL_MESSAGE(forward_request)
WEIR_LOCAL_MESSAGE(forward_response)
WEIR_LOCAL_MESSAGE(group_event)
WEIR_LOCAL_MESSAGE(group_leaving)
WEIR_LOCAL_MESSAGE(group_order)
WEIR_LOCAL_MESSAGE(group_report)
WEIR_LOCAL_MESSAGE(group_status)
WEIR_LOCAL_MESSAGE(hot_page)
WEIR_LOCAL_MESSAGE(hot_question)
WEIR_LOCAL_MESSAGE(informants)
WEIR_LOCAL_MESSAGE(interim_assigned)
WEIR_LOCAL_MESSAGE(interim_revoked)
WEIR_LOCAL_MESSAGE(join_answered)
WEIR_LOCAL_MESSAGE(join_room)
WEIR_LOCAL_MESSAGE(lag_exceeded)
WEIR_LOCAL_MESSAGE(leave_room)
WEIR_LOCAL_MESSAGE(nodes_answered)
WEIR_LOCAL_MESSAGE(partition_added)
WEIR_LOCAL_MESSAGE(partitions_unreachable)
WEIR_LOCAL_MESSAGE(peer_gone)
WEIR_LOCAL_MESSAGE(peer_joined)
WEIR_LOCAL_MESSAGE(produce_records)
WEIR_LOCAL_MESSAGE(producer_event)
WEIR_LOCAL_MESSAGE(producer_status)
WEIR_LOCAL_MESSAGE(query_room)
WEIR_LOCAL_MESSAGE(query_status)
WEIR_LOCAL_MESSAGE(read_interim)
WEIR_LOCAL_MESSAGE(records_ready)
WEIR_LOCAL_MESSAGE(remove_room)
WEIR_LOCAL_MESSAGE(replay_ended)
WEIR_LOCAL_MESSAGE(request_over)
WEIR_LOCAL_MESSAGE(resume_answered)
WEIR_LOCAL_MESSAGE(resume_socket)
WEIR_LOCAL_MESSAGE(revoke_partition)
WEIR_LOCAL_MESSAGE(room_closed)
WEIR_LOCAL_MESSAGE(room_complete)
WEIR_LOCAL_MESSAGE(room_described)
WEIR_LOCAL_MESSAGE(room_empty)
WEIR_LOCAL_MESSAGE(room_moved)
WEIR_LOCAL_MESSAGE(room_problem)
WEIR_LOCAL_MESSAGE(room_records)
WEIR_LOCAL_MESSAGE(room_unreachable)
WEIR_LOCAL_MESSAGE(rooms_found)
WEIR_LOCAL_MESSAGE(socket_closed)
WEIR_LOCAL_MESSAGE(socket_opened)
WEIR_LOCAL_MESSAGE(start_replay)
WEIR_LOCAL_MESSAGE(stop_replay)
WEIR_LOCAL_MESSAGE(take_over)
WEIR_LOCAL_MESSAGE(topic_known)

CAF_END_TYPE_ID_BLOCK(weir_local)

#undef WEIR_LOCAL_MESSAGE
