#pragma once

#include "config/base/watched_files.hpp"
#include "config/options/tls.hpp"
#include "transport/engineio/tls_session.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace weir::http {

/// A port's certificates, and the sessions that clients open with them: TLS 1.2
/// and 1.3 as RFC 9325 wants it, HTTP/1.1 by ALPN. Thread-safe.
class tls_port {
public:
  /// `table` is that of the configuration ("server.tls"). Throws
  /// `std::runtime_error` that begins with the key and names the file and what
  /// is wrong with it. Requires: there is a certificate.
  tls_port(tls_options settings, std::string table);
  ~tls_port();

  /// When the first of its certificates is over: seconds since 1970.
  std::int64_t end() const;

  /// Throws `std::bad_alloc`.
  std::unique_ptr<engineio::tls_session> accept() const;

  /// Reads the files again, for sessions that come. Throws as the constructor
  /// does, and keeps to what was there before. Not on a loop.
  void reload() { prepare(files_.settings())(); }

  /// Reads files that may be other ones. Throws likewise; what is returned has
  /// them used from then on, and throws nothing.
  std::function<void()> prepare(tls_options settings);

  /// Whether a file is another one than when they were last read, well or not.
  /// Not on a loop.
  bool has_changed() const { return files_.has_changed(); }

private:
  struct contexts;

  const std::string table_;
  watched_files<tls_options> files_;
  mutable std::mutex mutex_; ///< of what follows
  std::shared_ptr<const contexts> contexts_;
};

/// Null where the settings want no TLS.
std::shared_ptr<tls_port> open_tls(const tls_options& settings,
                                   const std::string& table);

} // namespace weir::http
