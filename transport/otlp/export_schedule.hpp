#pragma once

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

namespace weir::otlp {

/// What becomes of a batch that was sent to a collector, and when it may be
/// sent again: OTLP/HTTP's rules. Plain logic; the time is given.
class export_schedule {
public:
  using instant = std::chrono::steady_clock::time_point;

  /// What to do with the batch.
  enum class verdict { done, again, drop };

  static constexpr std::chrono::seconds min_pause{1};
  static constexpr std::chrono::seconds max_pause{30};
  /// However long a collector wants to be left alone.
  static constexpr std::chrono::seconds max_retry_after{300};
  static constexpr int max_attempts = 5;

  /// `status` 0: there was no answer. `retry_after`: that header, or empty.
  verdict on_answer(unsigned status, std::string_view retry_after,
                    instant now) {
    if (!is_retryable(status)) {
      attempts_ = 0;
      return status / 100 == 2 ? verdict::done : verdict::drop;
    }
    resume_at_ = now + pause_after(seconds_of(retry_after));
    if (++attempts_ < max_attempts)
      return verdict::again;
    attempts_ = 0; // the next batch, but not sooner
    return verdict::drop;
  }

  /// Before that nothing is sent.
  instant resume_at() const { return resume_at_; }

private:
  static constexpr bool is_retryable(unsigned status) {
    return status == 0 || status == 429 || status == 502 || status == 503
           || status == 504;
  }

  std::chrono::seconds
  pause_after(std::optional<std::chrono::seconds> wanted) const {
    if (wanted)
      return std::clamp(*wanted, min_pause, max_retry_after);
    return std::min(min_pause * (1 << attempts_), max_pause);
  }

  /// Of its two forms the number; a date is as if there were none, which is
  /// allowed: clocks differ, and the pauses grow by themselves.
  static std::optional<std::chrono::seconds> seconds_of(std::string_view text) {
    std::uint32_t result = 0;
    auto end = text.data() + text.size();
    auto [last, error] = std::from_chars(text.data(), end, result);
    if (error == std::errc::result_out_of_range && last == end)
      return max_retry_after;
    if (error != std::errc{} || last != end)
      return std::nullopt;
    return std::chrono::seconds{result};
  }

  int attempts_ = 0; ///< of this batch, without success
  instant resume_at_{};
};

} // namespace weir::otlp
