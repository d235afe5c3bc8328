#include "actors/room/join_since.hpp"

#include "transport/kafka/partitioner.hpp"

#include <algorithm>

namespace weir {

namespace {

constexpr auto created_again = "since: the topic was created again";

} // namespace

void join_since::name_logs(join_room& x) {
  if (x.logs.empty())
    return;
  named_log named{x.logs.begin()->second.log};
  for (auto& [partition, log] : x.logs)
    if (log.log != named.log)
      return; // each has heard of another topic
  for (auto& [partition, at] : x.since)
    x.logs.try_emplace(partition, named);
}

void join_since::name_former_logs(join_room& x) const {
  auto now = partitions_.current_log();
  auto former = std::find_if(x.logs.begin(), x.logs.end(),
                             [now](auto& y) { return y.second.log != now; });
  if (now == 0 || former == x.logs.end())
    return;
  named_log named{former->second.log};
  for (auto& [partition, at] : x.since)
    if (partitions_.next_of(partition) == cursor::unknown)
      x.logs.try_emplace(partition, named);
}

// -- whether it is known here -------------------------------------------------

bool join_since::must_wait(const join_room& x) const {
  return std::any_of(x.since.begin(), x.since.end(), [&, this](auto& y) {
    return must_wait(x, y.first, y.second);
  });
}

bool join_since::must_wait(const join_room& x, std::int32_t partition,
                           std::int64_t offset) const {
  if (is_of_another_log(x, partition) || way_back(x, partition, offset))
    return false;
  auto is_named = x.logs.contains(partition);
  if (partitions_.next_of(partition) == cursor::unknown)
    return is_named || may_be_behind_;
  return (is_named && offset > 0 && partitions_.known_log_of(partition) == 0)
         || (is_named && partitions_.current_log() == 0)
         || (may_be_behind_ && partitions_.is_beyond(partition, offset));
}

std::optional<join_since::doubt>
join_since::find_doubt(const join_room& x) const {
  for (auto& [partition, offset] : x.since)
    if (auto of = x.logs.find(partition);
        of != x.logs.end() && !x.resumes && !is_of_another_log(x, partition)
        && partitions_.is_in_doubt(partition, offset, of->second.leader_epoch))
      return doubt{partition, offset, of->second};
  return std::nullopt;
}

void join_since::drop_starts_of_none(join_room& x) const {
  auto dropped = std::erase_if(x.since, [&, this](auto& y) {
    return y.second == 0 && x.logs.contains(y.first)
           && partitions_.next_of(y.first) == cursor::unknown
           && !is_of_another_log(x, y.first);
  });
  if (dropped > 0 && partitions_.home() >= 0)
    x.since.try_emplace(partitions_.home(), 0);
}

bool join_since::names_no_partition(const join_room& x) const {
  return std::any_of(x.since.begin(), x.since.end(), [&, this](auto& y) {
    return y.first >= x.of_partitions
           && partitions_.next_of(y.first) == cursor::unknown
           && !is_of_another_log(x, y.first);
  });
}

/// Whether an offset is of another log than there is now, as far as that is
/// known of both. Partitions hear of a new topic one after the other.
bool join_since::is_of_another_log(const join_room& x,
                                   std::int32_t partition) const {
  auto then = x.logs.find(partition);
  auto now = partitions_.known_log_of(partition);
  if (now == 0)
    now = partitions_.current_log();
  return then != x.logs.end() && now != 0 && then->second.log != now;
}

/// Whether a partition is of a log by now that an offset knows nothing of: it
/// comes from the former one, and what that may have had here is gone.
/// Partitions hear of a new topic one after the other, so those that it does
/// name may still be of the former.
bool join_since::is_of_later_log(const join_room& x,
                                 std::int32_t partition) const {
  auto now = partitions_.known_log_of(partition);
  return now != 0 && !x.logs.empty()
         && std::none_of(x.logs.begin(), x.logs.end(),
                         [now](auto& y) { return y.second.log == now; });
}

/// Where a join continues whose position is in what the log has lost; nothing:
/// as far as is known, it is not.
std::optional<std::int64_t> join_since::way_back(const join_room& x,
                                                 std::int32_t partition,
                                                 std::int64_t offset) const {
  auto then = x.logs.find(partition);
  if (then == x.logs.end() || is_of_another_log(x, partition))
    return std::nullopt;
  return partitions_.way_back(partition, offset, then->second.leader_epoch);
}

// -- where it begins ----------------------------------------------------------

join_start join_since::settle(join_room& x) const {
  if (partitions_.is_one_log())
    name_former_logs(x);
  if (x.resumes)
    drop_left_behind(x);
  auto strays = x.resumes ? positions{} : take_strays(x);
  auto cut = x.resumes ? positions{} : take_back(x);
  if (auto* wrong = complaint_about(x))
    return {wrong};
  add_unnamed(x, strays);
  if (x.resumes && !strays.empty())
    return {created_again};
  strays.merge(cut);
  return {nullptr, std::move(strays)};
}

/// A member that has come to the topic that there is now keeps its place in
/// partitions which only the former one had: nothing comes there that could
/// move it.
void join_since::drop_left_behind(join_room& x) const {
  auto now = partitions_.current_log();
  auto is_here = std::any_of(x.logs.begin(), x.logs.end(),
                             [now](auto& y) { return y.second.log == now; });
  if (now != 0 && is_here)
    std::erase_if(x.since, [&, this](auto& y) {
      return partitions_.next_of(y.first) == cursor::unknown
             && is_of_another_log(x, y.first);
    });
}

/// Takes out where the member was in a log that is gone: it begins at the start
/// of the one that there is now. Who names no log is taken to have been in
/// another one when it has been further than this one reaches.
positions join_since::take_strays(join_room& x) const {
  positions result;
  for (auto& [partition, since] : x.since)
    if (is_of_another_log(x, partition)
        || (!x.logs.contains(partition)
            && partitions_.is_beyond(partition, since)))
      result[partition] = since;
  for (auto& [partition, since] : result) {
    x.since.erase(partition);
    x.logs.erase(partition);
  }
  if (!result.empty())
    for (auto partition : partitions_.homes())
      x.since.try_emplace(partition, 0);
  return result;
}

/// Has a member resume where the log was cut; returns where it was. What it has
/// had of this log and is not there any more was cut off, too.
positions join_since::take_back(join_room& x) const {
  positions result;
  for (auto& [partition, since] : x.since)
    if (auto at = way_back(x, partition, since))
      result[partition] = std::exchange(since, *at);
    else if (x.logs.contains(partition)
             && partitions_.is_beyond(partition, since))
      result[partition] = std::exchange(since, partitions_.end_of(partition));
  return result;
}

/// What is wrong with where a member wants to begin, as far as it names that;
/// null: nothing.
const char* join_since::complaint_about(const join_room& x) const {
  for (auto& [partition, since] : x.since)
    if (auto* wrong = complaint_about(x, partition, since))
      return wrong;
  if (x.resumes && x.since.empty() && !partitions_.homes().empty())
    return "since: it names no partition of the room";
  return nullptr;
}

const char* join_since::complaint_about(const join_room& x,
                                        std::int32_t partition,
                                        std::int64_t offset) const {
  if (is_of_another_log(x, partition))
    return created_again;
  if (way_back(x, partition, offset))
    return "since: the topic's log has lost what was before";
  if (partitions_.next_of(partition) == cursor::unknown)
    return no_partition;
  if (partitions_.is_beyond(partition, offset))
    return "since: the topic's log is not that long; was it created again?";
  // Who has had nothing there is told of a gap, as where it names nothing: it
  // may have been led to the start by a node, and be back before it has read.
  if (x.resumes && offset > 0 && offset < partitions_.start_of(partition))
    return "since: the log does not go back that far";
  return nullptr;
}

/// What an offset does not name was none of the room's when it was handed out,
/// as far as any node knew: where records of the room have come since, it
/// begins with the first. If that is gone meanwhile, a gap tells of it, also
/// who resumes: a node that knows of more must not cost a session.
void join_since::add_unnamed(join_room& x, positions& strays) const {
  if (x.since.empty())
    return;
  auto named = x.since;
  if (!strays.empty())
    add_all(x.since);
  else if (x.of_partitions > 0)
    add_home_partitions(x.since, x.of_partitions + 1);
  else if (!x.since.contains(partitions_.home()))
    add_home_partitions(x.since, x.since.rbegin()->first + 1);
  // What is not there yet will come.
  for (auto& [partition, at] : partitions_.begun())
    x.since.try_emplace(partition,
                        std::min(at, partitions_.next_of(partition)));
  for (auto& [partition, at] : x.since)
    if (!named.contains(partition) && is_of_later_log(x, partition))
      strays.emplace(partition, 0);
}

/// Who comes from another log has had nothing of this one, and what other
/// programs have put beside the key's own partitions is known only as far as
/// nodes have read: the first one may have begun at the log's end.
void join_since::add_all(positions& since) const {
  add_home_partitions(since, 1);
  for (std::int32_t partition = 0; partition < partitions_.count(); ++partition)
    if (partitions_.next_of(partition) > 0)
      since.try_emplace(partition, 0);
}

/// Where the key may have belonged since there were so many partitions: each
/// time that some were added it may have moved, and nobody has noted where
/// those partitions ended then.
void join_since::add_home_partitions(positions& since,
                                     std::int32_t partitions) const {
  for (; partitions <= partitions_.count(); ++partitions)
    if (auto added = kafka::partition_of(key_, partitions);
        partitions_.next_of(added) != cursor::unknown)
      since.try_emplace(added, 0);
}

} // namespace weir
