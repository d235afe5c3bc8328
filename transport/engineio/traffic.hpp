#pragma once

#include "config/base/owned_counter.hpp"

#include <cstdint>

namespace weir::engineio {

/// What the sessions of one loop are and have carried. Counted on that loop,
/// read on any thread.
struct loop_traffic {
  owned_counter polling; ///< sessions, by transport
  owned_counter websocket;
  owned_counter received_bytes; ///< of messages, without what frames them
  owned_counter sent_bytes;     ///< of packets, as WebSocket frames them
};

/// The same of all loops, at one time.
struct traffic_sum {
  std::int64_t polling = 0;
  std::int64_t websocket = 0;
  std::int64_t received_bytes = 0;
  std::int64_t sent_bytes = 0;

  void add(const loop_traffic& x) {
    polling += x.polling.get();
    websocket += x.websocket.get();
    received_bytes += x.received_bytes.get();
    sent_bytes += x.sent_bytes.get();
  }
};

} // namespace weir::engineio
