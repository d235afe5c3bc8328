#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace weir {

/// [auth.webhook]: an endpoint that says what clients may do, asked where
/// `webhook` of a namespace says so. Without `url` there is none.
struct webhook_options {
  /// `https://...`; `http://` only on this machine.
  std::string url;
  /// The authority that its certificate is signed by (PEM); empty: those that
  /// the system trusts.
  std::string ca;
  /// What each question is signed with (Standard Webhooks): `whsec_` and
  /// base64 of 24 to 64 bytes; in the file, or in one of its own. Never logged.
  std::string secret;
  std::string secret_file;
  /// An answer that comes later is none, and nobody is let in.
  std::chrono::milliseconds timeout{1000};
  /// Questions at a time, and such that wait for it; who comes then is not let
  /// in.
  std::uint32_t concurrency = 32;
  std::uint32_t waiting = 1'000;
  /// Answers that are kept for as long as they say, an hour at most, and their
  /// bytes.
  std::uint32_t cache_entries = 10'000;
  std::size_t cache_bytes = std::size_t{8} * 1024 * 1024;

  bool operator==(const webhook_options&) const = default;

  bool is_configured() const { return !url.empty(); }
};

} // namespace weir
