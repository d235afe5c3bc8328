#include "actors/room/room.hpp"

#include "actors/contract/catching_up.hpp"
#include "actors/contract/disconnect.hpp"
#include "actors/contract/participants.hpp"
#include "actors/contract/relay.hpp"
#include "actors/room/batch_encoder.hpp"
#include "actors/room/join_since.hpp"
#include "actors/room/members_ahead.hpp"
#include "actors/room/replay_pass.hpp"
#include "actors/room/room_history.hpp"
#include "actors/room/room_members.hpp"
#include "actors/room/room_partitions.hpp"
#include "actors/room/waiting_joins.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/metrics.hpp"
#include "config/log.hpp"

#include <caf/actor_clock.hpp>
#include <caf/message.hpp>

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>
#include <vector>

namespace weir {

namespace {

/// How often passes look for members that hold them up.
constexpr auto aging_interval = std::chrono::milliseconds{500};

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
    for (auto& x : waiting.take_all())
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
      [this](const partition_added& x) { on_partition_added(x); },
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

  void on_join(join_room x) {
    ++joins;
    join_since::name_logs(x);
    if (is_hopeless(x)) {
      refuse(x, emit_errc::unavailable, why_hopeless());
      return leave_if_empty();
    }
    if (complete && !since.must_wait(x) && !waiting.has(x.ack.socket)) {
      admit(x);
      return leave_if_empty();
    }
    auto is_first = waiting.empty();
    waiting.add(std::move(x), self->clock().now() + options.join_timeout);
    if (is_first)
      await_timeout();
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
    for (auto& y : waiting.take([this](auto& x) { return is_hopeless(x); }))
      refuse(y.request, emit_errc::unavailable, why_hopeless());
    if (waiting.empty())
      join_timer.cancel();
    leave_if_empty();
  }

  void on_complete(const room_complete& x) {
    complete = true;
    partitions.complete(x);
    for (auto& [partition, offsets] : x.history)
      history.prepend(partition, offsets);
    admit_waiting();
  }

  /// Those that need not wait any longer.
  void admit_waiting() {
    if (!complete || waiting.empty())
      return;
    auto ready
      = waiting.take_ready([this](auto& x) { return since.must_wait(x); });
    if (waiting.empty())
      join_timer.cancel();
    for (auto& x : ready) {
      admit(x.request, !x.has_left);
      x = {}; // what came behind it is over before the next one's answer
    }
    leave_if_empty(); // not before all are in
  }

  void on_join_timeout() {
    auto now = self->clock().now();
    while (auto x = waiting.take_due(now))
      end_waiting(*x);
    if (!waiting.empty())
      await_timeout();
    leave_if_empty();
  }

  void end_waiting(waiting_join& x) {
    auto& request = x.request;
    auto is_sure = complete && partitions.is_one_log();
    if (is_sure)
      since.drop_starts_of_none(request);
    if (is_sure && since.names_no_partition(request))
      refuse(request, emit_errc::invalid_payload, join_since::no_partition);
    else if (is_sure && !since.must_wait(request))
      admit(request, !x.has_left);
    else
      refuse(request, emit_errc::unavailable,
             complete ? "this node has not read that far yet"
                      : "Kafka does not answer at present");
  }

  /// Of the one that waits for longest.
  void await_timeout() {
    auto left = waiting.first_due() - self->clock().now();
    join_timer.start(self, options.executor,
                     std::chrono::ceil<std::chrono::milliseconds>(left),
                     [this] { on_join_timeout(); });
  }

  /// `stays`: the socket has not left since.
  void admit(join_room& x, bool stays = true) {
    auto start = since.settle(x);
    if (start.wrong != nullptr)
      return refuse(x, emit_errc::invalid_payload, start.wrong);
    auto* member = members.find(x.ack.socket);
    join_answered answer{std::move(x.ack), options.name, options.id};
    answer.restarted = std::move(start.restarted);
    answer.membership = x.membership;
    answer.handle = self;
    answer.from = partitions.track_homes();
    for (auto& [partition, at] : x.since)
      answer.from[partition] = at;
    if (stays && member == nullptr)
      enter(x, answer);
    else if (stays)
      rewind(*member, x, answer);
    answer.logs = partitions.logs();
    // Some partitions may be those of a former topic, which had more.
    answer.of_partitions = partitions.is_one_log() ? partitions.count() : 1;
    note_ahead(x, answer, stays);
    tell(self, x.member, std::move(answer));
  }

