#pragma once

// Metrics of who clients are, and what they may do.

#include "actors/runtime/metrics.hpp"

namespace weir::metrics {

inline constexpr metric tokens_refused{
  "tokens_refused",
  "Tokens and certificates of clients that did not count, by why ([auth.jwt], "
  "auth.certificate_user); token_missing: there was none",
  "code"};
inline constexpr metric webhook_decisions{
  "webhook_decisions",
  "Questions for the endpoint of [auth.webhook], by what came of them (cached: "
  "by an earlier answer; left_alone, too_many: it was not asked)",
  "outcome"};
inline constexpr metric webhook_refused{
  "webhook_refused",
  "Clients that were not let into a namespace by [auth.webhook], by their "
  "code; "
  "joins: weir_requests_refused_total",
  "code"};
inline constexpr metric webhook_expired{
  "webhook_expired",
  "Connections that were closed because what [auth.webhook] had allowed was "
  "over",
  {}};
inline constexpr metric key_fetches{
  "key_fetches",
  "Times that the key set at auth.jwt.jwks was asked for, by what came of it",
  "result"};
inline constexpr metric tokens_expired{
  "tokens_expired",
  "Connections that were closed because a token had ended",
  {}};
inline constexpr metric certificates_expired{
  "certificates_expired",
  "Connections that were closed because the client's certificate had ended "
  "(auth.certificate_user)",
  {}};
inline constexpr metric denied_sockets{
  "denied_sockets",
  "Sockets that were sent away because their user or token is denied "
  "(auth.deny_topic)",
  {}};
inline constexpr metric denied_names{
  "denied_names",
  "Users and tokens that are denied (auth.deny_topic)",
  {}};
inline constexpr metric memberships_lost{
  "memberships_lost",
  "Memberships that ended because a client's new token does not allow them "
  "(allow.join of the mapping)",
  {}};

} // namespace weir::metrics
