#include "transport/cluster/link_handshake.hpp"

#include "tests/transport/cluster/hellos.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <vector>

namespace {

using namespace weir;
using namespace weir::cluster;
using enum handshake_state;

constexpr auto secret = "0123456789abcdef";

nonce nonce_of(unsigned char x) {
  nonce result;
  result.fill(x);
  return result;
}

/// One side, and what its owner was asked.
struct side {
  explicit side(const std::string& node) {
    terms.local = test::hello_of(node);
    terms.admit = [this](const hello& peer, bool dialed) {
      asked.push_back(peer.node + (dialed ? " dialed" : " accepted"));
      return answer;
    };
  }

  link_terms terms;
  std::vector<std::string> asked;
  std::string answer;
};

/// Feeds what `from` has to say; what is left over does not belong to the
/// handshake.
std::string feed(link_handshake& to, std::string bytes) {
  while (to.state() == ongoing && bytes.size() >= to.wanted()) {
    auto n = to.wanted();
    to.receive(std::string_view{bytes}.substr(0, n));
    bytes.erase(0, n);
  }
  return bytes;
}

struct fixture {
  void set_secret(side& x, const std::string& text) {
    x.terms.key.emplace(text);
  }

  void start() {
    dialer.emplace(link_handshake::dial(a.terms, nonce_of(1)));
    acceptor.emplace(link_handshake::accept(b.terms, nonce_of(2)));
  }

  /// Lets both talk until neither has more to say. Keeps what each said.
  void talk() {
    for (bool busy = true; busy;) {
      auto to_acceptor = dialer->take_output();
      auto to_dialer = acceptor->take_output();
      busy = !to_acceptor.empty() || !to_dialer.empty();
      said_by_dialer += to_acceptor;
      said_by_acceptor += to_dialer;
      BOOST_TEST(feed(*acceptor, to_acceptor) == "");
      BOOST_TEST(feed(*dialer, to_dialer) == "");
    }
  }

  void run() {
    start();
    talk();
  }

  /// The side that refuses, and the other one, report the same.
  void expect_refusal(refusal_code code, const std::string& why,
                      bool by_dialer = false) {
    run();
    BOOST_TEST((dialer->state() == refused));
    BOOST_TEST((acceptor->state() == refused));
    BOOST_TEST((dialer->reason().code == code));
    BOOST_TEST((acceptor->reason().code == code));
    BOOST_TEST(dialer->reason().why == why);
    BOOST_TEST(acceptor->reason().why == why);
    BOOST_TEST(dialer->refused_by_peer() == !by_dialer);
    BOOST_TEST(acceptor->refused_by_peer() == by_dialer);
  }

