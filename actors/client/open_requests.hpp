#pragma once

#include "actors/client/answers.hpp"
#include "actors/contract/participants.hpp"
#include "actors/contract/rooms.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace weir {

/// What one connection has asked of others and what is not over yet. An answer
/// belongs to a request by its number, so that nothing that has changed since
/// can make it be lost or given twice; and all of them together are what the
/// client's credit is spent on. Bounded by that. Plain logic.
class open_requests {
public:
  enum class kind : std::uint8_t { emit, join, leave, question, other };

  struct request {
    kind what = kind::other;
    socket_ptr socket;
    std::string ack_id; ///< empty: none is wanted, or it has been given
    std::size_t cost = 0;
    /// Of a join, leave or question; of an emit only for the log.
    std::string room;
    std::uint32_t membership = 0; ///< likewise
    room_offset here;             ///< of a leave: where the member was
    bool is_answered = false;     ///< of a join, by its room
    std::chrono::steady_clock::time_point since{}; ///< of an emit
  };

  /// The number under which it is found; never used again.
  std::uint64_t add(request&& x);

  /// Null: it is over.
  request* find(std::uint64_t number);

  /// The ack that it waits for, once; empty: none.
  std::string take_ack(std::uint64_t number);

  /// It is over, and counts no more. Nothing: it was before.
  std::optional<request> end(std::uint64_t number);

  /// Those of a socket whose acks have not been given, oldest first.
  std::vector<std::uint64_t> unanswered_of(const socket_ptr& socket) const;

  /// A member has left before its join was answered: where it would have begun.
  void note_begin(const join_answered& x);

  std::size_t size() const { return open_.size(); }
  std::size_t bytes() const { return bytes_; }

  /// Those that a client, before it is sent away, is still to be answered:
  /// emits, and what else it wants an ack for.
  std::size_t awaited() const { return awaited_; }

private:
  struct entry {
    explicit entry(request&& x)
      : content(std::move(x)),
        is_awaited(content.what == kind::emit || !content.ack_id.empty()) {}

    request content;
    bool is_awaited; ///< as it was at first: its ack may have been given
  };

  std::unordered_map<std::uint64_t, entry> open_;
  std::uint64_t last_ = 0;
  std::size_t bytes_ = 0;
  std::size_t awaited_ = 0;
};

} // namespace weir
