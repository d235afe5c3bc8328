#include "transport/kafka/partition_queue.hpp"

#include "transport/kafka/leader_query.hpp"
#include "transport/kafka/partition_list.hpp"
#include "transport/kafka/partition_source.hpp"
#include "transport/kafka/truncation_detector.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace weir::kafka {

namespace {

constexpr std::size_t max_batch = 64;
constexpr std::size_t first_guess_of_record_size = 1024;
constexpr auto nothing_refetched = std::numeric_limits<std::int64_t>::max();

using message_handle = handle<rd_kafka_message_t, rd_kafka_message_destroy>;

void read_headers(const rd_kafka_message_t& x, record_view& record) {
  record.headers.clear();
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&x, &headers))
    return;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0;
       !rd_kafka_header_get_all(headers, i, &name, &value, &size); ++i)
    record.headers.emplace_back(
      name, std::string_view{static_cast<const char*>(value), size});
}

void read_record(const rd_kafka_message_t& x, record_view& record) {
  record.offset = x.offset;
  record.leader_epoch = rd_kafka_message_leader_epoch(&x);
  record.timestamp_ms = rd_kafka_message_timestamp(&x, nullptr);
  record.has_key = x.key != nullptr;
  record.key = {static_cast<const char*>(x.key), x.key_len};
  record.has_value = x.payload != nullptr;
  record.value = {static_cast<const char*>(x.payload), x.len};
  read_headers(x, record);
}

std::size_t size_of(const record_view& record) {
  auto result = record.key.size() + record.value.size();
  for (auto& [name, value] : record.headers)
    result += name.size() + value.size();
  return result;
}

struct watermarks {
  std::int64_t low = -1;
  std::int64_t high = -1;
};

} // namespace

struct partition_queue::impl {
  using sink_type = std::function<void(const record_view&)>;

  impl(partition_source from, std::function<void()> notify)
    : source{std::move(from)},
      wake{std::move(notify)},
      queue{rd_kafka_queue_get_partition(source.client.get(),
                                         source.partition.topic.c_str(),
                                         source.partition.partition)} {
    // Once forwarded by the application (here: to nowhere), `assign` leaves
    // the queue alone; otherwise it would lead to the consumer's queue.
    rd_kafka_queue_forward(queue.get(), nullptr);
    rd_kafka_queue_cb_event_enable(queue.get(), &on_wake, this);
    // What came earlier woke nobody.
    if (rd_kafka_queue_length(queue.get()) > 0)
      wake();
  }

  ~impl() {
    // Takes the queue's lock: no call of `wake` is under way afterwards.
    rd_kafka_queue_cb_event_enable(queue.get(), nullptr, nullptr);
    if (source.on_close)
      source.on_close(queue.get());
  }

  // librdkafka calls this when the queue's length goes from 0 to more, and
  // holds the queue's lock. No record is missed because `read` ends short of
  // its bytes only after it has seen the queue empty.
  static void on_wake(rd_kafka_t*, void* self) {
    static_cast<impl*>(self)->wake();
  }

  // Records to ask for so that their bytes come close to `bytes`.
  std::size_t batch_for(std::size_t bytes) const {
    return std::clamp<std::size_t>(bytes / record_size, 1, max_batch);
  }

  std::size_t read(std::size_t max_bytes, const sink_type& sink) {
    if (source.log && source.log->is_missing)
      return 0;
    if (source.log && repairs != source.log->repairs) {
      repairs = source.log->repairs;
      problem = {};
    }
    settle_doubt();
    std::size_t bytes = 0;
    while (bytes < max_bytes) {
      std::array<message_handle, max_batch> batch;
      auto wanted = batch_for(max_bytes - bytes);
      auto count = fetch(batch, wanted);
      is_outdated = false;
      for (std::size_t i = 0; i < count; ++i) {
        bytes += on_message(*batch[i], sink);
        batch[i].reset();
      }
      if (count < wanted) {
        on_drained();
        break;
      }
    }
    return bytes;
  }

  std::size_t fetch(std::array<message_handle, max_batch>& batch,
                    std::size_t wanted) {
    std::array<rd_kafka_message_t*, max_batch> raw;
    auto count = rd_kafka_consume_batch_queue(queue.get(), 0, raw.data(),
                                              wanted);
    for (ssize_t i = 0; i < count; ++i)
      batch[static_cast<std::size_t>(i)].reset(
        raw[static_cast<std::size_t>(i)]);
    return count > 0 ? static_cast<std::size_t>(count) : 0;
  }

