#pragma once

#include "actors/cluster/ownership_table.hpp"
#include "transport/kafka/record.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace weir {

/// Which partitions this node reads for the time being: their reader is gone,
/// and the consumer group, which waits for the end of its session, has given
/// them to nobody yet. Reading takes no membership of the group, as positions
/// are the subscribers'. Plain logic; time is handed in.
///
/// - Of the nodes that are there, one reads a partition: the first by
///   rendezvous hashing, at once where the reader is known to be gone, and
///   after `grace` where it is there and has only given the partition up, which
///   is mostly on its way to another member then.
/// - The others see its claim and leave it at that. What has none after a
///   `turn`, the next one reads: links may be cut so that the first one sees no
///   reason to.
/// - Of two that read it, both for the time being, the later by rendezvous
///   hashing gives it up. As each pair compares alike, it needs no agreement on
///   who else is there.
/// - It is given up to whoever has it from the group, once that one's claim has
///   come, over a link that stands.
/// - What never had a reader that this node knew of is none of its business:
///   the group may not have got that far, or strangers have it.
class interim_readers {
public:
  using instant = std::chrono::steady_clock::time_point;
  using duration = std::chrono::milliseconds;

  static constexpr duration grace{2000};
  static constexpr duration turn{500};

  explicit interim_readers(std::string node) : node_(std::move(node)) {}

  /// A topic has so many partitions; one that cannot be read needs no reader,
  /// nor does one that has none: it is not read here.
  void know(const std::string& topic, std::int32_t partitions,
            bool is_readable);

  struct vacancy {
    std::string node; ///< the last reader
    bool is_gone = false;
    instant since;
  };

  /// A node has given up its claim.
  void vacate(const kafka::topic_partition& x, vacancy by);

  using permission
    = std::function<bool(const kafka::topic_partition&, const vacancy&)>;

  /// What this node is to read now, as of the claims that there are. `others`
  /// are the nodes that would read for the time being; `may_read` says of what
  /// this one may.
  const std::set<kafka::topic_partition>&
  update(const ownership_table& claims, const std::set<std::string>& others,
         const permission& may_read, instant now);

  /// When `update` may have another answer though nothing has happened.
  std::optional<instant> due() const { return due_; }

  /// Whose partition it was.
  const vacancy* vacancy_of(const kafka::topic_partition& x) const;

private:
  bool is_readable(const kafka::topic_partition& x) const;
  bool is_wanted(const kafka::topic_partition& x, const vacancy& by,
                 const ownership_table& claims,
                 const std::set<std::string>& others, instant now);
  bool is_kept(const kafka::topic_partition& x,
               const ownership_table& claims) const;
  std::size_t rank(const kafka::topic_partition& x,
                   const std::set<std::string>& others) const;

  struct topic {
    std::int32_t partitions = 0;
    bool is_readable = false;
  };

  std::string node_;
  std::map<std::string, topic> topics_;
  std::map<kafka::topic_partition, vacancy> vacant_;
  std::set<kafka::topic_partition> reading_;
  std::optional<instant> due_;
};

} // namespace weir
