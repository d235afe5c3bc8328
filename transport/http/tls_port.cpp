#include "transport/http/tls_port.hpp"

#include "transport/engineio/certificate_end.hpp"
#include "transport/engineio/openssl_reason.hpp"

#include <boost/beast/core/string.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <new>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::http {

namespace {

using context_ptr = std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)>;

/// Of TLS 1.2: with forward secrecy and authenticated (RFC 9325, 4.2). Those of
/// 1.3 all are.
constexpr auto ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";

/// What ALPN calls HTTP/1.1.
constexpr unsigned char http_1_1[] = "\x08http/1.1";

[[noreturn]] void fail(const std::string& key, const std::string& file,
                       const std::string& what) {
  throw std::runtime_error(key + ": " + file + " " + what + " ("
                           + engineio::openssl_reason() + ")");
}

/// A client that offers other protocols only is refused, as it would not
/// understand the answer (RFC 7301, 3.2).
int select_protocol(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* in, unsigned in_size, void*) {
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, http_1_1, sizeof http_1_1 - 1,
                            in, in_size)
      != OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

void set_up(SSL_CTX* x, const tls_options& settings) {
  SSL_CTX_set_min_proto_version(x, settings.min_version == tls_version::v1_3
                                     ? TLS1_3_VERSION
                                     : TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(x, ciphers);
  // What a stream's end means is said above TLS: lengths, frames.
  SSL_CTX_set_options(x, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION
                           | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(x, SSL_MODE_ENABLE_PARTIAL_WRITE
                        | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                        | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(x, 1); // header and record with one call
  // Sessions are resumed by tickets, which clients keep.
  SSL_CTX_set_session_cache_mode(x, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(x, 1);
  SSL_CTX_set_alpn_select_cb(x, select_protocol, nullptr);
}

void set_clients(SSL_CTX* x, const std::string& file, const std::string& key) {
  constexpr unsigned char id[] = "weir";
  if (file.empty())
    return;
  auto* names = SSL_load_client_CA_file(file.c_str());
  if (names == nullptr
      || SSL_CTX_load_verify_locations(x, file.c_str(), nullptr) != 1)
    fail(key, file, "holds no certificate");
  SSL_CTX_set_client_CA_list(x, names);
  SSL_CTX_set_verify(x, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_session_id_context(x, id, sizeof id - 1); // tickets want one
}

struct key_pair {
  const std::string& certificate;
  const std::string& key;
};

context_ptr make_context(const key_pair& files, const tls_options& settings,
                         const std::string& table, const std::string& entry) {
  context_ptr result{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
  auto* x = result.get();
  if (x == nullptr)
    throw std::bad_alloc{};
  ERR_clear_error();
  set_up(x, settings);
  if (SSL_CTX_use_certificate_chain_file(x, files.certificate.c_str()) != 1)
    fail(entry + ".certificate", files.certificate, "holds no certificate");
  if (SSL_CTX_use_PrivateKey_file(x, files.key.c_str(), SSL_FILETYPE_PEM) != 1
      || SSL_CTX_check_private_key(x) != 1)
    fail(entry + ".key", files.key, "does not hold the certificate's key");
  set_clients(x, settings.client_ca, table + ".client_ca");
  return result;
}

/// `*.example.com` has one label in front of what follows.
bool matches(std::string_view pattern, std::string_view host) {
  if (pattern.starts_with("*.")) {
    auto dot = host.find('.');
    return dot != 0 && dot != host.npos
           && boost::beast::iequals(host.substr(dot), pattern.substr(1));
  }
  return boost::beast::iequals(pattern, host);
}

std::vector<std::string> files_of(const tls_options& x) {
  std::vector<std::string> result{x.certificate, x.key, x.client_ca};
  for (auto& y : x.sni)
    result.insert(result.end(), {y.certificate, y.key});
  return result;
}

} // namespace

struct tls_port::contexts {
  contexts(const tls_options& settings, const std::string& table)
    : first(make_context({settings.certificate, settings.key}, settings, table,
                         table)),
      end(engineio::first_end(*first)) {
    for (std::size_t i = 0; i < settings.sni.size(); ++i) {
      auto& x = settings.sni[i];
      named.emplace_back(
        x.hosts, make_context({x.certificate, x.key}, settings, table,
                              table + ".sni[" + std::to_string(i) + "]"));
      end = std::min(end, engineio::first_end(*named.back().second));
    }
    SSL_CTX_set_tlsext_servername_callback(first.get(), select);
    SSL_CTX_set_tlsext_servername_arg(first.get(), this);
  }

  contexts(const contexts&) = delete;
  contexts& operator=(const contexts&) = delete;

  static int select(SSL* session, int*, void* self) {
    auto* host = SSL_get_servername(session, TLSEXT_NAMETYPE_host_name);
    if (host == nullptr)
      return SSL_TLSEXT_ERR_NOACK;
    if (auto* x = static_cast<contexts*>(self)->of(host))
      SSL_set_SSL_CTX(session, x);
    return SSL_TLSEXT_ERR_OK;
  }

  /// An exact name comes before a pattern.
  SSL_CTX* of(std::string_view host) const {
    SSL_CTX* result = nullptr;
    for (auto& [hosts, context] : named)
      for (auto& pattern : hosts)
        if (matches(pattern, host)
            && (result == nullptr || !pattern.starts_with('*')))
          result = context.get();
    return result;
  }

  context_ptr first;
  std::int64_t end;
  std::vector<std::pair<std::vector<std::string>, context_ptr>> named;
};

tls_port::tls_port(tls_options settings, std::string table)
  : table_(std::move(table)), files_(std::move(settings), files_of) {
  reload();
}

tls_port::~tls_port() = default;

std::int64_t tls_port::end() const {
  const std::lock_guard lock{mutex_};
  return contexts_->end;
}

std::unique_ptr<engineio::tls_session> tls_port::accept() const {
  std::unique_lock lock{mutex_};
  auto from = contexts_;
  lock.unlock();
  auto* session = SSL_new(from->first.get());
  if (session == nullptr)
    throw std::bad_alloc{};
  return std::make_unique<engineio::tls_session>(session, std::move(from));
}

std::function<void()> tls_port::prepare(tls_options settings) {
  return files_.prepare(std::move(settings), [this](auto& x) {
    return [this, read = std::make_shared<const contexts>(x, table_)] {
      const std::lock_guard lock{mutex_};
      contexts_ = read;
    };
  });
}

std::shared_ptr<tls_port> open_tls(const tls_options& settings,
                                   const std::string& table) {
  if (settings.certificate.empty())
    return nullptr;
  return std::make_shared<tls_port>(settings, table);
}

} // namespace weir::http
