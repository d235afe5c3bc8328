#include "transport/engineio/websocket_decoder.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <random>
#include <vector>

namespace weir::engineio {
namespace {

using status = websocket_decoder::status;

constexpr std::size_t max_message = 70'000;

/// A client's frame: `first` is fin, reserved bits and opcode; its length is
/// written in that many bytes behind the second.
std::string frame(unsigned first, std::string_view bytes, int length_bytes) {
  std::string x(1, static_cast<char>(first));
  auto size = bytes.size();
  x += static_cast<char>(0x80U
                         | (length_bytes == 0   ? size
                            : length_bytes == 2 ? 126U
                                                : 127U));
  for (int i = length_bytes - 1; i >= 0; --i)
    x += static_cast<char>(size >> (8 * i) & 0xFFU);
  std::string mask{"\x12\x34\x56\x78"};
  x += mask;
  for (std::size_t i = 0; i < size; ++i)
    x += static_cast<char>(bytes[i] ^ mask[i % 4]);
  return x;
}

std::string frame(unsigned first, std::string_view bytes) {
  return frame(first, bytes,
               bytes.size() < 126     ? 0
               : bytes.size() < 65536 ? 2
                                      : 8);
}

struct fixture {
  /// "text:..", "binary:..", "ping:..", "close:..", "failed:<code>", "more", in
  /// order of the frames.
  std::string fed(std::string input) {
    std::string log;
    std::span<char> rest{input};
    while (!rest.empty()) {
      auto x = decoder.next(rest);
      if (!log.empty())
        log += ' ';
      if (x.what == status::failed)
        return log + "failed:" + std::to_string(static_cast<int>(x.code));
      if (x.what == status::incomplete)
        return log + "more";
      log += name(x.what) + std::string{x.bytes};
      rest = rest.subspan(x.consumed);
    }
    return log;
  }

  /// Likewise, of a stream that comes in pieces which end at `cuts`.
  std::string fed(const std::string& stream, std::vector<std::size_t> cuts) {
    decoder = websocket_decoder{max_message};
    cuts.push_back(stream.size());
    std::string log;
    std::string kept;
    std::size_t begin = 0;
    for (auto end : cuts) {
      kept += stream.substr(begin, end - begin);
      begin = end;
      while (!kept.empty()) {
        auto x = decoder.next(kept);
        if (x.what == status::incomplete)
          break;
        if (x.what == status::failed)
          return log + "failed:" + std::to_string(static_cast<int>(x.code));
        log += name(x.what) + std::string{x.bytes} + ' ';
        kept.erase(0, x.consumed);
      }
    }
    return log + (kept.empty() ? "" : "more");
  }

  static std::string name(status x) {
    switch (x) {
      case status::text:
        return "text:";
      case status::binary:
        return "binary:";
      case status::ping:
        return "ping:";
      case status::close:
        return "close:";
      default:
        return "skipped";
    }
  }

