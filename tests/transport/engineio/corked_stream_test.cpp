#include "transport/engineio/corked_stream.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>

namespace weir::engineio {
namespace {

namespace asio = boost::asio;

struct stream : corked_stream {
  stream(std::shared_ptr<loop> on, tcp_socket from)
    : corked_stream(std::move(on), std::move(from), {}) {}

  using corked_stream::append;

  void on_written() override { ++written; }
  void on_write_failed() override { failed = true; }
  void on_out_of_memory() override { failed = true; }

  int written = 0;
  bool failed = false;
};

/// A stream and the socket at its other end, on one loop that runs when the
/// test says so.
struct fixture {
  fixture() {
    tcp_acceptor acceptor{context.get_executor(),
                          {asio::ip::address_v4::loopback(), 0}};
    other.connect(acceptor.local_endpoint());
    it = std::make_shared<stream>(
      std::make_shared<loop>(context, 0, std::make_shared<const options>()),
      acceptor.accept());
  }

  void add(std::string bytes) {
    sent += bytes;
    it->append(std::make_shared<const std::string>(std::move(bytes)));
  }

  /// Reads at the other end until all is there, while the loop runs.
  void receive_all() {
    received.resize(sent.size());
    asio::async_read(other, asio::buffer(received),
                     [](boost::system::error_code e, std::size_t) {
                       BOOST_TEST(!e);
                     });
    run();
    BOOST_TEST((received == sent));
  }

  void run() {
    context.restart();
    context.run();
  }

  asio::io_context context{1};
  tcp_socket other{context.get_executor()};
  std::shared_ptr<stream> it;
  std::string sent;
  std::string received;
};

BOOST_FIXTURE_TEST_SUITE(a_corked_stream, fixture)

BOOST_AUTO_TEST_CASE(sends_all_frames_of_one_turn_with_one_write) {
  for (int i = 0; i < 500; ++i)
    add(std::to_string(i));
  BOOST_TEST(it->outbox_size() == sent.size());
  BOOST_TEST(it->writes() == 0u);
  receive_all();
  BOOST_TEST(it->writes() == 1u);
  BOOST_TEST(it->outbox_size() == 0u);
}

BOOST_AUTO_TEST_CASE(joins_what_other_handlers_of_the_turn_append) {
  asio::post(context, [&] { add("a"); });
  asio::post(context, [&] { add("b"); });
  asio::post(context, [&] { add("c"); });
  run();
  receive_all();
  BOOST_TEST(it->writes() == 1u);
}

BOOST_AUTO_TEST_CASE(sends_turn_by_turn) {
  add("a");
  receive_all();
  sent.clear();
  add("b");
  receive_all();
  BOOST_TEST(it->writes() == 2u);
  BOOST_TEST(it->written == 2);
}

BOOST_AUTO_TEST_CASE(waits_for_a_full_socket_and_keeps_the_order) {
  for (int i = 0; i < 3000; ++i)
    add(std::string(i % 2 == 0 ? 10'000 : 10, static_cast<char>('a' + i % 26)));
  context.run_for(std::chrono::milliseconds{1}); // fills the socket
  BOOST_TEST(it->outbox_size() > 0u);
  add("the end");
  receive_all();
  BOOST_TEST(it->outbox_size() == 0u);
}

BOOST_AUTO_TEST_CASE(tells_when_it_is_broken_and_takes_nothing_more) {
  other.set_option(asio::socket_base::linger{true, 0}); // resets
  other.close();
  add("a");
  run();
  add("b");
  run();
  BOOST_TEST(it->failed);
  BOOST_TEST(!it->is_open());
  add("c");
  BOOST_TEST(it->outbox_size() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir::engineio
