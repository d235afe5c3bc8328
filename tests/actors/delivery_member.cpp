#include "tests/actors/delivery_member.hpp"

#include "transport/engineio/frames.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace weir::delivery {

void member::on_joined(const join_answered& x) {
  if (x.error != emit_errc::none)
    return;
  room_id = x.room;
  of_partitions = x.of_partitions;
  at.readers.clear();
  if (!was_away) {
    auto& begin = joins.emplace_back(x.from);
    for (auto& [partition, next] : x.behind)
      begin[partition] = next;
  }
  handle = x.handle;
  for (auto& [partition, next] : x.from)
    at.readers.emplace_back(partition, next);
  for (auto& [partition, next] : x.behind)
    at.in(partition, next).begin_before(next);
  for (auto& reader : at.readers)
    if (auto i = x.logs.find(reader.partition()); i != x.logs.end())
      reader.set_log(i->second);
  for (auto& [partition, from] : x.restarted) {
    restarted.insert(partition);
    if (was_away)
      void_from(partition);
    auto* reader = at.find(partition);
    taken_back.push_back({partition, from, left_logs[partition].leader_epoch,
                          reader ? reader->next() : 0});
  }
  was_away = false;
}

void member::void_from(std::int32_t partition) {
  auto* reader = at.find(partition);
  forget_from(partition, reader ? reader->next() : 0);
  offsets[partition].clear();
}

partition_logs member::logs() const {
  partition_logs result;
  for (auto& x : at.readers)
    result[x.partition()] = {x.log(), x.leader_epoch()};
  return result;
}

positions member::here() const {
  positions result;
  for (auto& x : at.readers)
    result[x.partition()] = x.next();
  return result;
}

void member::take(const deliver_events& delivery, test::interleaving& choice) {
  auto& x = *delivery.events;
  if (!x.gives_position && !at.find(x.partition))
    return;
  auto& reader = at.in(x.partition, std::min(x.from, x.to));
  auto epoch = reader.leader_epoch();
  auto result = reader.take(delivery, at.knows_log(x.log));
  note_gaps(x.partition, epoch, result);
  if (!result.has_events)
    return;
  if (auto full_at = take_events(reader.next(), x, choice))
    reader.stop_at(*full_at);
  else
    reader.finish(delivery);
}

void member::note_gaps(std::int32_t partition, std::int32_t epoch,
                       const room_reader::outcome& x) {
  if (x.former) {
    restarted.insert(partition);
    offsets[partition].clear();
    serials[partition].clear();
  }
  if (x.lost && x.lost->to < x.lost->from)
    go_back(partition, x.lost->from, x.lost->to, epoch);
  else if (x.lost)
    gaps[partition][x.lost->from] = x.lost->to;
}

void member::go_back(std::int32_t partition, std::int64_t from, std::int64_t to,
                     std::int32_t epoch) {
  auto& all = serials[partition];
  ways_back.push_back(
    {partition, from, to, epoch, {all.lower_bound(to), all.end()}});
  forget_from(partition, to);
}

std::optional<std::int64_t> member::take_events(std::int64_t from,
                                                const room_events& x,
                                                test::interleaving& choice) {
  auto frames = x.frames ? std::string_view{*x.frames} : "";
  for (auto& event : x.events) {
    auto frame = engineio::next_frame(frames);
    frames.remove_prefix(frame.size);
    if (event.offset < from)
      continue;
    if (choice.once_in(8)) {
      ++fell_behind;
      return event.offset;
    }
    take_event(event.offset, frame.bytes);
  }
  return std::nullopt;
}

void member::take_event(std::int64_t offset, std::string_view frame) {
  int partition = -1;
  long noted = -1, serial = -1;
  std::sscanf(std::string{frame}.c_str(), "42[\"e\",[%d,%ld,%ld]]", &partition,
              &noted, &serial);
  BOOST_TEST(noted == offset);
  offsets[partition].push_back(offset);
  BOOST_TEST(serials[partition].emplace(offset, serial).second);
}

void member::forget_from(std::int32_t partition, std::int64_t to) {
  went_back[partition] = to;
  auto i = serials[partition].lower_bound(to);
  serials[partition].erase(i, serials[partition].end());
  std::erase_if(offsets[partition], [to](auto x) { return x >= to; });
}

std::int64_t member::began_at(std::int32_t partition, kafka::log_id log) const {
  if (restarted.contains(partition))
    return 0;
  auto i = joins[0].find(partition);
  return i != joins[0].end()  ? i->second
         : log == log_at_join ? ends_at_join.at(partition)
                              : 0;
}

} // namespace weir::delivery
