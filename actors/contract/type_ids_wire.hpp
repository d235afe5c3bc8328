#pragma once

// The numbers of the messages that cross to another node. They are wire format:
// none changes, none is used again, and a new message gets the next free one,
// which is 93. The gaps are messages that only one node's actors send, which
// had numbers here until they got their own (type_ids_local.hpp). A message that
// is called otherwise than in earlier versions keeps its name for CAF.

#include <caf/type_id.hpp>

namespace weir {

struct add_keys;
struct addresses_known;
struct claims_changed;
struct disconnect_clients;
struct disconnect_user;
struct disconnected;
struct forwarded_cancel;
struct forwarded_complete_now;
struct forwarded_request;
struct forwarded_response;
struct grant_credit;
struct interim_state;
struct keys_added;
struct local_event;
struct mappings_used;
struct node_leaving;
struct node_load;
struct node_readiness;
struct operator_action;
struct partition_assigned;
struct partition_revoked;
struct peer_greeting;
struct record_batch;
struct relay_event;
struct release_socket;
struct remove_keys;
struct socket_released;
struct status_part;
struct status_question;
struct subscribe;
struct unsubscribe;

} // namespace weir

CAF_BEGIN_TYPE_ID_BLOCK(weir_wire_0, caf::first_custom_type_id)
CAF_ADD_TYPE_ID(weir_wire_0, (weir::subscribe))
CAF_ADD_TYPE_ID(weir_wire_0, (weir::add_keys))
CAF_ADD_TYPE_ID(weir_wire_0, (weir::remove_keys))
CAF_ADD_TYPE_ID(weir_wire_0, (weir::record_batch))
CAF_ADD_TYPE_ID(weir_wire_0, (weir::keys_added))
CAF_ADD_TYPE_ID(weir_wire_0, (weir::grant_credit))
CAF_ADD_TYPE_ID(weir_wire_0, (weir::partition_assigned))
CAF_ADD_TYPE_ID(weir_wire_0, (weir::partition_revoked))
CAF_END_TYPE_ID_BLOCK(weir_wire_0)

CAF_BEGIN_TYPE_ID_BLOCK(weir_wire_36, caf::first_custom_type_id + 36)
CAF_ADD_TYPE_ID(weir_wire_36, (weir::unsubscribe))
CAF_END_TYPE_ID_BLOCK(weir_wire_36)

CAF_BEGIN_TYPE_ID_BLOCK(weir_wire_52, caf::first_custom_type_id + 52)
CAF_ADD_TYPE_ID(weir_wire_52, (weir::peer_greeting))
CAF_ADD_TYPE_ID(weir_wire_52, (weir::claims_changed))
CAF_ADD_TYPE_ID(weir_wire_52, (weir::addresses_known))
CAF_ADD_TYPE_ID(weir_wire_52, (weir::node_load))
CAF_ADD_TYPE_ID(weir_wire_52, (weir::node_leaving))
CAF_END_TYPE_ID_BLOCK(weir_wire_52)

CAF_BEGIN_TYPE_ID_BLOCK(weir_wire_60, caf::first_custom_type_id + 60)
CAF_ADD_TYPE_ID(weir_wire_60, (weir::forwarded_request), "weir::forward_poll")
CAF_ADD_TYPE_ID(weir_wire_60, (weir::forwarded_response), "weir::poll_answered")
CAF_ADD_TYPE_ID(weir_wire_60, (weir::forwarded_cancel), "weir::poll_aborted")
CAF_ADD_TYPE_ID(weir_wire_60, (weir::forwarded_complete_now),
                "weir::hurry_poll")
CAF_END_TYPE_ID_BLOCK(weir_wire_60)

CAF_BEGIN_TYPE_ID_BLOCK(weir_wire_69, caf::first_custom_type_id + 69)
CAF_ADD_TYPE_ID(weir_wire_69, (weir::relay_event))
CAF_ADD_TYPE_ID(weir_wire_69, (weir::local_event))
CAF_ADD_TYPE_ID(weir_wire_69, (weir::release_socket))
CAF_ADD_TYPE_ID(weir_wire_69, (weir::socket_released))
CAF_ADD_TYPE_ID(weir_wire_69, (weir::disconnect_clients))
CAF_ADD_TYPE_ID(weir_wire_69, (weir::disconnected))
CAF_END_TYPE_ID_BLOCK(weir_wire_69)

CAF_BEGIN_TYPE_ID_BLOCK(weir_wire_86, caf::first_custom_type_id + 86)
CAF_ADD_TYPE_ID(weir_wire_86, (weir::disconnect_user))
CAF_END_TYPE_ID_BLOCK(weir_wire_86)

CAF_BEGIN_TYPE_ID_BLOCK(weir_wire_88, caf::first_custom_type_id + 88)
CAF_ADD_TYPE_ID(weir_wire_88, (weir::interim_state))
CAF_ADD_TYPE_ID(weir_wire_88, (weir::status_question))
CAF_ADD_TYPE_ID(weir_wire_88, (weir::status_part))
CAF_ADD_TYPE_ID(weir_wire_88, (weir::operator_action))
CAF_ADD_TYPE_ID(weir_wire_88, (weir::mappings_used))
CAF_ADD_TYPE_ID(weir_wire_88, (weir::node_readiness))
CAF_END_TYPE_ID_BLOCK(weir_wire_88)
