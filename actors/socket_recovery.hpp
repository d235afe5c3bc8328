#pragma once

#include "actors/socket_rooms.hpp"
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
  void forget_rooms() { writer_.reset(); }

  /// Takes in where the socket is.
  void prepare(const socket_rooms& rooms);

  /// Moves one place. Requires: `prepare` since the rooms last changed.
  void move(const socket_rooms::place& at, std::int64_t next);

  /// The socket comes back with an offset of then: those that follow are not
  /// older, although the system's clock is set back, or another node's was
  /// ahead.
  void resume(std::int64_t written) { written_ = written; }

  /// Appends the offset, of now (seconds of the system's clock). Requires as
  /// above.
  void append(std::string& out, std::int64_t now);

  /// When the last one was written, as it says itself.
  std::int64_t written() const { return written_; }

  /// Whether the last one can be used.
  bool is_usable() const { return is_usable_; }

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
  void make_writer(const socket_rooms& rooms);

  const schemas::recovery_signer* signer_;
  std::string nsp_;
  std::string pid_;
  std::size_t max_size_;
  std::optional<schemas::offset_writer> writer_;
  bool is_usable_ = true;
  std::vector<const socket_rooms::place*> places_; ///< in the writer's order
  std::vector<std::int64_t> next_;                 ///< likewise
  std::int64_t written_ = 0;
  std::int64_t before_ping_ = 0;
  std::int64_t known_ = 0;
};

/// Appends an event's frames with the offset as one more argument.
void append_with_offset(std::string& frames, std::string_view event,
                        std::string_view offset);

} // namespace weir
