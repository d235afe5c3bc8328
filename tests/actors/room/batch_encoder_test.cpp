#include "actors/room/batch_encoder.hpp" // unit under test

#include "tests/support/record_blocks.hpp"
#include "tests/support/rules.hpp"

#include <boost/test/unit_test.hpp>

namespace weir {

namespace {

using test::record_of;

struct fixture {
  using offsets = std::vector<std::int64_t>;

  fixture() { events.partition = 3; }

  /// Of a batch of these records, what was encoded.
  offsets encode(const std::vector<kafka::record_view>& records,
                 bool is_live = true) {
    record_batch batch;
    room_records x;
    x.partition = events.partition;
    for (auto& y : records) {
      x.begins.push_back(static_cast<std::uint32_t>(batch.records.size()));
      append_record(batch.records, y);
    }
    return encode(x, batch, is_live);
  }

  offsets encode(room_records& x, const record_batch& batch, bool is_live) {
    x.batch = std::make_shared<const record_batch>(batch);
    events.events.clear();
    skipped.clear();
    auto has_any = encoder.encode(x, is_live, events, skipped);
    BOOST_TEST(has_any == !events.events.empty());
    offsets result;
    for (auto& y : events.events)
      result.push_back(y.offset);
    return result;
  }

  offsets offsets_skipped() const {
    offsets result;
    for (auto& x : skipped)
      result.push_back(x.offset);
    return result;
  }

  mapping_route route{0, test::mapping("room", "topic", {"e"})};
  batch_encoder encoder{{&route, "/", 10, 1000}};
  room_events events;
  batch_encoder::skipped_records skipped;
};

const auto good = record_of(1, "k", "1");
const auto bad = record_of(2, "k", "{");

BOOST_FIXTURE_TEST_SUITE(a_batch_of_a_room, fixture)

BOOST_AUTO_TEST_CASE(has_what_clients_can_read) {
  BOOST_TEST((encode({good, bad, record_of(3, "k", "3")}) == offsets{1, 3}));
  BOOST_TEST(events.events.back().end == events.frames->size());
  BOOST_TEST((offsets_skipped() == offsets{2}));
}

BOOST_AUTO_TEST_CASE(has_nothing_that_is_before_where_it_begins) {
  events.from = 3;
  BOOST_TEST((encode({good, bad, record_of(3, "k", "3")}) == offsets{3}));
  BOOST_TEST(skipped.empty());
}

BOOST_AUTO_TEST_CASE(that_is_damaged_is_skipped) {
  room_records x;
  x.begins = {0};
  record_batch batch;
  batch.records = "?";
  BOOST_TEST(encode(x, batch, true).empty());
  BOOST_TEST_REQUIRE(skipped.size() == 1u);
  BOOST_TEST(skipped[0].why == "the record block is damaged");
}

BOOST_AUTO_TEST_CASE(tells_of_a_skipped_record_once) {
  encode({bad});
  encode({bad}, false); // a replay comes upon it again
  BOOST_TEST(skipped.empty());
  encode({record_of(5, "k", "{")}, false); // from before the room was here
  BOOST_TEST((offsets_skipped() == offsets{5}));
}

BOOST_AUTO_TEST_CASE(tells_of_what_has_come_in_the_place_of_a_skipped_record) {
  encode({bad}), encode({record_of(5, "k", "{")});
  encoder.forget(3, 5); // the log was cut there
  encode({bad, record_of(5, "k", "{")}, false);
  BOOST_TEST((offsets_skipped() == offsets{5}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
