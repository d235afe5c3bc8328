#pragma once

// What one run of the load does, from its command line.

#include "tools/bench/load/load_event.hpp"
#include "tools/bench/load/process_usage.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace weir::bench {

enum class load_mode {
  rooms,     ///< clients in rooms emit and receive
  idle,      ///< clients connect and do nothing
  raw_kafka, ///< no clients: librdkafka alone produces and consumes
  behind,    ///< clients catch up with what has come while they were away
  comeback,  ///< the node is killed, and its clients come back
  arrivals,  ///< clients connect, join rooms and go, again and again
};

struct load_options {
  load_mode mode = load_mode::rooms;
  /// Where the server listens; IPv4 loopback only.
  std::string address = "127.0.0.1";
  std::uint16_t port = 3000;

  bool tls = false;
  /// A file with a token for the clients of each room; empty: they show none.
  std::string tokens;

  /// Rooms, the members of each, and how many of these emit. Arrivals: rooms
  /// that each of the members joins.
  std::uint32_t rooms = 1;
  std::uint32_t members = 1;
  std::uint32_t emitters = 1;
  /// Closed loop: emits of one emitter that are not yet acked and delivered to
  /// every member.
  std::uint32_t window = 1;
  /// Open loop: emits per second, of all emitters together; 0: closed loop.
  double rate = 0;
  /// Of each room's members so many do not read while it is measured.
  std::uint32_t silent = 0;
  /// Rooms: what an event is.
  event_form form = event_form::object;
  /// Bytes of filler in each event.
  std::uint32_t filler = 64;

  double warmup = 3;
  double seconds = 10;
  /// How long to wait for what is on its way when the emitting is over.
  double drain = 15;
  /// How long connecting and joining may take.
  double connect_timeout = 120;
  /// A join without an answer is sent again after this time.
  double join_timeout = 1;
  /// Handshakes at once.
  std::uint32_t handshakes = 100;

  /// Idle: so many connections. Memory is taken with none, with `idle_first`
  /// of them, and with all, each after `settle` seconds.
  std::uint32_t idle = 10'000;
  std::uint32_t idle_first = 1'000;
  double settle = 5;

  /// Behind: records in the topic, of which the rooms have one in `noise` + 1.
  std::uint32_t records = 1'000'000;
  std::uint32_t noise = 0;

  /// Comeback: records per second that back ends write into the rooms, and how
  /// long the load continues when all clients are back.
  double outside = 1'000;
  double after = 5;

  /// Raw, behind, comeback: the topic must exist.
  std::string brokers;
  std::string topic;
  /// librdkafka's linger.ms of the raw run.
  std::uint32_t linger = 0;

  std::vector<watched_process> watched;
};

/// Throws std::invalid_argument with a sentence for the user.
load_options parse_options(int argc, char** argv);

} // namespace weir::bench
