#include "actors/room/batch_encoder.hpp"

#include "actors/contract/record_block.hpp"

namespace weir {

bool batch_encoder::encode(const room_records& x, bool is_live,
                           room_events& events, skipped_records& skipped) {
  auto frames = std::make_shared<std::string>();
  for (auto begin : x.begins)
    append(std::string_view{x.batch->records}.substr(begin), is_live, events,
           *frames, skipped);
  if (events.events.empty())
    return false;
  events.frames = std::move(frames);
  return true;
}

void batch_encoder::forget(std::int32_t partition, std::int64_t from) {
  std::erase_if(remembered_, [&](auto& x) {
    return x.first == partition && x.second >= from;
  });
}

/// Replayed records have been looked at before.
void batch_encoder::append(std::string_view block, bool is_live,
                           room_events& events, std::string& frames,
                           skipped_records& skipped) {
  std::string_view wrong = "the record block is damaged";
  if (read_record(block, record_)) {
    if (record_.offset < events.from || !encoder_.is_event(record_))
      return;
    wrong = encoder_.append(record_, events, frames);
    if (notes_traces_ && is_live && wrong.empty())
      note_trace();
  }
  if (!wrong.empty() && (is_live || is_news(events.partition)))
    skip(events.partition, wrong, skipped);
}

void batch_encoder::note_trace() {
  for (auto& [name, value] : record_.headers)
    if (name == "traceparent")
      if (auto trace = parse_traceparent(value); trace && trace->is_sampled())
        return traced_.push_back({record_.offset, *trace});
}

/// Whether a replay comes upon a record that nobody has been notified of, as
/// from before the room was here. Some are remembered; what comes on top of
/// them may be told again.
bool batch_encoder::is_news(std::int32_t partition) const {
  return !remembered_.contains({partition, record_.offset});
}

void batch_encoder::skip(std::int32_t partition, std::string_view why,
                         skipped_records& skipped) {
  if (remembered_.size() < max_remembered)
    remembered_.emplace(partition, record_.offset);
  skipped.push_back({record_.offset, why});
}

} // namespace weir
