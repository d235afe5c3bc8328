#include "actors/room/room.hpp"

#include "actors/contract/catching_up.hpp"
#include "actors/contract/cursor.hpp"
#include "actors/contract/disconnect.hpp"
#include "actors/contract/participants.hpp"
#include "actors/contract/partition_offsets.hpp"
#include "actors/contract/record_block.hpp"
#include "actors/contract/relay.hpp"
#include "actors/room/replay_pass.hpp"
#include "actors/room/room_history.hpp"
#include "actors/room/room_members.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/metrics.hpp"
#include "config/log.hpp"
#include "transport/kafka/partitioner.hpp"

#include <caf/actor_clock.hpp>
#include <caf/message.hpp>

#include <algorithm>
#include <chrono>
#include <deque>
#include <limits>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace weir {

namespace {

/// How often passes look for members that hold them up.
constexpr auto aging_interval = std::chrono::milliseconds{500};

constexpr auto no_partition = "since: the room's topic has no such partition";
constexpr auto created_again = "since: the topic was created again";

/// Skipped records that a room remembers, so that it tells of each once.
constexpr std::size_t max_poison_reported = 1000;

struct room_state {
  static inline const char* name = "weir.room";

  room_state(room_actor::pointer self, room_options options,
             outbound_router_actor router, room_directory_actor directory)
    : self(self),
      options(std::move(options)),
      router(std::move(router)),
      directory(std::move(directory)),
      encoder(this->options.encoder),
      behind(gauge(self->system(), metrics::members_lagging)) {}

  /// Whoever is still a member must not continue believing that it is up to
  /// date. Sent without a sender: the last reference to this actor may be gone.
  ~room_state() {
    behind->dec(static_cast<std::int64_t>(members.behind()));
    for (auto& x : members.all())
      tell_anonymously(x.handle, room_closed{options.id});
    for (auto& x : waiting)
      tell_anonymously(x.request.member,
                       refusal_of(x.request, emit_errc::unavailable,
                                  "the room has failed; join again"));
  }

  room_actor::behavior_type make_behavior() {
    return {
      [this](join_room& x) { on_join(std::move(x)); },
      [this](const leave_room& x) { on_leave(x); },
      [this](const room_records& x) { on_records(x), admit_waiting(); },
      [this](const room_complete& x) { on_complete(x); },
      [this](const partition_added& x) {
        on_partition_added(x.partition), admit_waiting();
      },
      [this](const room_problem& x) { on_problem(x); },
      [this](const room_unreachable& x) { on_unreachable(x); },
      [this](const room_moved& x) { on_moved(x), admit_waiting(); },
      [this](const catch_up& x) { on_catch_up(x); },
      [this](const replay_ended& x) { on_replay_ended(x); },
      [this](const broadcast_local& x) { on_broadcast(x); },
      [this](const disconnect_room&) { return on_disconnect(); },
    };
  }

  // -- members ----------------------------------------------------------------

  /// A join that cannot be answered yet.
  struct waiting_join {
    join_room request;
    caf::actor_clock::time_point until; ///< it is refused then
    bool has_left = false; ///< it is answered, and the socket is no member
    request_lease leave;   ///< of the leave that came behind it
  };

  void on_join(join_room x) {
    ++joins;
    name_logs(x);
    if (is_hopeless(x)) {
      refuse(x, emit_errc::unavailable, why_hopeless());
      return leave_if_empty();
    }
    if (complete && !must_wait(x) && !waits(x.ack.socket)) {
      admit(x);
      return leave_if_empty();
    }
    waiting.push_back(
      {std::move(x), self->clock().now() + options.join_timeout});
    if (waiting.size() == 1)
      await_timeout();
  }

  /// A partition whose log was not known when its offset was sent is of the
  /// topic that the others are of.
  static void name_logs(join_room& x) {
    if (x.logs.empty())
      return;
    named_log named{x.logs.begin()->second.log};
    for (auto& [partition, log] : x.logs)
      if (log.log != named.log)
        return; // each has heard of another topic
    for (auto& [partition, at] : x.since)
      x.logs.try_emplace(partition, named);
  }

  /// Those of one socket are admitted in their order.
  bool waits(const socket_ptr& x) const {
    return std::any_of(waiting.begin(), waiting.end(),
                       [&](auto& y) { return y.request.ack.socket == x; });
  }

  /// Nothing would come. Who resumes waits: what it has missed is still there,
  /// maybe, when the topic can be read or reached again. So does who joins
  /// without an ack where it cannot be reached: nobody would tell it.
  bool is_hopeless(const join_room& x) const {
    return !x.resumes
           && (!problem.empty()
               || (!unreachable.empty() && !x.ack.ack_id.empty()));
  }

  const std::string& why_hopeless() const {
    return problem.empty() ? unreachable : problem;
  }

  void on_problem(const room_problem& x) {
    problem = x.why;
    refuse_hopeless();
  }

  void on_unreachable(const room_unreachable& x) {
    unreachable = x.why;
    refuse_hopeless();
  }

  void refuse_hopeless() {
    for (auto& y : std::exchange(waiting, {}))
      if (is_hopeless(y.request))
        refuse(y.request, emit_errc::unavailable, why_hopeless());
      else
        waiting.push_back(std::move(y));
    if (waiting.empty())
      join_timer.cancel();
    leave_if_empty();
  }