  /// A member that has been further in the log than this node has a later
  /// leader's epoch, as far as is known here. When the log turns out to have
  /// been cut below, nothing that comes tells it so.
  void note_ahead(const join_room& x, join_answered& answer, bool stays) {
    for (auto& [partition, at] : x.since) {
      auto then = x.logs.find(partition);
      auto here = answer.logs.find(partition);
      if (then == x.logs.end() || here == answer.logs.end())
        continue;
      auto& epoch = here->second.leader_epoch;
      epoch = std::max(epoch, then->second.leader_epoch);
      if (stays && epoch >= 0 && at > partitions.next_of(partition))
        ahead.add({answer.ack.socket, x.member, partition, at, then->second});
    }
  }

  void look_after_ahead() {
    ahead.look_after(partitions, [this](auto& x, auto at) {
      auto events = new_events(x.partition, x.next, at);
      events->lost = true;
      tell(self, x.member, deliver_events{std::move(events)});
    });
  }

  /// A member that wants to begin once more, at an earlier offset.
  void rewind(room_member& y, const join_room& x, join_answered& answer) {
    auto was_behind = y.is_behind();
    for (auto& [partition, at] : x.since) {
      partitions.track(partition);
      if (at < partitions.delivered_to(partition))
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
      partitions.track(partition);
      if (at < partitions.delivered_to(partition))
        y.behind[partition] = at;
    }
    answer.behind = y.behind;
    note(members.add(std::move(y)));
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
    if (x.is_gone)
      waiting.remove(x.socket);
    waiting.leave(x.socket, x.lease);
    if (auto* found = members.find(x.socket); found && found->is_behind())
      behind->dec();
    members.remove(x.socket);
    ahead.remove(x.socket);
    continue_passes();
    leave_if_empty();
  }

  void leave_if_empty() {
    if (members.empty() && waiting.empty())
      tell(self, directory,
           room_empty{options.nsp, options.name, options.id, joins});
  }

  void on_partition_added(const partition_added& x) {
    partitions.add_home(x.partition);
    admit_waiting();
  }

  // -- the live flow ----------------------------------------------------------

  void on_records(const room_records& x) {
    if (x.replay != 0)
      return on_replayed(x);
    auto partition = x.partition;
    auto& batch = *x.batch;
    partitions.track(partition);
    auto before = partitions.log_of(partition);
    partitions.begin_batch(partition, batch);
    look_after_ahead(); // what comes may begin where they are not yet
    if (batch.to < batch.from && before != 0 && batch.log == before)
      return on_log_cut(partition, batch.from, batch.to);
    if (batch.to < batch.from) {
      partitions.deliver_to(
        partition, std::max(partitions.delivered_to(partition), batch.from));
      return on_log_restarted(partition, batch.to);
    }
    // Also where nothing was read of the log before, as little as that tells.
    // Of what is before the batch, nothing is the room's.
    if (before != 0 && before != partitions.log_of(partition))
      on_log_restarted(partition, 0);
    auto from = partitions.delivered_to(partition);
    if (batch.lost > from) {
      // Some of them may have been the room's.
      partitions.note_misplaced(partition, from);
      tell_lost(partition, from, batch.lost);
    }
    partitions.read_to(partition, batch.to);
    auto events = encode(x, std::max(from, batch.lost), true);
    if (!events)
      return;
    for (auto& y : events->events)
      history.add(partition, y.offset);
    partitions.note_record(partition, events->events.front().offset);
    live_bytes += events->frames->size();
    partitions.deliver_to(partition, batch.to);
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
    auto named = partitions.named(partition);
    events->log = named.log;
    events->leader_epoch = named.leader_epoch;
    events->from = from;
    events->to = to;
    return events;
  }

