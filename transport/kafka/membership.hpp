#pragma once

#include <cassert>
#include <chrono>
#include <utility>

namespace weir::kafka {

/// How a client stands with its consumer group, and how far it has come in
/// leaving it. Plain logic, without librdkafka and without a clock.
///
///   open ─► leaving ─► unsubscribed ⇄ left ─► closing ─► refused, stuck
///     └──────────────────────────────┴──────────▲           (from any: failed)
class membership {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// What the group knows of it.
  enum class standing {
    outside, ///< has not subscribed, or has unsubscribed
    joining, ///< the group has not assigned anything yet, be it nothing
    member,
  };

  enum class phase {
    open,
    leaving,      ///< is to leave; one that joins takes part first
    unsubscribed, ///< has asked for it
    left,         ///< is no member any more
    closing,      ///< librdkafka has been told to close
    refused,      ///< and cannot
    stuck,        ///< and never will
    failed,       ///< librdkafka does nothing more (a fatal error)
  };

  /// How long the group's answers are waited for while it leaves.
  static constexpr std::chrono::milliseconds group_timeout{2000};

  standing where() const { return standing_; }
  phase now() const { return phase_; }

  bool is_failed() const { return phase_ == phase::failed; }
  bool is_joining() const { return standing_ == standing::joining; }
  /// Between `start_leaving` and `start_closing`.
  bool is_leaving() const {
    return phase_ >= phase::leaving && phase_ <= phase::left;
  }
  bool is_closing() const {
    return phase_ >= phase::closing && phase_ <= phase::stuck;
  }
  /// Does nothing any more.
  bool is_over() const {
    return phase_ == phase::failed || phase_ == phase::stuck;
  }
  /// Nobody waits until librdkafka has closed it.
  bool never_closes() const { return is_over() || phase_ == phase::refused; }
  /// The group does not count on it.
  bool is_released() const {
    return has_left_ || standing_ == standing::outside || is_failed();
  }

  void subscribe() {
    if (standing_ == standing::outside)
      standing_ = standing::joining;
  }

  /// False: it had not subscribed.
  bool unsubscribe() {
    return std::exchange(standing_, standing::outside) != standing::outside;
  }

  void on_assigned() {
    if (standing_ == standing::joining)
      standing_ = standing::member;
  }

  /// False: it is on its way already.
  bool start_leaving(time_point time) {
    if (phase_ != phase::open)
      return false;
    phase_ = phase::leaving;
    until_ = time + group_timeout;
    return true;
  }

  /// Something has happened that the group waited for.
  void extend(time_point time) {
    if (is_leaving())
      until_ = time + group_timeout;
  }

  /// Whether the request to leave is to be sent now. One that is only about to
  /// be a member could not leave, and the group would wait for it: it takes
  /// part first, if there is anybody to let it.
  bool must_unsubscribe(time_point time, bool reachable) const {
    return phase_ == phase::leaving
           && !(is_joining() && reachable && time < until_);
  }

  void on_unsubscribed(time_point time) {
    assert(phase_ == phase::leaving);
    phase_ = phase::unsubscribed;
    extend(time);
  }

  /// Whether the group still has it.
  void note_in_group(bool is_in) {
    if (phase_ != phase::unsubscribed && phase_ != phase::left)
      return;
    phase_ = is_in ? phase::unsubscribed : phase::left;
    has_left_ = !is_in;
  }

  /// What the group does not let go in time is closed all the same.
  bool may_close(time_point time) const {
    return phase_ == phase::left
           || (phase_ == phase::unsubscribed && time >= until_);
  }

  /// False: it is closing already, or has failed.
  bool start_closing() {
    if (phase_ >= phase::closing)
      return false;
    phase_ = phase::closing;
    is_awaited_ = false;
    return true;
  }

  void on_close_refused() { phase_ = phase::refused; }
  void on_failed() { phase_ = phase::failed; }

  /// librdkafka waits for an answer to a rebalance. While it closes, an
  /// assignment is one that it will wait for in vain.
  void on_rebalance(bool assigns) {
    is_awaited_ = true;
    if (is_closing() && assigns)
      phase_ = phase::stuck;
  }

  /// What is asked of a client just before it is closed is lost at times, and
  /// the answer waited for in vain (librdkafka 2.0.2). While it closes it is
  /// therefore told only what it waits for.
  bool may_answer() {
    return !is_over() && (!is_closing() || std::exchange(is_awaited_, false));
  }

private:
  standing standing_ = standing::outside;
  phase phase_ = phase::open;
  bool has_left_ = false;
  bool is_awaited_ = false;
  time_point until_{};
};

} // namespace weir::kafka