  void on_complete(const room_complete& x) {
    complete = true;
    log_start = x.log_start;
    log_end = x.log_end;
    others = x.others;
    epochs
      .clear(); // they are as new in `others`, also if its positions are older
    on_partition_added(x.home_partition);
    if (others && log_of(x.home_partition) == 0)
      note_log(x.home_partition, others->named(x.home_partition));
    // Records after `from` may have come while other partitions had not
    // answered yet: no member has seen them, so their offset counts.
    for (auto& [partition, offset] : x.from)
      move_to(partition, offset, x.log);
    for (auto& [partition, offset] : next)
      if (others && !x.from.contains(partition))
        move_to(partition, others->next.at(partition),
                others->named(partition));
    delivered_to = next;
    for (auto& [partition, first] : x.misplaced)
      on_misplaced(partition, first);
    for (auto& [partition, offsets] : x.history)
      history.prepend(partition, offsets);
    admit_waiting();
  }

  void move_to(std::int32_t partition, std::int64_t offset,
               const named_log& log) {
    auto& here = next[partition];
    if (here > offset)
      return;
    here = offset;
    note_log(partition, log);
  }

  /// Those that need not wait any longer.
  void admit_waiting() {
    if (!complete || waiting.empty())
      return;
    std::vector<waiting_join> ready;
    for (auto& x : std::exchange(waiting, {})) {
      if (waits(x.request.ack.socket) || must_wait(x.request))
        waiting.push_back(std::move(x));
      else
        ready.push_back(std::move(x));
    }
    if (waiting.empty())
      join_timer.cancel();
    for (auto& x : ready) {
      admit(x.request, !x.has_left);
      x = {}; // what came behind it is over before the next one's answer
    }
    leave_if_empty(); // not before all are in
  }

  /// Whether it has been where this node has yet to come: further in a log, in
  /// a partition that was added, or in a log that is not known here.
  bool must_wait(const join_room& x) {
    return std::any_of(x.since.begin(), x.since.end(), [&, this](auto& y) {
      auto [partition, offset] = y;
      if (is_of_another_log(x, partition) || way_back(x, partition, offset))
        return false;
      auto is_named = x.logs.contains(partition);
      if (next_of(partition) == cursor::unknown)
        return is_named || options.may_be_behind;
      return (is_named && offset > 0 && known_log_of(partition) == 0)
             || (is_named && current_log() == 0)
             || (options.may_be_behind && is_beyond(partition, offset));
    });
  }

  /// Whether an offset is of another log than there is now, as far as that is
  /// known of both. Partitions hear of a new topic one after the other.
  bool is_of_another_log(const join_room& x, std::int32_t partition) const {
    auto then = x.logs.find(partition);
    auto now = known_log_of(partition);
    if (now == 0)
      now = current_log();
    return then != x.logs.end() && now != 0 && then->second.log != now;
  }

  /// Where a join continues whose position is in what the log has lost;
  /// nothing: as far as is known, it is not.
  std::optional<std::int64_t> way_back(const join_room& x,
                                       std::int32_t partition,
                                       std::int64_t offset) const {
    auto then = x.logs.find(partition);
    if (then == x.logs.end() || is_of_another_log(x, partition))
      return std::nullopt;
    return way_back(partition, offset, then->second.leader_epoch);
  }

  std::optional<std::int64_t> way_back(std::int32_t partition,
                                       std::int64_t offset,
                                       std::int32_t epoch) const {
    auto i = epochs.find(partition);
    auto known = i != epochs.end() ? i->second
                 : others          ? others->epochs_of(partition)
                                   : nullptr;
    auto found = known ? known->cut_below(offset, epoch) : std::nullopt;
    if (!found)
      return std::nullopt;
    auto start = known_of(log_start, &topic_positions::log_start, partition);
    auto at = found->is_known ? found->offset
                              : std::max<std::int64_t>(start, 0);
    return at < offset ? std::optional{at} : std::nullopt;
  }

  /// Has a member resume where the log was cut; returns where it was. What it
  /// has had of this log and is not there any more was cut off, too.
  positions take_back(join_room& x) const {
    positions result;
    for (auto& [partition, since] : x.since)
      if (auto at = way_back(x, partition, since))
        result[partition] = std::exchange(since, *at);
      else if (x.logs.contains(partition) && is_beyond(partition, since))
        result[partition] = std::exchange(since, end_of(partition));
    return result;
  }

  /// Of the topic: all its partitions have come into being together.
  kafka::log_id current_log() const {
    for (auto& [partition, log] : logs)
      if (home_partitions.contains(partition))
        return log.log;
    return others ? others->any_log() : 0;
  }

  /// Whether all partitions have heard of the same topic, as far as is known:
  /// some may take as long as a broker does not answer.
  bool is_one_log() const {
    auto is_other = [now = current_log()](auto log) {
      return log > 0 && log != now;
    };
    auto of_own = [&](auto& x) { return is_other(x.second.log); };
    return std::none_of(logs.begin(), logs.end(), of_own)
           && (!others
               || std::none_of(others->log.all().begin(),
                               others->log.all().end(), is_other));
  }

  kafka::log_id log_of(std::int32_t partition) const {
    auto i = logs.find(partition);
    return i == logs.end() ? 0 : i->second.log;
  }

