#pragma once

// What an operator wants to see, of one node or of all.

#include "actors/contract/asked_nodes.hpp"
#include "actors/contract/cluster.hpp"
#include "actors/contract/connection_filter.hpp"
#include "actors/contract/ownership.hpp"
#include "actors/contract/rooms.hpp"
#include "actors/contract/topic_tail.hpp"
#include "actors/contract/type_ids_local.hpp"
#include "actors/contract/type_ids_wire.hpp"
#include "actors/runtime/client_figures.hpp"
#include "schemas/listing_codec.hpp"

#include <caf/result.hpp>
#include <caf/typed_actor.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// The service of a node that answers `status_question`.
inline constexpr std::string_view inspector_service = "inspector";

/// CONNECTION CENSUS: the connections of one I/O loop.
using connection_census_actor = caf::typed_actor<
  // Which of them are there?
  caf::result<connection_page>(connection_question),
  // How many?
  caf::result<connection_counts>(count_connections),
  // Some of them are to get or do something; how many did.
  caf::result<order_done>(socket_order),
  // The loop has had its turn: it goes on.
  caf::result<void>(census_turn),
  // All of them are to use other mappings; answered when they do.
  caf::result<void>(use_routes),
  // What is hot of what the loop does?
  caf::result<hot_page>(hot_question)>;

/// INSPECTOR of another node.
using inspector_peer_actor = caf::typed_actor<
  // What is there on this node?
  caf::result<status_part>(status_question)>;

/// INSPECTOR: knows whom to ask, here and on other nodes. One per node.
using inspector_actor
  = inspector_peer_actor::extend_with<node_asker_actor>::extend<
    // Those who know of this node; once, before any question.
    caf::result<void>(informants),
    // What is there on this node and on others?
    caf::result<nodes_answered>(ask_nodes)>;

/// From GATEWAY to INSPECTOR.
struct informants {
  cluster_actor cluster;
  consumer_group_actor group;
  room_directory_actor directory;
  std::vector<connection_census_actor> censuses;
  topic_tail_actor tail;
  std::function<client_figures()> clients; ///< null: nobody counts
};

/// From INSPECTOR to itself on all nodes: a path of the admin endpoint's, and
/// its query, as the operator has sent them.
struct status_question {
  std::string path;
  std::string query;
};

/// The answer. A node that does not know the path has an error for it.
struct status_part {
  std::string bytes; ///< `schemas::listing_part`
  std::string error; ///< empty: there is none
};

/// From ADMIN to INSPECTOR.
struct ask_nodes {
  status_question question;
  /// Only this node; empty: the one that is asked; nothing: all.
  std::optional<std::string> node;
};

/// The answer.
struct nodes_answered {
  std::vector<schemas::listing_part> parts;
  std::vector<std::string> silent; ///< nodes that have not answered
  /// Names of all nodes, where the one that is asked for is none of them.
  std::vector<std::string> known;
  std::vector<std::string> down{}; ///< silent ones that there is no link to
};

// -- connections --------------------------------------------------------------

/// From INSPECTOR to CONNECTION CENSUS.
struct connection_question {
  connection_filter filter;
  std::string after; ///< an id; they are in the order of those
  std::size_t limit = 0;
  bool in_detail = false; ///< with rooms and handshakes
};

/// The answer.
struct connection_page {
  std::vector<schemas::connection_status> connections;
  bool more = false; ///< there are others behind these
};

/// How much of events is told.
enum class event_detail : std::uint8_t { none, names, args };

/// From INSPECTOR to CONNECTION CENSUS.
struct count_connections {
  bool with_left = false;
  event_detail events = event_detail::none;
};

/// The answer.
struct connection_counts {
  std::uint32_t connections = 0;
  std::uint32_t polling = 0;
  std::map<std::string, std::uint32_t> sockets; ///< by namespace
  /// Sockets that have gone of late.
  std::vector<schemas::departure_status> left;
  /// Some of those that have come and gone of late, and how many of them were
  /// too many since the start.
  std::vector<schemas::seen_event> events;
  std::uint64_t events_left_out = 0;
};

/// From CONNECTION CENSUS to itself.
struct census_turn {};

// -- what is hot --------------------------------------------------------------

/// From INSPECTOR to CONNECTION CENSUS.
struct hot_question {
  std::size_t limit = 0; ///< of each kind
};

/// The answer.
struct hot_page {
  std::vector<schemas::hot_status> hot;
};

// -- rooms --------------------------------------------------------------------

/// From INSPECTOR to ROOM DIRECTORY.
struct find_rooms {
  std::string nsp;    ///< empty: of any namespace
  std::string name;   ///< empty: any
  std::string prefix; ///< of the name
  std::string topic;  ///< empty: of any
  std::string after;  ///< `schemas::room_cursor`
  std::size_t limit = 0;
};

/// The answer, by namespace and name.
struct rooms_found {
  struct room {
    schemas::room_status known; ///< what the directory knows of it
    room_actor handle;
  };
  std::vector<room> rooms;
  bool more = false; ///< there are others behind these
};

/// From INSPECTOR to ROOM.
struct query_room {
  bool in_detail = false; ///< with partitions, and the members that are behind
};

/// The answer.
struct room_described {
  schemas::room_status status;
};

template <class Inspector>
bool inspect(Inspector& f, status_question& x) {
  return f.object(x).fields(f.field("path", x.path), f.field("query", x.query));
}

template <class Inspector>
bool inspect(Inspector& f, status_part& x) {
  return f.object(x).fields(f.field("bytes", x.bytes),
                            f.field("error", x.error));
}

} // namespace weir
