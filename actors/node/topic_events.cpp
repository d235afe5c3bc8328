#include "actors/node/topic_events.hpp"

#include "config/base/utf8.hpp"
#include "transport/socketio/json_slice.hpp"

#include <utility>

namespace weir {

topic_events::topic_events(const routes& rules, std::string topic,
                           event_limits limits)
  : topic_(std::move(topic)) {
  for (auto& nsp : rules.all())
    for (auto& x : nsp->mappings())
      if (auto& name = nsp->settings().name; x.settings.topic == topic_)
        mappings_.push_back(
          {&x, name,
           room_encoder{{&x, name, limits.json_depth, limits.max_event}}});
}

void topic_events::append(std::int32_t partition,
                          const kafka::record_view& record,
                          std::vector<schemas::record_status>& to) {
  if (!record.has_key)
    return append_problem(partition, record.offset, "it has no key", to);
  schemas::record_status row;
  row.topic = topic_;
  row.partition = partition;
  row.offset = record.offset;
  row.time_ms = record.timestamp_ms;
  auto has_room = false;
  for (auto& x : mappings_) {
    auto room = x.route->room_of(record.key);
    if (!room || !is_utf8(*room))
      continue;
    has_room = true;
    row.nsp = x.nsp;
    row.room = std::move(*room);
    append(x, row, record, to);
  }
  if (!has_room)
    append_problem(partition, record.offset, "no room has its key", to);
}

void topic_events::append(mapping& x, schemas::record_status row,
                          const kafka::record_view& record,
                          std::vector<schemas::record_status>& to) {
  if (!x.encoder.is_event(record))
    return;
  row.problem = x.encoder.decode(record);
  if (row.problem.empty()) {
    auto& event = x.encoder.event();
    row.event = event.name;
    row.args = event.is_array ? std::string{json::trimmed(event.json)}
                              : '[' + std::string{event.json} + ']';
    row.attachments = static_cast<std::uint32_t>(event.attachments.size());
  }
  to.push_back(std::move(row));
}

void topic_events::append_problem(
  std::int32_t partition, std::int64_t offset, std::string why,
  std::vector<schemas::record_status>& to) const {
  schemas::record_status row;
  row.topic = topic_;
  row.partition = partition;
  row.offset = offset;
  row.problem = std::move(why);
  to.push_back(std::move(row));
}

} // namespace weir
