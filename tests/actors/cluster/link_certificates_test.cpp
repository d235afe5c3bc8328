#include "actors/cluster/link_certificates.hpp" // unit under test

#include "tests/support/certificates.hpp"

#include <boost/test/unit_test.hpp>

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

namespace {

using namespace std::chrono_literals;
using namespace weir;

using tls_result = link_tls::result;

/// The other side of a link, which any certificate will do for. Nothing waits:
/// both sides take turns.
struct other_side {
  explicit other_side(const cluster_tls_options& x) {
    BOOST_TEST_REQUIRE(
      ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0);
    if (!x.certificate.empty()) {
      SSL_CTX_use_certificate_chain_file(context.get(), x.certificate.c_str());
      SSL_CTX_use_PrivateKey_file(context.get(), x.key.c_str(),
                                  SSL_FILETYPE_PEM);
    }
    session.reset(SSL_new(context.get()));
    SSL_set_fd(session.get(), ends[0]);
    SSL_set_connect_state(session.get());
  }

  ~other_side() {
    session.reset();
    for (auto x : ends)
      ::close(x);
  }

  /// What our end comes to when all is said.
  tls_result shake_hands(link_tls& ours) {
    auto last = tls_result::wants_read;
    for (int i = 0; i < 10 && last != tls_result::failed; ++i) {
      std::size_t n = 0;
      char byte = 0;
      SSL_do_handshake(session.get());
      last = ours.read(n, &byte, 1);
    }
    return last;
  }

  /// The common name of whom it has seen.
  std::string seen() const {
    std::unique_ptr<X509, void (*)(X509*)> x{
      SSL_get1_peer_certificate(session.get()), X509_free};
    std::array<char, 100> text{};
    X509_NAME_get_text_by_NID(X509_get_subject_name(x.get()), NID_commonName,
                              text.data(), text.size());
    return text.data();
  }

  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context{
    SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
  std::unique_ptr<SSL, void (*)(SSL*)> session{nullptr, SSL_free};
  std::array<int, 2> ends{};
};

struct fixture {
  fixture() {
    std::signal(SIGPIPE, SIG_IGN); // as the program does
    auto name
      = (std::filesystem::temp_directory_path() / "weir-XXXXXX").string();
    BOOST_REQUIRE(mkdtemp(name.data()) != nullptr);
    folder = name;
    one.emplace(folder, "one");
    settings = of("a");
  }

  ~fixture() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }

  cluster_tls_options of(const std::string& node) const {
    return {one->certificate(node), one->key(node), one->ca()};
  }

  std::string write(const std::string& name, const std::string& text) {
    auto path = folder / name;
    std::ofstream{path} << text;
    return path;
  }

  /// As another one has it by then, whatever the clock says.
  void touch(const std::string& file) {
    std::filesystem::last_write_time(
      file, std::filesystem::last_write_time(file) + 10s);
  }

  /// Whom a node sees to which a link begins.
  std::string shown_by(const link_certificates& x) {
    other_side peer{of("peer")};
    auto link = x.open(peer.ends[1], false);
    BOOST_TEST((peer.shake_hands(*link) == tls_result::progress));
    return peer.seen();
  }

  void expect_mistake(cluster_tls_options x, const std::string& begin) {
    auto is_told = [&](const std::runtime_error& e) {
      BOOST_TEST_MESSAGE(e.what());
      return std::string{e.what()}.starts_with(begin);
    };
    BOOST_CHECK_EXCEPTION(link_certificates{x}, std::runtime_error, is_told);
    link_certificates former{settings};
    BOOST_CHECK_EXCEPTION(former.prepare(x), std::runtime_error, is_told);
    BOOST_TEST(shown_by(former) == "a");
  }

