#include "actors/kafka/early_batches.hpp" // unit under test

#include "actors/contract/cursor.hpp"
#include "tests/support/record_blocks.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace weir {

namespace {

using texts = std::vector<std::string>;
using test::record_of;

/// Two batches of a replay: [5, 8) with records at 5 and 7, and [8, 12) with
/// one at 10. Counts leases that have ended.
struct fixture {
  fixture() {
    add(5, 8, {record_of(5, "a", "1"), record_of(7, "a", "2")});
    add(8, 12, {record_of(10, "a", "3")});
  }

  void add(std::int64_t from, std::int64_t to,
           const std::vector<kafka::record_view>& records,
           std::int64_t lost = -1) {
    x.add({{1, from, to, test::block_of(records), lost},
           std::make_shared<const credit_lease>([this] { ++ended; })});
  }

  /// All that there is before `live`: "from-to" and records of each.
  texts take(std::int64_t live) {
    texts result;
    while (auto y = x.take(live)) {
      result.push_back(std::to_string(y->batch.from) + "-"
                       + std::to_string(y->batch.to));
      for (auto& record : test::records_in(y->batch.records))
        result.push_back(record);
    }
    return result;
  }

  int ended = 0;
  early_batches x;
};

BOOST_FIXTURE_TEST_SUITE(early_batches_of_a_replay, fixture)

BOOST_AUTO_TEST_CASE(wait_for_the_live_flow) {
  BOOST_TEST(take(5).empty());
  BOOST_TEST((take(8) == texts{"5-8", "5:a=1", "7:a=2"}));
  BOOST_TEST(x.begin() == 8);
  BOOST_TEST((take(20) == texts{"8-12", "10:a=3"}));
  BOOST_TEST(x.empty());
}

BOOST_AUTO_TEST_CASE(are_cut_where_the_live_flow_is) {
  BOOST_TEST((take(7) == texts{"5-7", "5:a=1"}));
  BOOST_TEST(x.begin() == 7);
  BOOST_TEST((take(11) == texts{"7-8", "7:a=2", "8-11", "10:a=3"}));
  BOOST_TEST((take(12) == texts{"11-12"}));
}

BOOST_AUTO_TEST_CASE(go_at_once_where_no_live_flow_is_known) {
  BOOST_TEST(take(cursor::unknown).size() == 5u);
}

BOOST_AUTO_TEST_CASE(tell_what_is_lost_only_as_far_as_they_go) {
  x.clear();
  add(12, 20, {record_of(17, "a", "4")}, 16);
  auto head = x.take(14);
  BOOST_TEST_REQUIRE(head.has_value());
  BOOST_TEST(head->batch.lost == 14);
  BOOST_TEST(x.take(20)->batch.lost == 16);
}

BOOST_AUTO_TEST_CASE(lose_what_the_live_flow_has_from_there_on) {
  x.cut(7);
  BOOST_TEST(ended == 1);
  BOOST_TEST((take(20) == texts{"5-7", "5:a=1"}));
}

BOOST_AUTO_TEST_CASE(give_their_bytes_back_with_the_last_part) {
  {
    auto head = x.take(7);
    x.take(8);
    BOOST_TEST(ended == 0);
  }
  BOOST_TEST(ended == 1);
  x.clear();
  BOOST_TEST(ended == 2);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