  std::size_t on_message(const rd_kafka_message_t& x, const sink_type& sink) {
    if (is_outdated)
      return 0;
    if (x.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      // `enable.partition.eof`: the position of an empty or idle partition,
      // also behind a transaction's marker, which is no record.
      if (!is_from_before(x.offset))
        advance(std::max(position(), x.offset));
      return 0;
    }
    if (x.err) {
      problem = {rd_kafka_err2name(x.err), rd_kafka_message_errstr(&x)};
      ++errors;
      return 0;
    }
    look_if_cut(x);
    if (is_to_be_confirmed(x))
      return 0;
    if (x.offset < next && x.offset >= refetched_from && !log_is_new)
      return 0; // read already: fetched again after a seek
    if (is_from_before(x.offset))
      return 0;
    read_record(x, record);
    sink(record);
    advance(x.offset + 1);
    epoch = record.leader_epoch;
    is_confirmed = false;
    auto size = size_of(record);
    record_size = std::max<std::size_t>((record_size * 7 + size) / 8, 1);
    bytes_since_drained += size;
    ++records_since_drained;
    return size;
  }

  // Epochs only rise within a log: one that has a higher one than what has been
  // read, and before it, has lost its end and got another. Wherever librdkafka
  // has gone to, this is the first record of that which comes.
  void look_if_cut(const rd_kafka_message_t& x) {
    auto known = leader_epoch();
    if (known >= 0 && x.offset < position()
        && rd_kafka_message_leader_epoch(&x) > known)
      log_is_new = true;
  }

  // The first record of another leader: whether its log has what was read
  // before, librdkafka asks when it hears of the leader, and after a seek, but
  // not when a partition is assigned.
  bool is_to_be_confirmed(const rd_kafka_message_t& x) {
    auto known = leader_epoch();
    if (is_confirmed || log_is_new || known < 0 || x.offset < position()
        || rd_kafka_message_leader_epoch(&x) <= known)
      return false;
    is_confirmed = is_outdated = true;
    seek(position());
    return true;
  }

  void advance(std::int64_t to) {
    epoch = leader_epoch();
    next = to;
    log_is_new = false;
    problem = {};
    doubt.clear();
  }

  void restart(const log_position& at) {
    next = at.offset;
    epoch = at.leader_epoch;
    is_confirmed = false;
    log_is_new = next == 0;
    doubt.clear();
    last_leader.reset();
    question = leader_query{source.client.get()}; // may be of the former log
    seek(next > 0 ? next : RD_KAFKA_OFFSET_BEGINNING);
  }

  // librdkafka goes to the log's start by itself when the offset that it asks
  // for is out of range; see truncation_detector.
  bool is_from_before(std::int64_t offset) {
    if (offset >= position())
      return false;
    if (!log_is_new)
      doubt.on_behind(truncation_detector::clock::now());
    return !log_is_new;
  }

  // What was fetched before a seek is not seen any more.
  void settle_doubt() {
    if (auto& x = leader();
        x && x->epoch > leader_epoch() && x->log_end < position())
      doubt.on_other_leader();
    switch (doubt.next(truncation_detector::clock::now(), has_epochs())) {
      case truncation_detector::step::ask:
        seek(position());
        question.ask(source.partition);
        show_doubt();
        break;
      case truncation_detector::step::confirm:
        log_is_new = true;
        // With the epoch, it leads to where the log was cut.
        seek(is_of_known_topic() ? position() : RD_KAFKA_OFFSET_BEGINNING);
        break;
      case truncation_detector::step::none:
        break;
    }
  }

  const std::optional<log_leader>& leader() {
    if (auto answer = question.take())
      last_leader = answer;
    return last_leader;
  }

  // No message of librdkafka's tells of it: it counts as one.
  void show_doubt() {
    if (!doubt.is_long(truncation_detector::clock::now()))
      return;
    kafka_error found{rd_kafka_err2name(RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE),
                      "the broker that leads it, or takes itself for the "
                      "leader, has no offset "
                        + std::to_string(position())
                        + ", up to which it was read"};
    if (std::exchange(problem, found) != found)
      ++errors;
  }

  // Brokers that tell topics' ids (2.8) tell of epochs, too.
  bool has_epochs() const {
    auto has_id = (source.log && source.log->id != 0)
                  || source.start->get().log != 0;
    return has_id && leader_epoch() >= 0;
  }

