#include "transport/kafka/producer.hpp"

#include "config/log.hpp"
#include "transport/kafka/delivery_error.hpp"
#include "transport/kafka/partition_halts.hpp"
#include "transport/kafka/partition_list.hpp"
#include "transport/kafka/producer_client.hpp"
#include "transport/kafka/reachability.hpp"
#include "transport/kafka/settings.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <thread>
#include <utility>

namespace weir::kafka {

namespace {

constexpr auto interceptor_name = "weir";

topic_partition place_of(const rd_kafka_message_t& x) {
  return {rd_kafka_topic_name(x.rkt), x.partition};
}

/// A record whose partition is halted until it is settled.
bool is_halting(const rd_kafka_message_t& x) {
  return x.partition >= 0
         && is_refused_batch(x.err, rd_kafka_message_status(&x));
}

std::uint64_t token_of(const rd_kafka_message_t& x) {
  return reinterpret_cast<std::uint64_t>(x._private);
}

/// Delivery reports of one request. Its records count against librdkafka's
/// bounds as long as it lives.
struct report_batch {
  event_handle event;
  std::vector<const rd_kafka_message_t*> records;
  std::size_t next = 0;  ///< the first that has not been handed out
  bool is_again = false; ///< of records that were sent a second time

  bool is_done() const { return next == records.size(); }
};

report_batch batch_of(event_handle event, bool is_again) {
  report_batch result{std::move(event), {}, 0, is_again};
  result.records.resize(rd_kafka_event_message_count(result.event.get()));
  rd_kafka_event_message_array(result.event.get(), result.records.data(),
                               result.records.size());
  return result;
}

/// What Kafka has against a request, in its own words where there are any: those
/// about the first record that is itself to blame.
std::string why_refused(const report_batch& x) {
  auto& all = x.records;
  auto to_blame = std::ranges::find_if(all, [](auto* y) {
    return y->err != RD_KAFKA_RESP_ERR__INVALID_DIFFERENT_RECORD;
  });
  auto& first = to_blame == all.end() ? *all[0] : **to_blame;
  auto* told = rd_kafka_message_produce_errstr(&first);
  return told ? told : rd_kafka_err2str(first.err);
}

} // namespace

/// A broker that refuses a request has something against it as a whole: that
/// is no verdict on each of its records. So where it held several, they are
/// sent again by a second client, one by one and in their order, and the
/// partition gets nothing else from the first one before they are settled.
struct producer::impl {
  impl(const kafka_options& settings_, std::function<void()> wake_)
    : settings(settings_),
      wake(std::move(wake_)),
      halts([this](const topic_partition& x, bool stop) { halt(x, stop); }),
      main(intercepted(producer_conf(settings)), wake) {}

  // -- librdkafka's threads ---------------------------------------------------

  /// Adds what sees each record's end first: in the thread that would send
  /// what comes behind it, and before it can do so.
  conf_handle intercepted(conf_handle conf) {
    rd_kafka_conf_interceptor_add_on_new(conf.get(), interceptor_name, &on_new,
                                         this);
    return conf;
  }

  static rd_kafka_resp_err_t on_new(rd_kafka_t* client, const rd_kafka_conf_t*,
                                    void* self, char*, std::size_t) {
    static_cast<impl*>(self)->client = client;
    return rd_kafka_interceptor_add_on_acknowledgement(client, interceptor_name,
                                                       &on_end, self);
  }

  static rd_kafka_resp_err_t on_end(rd_kafka_t*, rd_kafka_message_t* x,
                                    void* self) {
    if (is_halting(*x))
      static_cast<impl*>(self)->halts.refused(place_of(*x));
    return RD_KAFKA_RESP_ERR_NO_ERROR;
  }

  /// librdkafka's main thread does it, which waits for no other: so this may be
  /// called also where librdkafka warns of calling it, in an interceptor.
  void halt(const topic_partition& x, bool stop) const {
    auto list = to_list(std::vector{x});
    if (stop) {
      rd_kafka_pause_partitions(client, list.get());
    } else {
      rd_kafka_resume_partitions(client, list.get());
      // Purges nothing, but wakes the threads: what waits would be sent up to a
      // second later.
      rd_kafka_purge(client, RD_KAFKA_PURGE_F_NON_BLOCKING);
    }
  }