  websocket_decoder decoder{max_message};
};

BOOST_FIXTURE_TEST_SUITE(a_websocket_decoder, fixture)

BOOST_AUTO_TEST_CASE(cuts_frames_of_every_length_form) {
  for (std::size_t n : {0U, 1U, 7U, 8U, 125U, 126U, 65535U, 65536U}) {
    std::string text(n, 'x');
    BOOST_TEST((fed(frame(0x81, text)) == "text:" + text));
    BOOST_TEST((fed(frame(0x82, text)) == "binary:" + text));
  }
}

BOOST_AUTO_TEST_CASE(takes_several_frames_from_one_read) {
  BOOST_TEST(fed(frame(0x81, "a") + frame(0x82, "b") + frame(0x89, "c")
                 + frame(0x8A, "d"))
             == "text:a binary:b ping:c skipped");
}

BOOST_AUTO_TEST_CASE(waits_for_the_rest_wherever_a_frame_is_cut) {
  auto whole = frame(0x81, std::string(200, 'x'));
  for (std::size_t n = 1; n < whole.size(); ++n)
    BOOST_TEST(fed(whole.substr(0, n)) == "more");
  BOOST_TEST(fed(whole) == "text:" + std::string(200, 'x'));
}

BOOST_AUTO_TEST_CASE(joins_fragments_with_control_frames_between_them) {
  BOOST_TEST(fed(frame(0x01, "a") + frame(0x89, "!") + frame(0x00, "b")
                 + frame(0x80, "c") + frame(0x81, "d"))
             == "skipped ping:! skipped text:abc text:d");
}

BOOST_AUTO_TEST_CASE(accepts_a_character_cut_by_a_fragment) {
  BOOST_TEST(fed(frame(0x01, "\xC3") + frame(0x80, "\xA4"))
             == "skipped text:\xC3\xA4");
}

BOOST_AUTO_TEST_CASE(fails_on_text_that_is_not_utf8) {
  BOOST_TEST(fed(frame(0x81, "\xC3(")) == "failed:1007");
}

BOOST_AUTO_TEST_CASE(fails_on_messages_over_the_limit_before_they_are_there) {
  std::string big(max_message + 1, 'x');
  BOOST_TEST(fed(frame(0x82, big).substr(0, 20)) == "failed:1009");
  BOOST_TEST((fed(frame(0x02, big.substr(2)) + frame(0x80, "xx"))
              == "skipped failed:1009"));
}

BOOST_AUTO_TEST_CASE(fails_on_what_the_protocol_forbids) {
  auto unmasked = std::string{"\x81\x01x"};
  for (auto& x : {frame(0xC1, "reserved bit"), frame(0x83, "unknown opcode"),
                  frame(0x8B, "unknown control"), frame(0x09, "ping in pieces"),
                  frame(0x89, std::string(126, 'x')), unmasked,
                  frame(0x80, "continues nothing"),
                  frame(0x01, "a").append(frame(0x81, "not continued")),
                  frame(0x88, "\x03"), frame(0x88, "\x03\xED"),
                  frame(0x88, "\x03\xE8\xFF")})
    BOOST_TEST(fed(x).find("failed:1002") != std::string::npos, x);
}

BOOST_AUTO_TEST_CASE(passes_the_status_of_a_close_on) {
  BOOST_TEST(fed(frame(0x88, "")) == "close:");
  BOOST_TEST(fed(frame(0x88, "\x03\xE8"
                             "bye"))
             == "close:\x03\xE8"
                "bye");
}

BOOST_AUTO_TEST_CASE(fails_on_a_control_frame_with_a_longer_length) {
  for (auto first : {0x88U, 0x89U, 0x8AU})
    for (auto length_bytes : {2, 8}) {
      auto whole = frame(first, "", length_bytes);
      for (std::size_t n = 2; n <= whole.size(); ++n)
        BOOST_TEST(fed(whole.substr(0, n)) == "failed:1002");
    }
  BOOST_TEST(fed(frame(0x81, "x", 8)) == "text:x"); // data: as the reference
}

// A stream of frames of all kinds, of which some are wrong.
std::string random_stream(std::minstd_rand& random) {
  auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  constexpr std::array<unsigned, 16> heads{0x81, 0x81, 0x81, 0x82, 0x82, 0x89,
                                           0x89, 0x8A, 0x8A, 0x88, 0x01, 0x00,
                                           0x80, 0x09, 0xC1, 0x83};
  std::string result;
  for (auto n = 1 + below(4); n > 0; --n) {
    std::string bytes;
    for (auto i = below(8); i > 0; --i)
      bytes += below(16) > 0 ? 'a' : "\x03\xe8\xc3\xa9"[below(4)];
    constexpr std::array<int, 5> lengths{0, 0, 0, 2, 8};
    auto x = frame(heads[below(heads.size())], bytes, lengths[below(5)]);
    if (below(12) == 0) // a byte of its head, or any other
      x[below(static_cast<unsigned>(x.size()))] = static_cast<char>(below(256));
    result += x;
  }
  return result;
}

BOOST_AUTO_TEST_CASE(has_one_outcome_however_the_bytes_are_cut) {
  std::minstd_rand random{20261128};
  std::size_t failed = 0;
  for (int round = 0; round < 3000; ++round) {
    auto stream = random_stream(random);
    auto whole = fed(stream, {});
    failed += whole.find("failed") != whole.npos ? 1 : 0;
    std::vector<std::size_t> each;
    for (std::size_t i = 1; i < stream.size(); ++i) {
      each.push_back(i);
      BOOST_TEST(fed(stream, {i}) == whole);
    }
    BOOST_TEST(fed(stream, each) == whole);
    std::erase_if(each, [&](auto) { return random() % 3 != 0; });
    BOOST_TEST(fed(stream, each) == whole);
  }
  BOOST_TEST(failed > 500u);
  BOOST_TEST(failed < 2500u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir::engineio