  bool is_of_known_topic() const {
    return source.log && source.log->id != 0 && leader_epoch() >= 0;
  }

  // To the position, or the log's start.
  void seek(std::int64_t to) {
    refetched_from = to >= 0 ? to : nothing_refetched;
    log_position place{to, 0, to >= 0 ? leader_epoch() : -1};
    auto list = to_list(partition_positions{{source.partition, place}});
    const error_handle refused{
      rd_kafka_seek_partitions(source.client.get(), list.get(), 0)};
  }

  // A partition that was over its bound is taken up again by librdkafka 2.0
  // only when its broker thread wakes up for another reason, up to a second
  // later (`fetch.queue.backoff.ms` came with 2.2). A seek to where we are
  // wakes it.
  void on_drained() {
    auto was_full = bytes_since_drained >= source.max_queued_bytes / 2
                    || records_since_drained >= source.max_queued_records;
    bytes_since_drained = 0;
    records_since_drained = 0;
    if (was_full && next >= 0)
      seek(next);
  }

  log_id log() {
    if (source.log && source.partition.partition < source.log->partitions)
      last_log = source.log->id;
    return last_log;
  }

  std::int64_t position() const {
    return next >= 0 ? next : source.start->offset();
  }

  std::int32_t leader_epoch() const {
    return next >= 0 ? epoch : source.start->get().leader_epoch;
  }

  // What fetch answers have told; librdkafka keeps it, no request is made.
  watermarks marks() const {
    watermarks result;
    if (rd_kafka_get_watermark_offsets(
          source.client.get(), source.partition.topic.c_str(),
          source.partition.partition, &result.low, &result.high))
      return {};
    return {std::max<std::int64_t>(result.low, -1),
            std::max<std::int64_t>(result.high, -1)};
  }

  partition_source source;
  std::function<void()> wake;
  queue_handle queue;
  leader_query question{source.client.get()};
  std::optional<log_leader> last_leader; ///< that has answered, of this log
  std::int64_t next = -1;
  log_id last_log = 0;     ///< that the topic had with this partition
  std::int32_t epoch = -1; ///< of the leader that wrote what is before `next`
  // Offsets from here on that are below `next` are seen a second time.
  std::int64_t refetched_from = nothing_refetched;
  truncation_detector doubt;
  bool log_is_new = false;   ///< the next record may be from before
  bool is_confirmed = false; ///< what is before the next record
  bool is_outdated = false;  ///< what was fetched together, by a seek
  std::size_t bytes_since_drained = 0;
  std::size_t records_since_drained = 0;
  std::size_t record_size = first_guess_of_record_size;
  record_view record; // kept for the memory of its headers
  kafka_error problem;
  std::uint64_t errors = 0;
  std::uint32_t repairs = 0; ///< of the topic, that are known of
};

std::unique_ptr<partition_queue>
make_partition_queue(partition_source source, std::function<void()> wake) {
  return std::make_unique<partition_queue>(
    std::make_unique<partition_queue::impl>(std::move(source),
                                            std::move(wake)));
}

partition_queue::partition_queue(std::unique_ptr<impl> x)
  : impl_{std::move(x)} {
}

partition_queue::~partition_queue() = default;

std::size_t
partition_queue::read(std::size_t max_bytes,
                      const std::function<void(const record_view&)>& sink) {
  return impl_->read(max_bytes, sink);
}

std::int64_t partition_queue::position() const {
  return impl_->position();
}

std::int32_t partition_queue::leader_epoch() const {
  return impl_->leader_epoch();
}

std::int64_t partition_queue::log_end() const {
  auto result = impl_->marks().high;
  return impl_->doubt.is_open() ? std::max(result, position()) : result;
}

void partition_queue::ask_leader() {
  impl_->question.ask(impl_->source.partition);
}

const std::optional<log_leader>& partition_queue::leader() {
  return impl_->leader();
}

std::int64_t partition_queue::log_start() const {
  return impl_->marks().low;
}

log_position partition_queue::start() const {
  return impl_->source.start->get();
}

std::size_t partition_queue::waiting() const {
  return rd_kafka_queue_length(impl_->queue.get());
}

log_id partition_queue::log() const {
  return impl_->log();
}

void partition_queue::restart(const log_position& at) {
  impl_->restart(at);
}

const kafka_error& partition_queue::problem() const {
  return impl_->problem;
}

std::uint64_t partition_queue::errors() const {
  return impl_->errors;
}

} // namespace weir::kafka
