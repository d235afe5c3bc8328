#pragma once

#include "actors/contract/leader_epochs.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string_view>

namespace weir {

/// What a PARTITION CONSUMER knows of the leaders of its log: by what was read,
/// and by what earlier readers have noted. Plain logic.
class reader_epochs {
public:
  /// Of what was read, also by others who read beside it.
  leader_epochs& read() { return read_; }
  const leader_epochs& read() const { return read_; }

  /// Earlier readers' notes, of the log that reading begins in.
  void merge_notes(std::string_view written) { noted_.merge(written); }

  /// Reading begins here, and what is before is of this epoch: so where leaders
  /// up to that one have begun holds here too.
  void start(std::int64_t at, std::int32_t epoch) {
    read_.start(at, epoch);
    read_.merge(noted_, epoch);
  }

  /// As leader_epochs::note, of a record of the live flow.
  bool note(std::int64_t offset, std::int32_t epoch, std::int32_t last) {
    first_behind_hole_ = std::min(first_behind_hole_, offset);
    return read_.note(offset, epoch, last);
  }

  /// What was before here and has not been read, retention has deleted.
  void lose_to(std::int64_t at) {
    hole_end_ = at;
    first_behind_hole_ = none;
  }

  /// The log has another end, see leader_epochs::cut.
  void cut(std::int64_t at) {
    read_.cut(at);
    noted_.cut(at);
    if (at < hole_end_)
      hole_end_ = none;
  }

  /// Of the leader that has written what is before an offset; -1: not known.
  /// Where that was not read here, or deleted before, whoever has read it knows;
  /// nothing that a former leader has is read with that.
  std::int32_t before(std::int64_t offset) const {
    auto is_unread = hole_end_ <= offset && offset <= first_behind_hole_;
    auto found = read_.before(offset);
    return is_unread || found < 0 ? before_deleted(offset) : found;
  }

  /// Likewise where that is deleted, and nobody is given any of it.
  std::int32_t before_deleted(std::int64_t offset) const {
    return std::max(read_.before(offset), noted_.before(offset));
  }

  /// Only for who comes back: what is read may be of a leader that does not know
  /// yet that it is none any more.
  leader_epochs all() const {
    auto result = noted_;
    result.merge(read_);
    return result;
  }

private:
  static constexpr auto none = std::numeric_limits<std::int64_t>::max();

  leader_epochs read_, noted_;
  std::int64_t hole_end_ = none; ///< of what was deleted last; none: nothing
  std::int64_t first_behind_hole_ = none; ///< record that was read
};

} // namespace weir
