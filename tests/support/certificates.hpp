#pragma once

#include <filesystem>
#include <memory>
#include <string>

struct evp_pkey_st;
struct x509_st;

namespace weir::test {

/// An authority made up for a test, which signs certificates for nodes.
class authority {
public:
  /// Keeps its files in `folder`, and begins with its own certificate there.
  authority(std::filesystem::path folder, const std::string& name);
  ~authority();

  std::string ca() const;

  /// Writes a key and a certificate for it, good for so many seconds; returns
  /// the latter's path.
  std::string certificate(const std::string& node, long lasts = 3600) const;

  /// The path of that key.
  std::string key(const std::string& node) const;

private:
  std::filesystem::path folder_;
  std::string name_;
  std::unique_ptr<evp_pkey_st, void (*)(evp_pkey_st*)> key_;
  std::unique_ptr<x509_st, void (*)(x509_st*)> certificate_;
};

} // namespace weir::test
