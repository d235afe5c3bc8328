#include "actors/cluster/link_settings.hpp"

#include "transport/engineio/openssl_reason.hpp"

#include <caf/io/middleman.hpp>
#include <caf/openssl/manager.hpp>
#include <caf/timespan.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace weir {

namespace {

/// So that one that comes late, since its packet was lost, does not cost the
/// link.
constexpr auto heartbeats_per_timeout = 4;

[[noreturn]] void fail(const std::string& key, const std::string& file,
                       const std::string& what) {
  throw std::runtime_error("cluster.tls." + key + ": " + file + " " + what
                           + " (" + engineio::openssl_reason() + ")");
}

/// The files are looked at now: CAF does so with the first link, which is too
/// late for an operator.
void configure_tls(caf::actor_system_config& cfg,
                   const cluster_tls_options& x) {
  check_certificates(x);
  cfg.load<caf::openssl::manager>();
  cfg.openssl_certificate = x.certificate;
  cfg.openssl_key = x.key;
  cfg.openssl_cafile = x.ca;
}

} // namespace

void check_certificates(const cluster_tls_options& x) {
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> ctx{SSL_CTX_new(TLS_method()),
                                                   SSL_CTX_free};
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(ctx.get(), x.certificate.c_str()) != 1)
    fail("certificate", x.certificate, "holds no certificate");
  if (SSL_CTX_use_PrivateKey_file(ctx.get(), x.key.c_str(), SSL_FILETYPE_PEM)
      != 1)
    fail("key", x.key, "does not hold the certificate's key");
  if (SSL_CTX_load_verify_locations(ctx.get(), x.ca.c_str(), nullptr) != 1)
    fail("ca", x.ca, "holds no certificate");
}

void configure_links(caf::actor_system_config& cfg, const cluster_options& x) {
  if (x.listen.empty())
    return;
  cfg.load<caf::io::middleman>();
  caf::timespan timeout = x.timeout;
  cfg.set("caf.middleman.connection-timeout", timeout);
  cfg.set("caf.middleman.heartbeat-interval",
          caf::timespan{timeout / heartbeats_per_timeout});
  cfg.set("caf.middleman.app-identifiers", std::vector<std::string>{"weir"});
  // CAF's own ways to connect and listen, each with a thread, are not used.
  cfg.set("caf.middleman.attach-utility-actors", true);
  if (!x.tls.certificate.empty())
    configure_tls(cfg, x.tls);
}

bool uses_tls(const caf::actor_system_config& cfg) {
  return !cfg.openssl_certificate.empty();
}

} // namespace weir
