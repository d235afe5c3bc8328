#pragma once

#include "actors/contract/delivery.hpp"
#include "schemas/event_codec.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir {

struct room_encoder_options {
  const mapping_route* route = nullptr;
  std::string nsp; ///< the namespace's name
  std::size_t json_depth = 0;
  /// By `event_size`.
  std::size_t max_event = 0;
  /// Whether somebody wants to know which records are traced.
  bool notes_traces = false;
};

/// Turns records of a room into the frames that all its members share. Plain
/// logic of the ROOM: what no client could read is left out and told apart.
class room_encoder {
public:
  explicit room_encoder(room_encoder_options options)
    : options_(std::move(options)) {}

  /// Whether the record is an event at all: a mapping may have tombstones
  /// skipped.
  bool is_event(const kafka::record_view& record) const;

  /// Reads the record's event, for `event`; otherwise returns what is wrong with
  /// the record.
  std::string_view decode(const kafka::record_view& record);

  /// What was decoded last; its views are into that record.
  const schemas::incoming_event& event() const { return event_; }

  /// Appends the record's event to `events`; otherwise returns what is wrong
  /// with the record, and `events` is as before.
  std::string_view append(const kafka::record_view& record, room_events& events,
                          std::string& frames);

private:
  std::string_view check() const;

  room_encoder_options options_;
  schemas::incoming_event event_; // reused
};

} // namespace weir
