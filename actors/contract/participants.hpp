#pragma once

// Who takes part in a conversation, and what all of them name.

#include "actors/contract/credit_lease.hpp"
#include "actors/contract/log_key.hpp"
#include "actors/contract/routes.hpp"
#include "actors/runtime/open_span.hpp"
#include "config/base/trace_context.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace weir {

/// One socket: a connection's presence in one namespace. Its address tells it
/// from an earlier one of the same connection and namespace.
struct socket_identity {
  /// Its public id: `sid` of the CONNECT reply, `ce_weirsid` of its records.
  std::string id;
  nsp_index nsp = 0;
  /// Whom its token names: `ce_weiruser`; empty: nobody.
  std::string user{};
  /// That of its events that bring none; null: they are of none.
  std::shared_ptr<const passed_trace> trace{};
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
  span_ptr span{};           ///< of an emit, until its outcome is known
};

/// Offsets by partition: the next one that a room has yet to see.
using positions = std::map<std::int32_t, std::int64_t>;

/// By partition the log that such an offset is of, as far as it is known.
using partition_logs = std::map<std::int32_t, named_log>;

} // namespace weir