  // -- events -----------------------------------------------------------------

  /// False: there is none.
  bool next_event() {
    for (auto* from : {&main, second.get()}) {
      if (from == nullptr)
        continue;
      if (auto event = from->poll()) {
        on_event(std::move(event), from != &main);
        return true;
      }
    }
    return false;
  }

  void on_event(event_handle event, bool is_second) {
    switch (rd_kafka_event_type(event.get())) {
      case RD_KAFKA_EVENT_DR:
        on_reports(batch_of(std::move(event), is_second));
        break;
      case RD_KAFKA_EVENT_ERROR:
        if (!is_second)
          on_error(event.get());
        break;
      case RD_KAFKA_EVENT_STATS:
        on_statistics(rd_kafka_event_stats(event.get()), is_second);
        break;
      default: // log lines: the consumer's handle tells the same
        break;
    }
  }

  void on_statistics(std::string_view json, bool is_second) {
    if (auto error = brokers.on_statistics(json))
      note_error(std::move(error));
    if (!is_second)
      figures = read_figures(json);
  }

  void on_reports(report_batch x) {
    if (x.is_again || x.records.size() < 2 || !is_halting(*x.records[0])) {
      reports = std::move(x);
      return;
    }
    auto place = place_of(*x.records[0]);
    log::limited(log_level::warning,
                 "Kafka refuses a request; its records are sent one by one, "
                 "which is slow: is batch.size more than the topic's "
                 "max.message.bytes?",
                 place.topic,
                 {{"topic", place.topic},
                  {"partition", place.partition},
                  {"records", x.records.size()},
                  {"why", why_refused(x)}});
    again.push_back(std::move(x));
    send_again();
  }

  void note_error(kafka_error x) {
    constexpr std::size_t max_errors = 64;
    if (errors.size() < max_errors)
      errors.push_back(std::move(x));
  }

  void on_error(rd_kafka_event_t* event) {
    look_for_failure();
    note_error({rd_kafka_err2name(rd_kafka_event_error(event)),
                rd_kafka_event_error_string(event)});
    brokers.on_error(rd_kafka_event_error_string(event),
                     rd_kafka_event_error(event)
                       == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN);
  }

  void look_for_failure() {
    if (auto why = main.failure(); !why.empty()) {
      failure = std::move(why);
      has_failed = true;
    }
  }

  // -- records, from any thread -----------------------------------------------

  produce_errc produce(const outgoing_record& record, std::string& why) {
    if (has_failed) {
      why = main.failure();
      return produce_errc::fatal;
    }
    auto error = main.produce(record);
    if (!error)
      return produce_errc::none;
    why = rd_kafka_error_string(error.get());
    // It refuses with the code that it failed with.
    if (auto fatal = main.failure(); !fatal.empty()) {
      has_failed = true;
      why = std::move(fatal);
      return produce_errc::fatal;
    }
    return classify_refusal(rd_kafka_error_code(error.get()));
  }

  // -- records that are sent again --------------------------------------------

  /// As many as the second client takes.
  void send_again() {
    while (!again.empty()) {
      auto& x = again.front();
      for (; !x.is_done(); ++x.next)
        if (!produce_again(*x.records[x.next]))
          return;
      again.pop_front();
    }
  }

  /// False: not now.
  bool produce_again(const rd_kafka_message_t& x) {
    if (second && !second->failure().empty()) {
      if (in_second > 0)
        return false;
      // Its end takes as long as its threads need.
      retired
        = std::jthread{[old = std::move(second)]() mutable { old.reset(); }};
    }
    if (!second)
      second = std::make_unique<producer_client>(one_by_one_conf(settings),
                                                 wake);
    auto error = second->produce_again(x);
    auto code = rd_kafka_error_code(error.get());
    if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL)
      return false;
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
      ++in_second, ++resent;
    else
      refusals.push_back(refuse(x, code));
    return true;
  }

  delivery_report refuse(const rd_kafka_message_t& x,
                         rd_kafka_resp_err_t code) {
    halts.settled(place_of(x));
    return {token_of(x), classify_refusal(code), rd_kafka_err2str(code),
            x.partition, -1};
  }

