#include "transport/kafka/start_offsets.hpp"

#include <algorithm>
#include <set>
#include <span>
#include <string_view>
#include <utility>

namespace weir::kafka {

namespace {

constexpr std::chrono::milliseconds request_timeout{2000};
constexpr std::chrono::milliseconds retry_delay{500};

// Those asked for, and all before them in their topics.
std::vector<topic_partition>
with_earlier(const std::vector<topic_partition>& partitions) {
  std::map<std::string, std::int32_t> last;
  for (auto& x : partitions) {
    auto& n = last.try_emplace(x.topic, x.partition).first->second;
    n = std::max(n, x.partition);
  }
  std::vector<topic_partition> result;
  for (auto& [topic, n] : last)
    for (std::int32_t i = 0; i <= n; ++i)
      result.push_back({topic, i});
  return result;
}

using answer_list = std::span<const rd_kafka_topic_partition_t>;

using topics = start_offsets::topics;

start_offsets::topic topic_of(const rd_kafka_topic_partition_t& x,
                              const topics& known) {
  auto i = known.find(std::string_view{x.topic});
  return i == known.end() ? start_offsets::topic{} : i->second;
}

// In another log, it says nothing of this one.
bool is_committed(const rd_kafka_topic_partition_t& x, const topics& known) {
  auto there = topic_of(x, known).log;
  auto then = committed_log(x);
  return !x.err && x.offset >= 0 && (there == 0 || then == 0 || then == there);
}

// By topic the first partition of which something is committed.
std::map<std::string_view, std::int32_t> first_committed(answer_list answers,
                                                         const topics& known) {
  std::map<std::string_view, std::int32_t> result;
  for (auto& x : answers)
    if (is_committed(x, known)) {
      auto& n = result.try_emplace(x.topic, x.partition).first->second;
      n = std::min(n, x.partition);
    }
  return result;
}

partition_positions starts_of(answer_list answers, std::int64_t otherwise,
                              const topics& topics) {
  auto first = first_committed(answers, topics);
  partition_positions result;
  for (auto& x : answers) {
    if (x.err)
      continue;
    auto known = first.find(x.topic);
    auto is_added = known != first.end() && x.partition > known->second;
    auto was_committed = x.offset != RD_KAFKA_OFFSET_INVALID;
    auto is_new = is_added || was_committed || topic_of(x, topics).is_new;
    auto& start = result[{x.topic, x.partition}];
    if (is_committed(x, topics)) {
      start = {x.offset, committed_log(x),
               rd_kafka_topic_partition_get_leader_epoch(&x)};
      start.note = committed_note(x);
      start.epochs = committed_epochs(x);
    } else {
      start = is_new ? RD_KAFKA_OFFSET_BEGINNING : otherwise;
    }
  }
  return result;
}

// Who is no node of ours names no log. An offset beyond the end of the one that
// there is was committed in a former one: to begin there would pass by all that
// comes before the log is as long again. Blocks. What gets no answer is asked
// again; the last error, if any.
rd_kafka_resp_err_t
drop_those_beyond_the_end(rd_kafka_t* client,
                          rd_kafka_topic_partition_list_t* list) {
  auto result = RD_KAFKA_RESP_ERR_NO_ERROR;
  for (auto& x : std::span{list->elems, static_cast<std::size_t>(list->cnt)}) {
    if (x.err || x.offset < 0 || committed_log(x) != 0)
      continue;
    std::int64_t begin = 0;
    std::int64_t end = 0;
    // not on a loop: as below
    x.err = rd_kafka_query_watermark_offsets(
      client, x.topic, x.partition, &begin, &end,
      static_cast<int>(request_timeout.count()));
    if (x.err)
      result = x.err;
    else if (x.offset > end)
      x.offset = RD_KAFKA_OFFSET_BEGINNING;
  }
  return result;
}

kafka_error error_of(rd_kafka_resp_err_t code, const std::string& what) {
  return {rd_kafka_err2name(code), what + ": " + rd_kafka_err2str(code)};
}

bool is_ready(const std::future<start_offsets::answer>& x) {
  return x.valid()
         && x.wait_for(std::chrono::seconds{0}) == std::future_status::ready;
}

// Blocks.
start_offsets::answer
find_starts(rd_kafka_t* client, const partitions_handle& list,
            std::int64_t otherwise, const topics& topics) {
  start_offsets::answer result;
  // not on a loop: a thread of its own calls this
  if (auto code = rd_kafka_committed(
        client, list.get(), static_cast<int>(request_timeout.count()))) {
    result.error = error_of(code, "committed offsets");
    return result;
  }
  if (auto code = drop_those_beyond_the_end(client, list.get()))
    result.error = error_of(code, "the ends of the partitions' logs");
  result.starts = starts_of({list->elems, static_cast<std::size_t>(list->cnt)},
                            otherwise, topics);
  return result;
}

} // namespace

start_offsets::start_offsets(rd_kafka_t* client, std::int64_t otherwise,
                             std::function<void()> wake)
  : client_(client), otherwise_(otherwise), wake_(std::move(wake)) {
}

void start_offsets::ask(const std::vector<topic_partition>& partitions) {
  wanted_.insert(partitions.begin(), partitions.end());
  if (!answer_.valid())
    request();
}

void start_offsets::note(const std::string& topic, const topic_state& state) {
  auto [i, is_first] = topics_.try_emplace(topic);
  auto is_other = i->second.log != 0 && state.log != i->second.log;
  i->second.log = state.log;
  i->second.is_new = i->second.is_new || is_other
                     || (is_first && state.is_missing);
  if (is_other) // an answer under way is of no use
    std::erase_if(asked_, [&](auto& x) { return x.topic == topic; });
}

void start_offsets::forget(const topic_partition& partition) {
  wanted_.erase(partition);
  asked_.erase(partition);
}

// `wake_` comes after the answer, or `take` could miss it.
void start_offsets::request() {
  asked_ = wanted_;
  if (asked_.empty())
    return;
  std::promise<answer> promise;
  answer_ = promise.get_future();
  auto list = to_list(with_earlier({asked_.begin(), asked_.end()}));
  thread_ = std::jthread{[promise = std::move(promise), list = std::move(list),
                          topics = topics_, this]() mutable {
    promise.set_value(find_starts(client_, list, otherwise_, topics));
    wake_();
  }};
}

partition_positions
start_offsets::take(clock::time_point now,
                    const std::function<void(const kafka_error&)>& on_error) {
  partition_positions result;
  if (is_ready(answer_)) {
    auto [starts, error] = answer_.get();
    if (error)
      on_error(error);
    for (auto& [partition, start] : starts)
      if (asked_.erase(partition) > 0) {
        result.emplace(partition, start);
        wanted_.erase(partition);
      }
    if (!asked_.empty())
      retry_at_ = now + retry_delay;
  }
  if (!answer_.valid() && now >= retry_at_)
    request();
  return result;
}

} // namespace weir::kafka
