#pragma once

#include "config/options/webhook.hpp"
#include "transport/auth/decision.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace weir::auth {

/// Asks an endpoint what clients may do, on a thread of its own. So many
/// questions are under way at a time and so many wait; each is answered within
/// the time-out, by the endpoint, from the cache, or with nothing. An endpoint
/// that fails again and again is left alone for a while.
class webhook {
public:
  /// Nothing: nobody knows, so it is not allowed. Called once, on this object's
  /// thread or the caller's; not after this object's end.
  using respond = std::function<void(std::optional<decision>)>;

  enum class outcome {
    allowed,
    denied,
    cached,     ///< by an earlier answer
    failed,     ///< no answer in time, or none that is one
    left_alone, ///< not asked: it has failed too often
    too_many,   ///< not asked: too many questions wait
  };

  /// Of each question; `problem` where it has failed. On any thread.
  using tell_outcome
    = std::function<void(outcome x, const std::string& problem)>;

  /// `source`: who asks, for the events. Throws std::runtime_error where the
  /// options are of no use; see `check_webhook`.
  webhook(const webhook_options& settings, std::string source,
          std::size_t max_room, tell_outcome tell);
  ~webhook();

  /// Thread-safe; does not wait.
  void ask(decision_question question, respond done);

private:
  struct impl;

  std::unique_ptr<impl> impl_;
};

constexpr std::string_view to_string(webhook::outcome x) {
  switch (x) {
    case webhook::outcome::allowed:
      return "allowed";
    case webhook::outcome::denied:
      return "denied";
    case webhook::outcome::cached:
      return "cached";
    case webhook::outcome::failed:
      return "failed";
    case webhook::outcome::left_alone:
      return "left_alone";
    case webhook::outcome::too_many:
      return "too_many";
  }
  return "failed";
}

/// What is wrong with the options; the path is that of a key.
struct webhook_problem {
  std::string path;
  std::string text;
};
std::optional<webhook_problem> check_webhook(const webhook_options& x);

} // namespace weir::auth