  // -- reports ----------------------------------------------------------------

  void report(const rd_kafka_message_t& x, std::vector<delivery_report>& to) {
    auto& report = to.emplace_back();
    report.token = token_of(x);
    report.error = classify(x.err, rd_kafka_message_status(&x));
    report.partition = x.partition;
    if (report.error == produce_errc::none) {
      report.offset = x.offset;
      brokers.on_answer();
    } else {
      report.message = rd_kafka_err2str(x.err);
      note_error(
        {rd_kafka_err2name(x.err), place_of(x).topic + ": " + report.message});
      look_for_failure();
    }
    if (reports.is_again)
      --in_second;
    if (reports.is_again || is_halting(x))
      halts.settled(place_of(x));
    --in_flight;
  }

  // Those not yet handed out, at most `max`; how many.
  std::size_t take(std::vector<delivery_report>& to, std::size_t max) {
    std::size_t n = 0;
    for (; n < max && !refusals.empty(); ++n, --in_flight) {
      to.push_back(std::move(refusals.front()));
      refusals.pop_front();
    }
    for (; n < max && !reports.is_done(); ++n)
      report(*reports.records[reports.next++], to);
    if (reports.is_done())
      reports = {};
    return n;
  }

  kafka_options settings;
  std::function<void()> wake;
  rd_kafka_t* client = nullptr; ///< of `main`
  partition_halts halts;
  producer_client main;
  std::unique_ptr<producer_client> second; ///< made when it is needed
  std::size_t in_second = 0;
  std::jthread retired;
  report_batch reports; // half read when `max` was smaller than it
  std::uint64_t resent = 0;
  std::deque<report_batch> again; ///< bounded by what `main` may hold
  std::deque<delivery_report> refusals;
  reachability brokers;
  std::string failure;
  std::vector<kafka_error> errors;       ///< not yet taken
  std::optional<client_figures> figures; ///< likewise
  // Of all threads.
  std::atomic<bool> has_failed = false; ///< `failure` may not tell it yet
  std::atomic<bool> is_reachable = false;
  std::atomic<std::size_t> in_flight = 0;
};

producer::producer(const kafka_options& settings, std::function<void()> wake)
  : impl_(std::make_unique<impl>(settings, std::move(wake))) {
}

producer::~producer() = default;

void producer::declare(const std::vector<std::string>& topics) {
  impl_->main.declare(topics);
}

produce_errc producer::produce(const outgoing_record& record,
                               std::string* why) {
  std::string ignored;
  ++impl_->in_flight; // before its report can be there
  auto result = impl_->produce(record, why ? *why : ignored);
  if (result != produce_errc::none)
    --impl_->in_flight;
  return result;
}

void producer::poll(std::vector<delivery_report>& reports, std::size_t max) {
  do {
    impl_->send_again();
    max -= impl_->take(reports, max);
  } while (max > 0 && impl_->next_event());
  if (impl_->has_failed)
    impl_->look_for_failure();
  impl_->is_reachable = impl_->brokers.state().reachable;
}

std::size_t producer::in_flight() const {
  return impl_->in_flight;
}

const broker_state& producer::brokers() const {
  return impl_->brokers.state();
}

bool producer::is_reachable() const {
  return impl_->is_reachable;
}

std::optional<client_figures> producer::take_figures() {
  return std::exchange(impl_->figures, std::nullopt);
}

void producer::purge() {
  constexpr int all = RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT;
  impl_->main.purge(all);
  if (impl_->second)
    impl_->second->purge(all);
}

std::vector<kafka_error> producer::take_errors() {
  return std::exchange(impl_->errors, {});
}

std::uint64_t producer::take_resent() {
  return std::exchange(impl_->resent, 0);
}

const std::string& producer::failure() const {
  return impl_->failure;
}

void producer::purge_unsent() {
  impl_->main.purge(RD_KAFKA_PURGE_F_QUEUE);
  if (impl_->second)
    impl_->second->purge(RD_KAFKA_PURGE_F_QUEUE);
}

} // namespace weir::kafka
