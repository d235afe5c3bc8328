#include "transport/engineio/payload.hpp"

#include "transport/engineio/frames.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <vector>

namespace weir::engineio {
namespace {

using texts = std::vector<std::string>;

texts cut(std::string_view payload) {
  texts xs;
  payload_reader reader{payload};
  while (auto x = reader.next())
    xs.emplace_back(*x);
  return xs;
}

std::string payload_of(std::string_view frames) {
  std::string payload;
  while (!frames.empty())
    frames.remove_prefix(append_first_frame(payload, frames));
  return payload;
}

BOOST_AUTO_TEST_SUITE(a_payload)

BOOST_AUTO_TEST_CASE(is_cut_at_record_separators) {
  BOOST_TEST(cut("4a") == texts{"4a"});
  BOOST_TEST(cut("4a\x1e"
                 "2\x1e"
                 "bAQ==")
             == (texts{"4a", "2", "bAQ=="}));
}

BOOST_AUTO_TEST_CASE(that_is_empty_or_ends_in_a_separator_has_an_empty_packet) {
  BOOST_TEST(cut("") == texts{""});
  BOOST_TEST(cut("4a\x1e") == (texts{"4a", ""}));
}

// Wherever reading is interrupted, the rest is cut as it would have been.
BOOST_AUTO_TEST_CASE(can_be_gone_on_with_later) {
  std::minstd_rand random{1};
  for (int round = 0; round < 1000; ++round) {
    std::string payload;
    for (auto n = random() % 12; n > 0; --n)
      payload += "4b\x1e\x1e"[random() % 4];
    auto all = cut(payload);
    for (std::size_t n = 1; n <= all.size(); ++n) {
      payload_reader reader{payload};
      texts found;
      for (std::size_t i = 0; i < n; ++i)
        found.emplace_back(*reader.next());
      BOOST_TEST(reader.done() == (n == all.size()));
      if (!reader.done())
        for (auto& x : cut(reader.rest()))
          found.push_back(x);
      BOOST_TEST(found == all);
    }
  }
}

BOOST_AUTO_TEST_CASE(has_text_as_it_is_and_bytes_in_base64) {
  std::string frames;
  append_text_message(frames, "hi");
  append_binary_message(frames, "\x01\x02\x03\x04");
  append_packet(frames, packet_type::ping);
  BOOST_TEST(payload_of(frames)
             == "4hi\x1e"
                "bAQIDBA==\x1e"
                "2");
}

BOOST_AUTO_TEST_CASE(says_so_when_bytes_begin_with_a_type_digit) {
  std::string frames;
  append_binary_message(frames, "4");
  BOOST_TEST(payload_of(frames) == "bNA==");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir::engineio
