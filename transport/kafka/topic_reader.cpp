#include "transport/kafka/topic_reader.hpp"

#include "transport/kafka/partition_list.hpp"
#include "transport/kafka/settings.hpp"
#include "transport/kafka/topic_watch.hpp"

#include <atomic>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <thread>
#include <utility>

namespace weir::kafka {

namespace {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

using message_handle = handle<rd_kafka_message_t, rd_kafka_message_destroy>;

// How long the thread waits for a record, and so how soon it ends.
constexpr int poll_ms = 100;

// How often brokers are asked whether the topic is still there, and how long
// they may take.
constexpr milliseconds check_interval{2000};
constexpr milliseconds first_check_interval{200};
constexpr int check_timeout_ms = 1000;

struct topic_facts {
  std::string problem;  ///< of the topic itself; empty: none
  bool answered = true; ///< by a broker
  std::int32_t partitions = 0;
};

topic_facts fail(rd_kafka_resp_err_t error, bool answered = true) {
  return {rd_kafka_err2str(error), answered, 0};
}

topic_facts ask(rd_kafka_t* client, rd_kafka_topic_t* topic) {
  const rd_kafka_metadata_t* found = nullptr;
  // not on a loop: the reader has a thread
  if (auto error = rd_kafka_metadata(client, 0, topic, &found,
                                     check_timeout_ms))
    return fail(error, false);
  const handle<const rd_kafka_metadata_t, rd_kafka_metadata_destroy> owner{
    found};
  if (found->topic_cnt != 1)
    return {"no broker has it", true, 0};
  auto& facts = found->topics[0];
  if (facts.err != RD_KAFKA_RESP_ERR_NO_ERROR)
    return fail(facts.err);
  if (facts.partition_cnt == 0)
    return {"it has no partitions", true, 0};
  for (int i = 0; i < facts.partition_cnt; ++i)
    if (facts.partitions[i].err != RD_KAFKA_RESP_ERR_NO_ERROR)
      return {rd_kafka_err2str(facts.partitions[i].err), false,
              facts.partition_cnt};
  return {{}, true, facts.partition_cnt};
}

} // namespace

struct topic_reader::impl {
  impl(const kafka_options& settings, const cluster_options& cluster,
       std::string name, std::shared_ptr<topic_listener> to)
    : listener(std::move(to)),
      name(std::move(name)),
      client(share(make_client(RD_KAFKA_CONSUMER, conf(settings, cluster)))),
      topic(rd_kafka_topic_new(client.get(), this->name.c_str(), nullptr)),
      answers(rd_kafka_queue_new(client.get())),
      watch(client.get(), answers.get()) {
    rd_kafka_poll_set_consumer(client.get());
    watch.watch({this->name});
    thread = std::jthread{[this](const std::stop_token& stop) {
      while (!stop.stop_requested())
        step();
    }};
  }

  static conf_handle conf(const kafka_options& settings,
                          const cluster_options& cluster) {
    auto result = outside_conf(settings, cluster, "table");
    // It would not be compacted.
    set_property(result.get(), "allow.auto.create.topics", "false");
    rd_kafka_conf_set_events(result.get(), 0);
    return result;
  }

  void step() {
    look();
    if (auto now = clock::now(); now >= next_check) {
      check(ask(client.get(), topic.get()));
      next_check = now + (is_whole() ? check_interval : first_check_interval);
      tell();
    }
    // not on a loop: likewise
    const message_handle x{rd_kafka_consumer_poll(client.get(), poll_ms)};
    if (x)
      take(*x);
  }

  /// Whether it is still the same topic: that may be deleted and created again
  /// between two checks, and have as many records by then.
  void look() {
    watch.poll(clock::now());
    const event_handle event{rd_kafka_queue_poll(answers.get(), 0)};
    if (!event)
      return;
    is_described = true;
    // Why it is not told, where it is not, `check` finds out as well.
    watch.on_answer(event.get(), clock::now(),
                    [this](const std::string&, const topic_state& x) {
                      if (log != 0 && x.log != log)
                        restart();
                      log = x.log;
                      next_check = {};
                    });
  }

