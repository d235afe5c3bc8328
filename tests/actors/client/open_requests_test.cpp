#include "actors/client/open_requests.hpp"

#include <boost/test/unit_test.hpp>

namespace weir {

namespace {

using kind = open_requests::kind;
using numbers = std::vector<std::uint64_t>;

struct fixture {
  std::uint64_t add(kind what, std::string ack_id, std::size_t cost = 10) {
    return requests.add({what, socket, std::move(ack_id), cost});
  }

  socket_ptr socket = std::make_shared<const socket_identity>();
  open_requests requests;
};

BOOST_FIXTURE_TEST_SUITE(the_open_requests, fixture)

BOOST_AUTO_TEST_CASE(count_until_each_is_over) {
  auto first = add(kind::emit, "1", 10);
  auto second = add(kind::other, "", 5);
  BOOST_TEST(requests.size() == 2u);
  BOOST_TEST(requests.bytes() == 15u);
  BOOST_TEST(requests.end(first).has_value());
  BOOST_TEST(requests.bytes() == 5u);
  BOOST_TEST(!requests.end(first).has_value());
  BOOST_TEST(requests.end(second).has_value());
  BOOST_TEST(requests.size() == 0u);
  BOOST_TEST(requests.bytes() == 0u);
}

BOOST_AUTO_TEST_CASE(give_each_ack_once) {
  auto x = add(kind::join, "7");
  BOOST_TEST(requests.take_ack(x) == "7");
  BOOST_TEST(requests.take_ack(x) == "");
  BOOST_TEST(requests.size() == 1u); // its credit is another matter
  BOOST_TEST(requests.end(x)->ack_id == "");
  BOOST_TEST(requests.take_ack(x) == "");
}

BOOST_AUTO_TEST_CASE(have_numbers_that_do_not_come_again) {
  auto first = add(kind::emit, "1");
  requests.end(first);
  BOOST_TEST(add(kind::emit, "1") != first);
}

BOOST_AUTO_TEST_CASE(name_a_sockets_unanswered_ones_in_their_order) {
  auto first = add(kind::emit, "1");
  auto second = add(kind::join, "2");
  add(kind::leave, "");
  auto third = add(kind::leave, "3");
  requests.take_ack(second);
  BOOST_TEST(requests.unanswered_of(socket) == (numbers{first, third}));
  BOOST_TEST(
    requests.unanswered_of(std::make_shared<const socket_identity>()).empty());
}

BOOST_AUTO_TEST_CASE(are_awaited_where_they_have_an_ack_or_go_to_kafka) {
  auto emit = add(kind::emit, "");
  auto join = add(kind::join, "1");
  add(kind::join, "");
  BOOST_TEST(requests.awaited() == 2u);
  requests.take_ack(join);
  requests.end(emit), requests.end(join);
  BOOST_TEST(requests.awaited() == 0u);
}

BOOST_AUTO_TEST_CASE(know_where_a_member_would_have_begun_that_has_left) {
  auto leave = requests.add({kind::leave, socket, "1", 0, "room", 3, {}});
  join_answered answer{{socket, "2"}, "room"};
  answer.membership = 2;
  answer.from = {{0, 5}};
  requests.note_begin(answer);
  BOOST_TEST(requests.find(leave)->here.next.empty());
  answer.membership = 3;
  requests.note_begin(answer);
  BOOST_TEST((requests.find(leave)->here.next == positions{{0, 5}}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
