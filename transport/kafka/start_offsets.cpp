#include "transport/kafka/start_offsets.hpp"

#include <algorithm>
#include <set>
#include <span>
#include <string_view>
#include <utility>

namespace weir::kafka {

namespace {

constexpr std::chrono::milliseconds request_timeout{5000};
constexpr std::chrono::milliseconds retry_delay{500};

using admin_options
  = handle<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;
using offsets_request = handle<rd_kafka_ListConsumerGroupOffsets_t,
                               rd_kafka_ListConsumerGroupOffsets_destroy>;

admin_options make_options(rd_kafka_t* client, std::uintptr_t request) {
  admin_options options{rd_kafka_AdminOptions_new(
    client, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS)};
  char why[256];
  rd_kafka_AdminOptions_set_request_timeout(
    options.get(), static_cast<int>(request_timeout.count()), why, sizeof why);
  // Offsets of a transaction in progress would not be stable.
  const error_handle refused{
    rd_kafka_AdminOptions_set_require_stable_offsets(options.get(), 1)};
  rd_kafka_AdminOptions_set_opaque(options.get(),
                                   reinterpret_cast<void*>(request));
  return options;
}

// Those asked for, and all before them in their topics.
std::vector<topic_partition>
with_earlier(const std::vector<topic_partition>& partitions) {
  std::map<std::string, std::int32_t> last;
  for (const auto& x : partitions) {
    auto& n = last.try_emplace(x.topic, x.partition).first->second;
    n = std::max(n, x.partition);
  }
  std::vector<topic_partition> result;
  for (const auto& [topic, n] : last)
    for (std::int32_t i = 0; i <= n; ++i)
      result.push_back({topic, i});
  return result;
}

std::span<const rd_kafka_topic_partition_t>
answers(const rd_kafka_event_t* event) {
  const auto* result = rd_kafka_event_ListConsumerGroupOffsets_result(
    const_cast<rd_kafka_event_t*>(event));
  std::size_t count = 0;
  const auto** groups = rd_kafka_ListConsumerGroupOffsets_result_groups(result,
                                                                        &count);
  if (count == 0)
    return {};
  const auto* list = rd_kafka_group_result_partitions(groups[0]);
  return {list->elems, static_cast<std::size_t>(list->cnt)};
}

using answer_list = std::span<const rd_kafka_topic_partition_t>;

bool is_committed(const rd_kafka_topic_partition_t& x) {
  return !x.err && x.offset >= 0;
}

// By topic the first partition of which something is committed.
std::map<std::string_view, std::int32_t> first_committed(answer_list answers) {
  std::map<std::string_view, std::int32_t> result;
  for (const auto& x : answers)
    if (is_committed(x)) {
      auto& n = result.try_emplace(x.topic, x.partition).first->second;
      n = std::min(n, x.partition);
    }
  return result;
}

partition_offsets starts_of(answer_list answers, std::int64_t otherwise) {
  auto first = first_committed(answers);
  partition_offsets result;
  for (const auto& x : answers) {
    if (x.err)
      continue;
    auto known = first.find(x.topic);
    auto added = known != first.end() && x.partition > known->second;
    result[{x.topic, x.partition}] = is_committed(x) ? x.offset
                                     : added         ? RD_KAFKA_OFFSET_BEGINNING
                                                     : otherwise;
  }
  return result;
}

} // namespace

start_offsets::start_offsets(rd_kafka_t* client, rd_kafka_queue_t* queue,
                             std::string group, std::int64_t otherwise)
  : client_{client},
    queue_{queue},
    group_{std::move(group)},
    otherwise_{otherwise} {
}

void start_offsets::ask(const std::vector<topic_partition>& partitions) {
  if (!partitions.empty())
    request(partitions);
}

void start_offsets::forget(const topic_partition& partition) {
  asked_.erase(partition);
}

void start_offsets::request(const std::vector<topic_partition>& partitions) {
  ++last_request_;
  for (const auto& x : partitions)
    asked_[x] = last_request_;
  auto list = to_list(with_earlier(partitions));
  offsets_request request{
    rd_kafka_ListConsumerGroupOffsets_new(group_.c_str(), list.get())};
  auto* requests = request.get();
  auto options = make_options(client_, last_request_);
  rd_kafka_ListConsumerGroupOffsets(client_, &requests, 1, options.get(),
                                    queue_);
}

partition_offsets
start_offsets::take(rd_kafka_event_t* event,
                    const std::function<void(const std::string&)>& on_error) {
  auto request = reinterpret_cast<std::uintptr_t>(rd_kafka_event_opaque(event));
  partition_offsets found;
  auto error = rd_kafka_event_error(event);
  if (error)
    on_error(std::string{"committed offsets: "}
             + rd_kafka_event_error_string(event));
  else
    found = starts_of(answers(event), otherwise_);
  partition_offsets result;
  for (auto i = asked_.begin(); i != asked_.end();) {
    if (i->second != request) {
      ++i;
    } else if (auto at = found.find(i->first); at != found.end()) {
      result.insert(*at);
      i = asked_.erase(i);
    } else {
      failed_.push_back(i->first);
      retry_at_ = clock::now() + retry_delay;
      ++i;
    }
  }
  return result;
}

void start_offsets::retry(clock::time_point now) {
  if (failed_.empty() || now < retry_at_)
    return;
  auto failed = std::exchange(failed_, {});
  std::erase_if(failed, [this](const auto& x) { return !asked_.contains(x); });
  ask(failed);
}

} // namespace weir::kafka
