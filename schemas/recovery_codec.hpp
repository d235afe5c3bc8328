#pragma once

// What a client hands back to recover its connection: `pid` and `offset` of
// Socket.IO's connection state recovery. Both are signed, so that any node with
// the same secret can restore the connection, and nothing is stored.
//
//   pid     the socket's id, then a tag (base64url of 128 bits) over namespace,
//           id and user
//   offset  base64url of two parts, the first of whole groups of three bytes:
//             the socket's own: version, tag of the node that wrote it, number
//             of rooms, per room its name, how many partitions its topic had
//             (from version 5 on), the mark of its mapping (in version 7, which
//             is written where one is not 0), and its own partitions, each with
//             the log that its offsets are of (from version 4 on); time, zeros
//             up to
//             the group's end, a tag (SipHash-2-4) what sockets in the same
//             rooms share: the next offset of each partition, a tag over the
//             time and these
//           a log (from version 6 on) is twice its number, and one more where
//           one more than its leader's epoch follows, which is 0 otherwise
//
// Numbers are varints, names follow their length. The key of the first tag is
// derived from the secret, the namespace, the pid, and the rooms with their
// partitions; that of the second likewise but for the pid. So a socket's own
// part is written once a second, the other once for all who are at the same
// positions, and a delivery costs no cryptography. Parts fit together only if
// they are of the same second and the same rooms, where they say the same of
// who may read what.

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::schemas {

/// What tells a log from an earlier one of the same name, and the epoch of the
/// leader that has written what is before an offset in it; -1: not known.
struct recovered_log {
  std::uint32_t id = 0; ///< not 0
  std::int32_t leader_epoch = -1;

  bool operator==(const recovered_log&) const = default;
};

/// A room, and the partitions that may hold its records.
struct room_partitions {
  std::string room;
  std::vector<std::int32_t> partitions; ///< not negative
  std::int32_t of_partitions = 0;       ///< that the topic had; 0: not known
  /// By partition, as far as they are known.
  std::map<std::int32_t, recovered_log> logs{};
  std::uint32_t mapping = 0; ///< its mark: tells later mappings of a node apart
};

/// Where a socket was in a room: by partition, the offset that it wants next.
struct recovered_room {
  std::string room;
  std::vector<std::pair<std::int32_t, std::int64_t>> next;
  std::map<std::int32_t, recovered_log> logs{}; ///< as above
  std::int32_t of_partitions = 0;               ///< likewise
  std::uint32_t mapping = 0;                    ///< likewise

  bool operator==(const recovered_room&) const = default;
};

/// What an offset says.
struct recovered_position {
  std::int64_t seconds = 0; ///< when it was written
  std::vector<recovered_room> rooms;
  std::string node; ///< where it was written, by the node's tag

  bool operator==(const recovered_position&) const = default;
};

/// Writes the offsets of one socket for as long as its rooms stay the same.
/// Thread-safe.
class offset_writer {
public:
  /// Appends an offset of at most `max_size()` characters, all of base64url.
  /// Requires: `seconds` is not negative; `next` holds a number that is not
  /// negative for each partition of each room, in their order.
  void append(std::string& out, std::int64_t seconds,
              std::span<const std::int64_t> next) const {
    append_own(out, seconds);
    append_shared(out, seconds, next);
  }

  /// The first part: the same for all offsets of a second.
  void append_own(std::string& out, std::int64_t seconds) const;

  /// The second part: the same for all writers with the same `rooms()` and
  /// namespace.
  void append_shared(std::string& out, std::int64_t seconds,
                     std::span<const std::int64_t> next) const;

  /// The node, the rooms and their partitions, encoded.
  const std::string& rooms() const { return rooms_; }

  /// Bound of what `append` appends, in bytes.
  std::size_t max_size() const;

private:
  friend class recovery_signer;

  using key = std::array<unsigned char, 16>;

  offset_writer(std::string rooms, std::size_t partitions, const key& own,
                const key& shared)
    : rooms_(std::move(rooms)),
      partitions_(partitions),
      own_key_(own),
      shared_key_(shared) {}

  std::string rooms_;
  std::size_t partitions_;
  key own_key_;
  key shared_key_;
};

/// Signs, and reads what was signed with the same secret. Thread-safe.
class recovery_signer {
public:
  /// `secret` is never shown or stored; only keys derived from it are kept.
  /// Throws std::runtime_error when libsodium does not start.
  /// `node` is the tag of the node that signs.
  explicit recovery_signer(std::string_view secret, std::string_view node = {});

  /// The private id that belongs to a socket's public one. `user`: whose it is;
  /// empty: anybody's.
  std::string make_pid(std::string_view nsp, std::string_view sid,
                       std::string_view user = {}) const;

  /// The public id that a private one was made for; nothing if it was not made
  /// with this secret for this namespace and this user.
  std::optional<std::string> socket_of(std::string_view nsp,
                                       std::string_view pid,
                                       std::string_view user = {}) const;

  /// Takes some microseconds: to be repeated when the rooms have changed.
  offset_writer writer(std::string_view nsp, std::string_view pid,
                       const std::vector<room_partitions>& rooms) const;

  /// What an offset says; nothing if it was not written with this secret for
  /// this namespace and pid, to the last bit. Offsets beyond 64 KiB are none.
  std::optional<recovered_position> read(std::string_view nsp,
                                         std::string_view pid,
                                         std::string_view offset) const;

private:
  offset_writer::key own_key(std::string_view nsp, std::string_view pid,
                             std::string_view rooms) const;
  offset_writer::key shared_key(std::string_view nsp,
                                std::string_view rooms) const;

  std::array<unsigned char, 32> root_;
  std::string node_;
};

} // namespace weir::schemas