  /// The events of a batch from an offset on; null: there are none.
  std::shared_ptr<room_events> encode(const room_records& x, std::int64_t from,
                                      bool is_live) {
    auto events = new_events(x.partition, from, x.batch->to);
    batch_encoder::skipped_records unreadable;
    auto has_any = encoder.encode(x, is_live, *events, unreadable);
    for (auto& y : unreadable)
      report_skipped(x.partition, y);
    return has_any ? events : nullptr;
  }

  void report_skipped(std::int32_t partition, const skipped_record& x) {
    count(self->system(), metrics::records_skipped)->inc();
    log::limited(log_level::warning, "record skipped",
                 topic() + ' ' + std::string{x.why},
                 {{"topic", topic()},
                  {"partition", partition},
                  {"offset", x.offset},
                  {"room", options.name},
                  {"why", x.why},
                  {"skipped_in_room", ++skipped}});
  }

  /// Nothing of the room is before these offsets that it has not seen.
  void on_moved(const room_moved& x) {
    partitions.note_others(x.to);
    look_after_ahead();
    partitions.move_to_others();
    if (!options.recovers)
      return;
    for (auto& [partition, from] : partitions.deliver_to_next())
      to_members(partition, new_events(partition, from,
                                       partitions.delivered_to(partition)));
  }

  void tell_lost(std::int32_t partition, std::int64_t from, std::int64_t to) {
    report_lost(partition, from, to);
    auto events = new_events(partition, from, to);
    events->lost = true;
    to_members(partition, std::move(events));
    partitions.deliver_to(partition, to);
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
    auto before = partitions.delivered_to(partition);
    partitions.restart(partition, at);
    members.each_behind([&](room_member& x) {
      if (x.behind.erase(partition) > 0)
        note(x);
    });
    if (at < before || partitions.homes().contains(partition))
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
    encoder.forget(partition, at);
    ahead.cut(partition, at);
    if (auto before = partitions.delivered_to(partition); before > at)
      report_lost(partition, before, at);
    partitions.cut(partition, at);
    members.each_behind([&](room_member& x) {
      auto i = x.behind.find(partition);
      if (i == x.behind.end() || i->second < partitions.delivered_to(partition))
        return;
      x.behind.erase(i);
      note(x);
    });
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
      auto to = partitions.delivered_to(partition);
      if (at >= to)
        continue;
      auto events = new_events(partition, at, to);
      events->lost = true;
      at = to;
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
    if (i->second >= partitions.delivered_to(partition)) {
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
    // A pass may be ahead of the live flow, and who was on it may leave and
    // come back before that is there.
    partitions.note_end(x.partition, batch.to);
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
  batch_encoder encoder;
  caf::telemetry::int_gauge* behind;
  room_history history{options.encoder.route->settings.history};
  loop_timer join_timer;
  room_members members; ///< bounded by the node's sockets
  waiting_joins waiting;
  bool complete = false;
  /// Why nobody sends its records; empty: somebody does.
  std::string unreachable;
  std::string problem; ///< why the topic cannot be read; empty: it can
  room_partitions partitions;
  join_since since{partitions, *options.encoder.route->key_of(options.name),
                   options.may_be_behind};
  members_ahead ahead;
  std::map<std::int32_t, replay_pass> passes; ///< one at a time by partition
  loop_timer aging;
  bool is_aging = false;
  std::uint64_t last_replay = 0;
  std::uint64_t live_bytes = 0; ///< bytes of live events
  std::uint64_t joins = 0;
  std::uint64_t skipped = 0; ///< records
};

} // namespace

room_actor spawn_room(const room_options& options,
                      const outbound_router_actor& router,
                      const room_directory_actor& directory) {
  return options.executor.spawn<room_actor, room_state>(options, router,
                                                        directory);
}

} // namespace weir
