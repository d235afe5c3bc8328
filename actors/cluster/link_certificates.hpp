#pragma once

#include "actors/cluster/link_tls.hpp"
#include "config/base/watched_files.hpp"
#include "config/options/cluster.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>

namespace weir {

/// What this node shows other nodes, and whom it trusts: [cluster.tls]. Each
/// link is encrypted with what there is when it begins, and goes on with that
/// until it ends. Thread-safe.
class link_certificates {
public:
  /// Throws `std::runtime_error` that begins with the key and names the file and
  /// what is wrong with it. Requires: there is a certificate.
  explicit link_certificates(cluster_tls_options settings);

  /// When the first of those that it shows is over: seconds since 1970.
  std::int64_t end() const;

  /// For a link that begins, over its socket. Throws `std::bad_alloc`.
  std::unique_ptr<link_tls> open(int descriptor, bool dialed) const;

  /// Reads the files again, for links that begin. Throws as the constructor
  /// does, and keeps to what was there before. Not on a loop.
  void reload() { prepare(files_.settings())(); }

  /// Reads files that may be other ones. Throws likewise; what is returned has
  /// them used from then on, and throws nothing.
  std::function<void()> prepare(cluster_tls_options settings);

  /// Whether a file is another one than when they were last read, well or not.
  /// Not on a loop.
  bool has_changed() const { return files_.has_changed(); }

private:
  using context_ptr = std::shared_ptr<ssl_ctx_st>;

  static context_ptr make_context(const cluster_tls_options& settings);

  context_ptr context() const;

  watched_files<cluster_tls_options> files_;
  mutable std::mutex mutex_; ///< of what follows
  context_ptr context_;
};

/// Null where links are not encrypted, or there are none.
std::shared_ptr<link_certificates>
open_link_certificates(const cluster_options& settings);

} // namespace weir
