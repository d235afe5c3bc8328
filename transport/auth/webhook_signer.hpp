#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::auth {

/// Signs what is sent to a webhook, as Standard Webhooks has it: HMAC-SHA256
/// over `<id>.<timestamp>.<body>`.
class webhook_signer {
public:
  /// Of a secret `whsec_<base64>` with 24 to 64 bytes; nothing: it is none.
  static std::optional<webhook_signer> from_secret(std::string_view text);

  /// The value of the header `webhook-signature`: `v1,<base64>`. `timestamp`:
  /// seconds since 1970.
  std::string sign(std::string_view id, std::int64_t timestamp,
                   std::string_view body) const;

private:
  explicit webhook_signer(std::string key) : key_(std::move(key)) {}

  std::string key_;
};

} // namespace weir::auth
