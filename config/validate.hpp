#pragma once

// Checks across keys; those of a key by itself are where it is declared
// (keys.hpp).

#include "config/options.hpp"
#include "config/report.hpp"

#include <string>
#include <vector>

namespace weir::config {

/// Everything below.
void validate(const options& x, report& log);

/// Where this node is in its cluster, and how the links are secured.
void validate_cluster(const options& x, report& log);

/// Where tokens come with a request: what is kept of it has space for one.
void derive_auth_limits(options& x, const report& log);

/// Whether clients may have tokens, and show by anything who they are, as far
/// as that could be read: what is wrong with it is reported elsewhere.
bool may_have_tokens(const options& x, const report& log);
bool may_identify_clients(const options& x, const report& log);

/// Who clients are: whose tokens and certificates count.
void validate_auth(const options& x, report& log);

/// TLS on a port; `path` is `server.tls` or `admin.tls`.
void validate_tls(const tls_options& x, const std::string& path, report& log);

/// A folder whose files are served, named by the key at `path`.
void validate_folder(const std::string& folder, const std::string& path,
                     std::size_t max_bytes, report& log);

/// Where spans go.
void validate_tracing(const tracing_options& x, report& log);

/// The Admin UI on the operator's port.
void validate_ui(const options& x, report& log);

/// How often something may happen.
void validate_rates(const options& x, report& log);

/// The namespaces among themselves.
void validate_namespaces(const options& x, report& log);

/// Who may do what, and whether tokens can tell.
void validate_permissions(const options& x, report& log);

/// Keys that matter only where another one is set.
void validate_effects(const options& x, report& log);

/// What it knows of: paths without indexes, such as
/// `namespace.mapping.id_from`.
std::vector<std::string> conditional_keys();

/// One namespace; `path` is `namespace[0]`.
void validate_namespace(const namespace_options& x, const std::string& path,
                        report& log);

/// One mapping; `path` is `namespace[0].mapping[1]`.
void validate_mapping(const mapping_options& x, const std::string& path,
                      report& log);

/// One local event; `path` is `namespace[0].local[1]`.
void validate_local(const namespace_options& nsp, const local_options& x,
                    const std::string& path, report& log);

/// `prefix[i]`.
inline std::string element(const std::string& prefix, std::size_t i) {
  return prefix + "[" + std::to_string(i) + "]";
}

} // namespace weir::config