  /// Also where the room has none of its own.
  kafka::log_id known_log_of(std::int32_t partition) const {
    auto own = log_of(partition);
    return own == 0 && others ? others->log_of(partition) : own;
  }

  void note_log(std::int32_t partition, const named_log& x) {
    auto& known = logs[partition];
    if (x.log != 0 && (x.log != known.log || x.leader_epoch >= 0))
      known = x;
    if (known.log == 0)
      logs.erase(partition);
  }

  /// Takes out where the member was in a log that is gone: it begins at the
  /// start of the one that there is now. Who names no log is taken to have been
  /// in another one when it has been further than this one reaches.
  positions take_strays(join_room& x) {
    positions result;
    for (auto& [partition, since] : x.since)
      if (is_of_another_log(x, partition)
          || (!x.logs.contains(partition) && is_beyond(partition, since)))
        result[partition] = since;
    for (auto& [partition, since] : result) {
      x.since.erase(partition);
      x.logs.erase(partition);
    }
    if (!result.empty())
      for (auto partition : home_partitions)
        x.since.try_emplace(partition, 0);
    return result;
  }

  /// What an offset does not name was none of the room's when it was handed
  /// out, as far as any node knew: where records of the room have come since,
  /// it begins with the first. If that is gone meanwhile, a gap tells of it,
  /// also who resumes: a node that knows of more must not cost a session.
  void add_unnamed(join_room& x, positions& strays) {
    if (x.since.empty())
      return;
    auto named = x.since;
    if (!strays.empty())
      add_home_partitions(x.since, 1);
    else if (x.of_partitions > 0)
      add_home_partitions(x.since, x.of_partitions + 1);
    else if (!x.since.contains(home_partition))
      add_home_partitions(x.since, x.since.rbegin()->first + 1);
    for (auto& [partition, at] : begun) // what is not there yet will come
      x.since.try_emplace(partition, std::min(at, next_of(partition)));
    for (auto& [partition, at] : x.since)
      if (!named.contains(partition) && is_of_later_log(x, partition))
        strays.emplace(partition, 0);
  }

  /// Whether a partition is of a log by now that an offset knows nothing of: it
  /// comes from the former one, and what that may have had here is gone.
  /// Partitions hear of a new topic one after the other, so those that it does
  /// name may still be of the former.
  bool is_of_later_log(const join_room& x, std::int32_t partition) const {
    auto now = known_log_of(partition);
    return now != 0 && !x.logs.empty()
           && std::none_of(x.logs.begin(), x.logs.end(),
                           [now](auto& y) { return y.second.log == now; });
  }

  /// Where the key may have belonged since there were so many partitions: each
  /// time that some were added it may have moved, and nobody has noted where
  /// those partitions ended then.
  void add_home_partitions(positions& since, std::int32_t partitions) const {
    auto key = *options.encoder.route->key_of(options.name);
    for (; partitions <= partition_count(); ++partitions)
      if (auto added = kafka::partition_of(key, partitions);
          next_of(added) != cursor::unknown)
        since.try_emplace(added, 0);
  }

  std::int32_t partition_count() const {
    return others ? others->next.count() : 0;
  }

  /// Whether an offset is beyond what is known of its partition's log.
  bool is_beyond(std::int32_t partition, std::int64_t offset) const {
    auto end = end_of(partition);
    return end != cursor::unknown && offset > end;
  }

  std::int64_t end_of(std::int32_t partition) const {
    auto position = next_of(partition);
    auto end = known_of(log_end, &topic_positions::log_end, partition);
    return std::min(position, end) == cursor::unknown ? cursor::unknown
                                                      : std::max(position, end);
  }

  void on_join_timeout() {
    auto is_due = [now = self->clock().now()](auto& x) {
      return x.until <= now;
    };
    while (!waiting.empty() && is_due(waiting.front())) {
      end_waiting(waiting.front());
      waiting.pop_front();
    }
    if (!waiting.empty())
      await_timeout();
    leave_if_empty();
  }

  void end_waiting(waiting_join& x) {
    auto& request = x.request;
    auto is_sure = complete && is_one_log();
    if (is_sure)
      drop_starts_of_none(request);
    if (is_sure && names_no_partition(request))
      refuse(request, emit_errc::invalid_payload, no_partition);
    else if (is_sure && !must_wait(request))
      admit(request, !x.has_left);
    else
      refuse(request, emit_errc::unavailable,
             complete ? "this node has not read that far yet"
                      : "Kafka does not answer at present");
  }

  /// A topic that was created again with fewer partitions: who was a member
  /// while that came about may have been notified of starts in partitions that
  /// the log does not have. It has had nothing there, and nothing of the log.
  void drop_starts_of_none(join_room& x) const {
    auto dropped = std::erase_if(x.since, [&, this](auto& y) {
      return y.second == 0 && x.logs.contains(y.first)
             && next_of(y.first) == cursor::unknown
             && !is_of_another_log(x, y.first);
    });
    if (dropped > 0 && home_partition >= 0)
      x.since.try_emplace(home_partition, 0);
  }

  /// Whether it has been where there is no partition of this log.
  bool names_no_partition(const join_room& x) const {
    return std::any_of(x.since.begin(), x.since.end(), [&, this](auto& y) {
      return next_of(y.first) == cursor::unknown
             && !is_of_another_log(x, y.first);
    });
  }

