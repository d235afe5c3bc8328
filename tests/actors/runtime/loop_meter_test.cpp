#include "actors/runtime/loop_meter.hpp" // unit under test

#include "tests/support/counted.hpp"
#include "tests/support/deterministic_actor_system.hpp"

#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>

namespace weir {

namespace {

using test::counted;
using namespace std::chrono_literals;

bool has_part(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// A loop that turns when the test says so.
struct fixture : test::deterministic_actor_system {
  std::shared_ptr<loop_meter> make(actor_executor on) {
    return std::make_shared<loop_meter>(on, [this] { return now; });
  }

  std::int64_t now = 10'000; ///< the wall clock's
  boost::asio::io_context context{1};
  io_loop loop{system, context};
  std::shared_ptr<loop_meter> meter = make(actor_executor{system, &loop});
};

BOOST_FIXTURE_TEST_SUITE(a_loop_meter, fixture)

BOOST_AUTO_TEST_CASE(takes_the_time_when_the_turn_has_been_sent) {
  boost::asio::post(context, [this] { now += 30; }); // as a flush does
  meter->delivered(9'999);
  BOOST_TEST(counted(meter->deliveries()) == 0);
  context.run();
  BOOST_TEST(counted(meter->deliveries()) == 1);
  BOOST_TEST(meter->deliveries().sum() == 31'000);
}

BOOST_AUTO_TEST_CASE(counts_each_delivery) {
  for (auto timestamp : {9'000, 9'000, 9'000, 9'500, 9'000})
    meter->delivered(timestamp);
  context.run();
  BOOST_TEST(counted(meter->deliveries()) == 5);
  BOOST_TEST(meter->deliveries().sum() == 4'500'000);
}

BOOST_AUTO_TEST_CASE(counts_more_than_a_turn_is_kept_for) {
  for (int i = 0; i < 10'000; ++i)
    meter->delivered(9'000 + i % 7);
  context.run();
  BOOST_TEST(counted(meter->deliveries()) == 10'000);
}

BOOST_AUTO_TEST_CASE(leaves_out_what_has_no_timestamp) {
  meter->delivered(-1);
  context.run();
  BOOST_TEST(counted(meter->deliveries()) == 0);
}

BOOST_AUTO_TEST_CASE(counts_acks_by_how_long_they_took) {
  meter->acknowledged(loop_meter::clock::now() - 3s);
  meter->acknowledged(loop_meter::clock::now());
  context.run();
  BOOST_TEST(counted(meter->acks()) == 2);
  BOOST_TEST(meter->acks().sum() >= 3'000'000);
  BOOST_TEST(meter->acks().sum() < 60'000'000);
}

BOOST_AUTO_TEST_CASE(holds_what_is_to_end_when_the_turn_has_been_sent) {
  auto is_sent = false;
  auto was_sent = false;
  boost::asio::post(context, [&] { is_sent = true; }); // as a flush does
  meter->hold(
    std::shared_ptr<const void>{nullptr, [&](auto) { was_sent = is_sent; }});
  BOOST_TEST(!was_sent);
  context.run();
  BOOST_TEST(was_sent);
}

BOOST_AUTO_TEST_CASE(begins_again_with_the_next_turn) {
  meter->delivered(9'000);
  context.run();
  context.restart();
  now = 11'000;
  meter->delivered(9'000);
  context.run();
  BOOST_TEST(meter->deliveries().sum() == 3'000'000);
}

BOOST_AUTO_TEST_CASE(waits_for_no_turn_where_there_is_no_loop) {
  auto x = make(executor);
  x->delivered(9'000);
  BOOST_TEST(counted(x->deliveries()) == 1);
}

BOOST_AUTO_TEST_CASE(is_shown_with_those_of_other_loops) {
  auto other = make(executor);
  other->delivered(9'999);
  meter->delivered(9'000), meter->delivered(9'998);
  context.run();
  auto text = histograms_text({meter, other});
  BOOST_TEST(has_part(text, "# TYPE weir_record_delivery_seconds histogram\n"));
  for (auto* line :
       {R"(weir_record_delivery_seconds_bucket{le="0.000512"} 0)",
        R"(weir_record_delivery_seconds_bucket{le="0.001024"} 1)",
        R"(weir_record_delivery_seconds_bucket{le="0.002048"} 2)",
        R"(weir_record_delivery_seconds_bucket{le="1.048576"} 3)",
        R"(weir_record_delivery_seconds_bucket{le="+Inf"} 3)",
        "weir_record_delivery_seconds_sum 1.003000",
        "weir_record_delivery_seconds_count 3", "weir_emit_ack_seconds_count 0",
        "weir_loop_delay_seconds_count 0"})
    BOOST_TEST(has_part(text, std::string{line} + '\n'), line);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
