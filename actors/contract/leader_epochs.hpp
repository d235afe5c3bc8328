#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// Where the epochs of a partition's leaders begin, as far as its log has been
/// read. They only rise within a log, so they tell whether it still has what is
/// before a position. Plain logic.
class leader_epochs {
public:
  /// Of the oldest ones it forgets where they began; they are taken to begin
  /// later then.
  static constexpr std::size_t max_size = 1000;

  struct begin {
    std::int64_t offset;
    bool is_known; ///< false: it may lie before this

    bool operator==(const begin&) const = default;
  };

  /// Reading begins here, and what is before is of this epoch, see `before`:
  /// that began further back, so a position here of a lower one is in what was
  /// cut off.
  void start(std::int64_t offset, std::int32_t epoch) {
    note(offset - 1, epoch, -1);
  }

  /// A record that was read; -1: its epoch is not known. `last` is that of what
  /// is before it. True: it shows more than was known.
  bool note(std::int64_t offset, std::int32_t epoch, std::int32_t last) {
    if (epoch < 0)
      return false;
    const begin found{offset, last >= 0 && last < epoch};
    auto [i, is_new] = begins_.emplace(epoch, found);
    auto& x = i->second;
    auto is_news = is_new || offset < x.offset
                   || (offset == x.offset && found.is_known && !x.is_known);
    if (is_news)
      x = found;
    if (begins_.size() > max_size)
      begins_.erase(begins_.begin());
    return is_news;
  }

  /// What somebody else has found out about the log, who may have read further
  /// or less far: where two contradict, the later leader has cut what an
  /// earlier one had. True: it is news.
  bool merge(std::int32_t epoch, const begin& found);

  /// Of the leaders up to that of this epoch.
  bool merge(const leader_epochs& from,
             std::int32_t last = std::numeric_limits<std::int32_t>::max());

  /// What is known, the latest first, as far as it fits; and what was written,
  /// for `merge`.
  std::string write(std::size_t max_size = 1000) const;
  bool merge(std::string_view written);

  /// The log ends here now, or has another end; at 0, it is another one.
  void cut(std::int64_t at) {
    std::erase_if(begins_,
                  [at](auto& x) { return x.second.offset >= at || at == 0; });
  }

  /// Of the leader that has written what is before an offset; -1: not known.
  std::int32_t before(std::int64_t offset) const {
    for (auto i = begins_.rbegin(); i != begins_.rend(); ++i)
      if (i->second.offset < offset)
        return i->first;
    return -1;
  }

  /// Of the first leader after this one; nothing: none is known.
  std::optional<begin> after(std::int32_t epoch) const {
    auto i = begins_.upper_bound(epoch);
    return i == begins_.end() ? std::nullopt : std::optional{i->second};
  }

  /// The epoch of a position is that of the leader that has written what is
  /// before it, or a later one that its log was found to resume in. A higher
  /// one that begins before it shows that it is of an end that the log has
  /// lost; what it can continue with begins here. Nothing: as far as is known,
  /// the log has all that is before.
  std::optional<begin> cut_below(std::int64_t offset,
                                 std::int32_t epoch) const {
    auto found = epoch < 0 ? std::nullopt : after(epoch);
    return found && found->offset < offset ? found : std::nullopt;
  }

  /// Nobody knows where the first leader after this one began: it may be before
  /// any position of this one.
  bool is_open_after(std::int32_t epoch) const {
    auto found = epoch < 0 ? std::nullopt : after(epoch);
    return found && !found->is_known;
  }

  /// A position is of an end that the log has lost, and it is not known where
  /// that began.
  bool is_in_doubt(std::int64_t offset, std::int32_t epoch) const {
    auto found = cut_below(offset, epoch);
    return found && !found->is_known;
  }

  /// Whether both know the same of what is before an offset.
  bool is_same_below(const leader_epochs& x, std::int64_t offset) const;

  /// Nobody can tell more of where the first leader after this one began than
  /// that the log begins here. Requires: there is one, and `log_start >= 0`.
  void settle(std::int32_t epoch, std::int64_t log_start) {
    auto& x = begins_.upper_bound(epoch)->second;
    x = {std::clamp<std::int64_t>(x.offset, 0, log_start), true};
  }

private:
  std::map<std::int32_t, begin> begins_;
};

} // namespace weir