  /// Of the one that waits for longest.
  void await_timeout() {
    auto left = waiting.front().until - self->clock().now();
    join_timer.start(self, options.executor,
                     std::chrono::ceil<std::chrono::milliseconds>(left),
                     [this] { on_join_timeout(); });
  }

  /// `stays`: the socket has not left since.
  void admit(join_room& x, bool stays = true) {
    auto strays = x.resumes ? positions{} : take_strays(x);
    auto cut = x.resumes ? positions{} : take_back(x);
    if (auto* wrong = complaint_about(x))
      return refuse(x, emit_errc::invalid_payload, wrong);
    add_unnamed(x, strays);
    if (x.resumes && !strays.empty())
      return refuse(x, emit_errc::invalid_payload, created_again);
    strays.merge(cut);
    auto* member = members.find(x.ack.socket);
    join_answered answer{std::move(x.ack), options.name, options.id};
    answer.restarted = std::move(strays);
    answer.membership = x.membership;
    answer.handle = self;
    for (auto partition : home_partitions) {
      track(partition);
      answer.from[partition] = next[partition];
    }
    for (auto& [partition, since] : x.since)
      answer.from[partition] = since;
    if (stays && member == nullptr)
      enter(x, answer);
    else if (stays)
      rewind(*member, x, answer);
    answer.logs = logs;
    // Some partitions may be those of a former topic, which had more.
    answer.of_partitions = is_one_log() ? partition_count() : 1;
    note_ahead(x, answer, stays);
    tell(self, x.member, std::move(answer));
  }

  /// A member that has been further in the log than this node has a later
  /// leader's epoch, as far as is known here. When the log turns out to have
  /// been cut below, nothing that comes tells it so.
  void note_ahead(const join_room& x, join_answered& answer, bool stays) {
    for (auto& [partition, since] : x.since) {
      auto then = x.logs.find(partition);
      auto here = answer.logs.find(partition);
      if (then == x.logs.end() || here == answer.logs.end())
        continue;
      auto& epoch = here->second.leader_epoch;
      epoch = std::max(epoch, then->second.leader_epoch);
      if (stays && epoch >= 0 && since > next_of(partition))
        ahead.push_back(
          {answer.ack.socket, x.member, partition, since, then->second});
    }
  }

  /// Those whose position the node has come to are told by what comes.
  void look_after_ahead() {
    std::erase_if(ahead, [this](auto& x) {
      if (log_of(x.partition) != x.log.log)
        return true;
      auto at = way_back(x.partition, x.next, x.log.leader_epoch);
      if (at) {
        auto events = new_events(x.partition, x.next, *at);
        events->lost = true;
        tell(self, x.member, deliver_events{std::move(events)});
      }
      return at || next_of(x.partition) >= x.next;
    });
  }

  /// A member that wants to begin once more, at an earlier offset.
  void rewind(room_member& y, const join_room& x, join_answered& answer) {
    auto was_behind = y.is_behind();
    for (auto& [partition, at] : x.since) {
      track(partition);
      if (at < delivered_to[partition])
        answer.behind[partition] = y.behind[partition] = at;
    }
    if (answer.behind.empty())
      return;
    if (!was_behind)
      y.live_bytes_when_current = live_bytes;
    y.budget = 0; // until it knows
    note(y);
    continue_passes();
  }

  void enter(const join_room& x, join_answered& answer) {
    room_member y{x.member, answer.ack.socket, x.membership};
    y.live_bytes_when_current = live_bytes;
    auto begin = x.since.empty() && x.with_history ? history.begin() : x.since;
    for (auto& [partition, at] : begin) {
      track(partition);
      if (at < delivered_to[partition])
        y.behind[partition] = at;
    }
    answer.behind = y.behind;
    note(members.add(std::move(y)));
  }

  /// What is wrong with where a member wants to begin, as far as it names that;
  /// null: nothing.
  const char* complaint_about(const join_room& x) {
    for (auto& [partition, since] : x.since) {
      if (is_of_another_log(x, partition))
        return created_again;
      if (way_back(x, partition, since))
        return "since: the topic's log has lost what was before";
      if (next_of(partition) == cursor::unknown)
        return no_partition;
      if (is_beyond(partition, since))
        return "since: the topic's log is not that long; was it created again?";
      if (x.resumes
          && since
               < known_of(log_start, &topic_positions::log_start, partition))
        return "since: the log does not go back that far";
    }
    if (x.resumes && x.since.empty() && !home_partitions.empty())
      return "since: it names no partition of the room";
    return nullptr;
  }

  void refuse(join_room& x, emit_errc error, std::string message) {
    tell(self, x.member, refusal_of(x, error, std::move(message)));
  }

  join_answered refusal_of(join_room& x, emit_errc error,
                           std::string message) const {
    join_answered result{std::move(x.ack), options.name, options.id, error,
                         std::move(message)};
    result.membership = x.membership;
    return result;
  }

  /// The lease of a leave ends behind the answers to the joins before it.
  void on_leave(const leave_room& x) {
    auto is_its = [&](auto& y) { return y.request.ack.socket == x.socket; };
    if (x.is_gone)
      std::erase_if(waiting, is_its);
    for (auto& y : waiting)
      if (is_its(y) && !std::exchange(y.has_left, true))
        y.leave = x.lease;
    if (auto* found = members.find(x.socket); found && found->is_behind())
      behind->dec();
    members.remove(x.socket);
    std::erase_if(ahead, [&](auto& y) { return y.socket == x.socket; });
    continue_passes();
    leave_if_empty();
  }

