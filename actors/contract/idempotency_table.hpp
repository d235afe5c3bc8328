#pragma once

#include "schemas/fingerprint.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

namespace weir {

/// What tells whether an emitted event has come before.
struct emit_identity {
  schemas::fingerprint id;      ///< of topic, record key and the client's id
  schemas::fingerprint content; ///< of what the event says
};

/// The client's ids of recent emits, and what became of them: so that a record
/// whose emit comes again is stored once. Holds at most `limit` ids; the one
/// whose fate has been known for longest is forgotten first. Ids that wait for
/// their delivery report are not forgotten and may be more than that; whoever
/// waits is named by a token. Plain logic.
class idempotency_table {
public:
  enum class verdict {
    fresh,         ///< to be produced; remembered as in flight
    in_flight,     ///< to wait for what becomes of it
    stored,        ///< it is in the log, at `offset`
    unknown,       ///< it may be in the log, or not
    other_content, ///< the id was another event's
  };

  struct finding {
    verdict what = verdict::fresh;
    std::int32_t partition = -1;
    std::int64_t offset = -1;
  };

  /// `limit` is at least 1.
  explicit idempotency_table(std::size_t limit) : limit_(limit) {}

  /// What is to be done with an emit.
  finding look_up(const emit_identity& x);

  /// Remembers who waits for an emit in flight.
  void wait(const schemas::fingerprint& id, std::uint64_t token);

  /// The record of a fresh emit is stored. This and the next two return those
  /// who wait for it, in their order.
  std::vector<std::uint64_t> stored(const schemas::fingerprint& id,
                                    std::int32_t partition,
                                    std::int64_t offset);

  /// It is certainly not stored: forgotten, so that a repeat is produced.
  std::vector<std::uint64_t> not_stored(const schemas::fingerprint& id);

  /// It may be stored: neither may a repeat be produced, nor is it confirmed.
  std::vector<std::uint64_t> unknown(const schemas::fingerprint& id);

  /// Ids remembered, those in flight included.
  std::size_t size() const { return entries_.size(); }

private:
  struct entry {
    schemas::fingerprint content;
    verdict state = verdict::in_flight;
    std::int32_t partition = -1;
    std::int64_t offset = -1;
    std::vector<std::uint64_t> waiting;
  };

  std::vector<std::uint64_t> settle(const schemas::fingerprint& id,
                                    verdict state, std::int32_t partition,
                                    std::int64_t offset);

  std::size_t limit_;
  std::unordered_map<schemas::fingerprint, entry> entries_;
  std::deque<schemas::fingerprint> settled_; ///< longest known first
};

} // namespace weir
