#include "transport/engineio/outbox.hpp"

#include <boost/test/unit_test.hpp>

namespace weir::engineio {
namespace {

struct fixture {
  void add(std::size_t size, char c) {
    auto x = std::make_shared<const std::string>(size, c);
    expected += *x;
    box.append(x);
  }

  std::size_t pieces() const {
    outbox::buffers xs;
    return box.gather(xs).size();
  }

  /// Takes everything out, `n` bytes at most per write.
  std::string drained(std::size_t n) {
    std::string res;
    outbox::buffers xs;
    while (!box.empty()) {
      std::string written;
      for (auto& x : box.gather(xs))
        written.append(static_cast<const char*>(x.data()), x.size());
      written.resize(std::min(n, written.size()));
      res += written;
      box.consume(written.size());
    }
    return res;
  }

  outbox box;
  std::string expected;
};

BOOST_FIXTURE_TEST_SUITE(an_outbox, fixture)

BOOST_AUTO_TEST_CASE(joins_small_frames_in_one_piece) {
  for (int i = 0; i < 100; ++i)
    add(50, 'a');
  BOOST_TEST(pieces() == 1u);
  BOOST_TEST(box.size() == 5000u);
}

BOOST_AUTO_TEST_CASE(refers_to_large_frames) {
  auto large = std::make_shared<const std::string>(outbox::copied_below, 'x');
  box.append(large);
  BOOST_TEST(large.use_count() == 2);
  BOOST_TEST((box.front().data() == large->data()));
  box.consume(large->size());
  BOOST_TEST(large.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(keeps_the_order_however_it_is_written) {
  for (std::size_t n : {13U, 2048U, 5000U, 1'000'000U}) {
    expected.clear();
    for (std::size_t i = 0; i < 200; ++i)
      add(i % 3 == 0 ? 3000 : 20 + i, static_cast<char>('a' + i % 26));
    BOOST_TEST(box.size() == expected.size());
    BOOST_TEST((drained(n) == expected));
    BOOST_TEST(box.empty());
  }
}

BOOST_AUTO_TEST_CASE(gives_at_most_64_pieces_to_one_write) {
  for (int i = 0; i < 100; ++i)
    add(3000, 'x');
  BOOST_TEST(pieces() == outbox::max_pieces);
}

BOOST_AUTO_TEST_CASE(takes_over_what_another_holds) {
  outbox first;
  first.append(std::string_view{"abc"});
  first.append(std::make_shared<const std::string>(4000, 'x'));
  first.append(std::string_view{"def"});
  first.consume(2);
  box.append(std::string_view{"0"});
  box.append(std::move(first));
  BOOST_TEST(box.size() == 4005u);
  BOOST_TEST((drained(100'000) == "0c" + std::string(4000, 'x') + "def"));
}

BOOST_AUTO_TEST_CASE(ignores_nothing) {
  box.append(std::string_view{});
  BOOST_TEST(box.empty());
  BOOST_TEST(pieces() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir::engineio
