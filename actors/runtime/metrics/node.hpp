#pragma once

// Metrics of the node as a whole.

#include "actors/runtime/metrics.hpp"

namespace weir::metrics {

inline constexpr metric ready{
  "ready",
  "1: the node can serve clients, as /readyz says; 0: it cannot, and /readyz "
  "says why",
  {}};
inline constexpr metric limit{
  "limit", "What a bound of the configuration is set to, by its key", "key"};
inline constexpr metric actors{"actors", "Number of actors by type", "name"};
inline constexpr metric actor_mailbox{
  "actor_mailbox", "Messages that wait for actors of a type", "name"};
inline constexpr metric actor_messages{
  "actor_messages",
  "Messages that actors of a type have handled, every one of them", "name"};
inline constexpr metric actor_failures{
  "actor_failures",
  "Actors of a type that have ended by an error; whoever needs such a one "
  "begins another",
  "name"};
inline constexpr metric actor_mailbox_time{
  "actor_mailbox_time_seconds",
  "How long messages have waited for actors of a type; of one message in 64, "
  "chosen at random",
  "name"};
inline constexpr metric actor_processing_time{
  "actor_processing_time_seconds",
  "How long actors of a type have taken for a message; of one message in 64, "
  "chosen at random",
  "name"};
inline constexpr metric loop_delay{
  "loop_delay_seconds",
  "How late an I/O loop comes to what is due, looked at ten times a second: "
  "everything that its clients wait for is late by as much",
  {}};
inline constexpr metric credit_stalls{
  "credit_stalls",
  "Times that the way of events came to stand still until somebody has taken "
  "what is there, by who waits: client (not read: limits.unanswered_emits, "
  "unanswered_bytes, or its answers unread), member (its outbox is full), room "
  "(catching up: limits.replays), partition (not read: limits.credit), "
  "producer (librdkafka's queue is full, or no broker answers)",
  "stage"};
inline constexpr metric log_lines_lost{
  "log_lines_lost",
  "Lines of the log that were not written: nobody has read stderr",
  {}};

} // namespace weir::metrics
