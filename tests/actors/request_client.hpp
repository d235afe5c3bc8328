#pragma once

// What the properties of requests share: clients, as their model has them.

#include "tests/support/fake_session.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace weir::requests {

/// What a client has asked of one room, in the order in which it did.
struct room_request {
  std::uint64_t ack_id = 0;
  bool is_join = false;
  bool is_answered = false;
  bool is_ok = false;
  bool is_lost = false;  ///< with its connection: nobody knows what it did
  std::int64_t from = 0; ///< of an answered join: its offset
  std::size_t seen = 0;  ///< events of the room that came before its answer
};

/// One namespace of a client, as the model has it.
struct client_socket {
  std::string nsp; ///< as in packets: "" or "/b,"
  std::string sid, pid, offset;
  bool is_connected = false;
  bool is_connecting = false;
  std::map<std::uint64_t, int> answers; ///< by ack id
  std::map<std::uint64_t, bool> tokens; ///< likewise: whether it is a good one
  std::map<std::string, std::vector<room_request>> requests; ///< by room
  std::map<std::string, std::vector<std::int64_t>> events;   ///< likewise
  std::set<std::string> offsets; ///< that joins have got

  void forget() {
    requests.clear(), events.clear(), answers.clear(), tokens.clear();
  }

  room_request* request_of(std::uint64_t ack_id) {
    for (auto& [room, xs] : requests)
      for (auto& x : xs)
        if (x.ack_id == ack_id)
          return &x;
    return nullptr;
  }

  enum class state { in, out, unknown };

  /// Where its answers leave it, and the last join that was answered "ok".
  std::pair<state, const room_request*> state_in(const std::string& room) {
    std::pair<state, const room_request*> result{state::out, nullptr};
    for (auto& x : requests[room]) {
      if (!x.is_answered || x.is_lost)
        result = {state::unknown, nullptr};
      else if (x.is_ok && x.is_join)
        result = {state::in, &x};
      else if (x.is_ok)
        result = {state::out, nullptr};
    }
    return result;
  }
};

struct client {
  std::string address; ///< by which a webhook tells clients apart
  std::shared_ptr<test::fake_session> session;
  std::array<client_socket, 2> sockets{client_socket{""}, client_socket{"/b,"}};
  std::uint64_t last_ack = 0;
  bool is_stopping = false;
};

} // namespace weir::requests
