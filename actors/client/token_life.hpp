#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace weir {

/// What is due of a socket's token, and when. Plain logic; times are seconds of
/// the system's clock.
class token_life {
public:
  enum class step { wait, notify, end };

  /// A token that was verified now. It ends `leeway` after it expires, since
  /// until then it would be accepted again. The notice comes `notice` before it
  /// expires, but not before half of what is left has passed: so a client that
  /// answers with a token that hardly lives longer is not asked at once again.
  token_life(std::int64_t now, std::int64_t expires, std::int64_t leeway,
             std::int64_t notice)
    : end_(expires + leeway),
      notify_at_(std::max(expires - notice, now + (end_ - now + 1) / 2)) {}

  /// The notice is due once.
  step due(std::int64_t now) {
    if (now >= end_)
      return step::end;
    if (is_notified_ || now < notify_at_)
      return step::wait;
    is_notified_ = true;
    return step::notify;
  }

  /// When to look again: the clock may be set meanwhile.
  std::chrono::seconds pause(std::int64_t now) const {
    auto next = is_notified_ ? end_ : std::min(notify_at_, end_);
    return std::chrono::seconds{std::clamp(next - now, std::int64_t{0}, most)};
  }

private:
  static constexpr std::int64_t most = 600;

  std::int64_t end_;
  std::int64_t notify_at_;
  bool is_notified_ = false;
};

} // namespace weir
