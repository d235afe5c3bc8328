#include "actors/kafka/producer.hpp" // unit under test

#include "actors/contract/emit.hpp"
#include "actors/contract/operation.hpp"
#include "actors/runtime/tracer.hpp"
#include "tests/support/inbox.hpp"
#include "tests/support/printing.hpp"
#include "tests/support/rules.hpp"
#include "tests/support/shared_broker.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <thread>
#include <vector>

namespace weir {

namespace {

using namespace std::chrono_literals;

/// The PRODUCERs of three loops on real threads, with librdkafka's broker in
/// this process.
struct fixture {
  fixture() {
    emitter = system.spawn([this](emitter_actor::pointer) {
      return emitter_actor::behavior_type{[this](emits_answered& x) {
        sizes.push(x.all.size());
        for (auto& y : x.all)
          answers.push(std::move(y));
      }};
    });
  }

  ~fixture() {
    for (auto& x : producers) {
      self->send_exit(x, caf::exit_reason::user_shutdown);
      self->wait_for(x);
    }
    self->send_exit(emitter, caf::exit_reason::kill);
    self->wait_for(emitter);
  }

  void start(std::string brokers, std::size_t waiting_limit = 1'000'000) {
    settings.brokers = std::move(brokers);
    limits.producer_queue = waiting_limit;
    producers = spawn_producers(std::vector(loops, actor_executor{system}),
                                settings, declared, limits);
  }

  void start() { start(test::shared_broker::bootstrap()); }

  /// Emits with the ack id; its cost is one more than the value's size. Those
  /// of one key come from one loop.
  void emit(int ack, std::string key, std::string value = "1") {
    auto loop = std::hash<std::string>{}(key) % loops;
    emit_on(loop, ack, std::move(key), std::move(value));
  }

  void emit_on(std::size_t loop, int ack, std::string key,
               std::string value = "1",
               std::optional<emit_identity> identity = {}) {
    self->send(producers[loop],
               produce_records{{record(ack, std::move(key), std::move(value),
                                       std::move(identity))}});
  }

  /// Emits so many in one message, with ack ids from `first` on.
  void emit_together(int first, int n, const std::string& key,
                     const std::string& value = "1") {
    produce_records batch;
    for (int i = 0; i < n; ++i)
      batch.all.push_back(record(first + i, key, value));
    self->send(producers[0], std::move(batch));
  }

  produce_record record(int ack, std::string key, std::string value,
                        std::optional<emit_identity> identity = {}) const {
    produce_record x{emitter,
                     {nullptr, std::to_string(ack)},
                     value.size() + 1,
                     &route,
                     std::move(key),
                     {},
                     std::move(identity)};
    x.record.set_value(std::move(value));
    x.record.add_header("ce_id", "the id");
    return x;
  }

  /// Emits with an id of the client's, each time on another loop.
  void emit_once(int ack, std::string id, std::string value = "1") {
    std::string_view name = id;
    std::string_view content = value;
    emit_on(next_loop++ % loops, ack, "key", value,
            emit_identity{schemas::fingerprint_of({&name, 1}),
                          schemas::fingerprint_of({&content, 1})});
  }

  /// Whether a drain is answered.
  bool is_drained() {
    bool result = false;
    self->request(producers.back(), 30s, drain{})
      .receive([&] { result = true; }, [](const caf::error&) {});
    return result;
  }

  producer_status status() {
    producer_status result;
    self->request(producers.back(), 30s, query_status{})
      .receive([&](producer_status& x) { result = std::move(x); },
               [](const caf::error& e) { BOOST_ERROR(to_string(e)); });
    return result;
  }

