#include "actors/kafka/waiting_records.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace weir {

namespace {

using namespace std::chrono_literals;

struct fixture {
  bool push(std::string key, std::size_t cost, waiting_records::time deadline) {
    produce_record x;
    x.key = std::move(key);
    x.cost = cost;
    return records.push(x, deadline);
  }

  waiting_records::time start{};
  byte_budget limit{10};
  waiting_records records{limit};
};

BOOST_FIXTURE_TEST_SUITE(waiting_records_are, fixture)

BOOST_AUTO_TEST_CASE(kept_in_their_order) {
  push("a", 1, start);
  push("b", 1, start);
  BOOST_TEST(records.size() == 2u);
  BOOST_TEST(records.front().record.key == "a");
  records.pop();
  BOOST_TEST(records.front().record.key == "b");
  records.pop();
  BOOST_TEST(records.empty());
}

BOOST_AUTO_TEST_CASE(bounded_in_bytes) {
  BOOST_TEST(push("a", 4, start));
  BOOST_TEST(push("b", 6, start));
  BOOST_TEST(!push("c", 1, start));
  BOOST_TEST(records.size() == 2u);
  BOOST_TEST(records.bytes() == 10u);
  records.pop();
  BOOST_TEST(records.bytes() == 6u);
  BOOST_TEST(!push("c", 5, start));
  BOOST_TEST(push("c", 4, start));
}

BOOST_AUTO_TEST_CASE(bounded_together_where_they_share_the_limit) {
  byte_budget both{10};
  waiting_records first{both};
  produce_record x;
  x.cost = 6;
  {
    waiting_records second{both};
    BOOST_TEST(first.push(x, start));
    BOOST_TEST(!second.push(x, start));
    x.cost = 4;
    BOOST_TEST(second.push(x, start));
    BOOST_TEST(second.bytes() == 4u);
    BOOST_TEST(both.used() == 10u);
    first.pop();
    BOOST_TEST(both.used() == 4u);
  }
  BOOST_TEST(both.used() == 0u); // what ends gives back
}

BOOST_AUTO_TEST_CASE(untouched_where_there_is_no_place) {
  produce_record x;
  x.key = "key";
  x.cost = 11;
  BOOST_TEST(!records.push(x, start));
  BOOST_TEST(x.key == "key");
}

BOOST_AUTO_TEST_CASE(expired_from_their_deadline_on) {
  BOOST_TEST(!records.has_expired(start));
  push("a", 1, start + 2s);
  push("b", 1, start + 3s);
  BOOST_TEST(!records.has_expired(start + 1999ms));
  BOOST_TEST(records.has_expired(start + 2s));
  records.pop();
  BOOST_TEST(!records.has_expired(start + 2s));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
