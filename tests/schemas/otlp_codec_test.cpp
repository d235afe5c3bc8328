#include "schemas/otlp_codec.hpp"

#include <boost/test/unit_test.hpp>

using namespace weir;
using namespace weir::schemas;

namespace {

std::string from_hex(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); i += 2)
    result += static_cast<char>(
      std::stoi(std::string{text.substr(i, 2)}, nullptr, 16));
  return result;
}

const span_source source{"chat", "a", "0.1.0"};

std::vector<span> two_spans() {
  auto first = *parse_traceparent(
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  auto second = first;
  ++second.span_id[7];
  second.flags = 0;
  span::span_id parent{0x00, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7};
  constexpr std::int64_t start = 1'700'000'000'000'000'001;
  return {
    {first,
     "a=1",
     parent,
     "send chat.messages",
     span_kind::producer,
     start,
     start + 41,
     {{"messaging.system", "kafka"},
      {"messaging.kafka.offset", std::int64_t{1} << 40}},
     ""},
    {second, "", {}, "process", span_kind::consumer, 7, 7, {}, "timeout"}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(otlp_codec)

/// The bytes are those of OpenTelemetry's published classes for the same spans
/// (opentelemetry-proto 1.27.0 from PyPI: ExportTraceServiceRequest).
BOOST_AUTO_TEST_CASE(writes_what_the_published_schemas_write) {
  auto expected = from_hex(
    "0ac8020a500a160a0c736572766963652e6e616d6512060a04636861740a1a0a13736572"
    "766963652e696e7374616e63652e696412030a01610a1a0a0f736572766963652e766572"
    "73696f6e12070a05302e312e3012f3010a0d0a04776569721205302e312e301299010a10"
    "0af7651916cd43dd8448eb211c80319c1208b7ad6b71692033311a03613d31220800f067"
    "aa0ba902b72a1273656e6420636861742e6d6573736167657330043901002a36fe9c9717"
    "412a002a36fe9c97174a1b0a106d6573736167696e672e73797374656d12070a056b6166"
    "6b614a210a166d6573736167696e672e6b61666b612e6f66667365741207188080808080"
    "2085010100000012460a100af7651916cd43dd8448eb211c80319c1208b7ad6b71692033"
    "322a0770726f6365737330053907000000000000004107000000000000007a0b12077469"
    "6d656f75741802");
  BOOST_TEST(to_otlp(source, two_spans()) == expected);
}

BOOST_AUTO_TEST_CASE(ends_no_span_before_it_starts) {
  auto late = two_spans();
  auto level = late;
  late[1].start_ns = level[1].start_ns = level[1].end_ns = 9; // ends at 7
  BOOST_TEST(to_otlp(source, late) == to_otlp(source, level));
}

BOOST_AUTO_TEST_CASE(reads_what_a_collector_did_not_want) {
  auto x = rejection_from(from_hex("0a0b08031207746f6f206f6c64"));
  BOOST_REQUIRE(x.has_value());
  BOOST_TEST(x->spans == 3);
  BOOST_TEST(x->reason == "too old");
}

BOOST_AUTO_TEST_CASE(takes_an_empty_answer_for_success) {
  auto x = rejection_from("");
  BOOST_REQUIRE(x.has_value());
  BOOST_TEST(x->spans == 0);
  BOOST_TEST(x->reason == "");
}

BOOST_AUTO_TEST_CASE(refuses_an_answer_that_is_none) {
  BOOST_TEST(!rejection_from("<html>").has_value());
  BOOST_TEST(!rejection_from(from_hex("0a0b0803")).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
