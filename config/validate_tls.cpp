#include "config/validate.hpp"

#include <filesystem>

namespace weir::config {

namespace {

void validate_file(const std::string& file, const std::string& path,
                   report& log) {
  std::error_code ignored;
  if (!file.empty() && !std::filesystem::is_regular_file(file, ignored))
    log.error_at(path, in_quotes(file)
                         + " is not a file; relative ones start at the "
                           "configuration's own folder");
}

/// A certificate and its key, of which neither is there without the other.
/// Whether there is any.
bool validate_pair(const std::string& certificate, const std::string& key,
                   const std::string& path, report& log) {
  validate_file(certificate, path + ".certificate", log);
  validate_file(key, path + ".key", log);
  auto readable = !log.is_unreadable(path + ".certificate")
                  && !log.is_unreadable(path + ".key");
  if (certificate.empty() && !key.empty() && readable)
    log.error_at(path + ".key", "not without certificate; set both");
  if (!certificate.empty() && key.empty() && readable)
    log.error_at(path + ".certificate", "not without key; set both");
  return !certificate.empty() || !readable;
}

void validate_sni(const tls_sni_options& x, const std::string& path,
                  report& log) {
  if (x.hosts.empty() && !log.is_unreadable(path + ".hosts"))
    log.error_at(path, "hosts is missing: the names that clients ask for, such "
                       "as hosts = [\"chat.example.org\"]");
  if (!validate_pair(x.certificate, x.key, path, log) && x.key.empty())
    log.error_at(path, "certificate and key are missing");
}

} // namespace

void validate_tls(const tls_options& x, const std::string& path, report& log) {
  auto has_certificate = validate_pair(x.certificate, x.key, path, log);
  validate_file(x.client_ca, path + ".client_ca", log);
  const std::string alone = "does nothing without a certificate; set "
                            "certificate and key in ["
                            + path + "]";
  if (!has_certificate && !x.client_ca.empty())
    log.error_at(path + ".client_ca", alone);
  if (!has_certificate && log.is_given(path + ".min_version"))
    log.error_at(path + ".min_version", alone);
  for (std::size_t i = 0; i < x.sni.size(); ++i) {
    auto entry = element(path + ".sni", i);
    validate_sni(x.sni[i], entry, log);
    if (!has_certificate)
      log.error_at(entry, alone);
  }
}

} // namespace weir::config