  void leave_if_empty() {
    if (members.empty() && waiting.empty())
      tell(self, directory,
           room_empty{options.nsp, options.name, options.id, joins});
  }

  // -- positions --------------------------------------------------------------

  /// Where a partition is that may have no position of its own; unknown: the
  /// topic has none such.
  std::int64_t next_of(std::int32_t partition) const {
    return known_of(next, &topic_positions::next, partition);
  }

  std::int64_t known_of(const positions& own,
                        partition_offsets topic_positions::*shared,
                        std::int32_t partition) const {
    if (auto i = own.find(partition); i != own.end())
      return i->second;
    return others ? ((*others).*shared).at(partition) : cursor::unknown;
  }

  /// Gives a partition a position of its own, now that somebody is to be told:
  /// up to here it had nothing of the room.
  void track(std::int32_t partition) {
    if (next.contains(partition) || !others || !others->next.knows(partition))
      return;
    next[partition] = delivered_to[partition] = others->next.at(partition);
    note_log(partition, others->named(partition));
  }

  /// When partitions are added, keys move: what comes of the room from then on
  /// lies there, from the partition's beginning for all that is known here.
  void on_partition_added(std::int32_t partition) {
    track(partition);
    if (home_partition >= 0 && home_partition != partition)
      begun[home_partition] = delivered_to[home_partition];
    home_partition = partition;
    home_partitions.insert(partition);
    begun[partition] = 0;
  }

  /// Other programs have put records of the room there. Whose offset does not
  /// name the partition has had none of them.
  void on_misplaced(std::int32_t partition, std::int64_t first) {
    track(partition);
    if (!next.contains(partition))
      return;
    home_partitions.insert(partition);
    auto& at = begun.try_emplace(partition, first).first->second;
    at = std::min(at, first);
  }

  /// Who comes from another node may have an offset of a time when that had no
  /// memory of them any more.
  void forget_misplaced() {
    for (auto& [partition, at] : begun)
      if (partition != home_partition)
        at = std::max(at, others->misplaced_from.at(partition));
  }

  /// A topic that was created again may have fewer partitions.
  void forget_gone_partitions() {
    auto is_gone = [this](auto& x) { return !others->next.knows(x.first); };
    for (auto* x : {&next, &delivered_to, &log_start, &log_end, &begun})
      std::erase_if(*x, is_gone);
    std::erase_if(logs, is_gone);
    std::erase_if(home_partitions,
                  [this](auto x) { return !others->next.knows(x); });
    if (!others->next.knows(home_partition))
      home_partition = -1;
  }

  // -- the live flow ----------------------------------------------------------

  void on_records(const room_records& x) {
    if (x.replay != 0)
      return on_replayed(x);
    auto partition = x.partition;
    auto& batch = *x.batch;
    track(partition);
    next.emplace(partition, batch.from);
    delivered_to.emplace(partition, next[partition]);
    auto before = log_of(partition);
    note_log(partition, {batch.log, batch.leader_epoch});
    if (batch.epochs == (others ? others->epochs_of(partition) : nullptr))
      epochs.erase(partition);
    else
      epochs[partition] = batch.epochs;
    look_after_ahead(); // what comes may begin where they are not yet
    if (batch.to < batch.from && before != 0 && batch.log == before)
      return on_log_cut(partition, batch.from, batch.to);
    if (batch.to < batch.from) {
      delivered_to[partition] = std::max(delivered_to[partition], batch.from);
      return on_log_restarted(partition, batch.to);
    }
    // Also where nothing was read of the log before, as little as that tells.
    // Of what is before the batch, nothing is the room's.
    if (before != 0 && before != log_of(partition))
      on_log_restarted(partition, 0);
    auto from = delivered_to[partition];
    if (batch.lost > from) {
      on_misplaced(partition, from); // some may have been the room's
      tell_lost(partition, from, batch.lost);
    }
    next[partition] = std::max(next[partition], batch.to);
    auto events = encode(x, std::max(from, batch.lost), true);
    if (!events)
      return;
    home_partitions.insert(partition);
    begun.try_emplace(partition, events->events.front().offset);
    live_bytes += events->frames->size();
    delivered_to[partition] = batch.to;
    to_members(partition, std::move(events));
    check_lag();
  }

  /// Members that are up to date may have got all before `delivered_to`, and
  /// get what comes from there on.
  void to_members(std::int32_t partition,
                  std::shared_ptr<const room_events> events) {
    auto content = caf::make_message(deliver_events{std::move(events)});
    for (auto& x : members.all())
      if (!x.is_behind() || !x.behind.contains(partition))
        tell_shared(self, x.handle, content);
  }

  std::shared_ptr<room_events>
  new_events(std::int32_t partition, std::int64_t from, std::int64_t to) const {
    auto events = std::make_shared<room_events>();
    events->room = options.id;
    events->nsp = options.nsp;
    events->partition = partition;
    if (auto i = logs.find(partition); i != logs.end()) {
      events->log = i->second.log;
      events->leader_epoch = i->second.leader_epoch;
    }
    events->from = from;
    events->to = to;
    return events;
  }

