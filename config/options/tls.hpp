#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace weir {

enum class tls_version { v1_2, v1_3 };

/// [[server.tls.sni]]: a certificate for some of the names that clients ask
/// for.
struct tls_sni_options {
  /// `chat.example.org`, or `*.example.org` for any one label in its place.
  std::vector<std::string> hosts;
  std::string certificate;
  std::string key;
  /// Where it stands in the file; 0: unknown.
  std::uint32_t line = 0;

  bool operator==(const tls_sni_options&) const = default;
};

/// [server.tls], [admin.tls]: TLS on a port. Files are named as seen from the
/// configuration's own folder, and read again when they change, and on SIGHUP.
struct tls_options {
  /// The port's certificate, with those between it and the authority (PEM);
  /// empty: no TLS.
  std::string certificate;
  /// Its private key (PEM), without a passphrase.
  std::string key;
  /// Authorities that the certificates of clients must be signed by (PEM);
  /// empty: clients are asked for none. Who shows none is let in.
  std::string client_ca;
  /// The oldest version that is spoken.
  tls_version min_version = tls_version::v1_2;
  /// For names that have certificates of their own.
  std::vector<tls_sni_options> sni;

  bool operator==(const tls_options&) const = default;
};

} // namespace weir
