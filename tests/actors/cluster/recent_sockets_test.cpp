#include "actors/cluster/recent_sockets.hpp"

#include <boost/test/unit_test.hpp>

namespace weir {
namespace {

BOOST_AUTO_TEST_SUITE(recent_sockets_)

BOOST_AUTO_TEST_CASE(allow_any_offset_of_a_socket_they_do_not_know) {
  BOOST_TEST(recent_sockets{10}.allows("a", 0));
}

BOOST_AUTO_TEST_CASE(refuse_an_offset_from_before_what_a_client_has) {
  recent_sockets x{10};
  x.note("a", 5);
  BOOST_TEST(!x.allows("a", 4));
  BOOST_TEST(x.allows("a", 5));
  BOOST_TEST(x.allows("b", 4));
}

BOOST_AUTO_TEST_CASE(never_go_back) {
  recent_sockets x{10};
  x.note("a", 5), x.note("a", 3);
  BOOST_TEST(!x.allows("a", 4));
}

BOOST_AUTO_TEST_CASE(forget_the_oldest_beyond_their_limit) {
  recent_sockets x{2};
  x.note("a", 5), x.note("b", 5), x.note("a", 6), x.note("c", 5);
  BOOST_TEST(x.allows("a", 0));
  BOOST_TEST(!x.allows("b", 0));
  BOOST_TEST(!x.allows("c", 0));
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace
} // namespace weir