  /// The events of a batch from an offset on; null: there are none. What is
  /// before it is not the room's any more: its router may subscribe again
  /// further back than where the room began. Replayed ones have been looked at
  /// before.
  std::shared_ptr<room_events> encode(const room_records& x, std::int64_t from,
                                      bool is_live) {
    auto events = new_events(x.partition, from, x.batch->to);
    auto frames = std::make_shared<std::string>();
    for (auto begin : x.begins)
      append(std::string_view{x.batch->records}.substr(begin), *events, *frames,
             is_live);
    if (events->events.empty())
      return nullptr;
    events->frames = std::move(frames);
    events->lease = x.lease;
    return events;
  }

  void append(std::string_view block, room_events& events, std::string& frames,
              bool is_live) {
    std::string_view wrong = "the record block is damaged";
    if (read_record(block, record)) {
      if (record.offset < events.from || !encoder.is_event(record))
        return;
      wrong = encoder.append(record, events, frames);
    }
    if (!wrong.empty() && (is_live || is_news(events.partition)))
      poison(events.partition, wrong);
    else if (is_live && wrong.empty())
      history.add(events.partition, record.offset);
  }

  /// Whether a replay comes upon a record that nobody has been notified of, as
  /// from before the room was here. Some are remembered; what comes on top of
  /// them may be told again.
  bool is_news(std::int32_t partition) const {
    return !poison_reported.contains({partition, record.offset});
  }

  /// A record that no client could read: the others continue without it.
  void poison(std::int32_t partition, std::string_view wrong) {
    ++poisoned;
    if (poison_reported.size() < max_poison_reported)
      poison_reported.emplace(partition, record.offset);
    count(self->system(), metrics::records_skipped)->inc();
    log::limited(log_level::warning, "record skipped",
                 topic() + ' ' + std::string{wrong},
                 {{"topic", topic()},
                  {"partition", partition},
                  {"offset", record.offset},
                  {"room", options.name},
                  {"why", wrong},
                  {"skipped_in_room", poisoned}});
  }

  /// Nothing of the room is before these offsets that it has not seen.
  void on_moved(const room_moved& x) {
    others = x.to;
    epochs.clear(); // they are as new there
    forget_gone_partitions();
    forget_misplaced();
    look_after_ahead();
    for (auto partition : home_partitions)
      if (others->next.knows(partition))
        next.try_emplace(partition);
    for (auto& [partition, here] : next) {
      note_log(partition, others->named(partition));
      here = std::max(here, others->next.at(partition));
      if (options.recovers && home_partitions.contains(partition)
          && delivered_to[partition] < here)
        to_members(partition,
                   new_events(partition, delivered_to[partition], here));
      if (options.recovers)
        delivered_to[partition] = here;
    }
  }

  void tell_lost(std::int32_t partition, std::int64_t from, std::int64_t to) {
    report_lost(partition, from, to);
    auto events = new_events(partition, from, to);
    events->lost = true;
    to_members(partition, std::move(events));
    delivered_to[partition] = to;
  }

  void report_lost(std::int32_t partition, std::int64_t from, std::int64_t to) {
    count(self->system(), metrics::gaps)->inc();
    log::limited(log_level::error, "records are missed: deleted by retention",
                 topic() + '/' + std::to_string(partition),
                 {{"topic", topic()},
                  {"partition", partition},
                  {"room", options.name},
                  {"from", from},
                  {"to", to}});
  }

  /// Offsets mean something else now: whoever was behind cannot catch up.
  void on_log_restarted(std::int32_t partition, std::int64_t at) {
    stop_pass(partition);
    history.forget(partition, 0);
    auto before = delivered_to[partition];
    next[partition] = at;
    if (auto i = begun.find(partition); i != begun.end())
      i->second = 0;
    log_start[partition] = log_end[partition] = at;
    members.each_behind([&](room_member& x) {
      if (x.behind.erase(partition) > 0)
        note(x);
    });
    if (at < before || home_partitions.contains(partition))
      tell_lost(partition, before, at);
    for (auto& x : members.all())
      tell(self, x.handle, caught_up{options.id, partition, at, x.request});
  }

  /// The log has lost its end: who was beyond goes back, who is behind that
  /// catches up as before. A room that had nothing beyond still has members
  /// that have begun there.
  void on_log_cut(std::int32_t partition, std::int64_t from, std::int64_t at) {
    stop_pass(partition);
    history.forget(partition, at);
    std::erase_if(poison_reported, [&](auto& x) {
      return x.first == partition && x.second >= at;
    });
    std::erase_if(ahead, [&](auto& x) {
      return x.partition == partition && x.next > at;
    });
    if (delivered_to[partition] > at)
      report_lost(partition, std::exchange(delivered_to[partition], at), at);
    auto start = known_of(log_start, &topic_positions::log_start, partition);
    log_start[partition] = start < 0 ? at : std::min(start, at);
    next[partition] = log_end[partition] = at;
    members.each_behind([&](room_member& x) {
      auto i = x.behind.find(partition);
      if (i == x.behind.end() || i->second < delivered_to[partition])
        return;
      x.behind.erase(i);
      note(x);
    });
    if (auto i = begun.find(partition); i != begun.end())
      i->second = std::min(i->second, at);
    auto events = new_events(partition, from, at);
    events->lost = true;
    auto content = caf::make_message(deliver_events{std::move(events)});
    for (auto& x : members.all()) // whoever is behind may be further by now
      tell_shared(self, x.handle, content);
    for (auto& x : members.all())
      if (!x.behind.contains(partition))
        tell(self, x.handle, caught_up{options.id, partition, at, x.request});
    start_pass(partition);
  }

