#pragma once

// Whether the members of a room see its records once, in their emitters' order,
// and all in the same order.

#include <cstdint>
#include <set>
#include <vector>

namespace weir::bench {

/// What went wrong, by kind; all zero on a sound run.
struct violations {
  /// Emitted (and not refused), but never seen by a member.
  std::uint64_t lost = 0;
  /// Seen twice by a member.
  std::uint64_t duplicated = 0;
  /// Seen after a later record of the same emitter.
  std::uint64_t reordered = 0;
  /// Seen by two members in different orders.
  std::uint64_t diverged = 0;
  /// Seen by somebody who is no member, or never emitted at all.
  std::uint64_t foreign = 0;

  std::uint64_t total() const {
    return lost + duplicated + reordered + diverged + foreign;
  }
  violations& operator+=(const violations& other);
};

/// Checks one room. The member that is furthest ahead writes the room's log;
/// the others are compared with it. So the usual delivery costs one comparison
/// however many emitters there are, and only the log is checked per emitter.
class order_checker {
public:
  order_checker(std::uint32_t members, std::uint32_t emitters);

  /// Requires: member and emitter are below what the constructor was told.
  void delivered(std::uint32_t member, std::uint32_t emitter,
                 std::uint32_t seq) {
    auto& m = members_[member];
    auto key = make_key(emitter, seq);
    if (m.position < end() && at(m.position) == key)
      ++m.position;
    else
      deviated(m, key);
  }

  /// This emit was answered with an error: it may be missing, not doubled.
  void refused(std::uint32_t emitter, std::uint32_t seq);

  /// No more deliveries will come; `emitted[e]` emits were made by emitter e.
  violations finish(const std::vector<std::uint32_t>& emitted);

private:
  using record_key = std::uint64_t;

  struct member_state {
    /// Absolute index in the log of the record that should come next.
    std::uint64_t position = 0;
    /// In the log before `position`, but not seen.
    std::set<record_key> skipped;
    /// Seen before the log had it.
    std::set<record_key> early;
  };

  static record_key make_key(std::uint32_t emitter, std::uint32_t seq) {
    return std::uint64_t{emitter} << 32 | seq;
  }
  std::uint64_t end() const { return base_ + log_.size(); }
  record_key at(std::uint64_t position) const { return log_[position - base_]; }

  void deviated(member_state& m, record_key key);
  void skip_early(member_state& m);
  bool skip_to(member_state& m, record_key key);
  bool append(record_key key);
  bool is_new(record_key key) const;
  void trim();

  std::vector<member_state> members_;
  /// For each emitter the sequence number that the log has not reached yet.
  std::vector<std::uint32_t> next_;
  /// Below `next_`, but not in the log.
  std::set<record_key> missing_;
  std::set<record_key> refused_;
  std::vector<record_key> log_;
  /// Absolute index of the log's first kept record.
  std::uint64_t base_ = 0;
  std::uint64_t trim_at_ = 0;
  violations found_;
};

} // namespace weir::bench
