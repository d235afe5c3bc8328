#include "transport/asio/failure.hpp" // unit under test

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>

namespace weir {

namespace {

std::string reason_of_thrown(auto thrower) {
  try {
    thrower();
  } catch (const std::exception& e) {
    return reason_of(e);
  }
  return "nothing was thrown";
}

BOOST_AUTO_TEST_SUITE(the_reason_of_a_failure)

BOOST_AUTO_TEST_CASE(names_no_place_in_the_sources_of_boost) {
  boost::system::error_code refused = boost::asio::error::connection_refused;
  BOOST_TEST(reason_of_thrown([&] {
               throw boost::system::system_error{refused, "connect"};
             })
             == "Connection refused");
}

BOOST_AUTO_TEST_CASE(is_what_others_say) {
  BOOST_TEST(
    reason_of_thrown([] { throw std::runtime_error{"server.tls: no file"}; })
    == "server.tls: no file");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