  std::string topic = test::shared_broker::fresh_topic();
  mapping_route route{0, test::mapping("room", topic)};
  kafka_options settings;
  std::vector<std::string> declared{"topic"}; ///< another one
  limits_options limits;
  test::inbox<emit_answered> answers;
  test::inbox<std::size_t> sizes; ///< of the messages in which they came
  caf::actor_system_config cfg;
  caf::actor_system system{cfg};
  caf::scoped_actor self{system};
  emitter_actor emitter;
  static constexpr std::size_t loops = 3;
  std::size_t next_loop = 0;
  std::vector<producer_actor> producers;
};

BOOST_FIXTURE_TEST_SUITE(a_producer, fixture)

BOOST_AUTO_TEST_CASE(answers_where_each_record_is_stored) {
  start();
  for (int i = 0; i < 100; ++i)
    emit(i, "key " + std::to_string(i % 7));
  std::map<std::int32_t, std::set<std::int64_t>> offsets;
  for (auto& x : answers.wait_for(100)) {
    BOOST_TEST(x.error == emit_errc::none);
    BOOST_TEST(x.route == &route);
    BOOST_TEST(x.cost == 2u);
    BOOST_TEST(offsets[x.partition].insert(x.offset).second);
  }
  BOOST_TEST(offsets.size() > 1u);
  for (auto& [partition, all] : offsets) // they count by partition
    BOOST_TEST(*all.rbegin() == std::int64_t(all.size()) - 1);
}

BOOST_AUTO_TEST_CASE(ends_the_spans_of_emits_with_their_outcome) {
  const tracer traces{{10, 10, 1s}, 1, [] {}};
  start();
  for (auto is_stored : {true, false}) {
    auto x = record(1, "key", "1");
    if (!is_stored)
      x.record.set_value(std::string(2'000'000, 'x')); // message.max.bytes
    x.ack.span = traces.begin({}, "", "emit", schemas::span_kind::producer);
    self->send(producers[0], produce_records{{std::move(x)}});
    auto answered = answers.wait_for(is_stored ? 1 : 2).back();
    auto ended = traces.waiting().take({}, true);
    BOOST_TEST_REQUIRE(ended.size() == 1u);
    std::map<std::string_view, schemas::span::value> said{
      ended[0].attributes.begin(), ended[0].attributes.end()};
    if (is_stored)
      BOOST_TEST(std::get<std::int64_t>(said["messaging.kafka.offset"])
                 == answered.offset);
    else
      BOOST_TEST(std::get<std::string>(said["error.type"]) == "too_large");
    BOOST_TEST(ended[0].error.empty() == is_stored);
  }
}

BOOST_AUTO_TEST_CASE(keeps_the_order_of_a_rooms_records) {
  start();
  for (int i = 0; i < 200; ++i)
    emit(i, "key");
  int next = 0;
  for (auto& x : answers.wait_for(200)) {
    BOOST_TEST(x.ack.ack_id == std::to_string(next));
    BOOST_TEST(x.offset == next++);
  }
}

BOOST_AUTO_TEST_CASE(keeps_the_order_also_of_records_that_had_to_wait) {
  settings.producer["queue.buffering.max.messages"] = "5";
  start();
  for (int i = 0; i < 200; ++i)
    emit(i, "key");
  int next = 0;
  for (auto& x : answers.wait_for(200)) {
    BOOST_TEST(x.error == emit_errc::none);
    BOOST_TEST(x.ack.ack_id == std::to_string(next));
    BOOST_TEST(x.offset == next++);
  }
}

BOOST_AUTO_TEST_CASE(keeps_the_order_of_records_that_come_together) {
  declared = {topic};
  settings.producer["queue.buffering.max.messages"] = "20";
  start();
  // Some wait all the time, while there is a place now and then.
  constexpr int all = 3000, together = 3, unanswered = 60;
  for (int i = 0; i < all; i += together) {
    answers.wait_for(std::size_t(std::max(0, i - unanswered)));
    emit_together(i, together, "key");
  }
  int next = 0;
  for (auto& x : answers.wait_for(all)) {
    BOOST_TEST(x.error == emit_errc::none);
    BOOST_TEST(x.ack.ack_id == std::to_string(next));
    BOOST_TEST(x.offset == next++);
  }
}

BOOST_AUTO_TEST_CASE(keeps_it_where_further_topics_are_declared_meanwhile) {
  start();
  constexpr int all = 1000, together = 3, unanswered = 60;
  for (int i = 0; i < all; i += together) {
    answers.wait_for(std::size_t(std::max(0, i - unanswered)));
    if (i % 30 == 0)
      self->send(producers.back(),
                 declare_topics{{topic, "also-" + std::to_string(i % 90)}});
    emit_together(i, together, "key");
  }
  int next = 0;
  for (auto& x : answers.wait_for(all)) {
    BOOST_TEST(x.error == emit_errc::none);
    BOOST_TEST(x.offset == next++);
  }
}

BOOST_AUTO_TEST_CASE(answers_together_what_is_decided_together) {
  settings.delivery_timeout = 300ms;
  start("127.0.0.1:1", 9);
  emit_together(0, 10, "key", "12"); // three wait
  auto all = answers.wait_for(10);
  for (int i = 0; i < 10; ++i) { // the rest first, then those whose time is up
    BOOST_TEST(all[std::size_t(i)].ack.ack_id == std::to_string((3 + i) % 10));
    BOOST_TEST(all[std::size_t(i)].error == emit_errc::unavailable);
    BOOST_TEST(all[std::size_t(i)].cost == 3u);
  }
  BOOST_TEST(sizes.wait_for(2) == (std::vector<std::size_t>{7, 3}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(keeps_the_order_of_each_loop) {
  settings.producer["queue.buffering.max.messages"] = "7";
  start();
  constexpr int each = 100;
  for (int i = 0; i < each * int(loops); ++i)
    emit_on(std::size_t(i) % loops, i, "key");
  std::map<std::size_t, int> next_ack;
  std::map<std::size_t, std::int64_t> last_offset;
  std::set<std::int64_t> offsets;
  for (auto& x : answers.wait_for(each * loops)) {
    auto ack = std::stoi(x.ack.ack_id);
    auto loop = std::size_t(ack) % loops;
    BOOST_TEST(ack == next_ack[loop]++ * int(loops) + int(loop));
    BOOST_TEST(x.error == emit_errc::none, x.message);
    BOOST_TEST(x.offset >= last_offset[loop]);
    last_offset[loop] = x.offset + 1;
    offsets.insert(x.offset);
  }
  BOOST_TEST(offsets.size() == each * loops);
}

BOOST_AUTO_TEST_CASE(is_drained_when_every_record_is_answered) {
  start();
  for (int i = 0; i < 50; ++i)
    emit(i, "key");
  BOOST_TEST(is_drained());
  BOOST_TEST(answers.wait_for(50).size() == 50u);
  BOOST_TEST(is_drained()); // there is nothing left
}

BOOST_AUTO_TEST_CASE(is_not_drained_while_another_loop_has_something_left) {
  settings.delivery_timeout = 300ms;
  start("127.0.0.1:1");
  auto begin = std::chrono::steady_clock::now();
  emit_on(0, 1, "key"); // the last loop leads
  BOOST_TEST(is_drained());
  auto took = std::chrono::steady_clock::now() - begin;
  BOOST_TEST((took >= settings.delivery_timeout));
}

BOOST_AUTO_TEST_CASE(answers_each_drain) {
  start();
  emit(1, "key");
  test::inbox<int> drained;
  auto ask = [&](int i) {
    return system.spawn([&drained, i, this](caf::event_based_actor* asker) {
      asker->request(producers.back(), 30s, drain{}).then([&drained, i] {
        drained.push(i);
      });
    });
  };
  ask(1);
  ask(2);
  drained.wait_for(2);
}

BOOST_AUTO_TEST_CASE(says_that_a_record_is_too_large_for_kafka) {
  start(test::shared_broker::bootstrap(), 10'000'000);
  emit(1, "key", std::string(2'000'000, 'x'));
  emit(2, "key");
  auto all = answers.wait_for(2);
  BOOST_TEST(all[0].error == emit_errc::too_large);
  BOOST_TEST(all[0].message.find("too large") != std::string::npos,
             all[0].message);
  BOOST_TEST(all[0].cost == 2'000'001u);
  BOOST_TEST(all[1].error == emit_errc::none);
}

BOOST_AUTO_TEST_CASE(answers_what_kafka_refuses) {
  start();
  test::shared_broker::refuse_records();
  emit(1, "key");
  auto refused = answers.wait_for(1)[0];
  BOOST_TEST(refused.error == emit_errc::unavailable);
  BOOST_TEST(refused.message != "");
  BOOST_TEST(refused.route == nullptr);
  BOOST_TEST(refused.cost == 2u);
  emit(2, "key");
  auto y = answers.wait_for(2)[1];
  BOOST_TEST(y.error == emit_errc::none, y.message);
}

BOOST_AUTO_TEST_CASE(stores_a_repeated_emit_once) {
  start();
  emit_once(1, "a");
  emit_once(2, "a"); // in flight, most likely
  answers.wait_for(2);
  emit_once(3, "b");
  answers.wait_for(3);
  emit_once(4, "a"); // stored
  std::map<std::string, std::int64_t> offsets;
  for (auto& x : answers.wait_for(4)) {
    BOOST_TEST(x.error == emit_errc::none);
    BOOST_TEST(x.route == &route);
    BOOST_TEST(x.partition >= 0);
    BOOST_TEST(x.cost == 2u);
    offsets[x.ack.ack_id] = x.offset;
  }
  BOOST_TEST(
    (offsets == decltype(offsets){{"1", 0}, {"2", 0}, {"3", 1}, {"4", 0}}));
}

BOOST_AUTO_TEST_CASE(answers_repeats_when_the_first_is_reported) {
  settings.delivery_timeout = 300ms;
  start("127.0.0.1:1");
  for (int i = 0; i < 3; ++i, next_loop = 0)
    emit_once(i, "a");
  for (int i = 3; i < 6; ++i) // on other loops, which may be told too late
    emit_once(i, "b");
  std::set<std::string> acks;
  for (auto& x : answers.wait_for(6)) {
    auto is_certain = x.ack.ack_id < "3";
    BOOST_TEST((x.error == emit_errc::unavailable
                || (!is_certain && x.error == emit_errc::timeout)));
    BOOST_TEST(x.cost == 2u);
    acks.insert(x.ack.ack_id);
  }
  BOOST_TEST(acks.size() == 6u);
  BOOST_TEST(is_drained());
}

BOOST_AUTO_TEST_CASE(produces_again_what_was_certainly_not_stored) {
  start();
  test::shared_broker::refuse_records();
  emit_once(1, "a");
  BOOST_TEST(answers.wait_for(1)[0].error == emit_errc::unavailable);
  emit_once(2, "a");
  auto stored = answers.wait_for(2)[1];
  BOOST_TEST(stored.error == emit_errc::none);
  BOOST_TEST(stored.offset == 0);
}

BOOST_AUTO_TEST_CASE(forgets_what_found_no_place_to_wait) {
  settings.producer["queue.buffering.max.messages"] = "1";
  settings.delivery_timeout = 300ms;
  start("127.0.0.1:1", 3);
  emit(1, "key", "12");       // waits
  emit_once(3, "a", "other"); // finds no place
  answers.wait_for(1);
  emit_once(4, "a", "content");
  auto all = answers.wait_for(2);
  BOOST_TEST(all[0].ack.ack_id == "3");
  BOOST_TEST(all[1].ack.ack_id == "4");
  BOOST_TEST(all[1].error == emit_errc::unavailable);
}

BOOST_AUTO_TEST_CASE(refuses_another_event_of_the_same_id) {
  start();
  emit_once(1, "a", "one");
  emit_once(2, "a", "two");
  auto all = answers.wait_for(2);
  auto& refused = all[all[0].error == emit_errc::none ? 1 : 0];
  BOOST_TEST(refused.error == emit_errc::invalid_payload);
  BOOST_TEST(refused.message.find("\"the id\"") != std::string::npos);
  BOOST_TEST(refused.cost == 4u);
}

BOOST_AUTO_TEST_CASE(does_not_produce_again_what_may_be_stored) {
  settings.delivery_timeout = 1500ms;
  start();
  emit(1, "key"); // connects
  answers.wait_for(1);
  test::shared_broker::stall(10'000);
  emit_once(2, "a");
  emit_once(3, "a");
  auto all = answers.wait_for(3);
  BOOST_TEST(all[1].error == emit_errc::timeout);
  BOOST_TEST(all[2].error == emit_errc::timeout);
  test::shared_broker::stall(0);
  emit_once(4, "a");
  // The first one's report is still to come, and good for the repeat.
  auto again = answers.wait_for(4)[3];
  BOOST_TEST(again.error == emit_errc::none, again.message);
  BOOST_TEST(again.offset == 1);
}

BOOST_AUTO_TEST_CASE(remembers_as_many_ids_as_it_may) {
  limits.idempotency_ids = 1;
  start();
  emit_once(1, "a");
  answers.wait_for(1);
  emit_once(2, "b");
  answers.wait_for(2); // "a" is forgotten
  emit_once(3, "b");
  BOOST_TEST(answers.wait_for(3)[2].offset == 1);
  emit_once(4, "a");
  BOOST_TEST(answers.wait_for(4)[3].offset == 2);
}

BOOST_AUTO_TEST_CASE(stores_after_errors_that_pass) {
  start();
  for (auto error : {RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
                     RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
                     RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR})
    test::shared_broker::refuse_records(error);
  for (int i = 0; i < 20; ++i)
    emit(i, "key");
  std::int64_t next = 0;
  for (auto& x : answers.wait_for(20)) {
    BOOST_TEST(x.error == emit_errc::none, x.message);
    BOOST_TEST(x.ack.ack_id == std::to_string(next));
    BOOST_TEST(x.offset == next++);
  }
}

BOOST_AUTO_TEST_CASE(goes_on_with_a_new_client_when_one_has_failed) {
  start();
  emit(1, "key");
  answers.wait_for(1);
  // The broker has lost count of the records: librdkafka gives up permanently.
  test::shared_broker::refuse_records(
    RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
  emit(2, "key");
  auto failed = answers.wait_for(2)[1];
  BOOST_TEST(failed.error == emit_errc::timeout); // it cannot tell
  BOOST_TEST(failed.message != "");
  for (int i = 3; i < 53; ++i)
    emit(i, "key");
  auto all = answers.wait_for(52);
  for (std::size_t i = 2; i < all.size(); ++i) {
    BOOST_TEST(all[i].error == emit_errc::none, all[i].message);
    BOOST_TEST(all[i].ack.ack_id == std::to_string(i + 1));
    BOOST_TEST(all[i].offset == static_cast<std::int64_t>(i) - 1);
  }
}

BOOST_AUTO_TEST_CASE(answers_everything_in_flight_of_a_client_that_fails) {
  settings.producer["linger.ms"] = "0";
  settings.producer["batch.num.messages"] = "1"; // a request each
  start();
  emit(0, "key");
  answers.wait_for(1);
  test::shared_broker::stall(300);
  for (int i = 1; i < 3; ++i)
    emit(i, "key");
  test::shared_broker::refuse_records(
    RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
  for (int i = 3; i < 50; ++i)
    emit(i, "key");
  auto all = answers.wait_for(50);
  test::shared_broker::stall(0);
  emit(50, "key");
  BOOST_TEST(answers.wait_for(51)[50].error == emit_errc::none);
  // What was said to be stored is, and once: no offset comes twice.
  std::set<std::int64_t> offsets;
  std::size_t stored = 0;
  for (auto& x : all)
    if (x.error == emit_errc::none) {
      ++stored;
      offsets.insert(x.offset);
    }
  BOOST_TEST(offsets.size() == stored);
  BOOST_TEST(is_drained());
}

BOOST_AUTO_TEST_CASE(counts_the_time_that_a_record_waits) {
  settings.delivery_timeout = 500ms;
  settings.producer["queue.buffering.max.messages"] = "2";
  start("127.0.0.1:1");
  for (int i = 0; i < 42; ++i) // one after the other they would take 10 s
    emit(i, "key");
  std::size_t waited = 0;
  for (auto& x : answers.wait_for(42)) {
    BOOST_TEST(x.error == emit_errc::unavailable);
    BOOST_TEST(x.cost == 2u);
    waited += x.message.find("not even begun") != std::string::npos ? 1u : 0u;
  }
  BOOST_TEST(waited >= 30u);
  BOOST_TEST(is_drained());
}

BOOST_AUTO_TEST_CASE(answers_in_time_what_was_handed_over_late) {
  settings.delivery_timeout = 3s;
  settings.producer["queue.buffering.max.messages"] = "1";
  start();
  emit(0, "key");
  answers.wait_for(1);
  test::shared_broker::stall(1500);
  emit_on(next_loop, 1, "key");
  emit_once(2, "a"); // handed over after 1.5 s
  BOOST_TEST(answers.wait_for(2)[1].error == emit_errc::none);
  test::shared_broker::stall(2500);
  auto late = answers.wait_for(3)[2];
  BOOST_TEST(late.error == emit_errc::timeout);
  BOOST_TEST(late.message == "not confirmed within kafka.delivery_timeout");
  emit_once(3, "a"); // the report of the first is still to come
  auto again = answers.wait_for(4)[3];
  test::shared_broker::stall(0);
  BOOST_TEST(again.error == emit_errc::none, again.message);
  BOOST_TEST(again.offset == 2);
}

BOOST_AUTO_TEST_CASE(refuses_what_finds_no_place_to_wait) {
  settings.delivery_timeout = 300ms;
  settings.producer["queue.buffering.max.messages"] = "2";
  start("127.0.0.1:1", 9);
  for (int i = 0; i < 10; ++i)
    emit(i, "key", "12");         // three wait
  auto all = answers.wait_for(7); // the others have their time still
  for (int i = 0; i < 7; ++i) {
    BOOST_TEST(all[std::size_t(i)].ack.ack_id == std::to_string(3 + i));
    BOOST_TEST(all[std::size_t(i)].error == emit_errc::unavailable);
    BOOST_TEST(all[std::size_t(i)].cost == 3u);
  }
}

BOOST_AUTO_TEST_CASE(has_one_limit_for_what_waits_on_all_loops) {
  settings.delivery_timeout = 5s;
  start("127.0.0.1:1", 9);
  for (std::size_t i = 0; i < 9; ++i) // three wait, on whatever loop
    emit_on(i % loops, int(i), "key", "12");
  for (auto& x : answers.wait_for(6)) {
    BOOST_TEST(x.error == emit_errc::unavailable);
    BOOST_TEST(x.message.find("too many") != std::string::npos, x.message);
  }
  BOOST_TEST(status().in_flight <= 3u);
  for (auto& x : answers.wait_for(9)) // their time is up, and so is the limit's
    BOOST_TEST(x.error == emit_errc::unavailable);
  emit(9, "key", "1234567");
  auto last = answers.wait_for(10)[9];
  BOOST_TEST(last.message.find("not even begun") != std::string::npos,
             last.message);
}

BOOST_AUTO_TEST_CASE(goes_on_on_all_loops_when_a_client_has_failed) {
  start();
  emit(0, "key");
  answers.wait_for(1);
  test::shared_broker::refuse_records(
    RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
  emit(1, "key");
  BOOST_TEST(answers.wait_for(2)[1].error == emit_errc::timeout);
  for (int i = 2; i < 92; ++i)
    emit_on(std::size_t(i) % loops, i, "key");
  std::set<std::int64_t> offsets;
  auto all = answers.wait_for(92);
  for (std::size_t i = 2; i < all.size(); ++i) {
    BOOST_TEST(all[i].error == emit_errc::none, all[i].message);
    offsets.insert(all[i].offset);
  }
  BOOST_TEST(offsets.size() == 90u);
  BOOST_TEST(is_drained());
}

BOOST_AUTO_TEST_CASE(says_whether_brokers_answer_and_what_is_in_flight) {
  start("127.0.0.1:1");
  for (std::size_t i = 0; i < loops; ++i)
    emit_on(i, int(i), "key");
  while (status().in_flight < loops) // each shows it now and then
    std::this_thread::yield();
  BOOST_TEST(status().in_flight == loops);
  BOOST_TEST(!status().brokers.reachable);
}

BOOST_AUTO_TEST_CASE(says_what_brokers_do_not_store_although_they_are_there) {
  settings.delivery_timeout = 500ms;
  start();
  emit(0, "key");
  answers.wait_for(1);
  BOOST_TEST(status().reasons.empty());
  test::shared_broker::stall(1500);
  emit(1, "key");
  BOOST_TEST((answers.wait_for(2)[1].error == emit_errc::timeout));
  auto reasons = status().reasons;
  test::shared_broker::stall(0);
  BOOST_TEST_REQUIRE(reasons.size() == 1u);
  BOOST_TEST(reasons[0].find(topic) != std::string::npos);
  BOOST_TEST(reasons[0].find("1 events") != std::string::npos);
  emit(2, "key"); // stored behind the former
  answers.wait_for(3);
  while (!status().reasons.empty()) // each shows it now and then
    std::this_thread::yield();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
