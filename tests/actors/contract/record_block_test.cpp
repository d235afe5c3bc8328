#include "actors/contract/record_block.hpp" // unit under test

#include "tests/support/record_blocks.hpp"

#include <boost/test/unit_test.hpp>

#include <cstring>

namespace weir {

namespace {

using test::block_of;
using test::record_of;
using test::records_in;
using texts = std::vector<std::string>;
using header_pairs = std::vector<std::pair<std::string_view, std::string_view>>;

struct fixture {
  /// Writes over one of the block's length fields.
  void damage(std::size_t at, std::uint32_t value) {
    std::memcpy(block.data() + at, &value, sizeof(value));
  }

  bool read() {
    rest = block;
    return read_record(rest, record);
  }

  // Where the lengths lie, as the header of the unit under test says.
  static constexpr std::size_t size_at = 0, key_at = 4, value_at = 24,
                               headers_at = 28, body_at = 32;

  std::string block;
  std::string_view rest;
  kafka::record_view record;
};

BOOST_FIXTURE_TEST_SUITE(a_record_block, fixture)

BOOST_AUTO_TEST_CASE(gives_its_records_back_in_order) {
  block = block_of(
    {record_of(5, "a", "1"), record_of(9, "", ""), record_of(10, "b", "22")});
  BOOST_TEST(records_in(block) == (texts{"5:a=1", "9:=", "10:b=22"}));
}

BOOST_AUTO_TEST_CASE(keeps_everything_that_an_event_needs) {
  kafka::record_view original{42,
                              1'700'000'000'000,
                              true,
                              true,
                              "key",
                              "v",
                              {{"ce_id", "1"}, {"ce_weirsid", ""}}};
  append_record(block, original);
  BOOST_TEST_REQUIRE(read());
  BOOST_TEST(rest.empty());
  BOOST_TEST(record.offset == 42);
  BOOST_TEST(record.timestamp_ms == 1'700'000'000'000);
  BOOST_TEST(record.key == "key");
  BOOST_TEST(record.value == "v");
  BOOST_TEST((record.headers == original.headers));
}

BOOST_AUTO_TEST_CASE(drops_the_headers_that_no_event_needs) {
  auto original = record_of(1, "k", "v");
  original.headers = {{"ce_type", "chat"},
                      {"traceparent", "x"},
                      {"content-type", "application/json"},
                      {"ce_specversion", "1.0"}};
  append_record(block, original);
  BOOST_TEST_REQUIRE(read());
  BOOST_TEST((record.headers
              == header_pairs{{"ce_type", "chat"},
                              {"content-type", "application/json"}}));
}

BOOST_AUTO_TEST_CASE(keeps_the_trace_of_what_is_recorded) {
  const std::string id = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331";
  for (std::string flags : {"-00", "-01", "-02", "-03"}) {
    auto trace = id + flags;
    auto original = record_of(1, "k", "v");
    original.headers = {{"traceparent", trace}, {"tracestate", "a=1"}};
    block.clear();
    append_record(block, original);
    BOOST_TEST_REQUIRE(read());
    auto is_recorded = flags == "-01" || flags == "-03";
    BOOST_TEST((record.headers
                == (is_recorded ? header_pairs{{"traceparent", trace}}
                                : header_pairs{})),
               trace);
  }
}

BOOST_AUTO_TEST_CASE(tells_missing_keys_and_values_from_empty_ones) {
  append_record(block, {1, 0, false, false, {}, {}, {}});
  append_record(block, {2, 0, true, true, "", "", {}});
  BOOST_TEST_REQUIRE(read());
  BOOST_TEST(!record.has_key);
  BOOST_TEST(!record.has_value);
  BOOST_TEST_REQUIRE(read_record(rest, record));
  BOOST_TEST(record.has_key);
  BOOST_TEST(record.has_value);
  BOOST_TEST(record.headers.empty());
}

BOOST_AUTO_TEST_CASE(is_walked_by_sizes_and_keys_alone) {
  block = block_of({record_of(1, "first", "v"), record_of(2, "second", "")});
  std::string_view all = block;
  BOOST_TEST(record_key(all) == "first");
  all.remove_prefix(record_size(all));
  BOOST_TEST(record_key(all) == "second");
  BOOST_TEST(record_size(all) == all.size());
}

BOOST_AUTO_TEST_CASE(ends_where_nothing_is_left) {
  BOOST_TEST(record_size({}) == 0u);
  BOOST_TEST(!read());
}

BOOST_AUTO_TEST_CASE(is_read_nowhere_when_it_is_cut_anywhere) {
  auto whole = block_of({record_of(1, "key", "value")});
  for (std::size_t n = 0; n < whole.size(); ++n) {
    block = whole.substr(0, n); // its own buffer, so that ASan sees overreads
    BOOST_TEST(record_size(block) == 0u);
    BOOST_TEST(!read());
    BOOST_TEST(rest.size() == n);
  }
}

BOOST_AUTO_TEST_CASE(is_refused_when_a_length_is_wrong) {
  auto original = record_of(1, "key", "value");
  original.headers = {{"ce_id", "1"}};
  auto whole = block_of({original});
  auto first_header = body_at + 8;
  for (auto at : {key_at, value_at, headers_at, first_header, first_header + 4})
    for (auto wrong : {9u, 1000u, 0xfffffffeu}) {
      block = whole;
      damage(at, wrong);
      BOOST_TEST(!read(), "length " << wrong << " at " << at);
    }
}

BOOST_AUTO_TEST_CASE(is_refused_when_a_size_is_too_small_or_too_large) {
  for (auto wrong : {0u, 1u, 31u, 41u, 0xffffffffu}) {
    block = block_of({record_of(1, "key", "value")});
    BOOST_TEST_REQUIRE(block.size() == 40u);
    damage(size_at, wrong);
    BOOST_TEST(record_size(block) == 0u);
    BOOST_TEST(!read());
  }
}

BOOST_AUTO_TEST_CASE(never_gives_out_a_key_beyond_its_end) {
  block = block_of({record_of(1, "key", "value")});
  damage(key_at, 1000);
  BOOST_TEST(record_key(block).size() <= block.size());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