  side a{"a"};
  side b{"b"};
  std::optional<link_handshake> dialer;
  std::optional<link_handshake> acceptor;
  std::string said_by_dialer;
  std::string said_by_acceptor;
};

struct with_secret : fixture {
  with_secret() {
    set_secret(a, secret);
    set_secret(b, secret);
  }
};

using lines = std::vector<std::string>;

const std::string wrong_secret = "the secrets of the two nodes differ; set the "
                                 "same secret in [cluster] on both";

BOOST_AUTO_TEST_SUITE(link_handshakes)

BOOST_FIXTURE_TEST_CASE(two_nodes_without_a_secret_get_a_link, fixture) {
  run();
  BOOST_TEST((dialer->state() == done));
  BOOST_TEST((acceptor->state() == done));
  BOOST_TEST((dialer->peer() == b.terms.local));
  BOOST_TEST((acceptor->peer() == a.terms.local));
  BOOST_TEST(a.asked == lines{"b dialed"}, boost::test_tools::per_element());
  BOOST_TEST(b.asked == lines{"a accepted"}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(two_nodes_with_one_secret_get_a_link, with_secret) {
  run();
  BOOST_TEST((dialer->state() == done));
  BOOST_TEST((acceptor->state() == done));
  BOOST_TEST((dialer->peer() == b.terms.local));
  BOOST_TEST((acceptor->peer() == a.terms.local));
}

BOOST_FIXTURE_TEST_CASE(the_secret_is_not_on_the_wire, with_secret) {
  run();
  BOOST_TEST(said_by_dialer.find(secret) == std::string::npos);
  BOOST_TEST(said_by_acceptor.find(secret) == std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(what_follows_the_handshake_is_left_alone, with_secret) {
  run();
  link_handshake again = link_handshake::dial(a.terms, nonce_of(1));
  BOOST_TEST(feed(again, said_by_acceptor + "BASP") == "BASP");
  BOOST_TEST((again.state() == done));
  again = link_handshake::accept(b.terms, nonce_of(2));
  BOOST_TEST(feed(again, said_by_dialer + "BASP") == "BASP");
  BOOST_TEST((again.state() == done));
}

BOOST_FIXTURE_TEST_CASE(another_secret_is_refused, with_secret) {
  set_secret(b, "0123456789abcdeg");
  expect_refusal(refusal_code::secret, wrong_secret);
  BOOST_TEST(a.asked.empty());
  BOOST_TEST(b.asked.empty());
}

BOOST_FIXTURE_TEST_CASE(who_does_not_prove_gets_no_proof, with_secret) {
  set_secret(a, "0123456789abcdeg");
  expect_refusal(refusal_code::secret, wrong_secret);
  auto greeting = 2 + static_cast<std::size_t>(said_by_acceptor[1]);
  auto second = said_by_acceptor.substr(greeting);
  BOOST_TEST(second.size() > 3u);
  BOOST_TEST(second[2] == 'r');
  BOOST_TEST(second.size() == 2u + static_cast<std::size_t>(second[1]));
}

BOOST_FIXTURE_TEST_CASE(a_secret_on_one_side_only_is_refused, fixture) {
  set_secret(a, secret);
  expect_refusal(refusal_code::secret,
                 R"(node "a" has a secret, node "b" has none; set the same )"
                 "secret in [cluster] on both");
  a.terms.key.reset();
  set_secret(b, secret);
  expect_refusal(refusal_code::secret,
                 R"(node "b" has a secret, node "a" has none; set the same )"
                 "secret in [cluster] on both");
}

BOOST_FIXTURE_TEST_CASE(tls_on_one_side_only_is_refused, with_secret) {
  a.terms.tls = true;
  expect_refusal(refusal_code::tls, R"(node "a" has TLS, node "b" has none; )"
                                    "set [cluster.tls] on both, or on neither");
  b.terms.tls = true;
  run();
  BOOST_TEST((dialer->state() == done));
  a.terms.tls = false;
  expect_refusal(refusal_code::tls, R"(node "b" has TLS, node "a" has none; )"
                                    "set [cluster.tls] on both, or on neither");
}

BOOST_FIXTURE_TEST_CASE(flags_of_no_version_are_refused, fixture) {
  start();
  auto greeting = dialer->take_output();
  BOOST_TEST_REQUIRE(greeting[8] == 0);
  greeting[8] = 4;
  feed(*acceptor, greeting);
  BOOST_TEST((acceptor->state() == failed));
}

// Found by fuzzing: nobody would have been told why there is no link.
BOOST_FIXTURE_TEST_CASE(a_refusal_has_a_sentence, fixture) {
  start();
  feed(*dialer, {'\0', '\2', 'r', '\1'});
  BOOST_TEST((dialer->state() == failed));
  BOOST_TEST(!dialer->reason().why.empty());
}

BOOST_FIXTURE_TEST_CASE(incompatible_nodes_are_refused, with_secret) {
  a.terms.local.cluster = "other";
  expect_refusal(refusal_code::cluster, R"(node "a" is of the cluster "other")"
                                        R"(, node "b" of the cluster "weir")");
  a.terms.local.cluster = "weir";
  a.terms.local.config = "00";
  expect_refusal(refusal_code::config,
                 R"(node "a" has another configuration of namespaces than )"
                 R"(node "b"; compare the files)");
  BOOST_TEST(b.asked.empty());
}

BOOST_FIXTURE_TEST_CASE(a_node_does_not_get_a_link_to_itself, with_secret) {
  b.terms.local = a.terms.local;
  expect_refusal(refusal_code::itself, R"(node "a" has dialed itself)");
}

BOOST_FIXTURE_TEST_CASE(the_acceptors_owner_has_the_last_word, with_secret) {
  b.answer = "already linked";
  expect_refusal(refusal_code::not_admitted, "already linked");
  BOOST_TEST(a.asked == lines{"b dialed"}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(the_dialers_owner_has_a_word_before, with_secret) {
  a.answer = "a newer \"b\" is here";
  expect_refusal(refusal_code::not_admitted, "a newer \"b\" is here", true);
  BOOST_TEST(b.asked.empty());
}

BOOST_FIXTURE_TEST_CASE(a_refusal_cannot_forge_lines_of_a_log, fixture) {
  b.answer = "no\n2024 \x1b[31merror";
  run();
  BOOST_TEST(dialer->reason().why == "no?2024 ?[31merror");
  b.answer = std::string(5'000, 'x');
  run();
  BOOST_TEST(dialer->reason().why.size() == 1'024u);
}

BOOST_FIXTURE_TEST_CASE(codes_of_later_versions_are_understood, fixture) {
  start();
  feed(*dialer, std::string{"\0\x05r\x63why", 7});
  BOOST_TEST((dialer->state() == refused));
  BOOST_TEST((dialer->reason().code == refusal_code::not_admitted));
  BOOST_TEST(dialer->reason().why == "why");
}

BOOST_FIXTURE_TEST_CASE(another_format_of_greeting_is_refused, fixture) {
  start();
  auto greeting = dialer->take_output();
  BOOST_TEST_REQUIRE(greeting.substr(2, 6) == "gweir\1");
  greeting[7] = 2;
  feed(*acceptor, greeting);
  BOOST_TEST((acceptor->state() == refused));
  BOOST_TEST((acceptor->reason().code == refusal_code::version));
  feed(*dialer, acceptor->take_output());
  BOOST_TEST((dialer->state() == refused));
  BOOST_TEST((dialer->reason() == acceptor->reason()));
}

// -- attacks ------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(a_dialers_proof_is_good_for_one_handshake,
                        with_secret) {
  run();
  BOOST_TEST_REQUIRE((acceptor->state() == done));
  auto victim = link_handshake::accept(b.terms, nonce_of(3));
  feed(victim, said_by_dialer);
  BOOST_TEST((victim.state() == refused));
  BOOST_TEST(victim.reason().why == wrong_secret);
  BOOST_TEST(b.asked.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(an_acceptors_proof_is_good_for_one_handshake,
                        with_secret) {
  run();
  BOOST_TEST_REQUIRE((dialer->state() == done));
  auto victim = link_handshake::dial(a.terms, nonce_of(3));
  feed(victim, said_by_acceptor);
  BOOST_TEST((victim.state() == refused));
  BOOST_TEST(victim.reason().why == wrong_secret);
  BOOST_TEST(a.asked.size() == 1u);
}

// An impostor echoes what the dialer says, or has b's greeting and lets the
// dialer prove to itself.
BOOST_FIXTURE_TEST_CASE(what_is_echoed_proves_nothing, with_secret) {
  start();
  auto greeting = dialer->take_output();
  feed(*dialer, greeting);
  BOOST_TEST((dialer->state() == refused));
  BOOST_TEST((dialer->reason().code == refusal_code::itself));

  start();
  feed(*acceptor, dialer->take_output());
  feed(*dialer, acceptor->take_output());
  auto proof = dialer->take_output();
  feed(*dialer, proof);
  BOOST_TEST((dialer->state() == refused));
  BOOST_TEST((dialer->reason().code == refusal_code::secret));
  BOOST_TEST(a.asked.empty());
}

BOOST_FIXTURE_TEST_CASE(proofs_cannot_be_skipped, with_secret) {
  start();
  feed(*acceptor, dialer->take_output()
                    + std::string{"\0\x01"
                                  "c",
                                  3});
  BOOST_TEST((acceptor->state() == failed));
  start();
  feed(*acceptor, dialer->take_output());
  feed(*dialer, acceptor->take_output() + std::string{"\0\x01w", 3});
  BOOST_TEST((dialer->state() == failed));
  BOOST_TEST(a.asked.empty());
  BOOST_TEST(b.asked.empty());
}

// Somebody in between changes one bit of one side's words. Whatever it is, and
// wherever, there is no link where the words were taken, and the owner was not
// asked about a peer that is not there.
BOOST_FIXTURE_TEST_CASE(no_bit_of_the_proved_part_can_be_changed, with_secret) {
  run();
  auto proved = said_by_dialer.size() - 3; // but for the consent
  for (std::size_t i = 0; i < proved * 8; ++i) {
    auto hostile = said_by_dialer;
    hostile[i / 8] = static_cast<char>(hostile[i / 8] ^ (1 << (i % 8)));
    b.asked.clear();
    auto victim = link_handshake::accept(b.terms, nonce_of(2));
    feed(victim, hostile);
    BOOST_TEST_REQUIRE((victim.state() != done), i);
    BOOST_TEST_REQUIRE(b.asked.empty(), i);
  }
  proved = said_by_acceptor.size() - 3;
  for (std::size_t i = 0; i < proved * 8; ++i) {
    auto hostile = said_by_acceptor;
    hostile[i / 8] = static_cast<char>(hostile[i / 8] ^ (1 << (i % 8)));
    a.asked.clear();
    auto victim = link_handshake::dial(a.terms, nonce_of(1));
    feed(victim, hostile);
    BOOST_TEST_REQUIRE((victim.state() != done), i);
    BOOST_TEST_REQUIRE(a.asked.empty(), i);
  }
}

// -- bytes that are no handshake ----------------------------------------------

BOOST_FIXTURE_TEST_CASE(a_part_of_a_handshake_decides_nothing, with_secret) {
  run();
  for (std::size_t n = 0; n < said_by_dialer.size(); ++n) {
    auto x = link_handshake::accept(b.terms, nonce_of(2));
    feed(x, said_by_dialer.substr(0, n));
    BOOST_TEST_REQUIRE((x.state() == ongoing), n);
    BOOST_TEST_REQUIRE(x.wanted() > 0u, n);
  }
  for (std::size_t n = 0; n < said_by_acceptor.size(); ++n) {
    auto x = link_handshake::dial(a.terms, nonce_of(1));
    feed(x, said_by_acceptor.substr(0, n));
    BOOST_TEST_REQUIRE((x.state() == ongoing), n);
  }
}

BOOST_FIXTURE_TEST_CASE(other_protocols_fail_by_their_first_bytes, fixture) {
  for (const std::string text : {"GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02",
                                 "SSH-2.0-x\r\n", "\xff\xff\xff\xff"}) {
    auto x = link_handshake::accept(b.terms, nonce_of(2));
    feed(x, text);
    BOOST_TEST((x.state() == failed));
    BOOST_TEST(x.reason().why
               == "the other side does not speak as a node of Weir");
    BOOST_TEST(x.take_output() == "");
  }
}

BOOST_FIXTURE_TEST_CASE(no_frame_is_empty_or_longer_than_a_hello_needs,
                        fixture) {
  for (unsigned length = 0; length <= 0xffff; ++length) {
    auto x = link_handshake::accept(b.terms, nonce_of(2));
    std::string bytes{static_cast<char>(length >> 8),
                      static_cast<char>(length)};
    x.receive(bytes);
    auto longest = 1 + 4 + 2 + 32 + max_hello;
    BOOST_TEST_REQUIRE(
      (x.state() == (length >= 1 && length <= longest ? ongoing : failed)));
  }
}

BOOST_FIXTURE_TEST_CASE(any_bytes_end_in_a_verdict, with_secret) {
  run();
  std::mt19937 random{1};
  for (int i = 0; i < 20'000; ++i) {
    auto bytes = i % 2 == 0 ? said_by_dialer : said_by_acceptor;
    for (auto n = 1 + random() % 4; n > 0; --n)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    auto x = i % 2 == 0 ? link_handshake::accept(b.terms, nonce_of(9))
                        : link_handshake::dial(a.terms, nonce_of(9));
    feed(x, bytes);
    BOOST_TEST_REQUIRE((x.state() != done));
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
