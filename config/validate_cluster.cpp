#include "config/address.hpp"
#include "config/validate.hpp"

#include <array>
#include <filesystem>

namespace weir::config {

namespace {

struct tls_file {
  std::string_view name;
  const std::string* path;
};

std::array<tls_file, 3> files_of(const cluster_tls_options& x) {
  return {tls_file{"certificate", &x.certificate}, tls_file{"key", &x.key},
          tls_file{"ca", &x.ca}};
}

bool is_complete(const cluster_tls_options& x) {
  return !x.certificate.empty() && !x.key.empty() && !x.ca.empty();
}

/// Whether what is not there may be called missing: an unknown name may just be
/// the key, misspelled.
bool is_readable(const report& log) {
  for (auto* path : {"cluster.secret", "cluster.tls", "cluster.tls.certificate",
                     "cluster.tls.key", "cluster.tls.ca"})
    if (log.is_unreadable(path))
      return false;
  return true;
}

/// `key and ca`; empty: none.
std::string missing_in(const cluster_tls_options& x) {
  std::string result;
  for (auto& file : files_of(x))
    if (file.path->empty())
      result.append(result.empty() ? "" : " and ").append(file.name);
  return result;
}

void validate_tls(const cluster_tls_options& x, report& log) {
  std::error_code ignored;
  auto missing = is_readable(log) ? missing_in(x) : std::string{};
  for (auto& file : files_of(x)) {
    if (file.path->empty())
      continue;
    auto path = "cluster.tls." + std::string{file.name};
    if (!std::filesystem::is_regular_file(*file.path, ignored))
      log.error_at(path, in_quotes(*file.path)
                           + " is not a file; relative ones start at the "
                             "configuration's own folder");
    if (!missing.empty())
      log.error_at(path, "not without " + missing + "; set all of "
                           + "certificate, key and ca in [cluster.tls], or "
                             "none");
    missing.clear(); // said once
  }
}

/// What keeps strangers out of a port that they can reach; empty: it is there.
std::string missing_for_others(const cluster_options& x) {
  std::string secret = x.secret.empty() ? "a secret in [cluster]" : "";
  std::string tls = is_complete(x.tls) ? ""
                                       : "certificate, key and ca in "
                                         "[cluster.tls]";
  return secret + (secret.empty() || tls.empty() ? "" : ", and ") + tls;
}

void validate_reach(const cluster_options& x, const ip_address& at,
                    report& log) {
  auto missing = missing_for_others(x);
  if (!is_loopback(at) && !missing.empty() && is_readable(log))
    log.error_at("cluster.listen",
                 in_quotes(x.listen)
                   + " can be reached from other machines; set " + missing
                   + ", or listen at \"127.0.0.1:" + std::to_string(at.port)
                   + "\"");
  if (is_unspecified(at) && x.advertise.empty()
      && !log.is_unreadable("cluster.advertise"))
    log.error_at("cluster.listen",
                 in_quotes(x.listen)
                   + " is nothing that other nodes can dial; set advertise in "
                     "[cluster], such as \"weir1.example:"
                   + std::to_string(at.port) + "\"");
}

void validate_port(const options& x, const ip_address& at, report& log) {
  if (at.port == 0)
    return;
  for (auto [listen, owner] : {std::pair{&x.server.listen, "[server]"},
                               std::pair{&x.admin.listen, "[admin]"}})
    if (auto other = parse_address(*listen); other && share_a_port(at, *other))
      log.error_at("cluster.listen", in_quotes(*listen) + " is also where "
                                       + owner
                                       + " listens; choose another port");
}

} // namespace

void validate_cluster(const options& x, report& log) {
  validate_tls(x.cluster.tls, log);
  auto at = parse_address(x.cluster.listen);
  if (!at)
    return; // there is none, or that is already reported
  validate_reach(x.cluster, *at, log);
  validate_port(x, *at, log);
}

} // namespace weir::config
