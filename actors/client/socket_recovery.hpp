#pragma once

#include "actors/client/socket_rooms.hpp"
#include "schemas/recovery_codec.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// What one socket needs so that its client can come back: it writes the
/// offsets that events carry. Plain logic.
class socket_recovery {
public:
  /// `signer` outlives this. Offsets have `max_size` bytes at most: who is in
  /// more rooms than fit gets one that cannot be used.
  socket_recovery(const schemas::recovery_signer& signer, std::string nsp,
                  std::string pid, std::size_t max_size)
    : signer_(&signer),
      nsp_(std::move(nsp)),
      pid_(std::move(pid)),
      max_size_(max_size) {}

  const std::string& pid() const { return pid_; }

  /// The rooms, or their partitions, have changed.
  void forget_rooms() { is_known_ = false; }

  /// Begins to write, now (seconds of the system's clock): takes in where the
  /// socket is.
  void prepare(const socket_rooms& rooms, std::int64_t now);

  /// Moves one position. Requires: `prepare` since the rooms last changed.
  void move(const room_reader& at, std::int64_t next);

  /// The socket comes back with an offset of then: those that follow are not
  /// older, although the system's clock is set back, or another node's was
  /// ahead.
  void resume(std::int64_t written) { written_ = written; }

  /// The part of the offset that is the same for all of the socket's at this
  /// time; requires `prepare`. What cannot be used has one that says so, and no
  /// other part.
  std::string_view own_part() const { return own_; }

  /// Appends the part that all sockets with the same `snapshot` share. Requires
  /// as above.
  void append_shared_part(std::string& out) const;

  /// Where the socket is, and when: those of which this is the same, in the
  /// same namespace, share a part of their offsets. Requires as above.
  struct snapshot {
    std::string rooms;
    std::vector<std::int64_t> next;
    std::int64_t time = 0;

    bool operator==(const snapshot&) const = default;
  };

  bool is_at(const snapshot& x) const {
    return is_usable_ && time_ == x.time && next_ == x.next
           && writer_->rooms() == x.rooms;
  }

  snapshot where() const { return {writer_->rooms(), next_, time_}; }

  /// Bytes of rooms that were encoded and signed so far.
  std::size_t bytes_taken_in() const { return bytes_taken_in_; }

  /// Whether the offset can be used. Requires as above.
  bool is_usable() const { return is_usable_; }

  /// An offset is on its way to the client.
  void mark_written() { written_ = time_; }

  /// Of when the last such offset is.
  std::int64_t written() const { return written_; }

  /// The client has answered a ping: it has all that was sent before that ping,
  /// and so before the last call of `expect_pong`.
  void on_pong() { known_ = before_ping_; }

  /// The next ping has not been sent yet.
  void expect_pong() { before_ping_ = written_; }

  /// No offset will do: the client has left.
  void end() { known_ = std::numeric_limits<std::int64_t>::max(); }

  /// An older offset than of then is not the client's last.
  std::int64_t known() const { return known_; }

private:
  void take_in(const socket_rooms& rooms);
  void write_own_part(std::int64_t now);

  const schemas::recovery_signer* signer_;
  std::string nsp_;
  std::string pid_;
  std::size_t max_size_;
  bool is_known_ = false; ///< what follows is of the rooms as they are
  std::optional<schemas::offset_writer> writer_; ///< none: too many rooms
  bool is_usable_ = true;
  std::size_t bytes_taken_in_ = 0;
  std::vector<const room_reader*> readers_; ///< in the writer's order
  std::vector<std::int64_t> next_;          ///< likewise
  std::string own_;                         ///< of `time_`
  std::int64_t time_ = 0;
  std::int64_t written_ = 0;
  std::int64_t before_ping_ = 0;
  std::int64_t known_ = 0;
};

/// Appends an event's frames with the offset of where the socket is as one more
/// argument. Returns where the offset's own part begins.
std::size_t append_with_offset(std::string& frames, std::string_view event,
                               const socket_recovery& socket);

} // namespace weir
