#include "actors/cluster/link_certificates.hpp"

#include "transport/engineio/certificate_end.hpp"
#include "transport/engineio/openssl_reason.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace weir {

namespace {

/// Of TLS 1.2, for a library that is held to it: with forward secrecy and
/// authenticated (RFC 9325, 4.2).
constexpr auto ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";

[[noreturn]] void fail(const std::string& key, const std::string& file,
                       const std::string& what) {
  throw std::runtime_error("cluster.tls." + key + ": " + file + " " + what
                           + " (" + engineio::openssl_reason() + ")");
}

/// Each link has a handshake of its own, in which both sides look at the other's
/// certificate: nothing is resumed.
void set_up(SSL_CTX* x) {
  SSL_CTX_set_min_proto_version(x, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(x, ciphers);
  SSL_CTX_set_options(x, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION
                           | SSL_OP_NO_TICKET);
  SSL_CTX_set_session_cache_mode(x, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(x, 0);
  SSL_CTX_set_verify(x, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                     nullptr);
}

std::vector<std::string> files_of(const cluster_tls_options& x) {
  return {x.certificate, x.key, x.ca};
}

} // namespace

link_certificates::link_certificates(cluster_tls_options settings)
  : files_(std::move(settings), files_of) {
  reload();
}

link_certificates::context_ptr link_certificates::context() const {
  const std::scoped_lock lock{mutex_};
  return context_;
}

std::int64_t link_certificates::end() const {
  return engineio::first_end(*context());
}

std::unique_ptr<link_tls> link_certificates::open(int descriptor,
                                                  bool dialed) const {
  auto from = context();
  return std::make_unique<link_tls>(from.get(), descriptor, dialed);
}

std::function<void()> link_certificates::prepare(cluster_tls_options settings) {
  return files_.prepare(std::move(settings), [this](auto& x) {
    return [this, read = make_context(x)] {
      const std::scoped_lock lock{mutex_};
      context_ = read;
    };
  });
}

link_certificates::context_ptr
link_certificates::make_context(const cluster_tls_options& x) {
  context_ptr result{SSL_CTX_new(TLS_method()), SSL_CTX_free};
  auto* to = result.get();
  if (to == nullptr)
    throw std::bad_alloc{};
  ERR_clear_error();
  set_up(to);
  if (SSL_CTX_use_certificate_chain_file(to, x.certificate.c_str()) != 1)
    fail("certificate", x.certificate, "holds no certificate");
  if (SSL_CTX_use_PrivateKey_file(to, x.key.c_str(), SSL_FILETYPE_PEM) != 1
      || SSL_CTX_check_private_key(to) != 1)
    fail("key", x.key, "does not hold the certificate's key");
  if (SSL_CTX_load_verify_locations(to, x.ca.c_str(), nullptr) != 1)
    fail("ca", x.ca, "holds no certificate");
  return result;
}

std::shared_ptr<link_certificates>
open_link_certificates(const cluster_options& x) {
  if (x.listen.empty() || x.tls.certificate.empty())
    return nullptr;
  return std::make_shared<link_certificates>(x.tls);
}

} // namespace weir
