#include "tools/bench/load/raw_kafka.hpp"

#include "tools/bench/load/load_event.hpp"
#include "tools/bench/load/poller.hpp"

#include <time.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <thread>

namespace weir::bench {

namespace {

/// Records between two looks for delivery reports.
constexpr std::uint64_t poll_interval = 64;

using topics_ptr
  = std::unique_ptr<rd_kafka_topic_partition_list_t,
                    deleter<rd_kafka_topic_partition_list_destroy>>;
using queue_ptr
  = std::unique_ptr<rd_kafka_queue_t, deleter<rd_kafka_queue_destroy>>;

kafka_properties producer_properties(const load_options& options) {
  return {{"bootstrap.servers", options.brokers},
          {"enable.idempotence", "true"},
          {"acks", "all"},
          {"linger.ms", std::to_string(options.linger)},
          {"partitioner", "murmur2_random"}};
}

kafka_properties consumer_properties(const load_options& options) {
  return {{"bootstrap.servers", options.brokers},
          {"group.id", options.topic + ".raw"},
          {"auto.offset.reset", "earliest"},
          {"enable.auto.commit", "false"}};
}

void sleep_until(std::uint64_t deadline) {
  const timespec at{static_cast<time_t>(deadline / ns_per_s),
                    static_cast<long>(deadline % ns_per_s)};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, nullptr);
}

} // namespace

raw_kafka::raw_kafka(const load_options& options)
  : options_(options),
    filler_(options.filler, 'x'),
    producer_(make_kafka(RD_KAFKA_PRODUCER, producer_properties(options),
                         &raw_kafka::on_delivery, this)),
    consumer_(make_kafka(RD_KAFKA_CONSUMER, consumer_properties(options))),
    emitted_(options.rooms, 0),
    checkers_(options.rooms, {1, 1}) {
}

load_report raw_kafka::run() {
  subscribe();
  std::thread consuming{[this] { consume(); }};
  next_due_ = now_ns();
  produce_until(from_now(options_.warmup));
  cpu_meter cpu{options_.watched};
  cpu.start();
  measuring_ = true;
  produce_until(from_now(options_.seconds));
  measuring_ = false;
  cpu.stop();
  drain();
  stopping_ = true;
  consuming.join();
  report_.cpu = cpu.readings();
  report_.seconds = cpu.seconds();
  report_.acks = report_.deliveries;
  for (std::uint32_t r = 0; r < options_.rooms; ++r)
    report_.found += checkers_[r].finish({emitted_[r]});
  return report_;
}

void raw_kafka::subscribe() {
  const topics_ptr topics{rd_kafka_topic_partition_list_new(1)};
  rd_kafka_topic_partition_list_add(topics.get(), options_.topic.c_str(),
                                    RD_KAFKA_PARTITION_UA);
  rd_kafka_poll_set_consumer(consumer_.get());
  rd_kafka_subscribe(consumer_.get(), topics.get());
}

void raw_kafka::produce_until(std::uint64_t deadline) {
  while (now_ns() < deadline)
    if (options_.rate > 0)
      produce_when_due();
    else
      produce_if_open();
}

void raw_kafka::produce_when_due() {
  sleep_until(next_due_);
  produce(next_due_);
  next_due_ += static_cast<std::uint64_t>(double(ns_per_s) / options_.rate);
  rd_kafka_poll(producer_.get(), 0);
}

void raw_kafka::produce_if_open() {
  const bool open = produced_ - consumed_
                    < std::uint64_t{options_.rooms} * options_.window;
  if (open)
    produce(now_ns());
  else
    std::this_thread::yield();
  // Reports that nobody takes fill librdkafka's queue.
  if (!open || produced_ % poll_interval == 0)
    rd_kafka_poll(producer_.get(), 0);
}

void raw_kafka::produce(std::uint64_t time) {
  auto room = next_room_;
  next_room_ = (next_room_ + 1) % options_.rooms;
  value_.clear();
  append_object(value_, {room, emitted_[room], room, time}, filler_);
  key_ = "r" + std::to_string(room);
  auto error = rd_kafka_producev(producer_.get(),
                                 RD_KAFKA_V_TOPIC(options_.topic.c_str()),
                                 RD_KAFKA_V_KEY(key_.data(), key_.size()),
                                 RD_KAFKA_V_VALUE(value_.data(), value_.size()),
                                 RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                                 RD_KAFKA_V_END);
  ++emitted_[room];
  ++produced_;
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
    on_refused(error);
}

void raw_kafka::on_refused(rd_kafka_resp_err_t error) {
  if (report_.errors.refused++ == 0)
    std::fprintf(stderr, "not stored: %s\n", rd_kafka_err2str(error));
}

void raw_kafka::consume() {
  const queue_ptr queue{rd_kafka_queue_get_consumer(consumer_.get())};
  std::array<rd_kafka_message_t*, 1'000> batch;
  while (!stopping_) {
    auto count = rd_kafka_consume_batch_queue(queue.get(), 1, batch.data(),
                                              batch.size());
    for (ssize_t i = 0; i < count; ++i) {
      auto* record = batch[static_cast<std::size_t>(i)];
      if (record->err == RD_KAFKA_RESP_ERR_NO_ERROR)
        on_record(*record);
      rd_kafka_message_destroy(record);
    }
  }
  rd_kafka_consumer_close(consumer_.get());
}

void raw_kafka::on_record(const rd_kafka_message_t& record) {
  auto now = now_ns();
  auto event
    = parse_event({static_cast<const char*>(record.payload), record.len});
  if (!event || event->room >= options_.rooms) {
    ++report_.errors.malformed;
    return;
  }
  checkers_[event->room].delivered(0, 0, event->seq);
  if (measuring_) {
    ++report_.deliveries;
    report_.delivery_latency.record(now - std::min(now, event->time));
  }
  ++consumed_;
}

/// On the producing thread, within rd_kafka_poll.
void raw_kafka::on_delivery(rd_kafka_t*, const rd_kafka_message_t* record,
                            void* self) {
  if (record->err != RD_KAFKA_RESP_ERR_NO_ERROR)
    static_cast<raw_kafka*>(self)->on_refused(record->err);
}

void raw_kafka::drain() {
  auto deadline = from_now(options_.drain);
  while (consumed_ < produced_ && now_ns() < deadline)
    rd_kafka_poll(producer_.get(), 10);
}

} // namespace weir::bench