  std::filesystem::path folder;
  std::optional<test::authority> one;
  cluster_tls_options settings;
};

BOOST_FIXTURE_TEST_SUITE(link_certificates_suite, fixture)

BOOST_AUTO_TEST_CASE(there_are_none_without_tls_or_links) {
  cluster_options x;
  x.tls = settings;
  BOOST_TEST(!open_link_certificates(x));
  x.listen = "127.0.0.1:0";
  BOOST_TEST(!!open_link_certificates(x));
  x.tls = {};
  BOOST_TEST(!open_link_certificates(x));
}

BOOST_AUTO_TEST_CASE(what_is_of_no_use_is_named_and_changes_nothing) {
  auto junk = write("junk", "nothing of the kind");
  auto bad = settings;
  bad.certificate = junk;
  expect_mistake(bad, "cluster.tls.certificate: " + junk
                        + " holds no certificate (");
  bad = settings;
  bad.ca = junk;
  expect_mistake(bad, "cluster.tls.ca: " + junk + " holds no certificate (");
  bad = settings;
  bad.key = of("b").key;
  expect_mistake(bad, "cluster.tls.key: " + bad.key
                        + " does not hold the certificate's key (");
  bad.key = (folder / "gone").string();
  expect_mistake(bad, "cluster.tls.key: " + bad.key
                        + " does not hold the certificate's key (");
}

BOOST_AUTO_TEST_CASE(others_are_shown_once_they_are_used) {
  link_certificates x{settings};
  BOOST_TEST(shown_by(x) == "a");
  auto use = x.prepare(of("b"));
  BOOST_TEST(shown_by(x) == "a");
  use();
  BOOST_TEST(shown_by(x) == "b");
}

BOOST_AUTO_TEST_CASE(files_of_the_same_name_are_read_again) {
  settings = {write("c.pem", ""), write("c.key", ""), one->ca()};
  auto fill = [&](const std::string& node) {
    auto from = of(node);
    auto replace = std::filesystem::copy_options::overwrite_existing;
    std::filesystem::copy_file(from.certificate, settings.certificate, replace);
    std::filesystem::copy_file(from.key, settings.key, replace);
    touch(settings.certificate);
  };
  fill("a");
  link_certificates x{settings};
  BOOST_TEST(!x.has_changed());
  fill("b");
  touch(settings.certificate);
  BOOST_TEST(x.has_changed());
  BOOST_TEST(shown_by(x) == "a");
  x.reload();
  BOOST_TEST(!x.has_changed());
  BOOST_TEST(shown_by(x) == "b");
  // ones that are of no use are not read again and again
  write("c.key", "nothing of the kind");
  touch(settings.key);
  BOOST_TEST(x.has_changed());
  BOOST_CHECK_THROW(x.reload(), std::runtime_error);
  BOOST_TEST(!x.has_changed());
  BOOST_TEST(shown_by(x) == "b");
}

BOOST_AUTO_TEST_CASE(the_first_of_those_that_are_shown_ends_them_all) {
  auto left = [](const link_certificates& x) {
    return x.end() - static_cast<std::int64_t>(std::time(nullptr));
  };
  auto is_about = [](std::int64_t x, std::int64_t seconds) {
    return x > seconds - 60 && x <= seconds;
  };
  link_certificates x{settings};
  BOOST_TEST(is_about(left(x), 3600), left(x));
  // and with one between it and the authority
  auto text_of = [](const std::string& file) {
    std::ifstream from{file};
    return std::string{std::istreambuf_iterator{from}, {}};
  };
  settings.certificate = write("chain",
                               text_of(settings.certificate)
                                 + text_of(one->certificate("x", 900)));
  auto use = x.prepare(settings);
  BOOST_TEST(is_about(left(x), 3600), left(x));
  use();
  BOOST_TEST(is_about(left(x), 900), left(x));
}

BOOST_AUTO_TEST_CASE(a_link_outlives_what_it_began_with) {
  auto x = std::make_unique<link_certificates>(settings);
  other_side peer{of("peer")};
  auto link = x->open(peer.ends[1], false);
  BOOST_TEST((peer.shake_hands(*link) == tls_result::progress));
  x->prepare(of("b"))();
  x.reset();
  std::size_t n = 0;
  std::array<char, 8> text{};
  BOOST_TEST((link->write(n, "hello", 5) == tls_result::progress));
  BOOST_TEST(n == 5u);
  BOOST_TEST(SSL_read(peer.session.get(), text.data(), 8) == 5);
  SSL_write(peer.session.get(), text.data(), 5);
  BOOST_TEST((link->read(n, text.data(), 2) == tls_result::progress));
  BOOST_TEST(n == 2u);
  BOOST_TEST(link->pending() == 3u);
}

BOOST_AUTO_TEST_CASE(a_link_says_what_it_comes_to) {
  const link_certificates x{settings};
  other_side peer{of("peer")};
  auto link = x.open(peer.ends[1], false);
  std::size_t n = 0;
  char byte = 0;
  BOOST_TEST((link->write(n, "x", 1) == tls_result::wants_read));
  BOOST_TEST((peer.shake_hands(*link) == tls_result::progress));
  BOOST_TEST((link->write(n, nullptr, 0) == tls_result::idle));
  BOOST_TEST((link->read(n, &byte, 1) == tls_result::progress)); // none so far
  BOOST_TEST(n == 0u);
  ::shutdown(peer.ends[0], SHUT_RDWR);
  BOOST_TEST((link->read(n, &byte, 1) == tls_result::failed));
  BOOST_TEST((link->write(n, "x", 1) == tls_result::failed));
  BOOST_TEST(link->problem() == "");
}

BOOST_AUTO_TEST_CASE(who_shows_no_certificate_or_a_strange_one_is_refused) {
  const link_certificates x{settings};
  test::authority two{folder, "two"};
  for (auto& [tls, why] :
       {std::pair{cluster_tls_options{}, "peer did not return a certificate"},
        std::pair{cluster_tls_options{two.certificate("a"), two.key("a"),
                                      two.ca()},
                  "certificate verify failed"}}) {
    other_side peer{tls};
    auto link = x.open(peer.ends[1], false);
    BOOST_TEST((peer.shake_hands(*link) == tls_result::failed));
    BOOST_TEST(link->problem() == why);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
