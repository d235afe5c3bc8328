#include "actors/contract/type_ids_wire.hpp" // unit under test

#include "actors/contract/cluster.hpp"
#include "actors/contract/control.hpp"
#include "actors/contract/disconnect.hpp"
#include "actors/contract/inspection.hpp"
#include "actors/contract/ownership.hpp"
#include "actors/contract/polls.hpp"
#include "actors/contract/records.hpp"
#include "actors/contract/recovery.hpp"
#include "actors/contract/relay.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/byte_buffer.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

namespace {

using namespace std::literals;

struct wire_message {
  int number = 0; ///< among ours
  std::string name;
  std::string bytes; ///< hexadecimal
};

std::string bytes_of(auto x) {
  caf::byte_buffer buffer;
  caf::actor_system_config config;
  caf::actor_system system{config}; // for handles, although there are none
  caf::binary_serializer sink{system, buffer};
  BOOST_REQUIRE(sink.apply(x));
  std::string text;
  for (auto byte : buffer) {
    text += "0123456789abcdef"[static_cast<unsigned>(byte) >> 4];
    text += "0123456789abcdef"[static_cast<unsigned>(byte) & 15];
  }
  return text;
}

template <class T>
wire_message of(const T& x) {
  auto name = caf::type_name_v<T>;
  return {caf::type_id_v<T> - caf::first_custom_type_id,
          {name.begin(), name.end()},
          bytes_of(x)};
}

const partition_assigned claim{.topic = "t", .partition = 2, .consumer = {}};

std::vector<wire_message> messages_of_partitions() {
  return {
    of(subscribe{.subscriber = {},
                 .subscription = 1,
                 .cursor = 2,
                 .keys = {"k"},
                 .credit = 3,
                 .replay = true,
                 .partitions = 4}),
    of(add_keys{.subscription = 1, .keys = {"k"}, .history = 2}),
    of(remove_keys{.subscription = 1, .keys = {"k"}}),
    of(record_batch{
      .subscription = 1, .from = 2, .to = 3, .records = "r", .lost = 4}),
    of(keys_added{.subscription = 1,
                  .keys = {"k"},
                  .offset = 2,
                  .history = {3},
                  .log_start = 4,
                  .log_end = 5}),
    of(grant_credit{.subscription = 1, .bytes = 2}),
    of(claim),
    of(partition_revoked{.topic = "t", .partition = 2}),
    of(unsubscribe{.subscription = 1}),
  };
}

std::vector<wire_message> messages_of_nodes() {
  return {
    of(peer_greeting{.node = "n",
                     .incarnation = 1,
                     .from = {},
                     .claims = {claim},
                     .is_alone = true,
                     .services = {{"s", nullptr}}}),
    of(claims_changed{.added = {claim}, .removed = {{"u", 3}}}),
    of(addresses_known{{"a"}}),
    of(node_load{.connections = 1, .partitions = 2}),
    of(node_leaving{}),
    of(interim_state{.is_available = true, .partitions = {{"t", {2}}}}),
    of(status_question{.path = "p", .query = "q"}),
    of(operator_action{.path = "p", .query = "q", .body = "b"}),
    of(status_part{.bytes = "b", .error = "e"}),
    of(mappings_used{.fingerprint = "f"}),
    of(node_readiness{.is_ready = true, .reasons = {"f"}}),
  };
}

std::vector<wire_message> messages_of_polls() {
  return {
    of(forwarded_request{.id = 1,
                         .method = "m",
                         .target = "t",
                         .content_type = "c",
                         .body = "b",
                         .user = "u"}),
    of(forwarded_response{
      .id = 1, .status = 2, .content_type = "c", .body = "b"}),
    of(forwarded_cancel{.id = 1}),
    of(forwarded_complete_now{.id = 1}),
  };
}

std::vector<wire_message> messages_of_sockets() {
  relay_event event{.topic = "t",
                    .key = "k",
                    .nsp = 1,
                    .room = "r",
                    .frames = "f",
                    .lease = {}};
  return {
    of(event),
    of(local_event{event}),
    of(release_socket{.request = 1, .socket_id = "i", .seconds = 2, .to = "t"}),
    of(socket_released{.request = 1, .granted = true, .moved_to = "t"}),
    of(disconnect_clients{.id = "i", .nsp = "n", .room = "r"}),
    of(disconnected{.clients = 1, .silent = {"n"}}),
    of(disconnect_user{.user = "u"}),
  };
}

// clang-format off
/// As nodes of other versions write and read them.
const std::vector<wire_message> expected = {
  {0, "weir::subscribe", "0000000000000000ff00000001000000000000000201016b00000000000000030000000401"},
  {1, "weir::add_keys", "0000000101016b00000002"},
  {2, "weir::remove_keys", "0000000101016b"},
  {3, "weir::record_batch", "000000010000000000000002000000000000000301720000000000000004"},
  {4, "weir::keys_added", "0000000101016b000000000000000201000000000000000300000000000000040000000000000005"},
  {5, "weir::grant_credit", "000000010000000000000002"},
  {6, "weir::partition_assigned", "0174000000020000000000000000ff"},
  {7, "weir::partition_revoked", "017400000002"},
  {36, "weir::unsubscribe", "00000001"},
  {52, "weir::peer_greeting", "016e00000000000000010000000000000000ff010174000000020000000000000000ff010101730000000000000000ff"},
  {53, "weir::claims_changed", "010174000000020000000000000000ff01017500000003"},
  {54, "weir::addresses_known", "010161"},
  {55, "weir::node_load", "0000000100000002"},
  {56, "weir::node_leaving", ""},
  {60, "weir::forward_poll", "0000000000000001016d0174016301620175"},
  {61, "weir::poll_answered", "0000000000000001000201630162"},
  {62, "weir::poll_aborted", "0000000000000001"},
  {63, "weir::hurry_poll", "0000000000000001"},
  {69, "weir::relay_event", "0174016b000101720166"},
  {70, "weir::local_event", "0174016b000101720166"},
  {71, "weir::release_socket", "0000000000000001016900000000000000020174"},
  {72, "weir::socket_released", "0000000000000001010174"},
  {73, "weir::disconnect_clients", "0169016e0172"},
  {74, "weir::disconnected", "0000000101016e"},
  {86, "weir::disconnect_user", "0175"},
  {88, "weir::interim_state", "010101740100000002"},
  {89, "weir::status_question", "01700171"},
  {90, "weir::status_part", "01620165"},
  {91, "weir::operator_action", "017001710162"},
  {92, "weir::mappings_used", "0166"},
  {93, "weir::node_readiness", "01010166"},
};
// clang-format on

std::vector<wire_message> all_messages() {
  std::vector<wire_message> all;
  for (auto& part : {messages_of_partitions(), messages_of_nodes(),
                     messages_of_polls(), messages_of_sockets()})
    all.insert(all.end(), part.begin(), part.end());
  std::sort(all.begin(), all.end(),
            [](auto& a, auto& b) { return a.number < b.number; });
  return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(type_ids_on_the_wire)

BOOST_AUTO_TEST_CASE(messages_keep_their_numbers_names_and_bytes) {
  auto all = all_messages();
  BOOST_REQUIRE_EQUAL(all.size(), expected.size());
  for (std::size_t i = 0; i < all.size(); ++i)
    BOOST_TEST_CONTEXT(expected[i].name) {
      BOOST_TEST(all[i].number == expected[i].number);
      BOOST_TEST(all[i].name == expected[i].name);
      BOOST_TEST(all[i].bytes == expected[i].bytes);
    }
}

BOOST_AUTO_TEST_CASE(no_other_message_has_a_number_among_them) {
  std::vector<int> known;
  for (int n = 0; n < 1000; ++n)
    if (!caf::query_type_name(
           static_cast<caf::type_id_t>(caf::first_custom_type_id + n))
           .empty())
      known.push_back(n);
  std::vector<int> numbers;
  for (auto& x : expected)
    numbers.push_back(x.number);
  BOOST_TEST(known == numbers, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace weir
