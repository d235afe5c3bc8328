#include "config/memory_bound.hpp"

#include "config/load.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <limits>
#include <string>

namespace {

using namespace weir;
using namespace weir::config;

/// One topic, one namespace.
options small() {
  options x;
  x.server.io_threads = 1;
  x.server.max_connections = 100;
  x.kafka.embedded = true;
  auto& nsp = x.namespaces.emplace_back();
  nsp.recovery = std::chrono::minutes{1};
  nsp.mappings.emplace_back().topic = "t";
  return x;
}

std::uint64_t bound(const options& x, std::uint32_t partitions = 4) {
  return memory_bound_of(x, {.partitions = partitions, .cores = 2}).bytes();
}

const memory_term* find(const memory_bound& x, const std::string& what) {
  auto i = std::find_if(x.terms.begin(), x.terms.end(),
                        [&](auto& term) { return term.what == what; });
  return i == x.terms.end() ? nullptr : &*i;
}

using change = std::function<void(options&)>;

struct limit {
  std::string name;
  change raise;
};

/// Every setting that lets a buffer grow, raised to twice its default.
const std::vector<limit> limits{
  {"server.io_threads", [](auto& x) { x.server.io_threads = 2; }},
  {"server.max_header", [](auto& x) { x.server.max_header *= 2; }},
  {"server.files", [](auto& x) { x.server.files = "www"; }},
  {"server.client_files", [](auto& x) { x.server.client_files = "js"; }},
  {"admin.ui", [](auto& x) { x.admin.ui = "ui"; }},
  {"limits.handshake", [](auto& x) { x.limits.handshake *= 2; }},
  {"server.max_connections", [](auto& x) { x.server.max_connections *= 2; }},
  {"engineio.max_payload", [](auto& x) { x.engineio.max_payload *= 2; }},
  {"limits.handshake", [](auto& x) { x.limits.handshake *= 2; }},
  {"server.files", [](auto& x) { x.server.files = "."; }},
  {"limits.outbox", [](auto& x) { x.limits.outbox *= 2; }},
  {"limits.unanswered_emits", [](auto& x) { x.limits.unanswered_emits *= 2; }},
  {"limits.unanswered_bytes", [](auto& x) { x.limits.unanswered_bytes *= 2; }},
  {"limits.tail_cache", [](auto& x) { x.limits.tail_cache *= 2; }},
  {"limits.credit", [](auto& x) { x.limits.credit *= 2; }},
  {"limits.replays", [](auto& x) { x.limits.replays *= 2; }},
  {"limits.rooms_per_socket", [](auto& x) { x.limits.rooms_per_socket *= 2; }},
  {"limits.room_name", [](auto& x) { x.limits.room_name *= 2; }},
  {"limits.recovery_offset", [](auto& x) { x.limits.recovery_offset *= 2; }},
  {"limits.recent_sockets", [](auto& x) { x.limits.recent_sockets *= 2; }},
  {"limits.idempotency_ids", [](auto& x) { x.limits.idempotency_ids *= 2; }},
  {"kafka.embedded_partitions",
   [](auto& x) { x.kafka.embedded_partitions *= 2; }},
  {"namespace", [](auto& x) { x.namespaces.emplace_back(); }},
  {"namespace.mapping",
   [](auto& x) { x.namespaces[0].mappings.emplace_back().topic = "u"; }},
  {"namespace.mapping.history",
   [](auto& x) { x.namespaces[0].mappings[0].history = 100; }},
  {"cluster.listen", [](auto& x) { x.cluster.listen = "127.0.0.1:0"; }},
  {"a producer's queue",
   [](auto& x) { x.kafka.producer["queue.buffering.max.kbytes"] = "131072"; }},
  {"a consumer's queue",
   [](auto& x) { x.kafka.properties["fetch.max.bytes"] = "99999999"; }},
};

BOOST_AUTO_TEST_SUITE(memory)

BOOST_AUTO_TEST_CASE(each_limit_that_is_raised_raises_the_sum) {
  for (auto& x : limits) {
    auto raised = small();
    x.raise(raised);
    BOOST_TEST(bound(raised) > bound(small()), x.name);
  }
}

BOOST_AUTO_TEST_CASE(what_other_nodes_ask_for_counts_in_a_cluster) {
  auto clustered = small();
  clustered.cluster.listen = "127.0.0.1:0";
  auto raised = clustered;
  raised.limits.forwarded_bytes *= 2;
  BOOST_TEST(bound(raised) > bound(clustered));
  raised = clustered;
  raised.limits.forwarded_polls *= 2;
  BOOST_TEST(bound(raised) > bound(clustered));
  raised = clustered;
  raised.cluster.seeds = {"b:1", "c:1"};
  BOOST_TEST(bound(raised) > bound(clustered));
}

BOOST_AUTO_TEST_CASE(tokens_count_where_they_are_asked_for) {
  auto with_tokens = small();
  with_tokens.auth.jwt.algorithms = {"RS256"};
  auto raised = with_tokens;
  raised.auth.jwt.max_token *= 2;
  BOOST_TEST(bound(with_tokens) > bound(small()));
  BOOST_TEST(bound(raised) > bound(with_tokens));
}

BOOST_AUTO_TEST_CASE(users_of_certificates_count_where_they_are_asked_for) {
  auto with_certificates = small();
  with_certificates.auth.certificate_user = certificate_name::uri;
  BOOST_TEST(bound(with_certificates) > bound(small()));
}

BOOST_AUTO_TEST_CASE(questions_count_where_a_webhook_is_asked) {
  auto asking = small();
  asking.auth.webhook.url = "https://a";
  BOOST_TEST(bound(asking) > bound(small()));
  for (change raise : {change{[](auto& x) { x.auth.webhook.waiting *= 2; }},
                       change{[](auto& x) { x.auth.webhook.concurrency *= 2; }},
                       change{[](auto& x) { x.auth.webhook.cache_bytes *= 2; }},
                       change{[](auto& x) { x.auth.jwt.max_token *= 2; }}}) {
    auto raised = asking;
    raise(raised);
    BOOST_TEST(bound(raised) > bound(asking));
  }
}

BOOST_AUTO_TEST_CASE(spans_count_where_a_collector_takes_them) {
  auto tracing = small();
  tracing.tracing.url = "http://a/v1/traces";
  BOOST_TEST(bound(tracing) > bound(small()));
  for (change raise : {change{[](auto& x) { x.tracing.queue *= 2; }},
                       change{[](auto& x) { x.tracing.batch *= 2; }}}) {
    auto raised = tracing;
    raise(raised);
    BOOST_TEST(bound(raised) > bound(tracing));
  }
}

BOOST_AUTO_TEST_CASE(outboxes_count_by_what_they_may_hold_together) {
  auto many = small();
  many.server.max_connections = 1'000'000;
  auto raised = many;
  raised.limits.outbox *= 2;
  BOOST_TEST(bound(raised) == bound(many) + many.limits.outbox * 17);
  raised = many;
  raised.limits.outboxes += 1000;
  BOOST_TEST(bound(raised) == bound(many) + 1000);
}

BOOST_AUTO_TEST_CASE(files_count_by_their_own_limit) {
  auto with_files = small();
  with_files.server.files = "www";
  auto raised = with_files;
  raised.server.max_file_bytes += 1000;
  BOOST_TEST(bound(raised) == bound(with_files) + 1000);
}

BOOST_AUTO_TEST_CASE(a_real_kafkas_partitions_are_assumed) {
  auto x = small();
  x.kafka.embedded = false;
  BOOST_TEST(bound(x, 8) > bound(x, 4));
}

BOOST_AUTO_TEST_CASE(a_topic_of_two_mappings_counts_once) {
  auto x = small();
  x.namespaces[0].mappings.emplace_back().topic = "t";
  BOOST_TEST(bound(x) == bound(small()));
}

BOOST_AUTO_TEST_CASE(the_special_property_wins_over_the_common_one) {
  auto x = small();
  x.kafka.properties["fetch.max.bytes"] = "1";
  x.kafka.consumer["fetch.max.bytes"] = "2000";
  auto result = memory_bound_of(x, {});
  auto* term = find(result, "answers to fetches");
  BOOST_TEST_REQUIRE(term != nullptr);
  BOOST_TEST(term->each == 2000u);
}

BOOST_AUTO_TEST_CASE(a_term_is_a_size_times_a_number) {
  auto result = memory_bound_of(small(), {});
  auto* sessions = find(result, "sessions and their handshakes");
  BOOST_TEST_REQUIRE(sessions != nullptr);
  BOOST_TEST(sessions->each == 12 * kib + 4 * kib);
  BOOST_TEST(sessions->count == 100u);
  BOOST_TEST(sessions->bytes() == sessions->each * 100);
}

BOOST_AUTO_TEST_CASE(a_sum_beyond_all_numbers_stays_the_largest) {
  auto x = small();
  x.server.max_connections = std::numeric_limits<std::uint32_t>::max();
  x.limits.rooms_per_socket = std::numeric_limits<std::uint32_t>::max();
  x.limits.outbox = std::size_t{1} << 58;
  BOOST_TEST(bound(x) == std::numeric_limits<std::uint64_t>::max());
}

BOOST_AUTO_TEST_CASE(as_many_clients_fit_as_the_sum_says) {
  auto x = small();
  x.server.max_connections = 1'000'000;
  for (std::uint64_t memory : {gib, 10 * gib, 64 * gib}) {
    auto fit = clients_that_fit(x, {.partitions = 4, .cores = 2}, memory);
    auto less = x, more = x;
    less.server.max_connections = fit;
    more.server.max_connections = fit + 1;
    BOOST_TEST((fit == 0 || bound(less) <= memory));
    BOOST_TEST(bound(more) > memory);
  }
  BOOST_TEST(clients_that_fit(x, {}, mib) == 0u);
  BOOST_TEST(clients_that_fit(x, {}, std::numeric_limits<std::uint64_t>::max())
             == 1'000'000u);
}

BOOST_AUTO_TEST_CASE(the_text_says_how_many_fit_unless_all_do) {
  auto x = small();
  BOOST_TEST(to_text(100, x, 64 * gib) == "");
  BOOST_TEST(to_text(0, x, gib)
             == "this machine has 1.0 GiB: too little for these limits, "
                "whatever clients do\n");
  BOOST_TEST(to_text(42, x, 64 * gib)
             == "this machine has 64.0 GiB: whatever clients do, it is enough "
                "for 42 of them (server.max_connections); for more as long as "
                "not all of them take all that they may\n");
}

BOOST_AUTO_TEST_CASE(the_text_has_every_term_the_sum_and_what_to_lower) {
  memory_bound x{{{"boxes", "limits.box", 3 * kib, 2, "clients"},
                  {"the program", "", mib, 1, "node"}}};
  BOOST_TEST(to_text(x)
             == "memory, at most:\n"
                "  boxes                                         6.0 KiB = "
                "  3.0 KiB x 2 clients\n"
                "  the program                                   1.0 MiB = "
                "  1.0 MiB x 1 node\n"
                "  sum                                           1.0 MiB = "
                "1054720 bytes\n"
                "the largest part: the program\n");
  x.terms[0].count = 2000;
  BOOST_TEST(
    to_text(x).ends_with("the largest part: boxes; to lower it: limits.box\n"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