  // -- members that are behind ------------------------------------------------

  void on_catch_up(const catch_up& x) {
    auto* y = members.find(x.socket);
    if (y == nullptr || y->membership != x.membership)
      return;
    if (!y->is_behind())
      y->live_bytes_when_current = live_bytes;
    y->behind = x.behind;
    y->budget = static_cast<std::int64_t>(x.budget);
    y->request = x.request;
    if (y->budget > 0 && lag_of(*y) > options.max_lag
        && options.on_lag == lag_policy::skip)
      skip(*y);
    for (auto& [partition, at] : x.behind)
      settle(*y, partition);
    note(*y);
    for (auto& [partition, at] : x.behind) {
      if (auto i = passes.find(partition); i == passes.end()) {
        start_pass(partition);
      } else {
        replay_to(*y, partition, i->second);
        continue_pass(partition);
      }
    }
  }

  std::uint64_t lag_of(const room_member& x) const {
    return live_bytes - x.live_bytes_when_current;
  }

  void check_lag() {
    members.each_behind([this](room_member& x) {
      auto lag = lag_of(x);
      if (lag <= options.max_lag || options.on_lag != lag_policy::disconnect)
        return;
      x.live_bytes_when_current = live_bytes; // it is told once
      count(self->system(), metrics::lag_exceeded)->inc();
      tell(self, x.handle, lag_exceeded{options.id, lag});
    });
  }

  /// It continues with what is live, and is told what it has missed.
  void skip(room_member& x) {
    count(self->system(), metrics::lag_exceeded)->inc();
    for (auto& [partition, at] : x.behind) {
      if (at >= delivered_to[partition])
        continue;
      auto events = new_events(partition, at, delivered_to[partition]);
      events->lost = true;
      at = events->to;
      tell(self, x.handle, deliver_events{std::move(events)});
    }
    x.live_bytes_when_current = live_bytes;
  }

  void note(const room_member& x) {
    auto before = static_cast<std::int64_t>(members.behind());
    members.note(x);
    behind->inc(static_cast<std::int64_t>(members.behind()) - before);
  }

  /// Lets it resume live where it has arrived.
  void settle(room_member& x, std::int32_t partition) {
    auto i = x.behind.find(partition);
    if (i == x.behind.end())
      return;
    if (i->second >= delivered_to[partition]) {
      tell(self, x.handle,
           caught_up{options.id, partition, i->second, x.request});
      x.behind.erase(i);
      note(x);
    }
  }

  void start_pass(std::int32_t partition) {
    auto from = std::numeric_limits<std::int64_t>::max();
    members.each_behind([&](room_member& x) {
      if (x.waits_at(partition, 0))
        from = std::min(from, x.behind[partition]);
    });
    if (from == std::numeric_limits<std::int64_t>::max())
      return;
    passes.insert_or_assign(partition, replay_pass{++last_replay, from});
    tell(self, router,
         start_replay{self, topic(), partition,
                      *options.encoder.route->key_of(options.name), from,
                      last_replay});
  }

  void stop_pass(std::int32_t partition) {
    auto i = passes.find(partition);
    if (i == passes.end())
      return;
    tell(self, router, stop_replay{self, i->second.id()});
    passes.erase(i);
  }

  /// What it has kept for those who could not take it, they get later.
  void on_replay_ended(const replay_ended& x) {
    auto i = passes.find(x.partition);
    if (i == passes.end() || i->second.id() != x.replay)
      return;
    passes.erase(i);
    start_pass(x.partition);
  }

  void on_replayed(const room_records& x) {
    auto i = passes.find(x.partition);
    if (i == passes.end() || i->second.id() != x.replay)
      return; // of a pass that is over
    auto& batch = *x.batch;
    note_log_end(x.partition, batch.to);
    if (batch.lost > batch.from)
      i->second.add(lost_events(x));
    auto events = encode(x, std::max(batch.from, batch.lost), false);
    if (!events)
      events = new_events(x.partition, std::max(batch.from, batch.lost),
                          batch.to);
    i->second.add(std::move(events));
    members.each_behind(
      [&](room_member& y) { replay_to(y, x.partition, i->second); });
    continue_pass(x.partition);
    age_passes();
  }

  /// The log is longer than was known: a pass may be ahead of the live flow,
  /// and who was on it may leave and come back before that is there.
  void note_log_end(std::int32_t partition, std::int64_t to) {
    auto known = known_of(log_end, &topic_positions::log_end, partition);
    log_end[partition] = std::max(known, to);
  }

  std::shared_ptr<room_events> lost_events(const room_records& x) {
    count(self->system(), metrics::gaps)->inc();
    auto events = new_events(x.partition, x.batch->from, x.batch->lost);
    events->lost = true;
    return events;
  }

