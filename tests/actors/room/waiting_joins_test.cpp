#include "actors/room/waiting_joins.hpp" // unit under test

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace weir {

namespace {

using namespace std::chrono_literals;

struct fixture {
  using texts = std::vector<std::string>;

  void add(const socket_ptr& socket, std::string ack,
           std::chrono::seconds until) {
    join_room x;
    x.ack = {socket, std::move(ack)};
    waiting.add(std::move(x), start + until);
  }

  static texts acks(const waiting_joins::joins& all) {
    texts result;
    for (auto& x : all)
      result.push_back(x.request.ack.ack_id);
    return result;
  }

  /// Those that need not wait, where these must.
  texts ready_but(const texts& must_wait) {
    return acks(waiting.take_ready([&](const join_room& x) {
      return std::count(must_wait.begin(), must_wait.end(), x.ack.ack_id) > 0;
    }));
  }

  texts due_at(std::chrono::seconds now) {
    texts result;
    while (auto x = waiting.take_due(start + now))
      result.push_back(x->request.ack.ack_id);
    return result;
  }

  waiting_joins::time_point start{};
  socket_ptr a = std::make_shared<const socket_identity>();
  socket_ptr b = std::make_shared<const socket_identity>();
  waiting_joins waiting;
};

BOOST_FIXTURE_TEST_SUITE(joins_that_wait, fixture)

BOOST_AUTO_TEST_CASE(are_ready_as_soon_as_they_need_not_wait) {
  add(a, "1", 5s), add(b, "2", 6s);
  BOOST_TEST((ready_but({"1"}) == texts{"2"}));
  BOOST_TEST(waiting.has(a));
  BOOST_TEST(!waiting.has(b));
  BOOST_TEST((ready_but({}) == texts{"1"}));
  BOOST_TEST(waiting.empty());
}

BOOST_AUTO_TEST_CASE(are_ready_in_the_order_of_each_socket) {
  add(a, "1", 5s), add(b, "2", 6s), add(a, "3", 7s);
  BOOST_TEST((ready_but({"1"}) == texts{"2"}));
  BOOST_TEST((ready_but({}) == texts{"1", "3"}));
}

BOOST_AUTO_TEST_CASE(are_due_in_the_order_in_which_they_have_come) {
  add(a, "1", 5s), add(b, "2", 6s), add(a, "3", 7s);
  BOOST_TEST((waiting.first_due() == start + 5s));
  BOOST_TEST(due_at(4s).empty());
  BOOST_TEST((due_at(6s) == texts{"1", "2"}));
  BOOST_TEST((waiting.first_due() == start + 7s));
}

BOOST_AUTO_TEST_CASE(are_answered_although_the_socket_has_left) {
  add(a, "1", 5s), add(b, "2", 6s);
  waiting.leave(a, nullptr);
  add(a, "3", 7s);
  auto all = waiting.take_all();
  BOOST_TEST((acks(all) == texts{"1", "2", "3"}));
  BOOST_TEST(all[0].has_left);
  BOOST_TEST(!all[1].has_left);
  BOOST_TEST(!all[2].has_left); // it has come behind
}

BOOST_AUTO_TEST_CASE(hold_the_lease_of_the_leave_behind_them) {
  add(a, "1", 5s);
  auto ended = 0;
  waiting.leave(a, std::make_shared<const credit_lease>([&] { ++ended; }));
  waiting.leave(a, nullptr); // of another one, which it does not wait for
  BOOST_TEST(ended == 0);
  due_at(5s);
  BOOST_TEST(ended == 1);
}

BOOST_AUTO_TEST_CASE(are_over_when_the_socket_is_gone) {
  add(a, "1", 5s), add(b, "2", 6s), add(a, "3", 7s);
  waiting.remove(a);
  BOOST_TEST((acks(waiting.take_all()) == texts{"2"}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
