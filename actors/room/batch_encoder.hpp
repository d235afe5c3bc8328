#pragma once

#include "actors/contract/delivery.hpp"
#include "actors/room/room_encoder.hpp"
#include "config/base/trace_context.hpp"
#include "transport/kafka/record.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir {

/// A record that no client could read: the others continue without it.
struct skipped_record {
  std::int64_t offset;
  std::string_view why; ///< a literal
};

/// A live record whose trace is recorded.
struct traced_record {
  std::int64_t offset;
  trace_context parent;
};

/// Turns what a batch holds of a room into the events that all its members
/// share. Plain logic.
class batch_encoder {
public:
  using skipped_records = std::vector<skipped_record>;

  /// Skipped records that it remembers, so that it tells of each once.
  static constexpr std::size_t max_remembered = 1000;

  explicit batch_encoder(room_encoder_options options)
    : notes_traces_(options.notes_traces), encoder_(std::move(options)) {}

  /// Adds to `events` those of a batch from `events.from` on; false: there are
  /// none. What is before it is not the room's any more: its router may
  /// subscribe again further back than where the room began. Adds the records
  /// to `skipped` that nobody has been told of.
  bool encode(const room_records& x, bool is_live, room_events& events,
              skipped_records& skipped);

  /// Those of the events since the last call, if `notes_traces`.
  std::vector<traced_record> take_traced() {
    return std::exchange(traced_, {});
  }

  /// The offsets from here on mean something else now.
  void forget(std::int32_t partition, std::int64_t from);

private:
  void append(std::string_view block, bool is_live, room_events& events,
              std::string& frames, skipped_records& skipped);
  void note_trace();
  bool is_news(std::int32_t partition) const;
  void skip(std::int32_t partition, std::string_view why,
            skipped_records& skipped);

  bool notes_traces_;
  room_encoder encoder_;
  std::vector<traced_record> traced_;
  std::set<std::pair<std::int32_t, std::int64_t>> remembered_;
  kafka::record_view record_; // reused
};

} // namespace weir