  /// What the pass has for a member at its position.
  void replay_to(room_member& x, std::int32_t partition,
                 const replay_pass& from) {
    auto is_spent = false;
    from.each([&](auto& events, auto& content) {
      if (!x.waits_at(partition, events->from)
          || x.behind[partition] >= events->to)
        return;
      auto bytes = events->frames
                     ? static_cast<std::int64_t>(events->frames->size())
                     : 0;
      tell_shared(self, x.handle, content);
      x.behind[partition] = events->to;
      x.budget = std::max<std::int64_t>(x.budget - bytes, 0);
      x.live_bytes_when_current
        = std::min(live_bytes, x.live_bytes_when_current
                                 + static_cast<std::uint64_t>(bytes));
      settle(x, partition);
      is_spent = x.budget == 0 && x.is_behind();
    });
    if (is_spent)
      tell(self, x.handle, budget_spent{options.id, x.request});
  }

  /// Forgets what all in the pass have. Ends the pass when nobody is; who waits
  /// behind it begins another.
  void continue_pass(std::int32_t partition) {
    auto& pass = passes.at(partition);
    auto oldest = std::numeric_limits<std::int64_t>::max();
    members.each_behind([&](room_member& x) {
      auto i = x.behind.find(partition);
      if (i == x.behind.end() || i->second < pass.begin())
        return; // it has missed it
      if (x.budget > 0 || i->second <= pass.at())
        oldest = std::min(oldest, i->second);
    });
    if (oldest != std::numeric_limits<std::int64_t>::max())
      return pass.drop_before(oldest);
    stop_pass(partition);
    start_pass(partition);
  }

  void continue_passes() {
    for (auto i = passes.begin(); i != passes.end();)
      continue_pass((i++)->first);
  }

  /// Whether a member could take something right now.
  bool somebody_waits(std::int32_t partition) {
    auto result = false;
    members.each_behind(
      [&](room_member& x) { result = result || x.waits_at(partition, 0); });
    return result;
  }

  /// Looks after passes that wait for somebody.
  void age_passes() {
    auto keeps_any = [](auto& x) { return x.second.keeps_any(); };
    if (is_aging || !std::any_of(passes.begin(), passes.end(), keeps_any))
      return;
    is_aging = true;
    aging.start(self, options.executor, aging_interval, [this] {
      is_aging = false;
      for (auto i = passes.begin(); i != passes.end();) {
        auto& [partition, pass] = *i++;
        pass.age(somebody_waits(partition));
        continue_pass(partition);
      }
      age_passes();
    });
  }

  // -- the rest ---------------------------------------------------------------

  void on_broadcast(const broadcast_local& x) {
    if (x.nsp != options.nsp || x.room != options.name)
      return; // of another namespace's room with the same key
    auto content = caf::make_message(
      deliver_local{options.id, options.nsp, x.sender, x.frames, x.lease});
    for (auto& y : members.all())
      tell_shared(self, y.handle, content);
  }

  /// They leave when they go.
  disconnected on_disconnect() {
    for (auto& x : members.all())
      tell(self, x.handle, disconnect_socket{x.socket});
    return {static_cast<std::uint32_t>(members.size())};
  }

  const std::string& topic() const {
    return options.encoder.route->settings.topic;
  }

  room_actor::pointer self;
  room_options options;
  outbound_router_actor router;
  room_directory_actor directory;
  room_encoder encoder;
  caf::telemetry::int_gauge* behind;
  room_history history{options.encoder.route->settings.history};
  loop_timer join_timer;
  room_members members;             ///< bounded by the node's sockets
  std::deque<waiting_join> waiting; ///< likewise; who has come first is first
  bool complete = false;
  std::string
    unreachable; ///< why nobody sends its records; empty: somebody does
  /// Positions of the partitions that hold records of the room, or where a
  /// member has begun; all others are where the whole node is.
  positions next; ///< the next record of the room to come
  positions
    delivered_to; ///< what members that are up to date get next is from here on
  positions log_start, log_end;
  partition_logs logs; ///< that all of these are of, as far as it is known
  std::string problem; ///< why the topic cannot be read; empty: it can
  std::shared_ptr<const topic_positions>
    others; ///< shared; null: not known yet
  /// Partitions that hold records of the room: the key's own, and others in
  /// which some have been seen.
  std::set<std::int32_t> home_partitions;
  std::int32_t home_partition
    = -1; ///< the key's own one of them; -1: not known yet
  /// Likewise, from where on they may hold some that are none of an offset's
  /// which does not name the partition.
  positions begun;
  /// Members that have begun where the node has yet to come.
  struct ahead_member {
    socket_ptr socket;
    member_actor member;
    std::int32_t partition;
    std::int64_t next;
    named_log log; ///< of `next`
  };
  std::vector<ahead_member> ahead;
  /// Where epochs begin, where a batch has told since `others` did.
  std::map<std::int32_t, std::shared_ptr<const leader_epochs>> epochs;
  std::map<std::int32_t, replay_pass> passes; ///< one at a time by partition
  loop_timer aging;
  bool is_aging = false;
  std::uint64_t last_replay = 0;
  std::uint64_t live_bytes = 0; ///< bytes of live events
  std::uint64_t joins = 0;
  std::uint64_t poisoned = 0;
  /// Records that are skipped, by partition and offset.
  std::set<std::pair<std::int32_t, std::int64_t>> poison_reported;
  kafka::record_view record; // reused
};

} // namespace

room_actor spawn_room(const room_options& options,
                      const outbound_router_actor& router,
                      const room_directory_actor& directory) {
  return options.executor.spawn<room_actor, room_state>(options, router,
                                                        directory);
}

} // namespace weir