  void check(const topic_facts& x) {
    if (!x.answered)
      return note_outage(x.problem);
    // It may be created again, as another one.
    if (partitions > 0 && (!x.problem.empty() || x.partitions < partitions))
      restart();
    problem = x.problem;
    confirmed = clock::now();
    // What is read is of a topic that would be missed.
    auto is_watched = is_described || watch.is_refused();
    if (is_watched && x.problem.empty() && x.partitions > partitions)
      assign(x.partitions);
  }

  /// Nobody may take for known what is of another topic: so it is told before
  /// anything else is.
  void restart() {
    rd_kafka_assign(client.get(), nullptr);
    partitions = 0;
    read_once.clear();
    halted.clear();
    positions.clear();
    listener->on_restart();
    reported.reset();
    next_check = {};
    tell();
  }

  // What was read stays good for a while.
  void note_outage(const std::string& why) {
    if (clock::now() - confirmed > max_age || !is_whole())
      problem = "brokers do not answer: " + why;
  }

  void assign(std::int32_t count) {
    partition_positions added;
    for (; partitions < count; ++partitions)
      added[{name, partitions}] = RD_KAFKA_OFFSET_BEGINNING;
    auto list = to_list(added);
    const error_handle error{
      rd_kafka_incremental_assign(client.get(), list.get())};
    if (error)
      problem = rd_kafka_error_string(error.get());
  }

  void take(const rd_kafka_message_t& x) {
    if (x.err != RD_KAFKA_RESP_ERR_NO_ERROR
        && x.err != RD_KAFKA_RESP_ERR__PARTITION_EOF)
      return take_error(x);
    halted.erase(x.partition);
    if (x.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      read_once.insert(x.partition);
      return tell();
    }
    // Offsets only rise in a log: it is another one, of which no id told.
    auto& position = positions[x.partition];
    if (x.offset < position)
      return restart();
    position = x.offset + 1;
    if (x.key == nullptr)
      return; // a compacted topic has none such
    std::optional<std::string_view> value;
    if (x.payload != nullptr)
      value.emplace(static_cast<const char*>(x.payload), x.len);
    listener->on_record({static_cast<const char*>(x.key), x.key_len}, value);
  }

  // Of a partition or of the client; brokers that are gone are for `check`.
  void take_error(const rd_kafka_message_t& x) {
    switch (x.err) {
      case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
      case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
      case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
        problem = rd_kafka_err2str(x.err);
        return tell();
      // Neither these records can be read nor those behind them.
      case RD_KAFKA_RESP_ERR__BAD_MSG:
      case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
      case RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED:
      case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
        halted[x.partition] = rd_kafka_message_errstr(&x);
        read_once.erase(x.partition);
        return tell();
      default:
        return;
    }
  }

  bool is_whole() const {
    return partitions > 0
           && read_once.size() == static_cast<std::size_t>(partitions);
  }

  void tell() {
    auto now = !problem.empty()  ? problem
               : !halted.empty() ? halted.begin()->second
               : is_whole()      ? ""
                                 : "it is being read";
    if (reported && *reported == now)
      return;
    reported = now;
    listener->on_state(now);
  }

  std::shared_ptr<topic_listener> listener;
  std::string name;
  shared_client client;
  topic_handle topic;
  queue_handle answers;
  topic_watch watch;
  bool is_described = false; ///< it has answered
  log_id log = 0;
  std::map<std::int32_t, std::int64_t> positions;
  clock::time_point next_check{};
  clock::time_point confirmed = clock::now();
  std::int32_t partitions = 0;                ///< that are assigned
  std::set<std::int32_t> read_once;           ///< to their end
  std::map<std::int32_t, std::string> halted; ///< where it is, and why
  std::string problem;
  std::optional<std::string> reported;
  std::jthread thread; // ends before the rest
};

topic_reader::topic_reader(const kafka_options& settings,
                           const cluster_options& cluster, std::string topic,
                           std::shared_ptr<topic_listener> listener)
  : impl_(std::make_unique<impl>(settings, cluster, std::move(topic),
                                 std::move(listener))) {
}

topic_reader::~topic_reader() = default;

} // namespace weir::kafka
