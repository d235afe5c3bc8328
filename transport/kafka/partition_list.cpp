#include "transport/kafka/partition_list.hpp"

#include <charconv>
#include <cstring>
#include <span>
#include <string_view>

namespace weir::kafka {

partitions_handle to_list(const std::vector<topic_partition>& partitions) {
  partitions_handle list{
    rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size()))};
  for (auto& x : partitions)
    rd_kafka_topic_partition_list_add(list.get(), x.topic.c_str(), x.partition);
  return list;
}

namespace {

constexpr std::string_view log_mark = "log=";
constexpr char epochs_mark = ' '; // of earlier versions, nobody looks there
constexpr char note_mark = ';';

std::string metadata_of(const log_position& x) {
  if (x.log == 0 && x.note.empty())
    return {};
  auto result = std::string{log_mark} + std::to_string(x.log);
  if (!x.epochs.empty())
    result += epochs_mark + x.epochs;
  return x.note.empty() ? result : result + note_mark + x.note;
}

std::string_view metadata_of(const rd_kafka_topic_partition_t& x) {
  return {static_cast<const char*>(x.metadata), x.metadata_size};
}

} // namespace

partitions_handle to_list(const partition_positions& positions) {
  partitions_handle list{
    rd_kafka_topic_partition_list_new(static_cast<int>(positions.size()))};
  for (auto& [x, position] : positions) {
    auto* y = rd_kafka_topic_partition_list_add(list.get(), x.topic.c_str(),
                                                x.partition);
    y->offset = position.offset;
    rd_kafka_topic_partition_set_leader_epoch(y, position.leader_epoch);
    auto text = metadata_of(position);
    if (text.empty())
      continue;
    y->metadata = ::strdup(text.c_str()); // the list frees it
    y->metadata_size = text.size();
  }
  return list;
}

log_id committed_log(const rd_kafka_topic_partition_t& x) {
  auto text = metadata_of(x);
  log_id result = 0;
  if (text.starts_with(log_mark))
    std::from_chars(text.data() + log_mark.size(), text.data() + text.size(),
                    result);
  return result;
}

std::string committed_note(const rd_kafka_topic_partition_t& x) {
  auto text = metadata_of(x);
  auto mark = text.find(note_mark);
  return text.starts_with(log_mark) && mark != std::string_view::npos
           ? std::string{text.substr(mark + 1)}
           : std::string{};
}

std::string committed_epochs(const rd_kafka_topic_partition_t& x) {
  auto text = metadata_of(x);
  text = text.substr(0, text.find(note_mark));
  auto mark = text.find(epochs_mark);
  return text.starts_with(log_mark) && mark != std::string_view::npos
           ? std::string{text.substr(mark + 1)}
           : std::string{};
}

std::vector<topic_partition>
from_list(const rd_kafka_topic_partition_list_t* list) {
  std::vector<topic_partition> result;
  if (list == nullptr)
    return result;
  for (auto& x : std::span{list->elems, static_cast<std::size_t>(list->cnt)})
    result.push_back({x.topic, x.partition});
  return result;
}

std::map<topic_partition, std::int64_t>
offsets_in(const rd_kafka_topic_partition_list_t* list) {
  std::map<topic_partition, std::int64_t> result;
  if (list == nullptr)
    return result;
  for (auto& x : std::span{list->elems, static_cast<std::size_t>(list->cnt)})
    result[{x.topic, x.partition}] = x.offset;
  return result;
}

} // namespace weir::kafka
