#include "actors/room/room_state.hpp"

#include <caf/actor_clock.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace weir {

void room_state::on_join(join_room x) {
  ++joins;
  join_since::name_logs(x);
  if (is_hopeless(x)) {
    refuse(x, emit_errc::unavailable, why_hopeless());
    return leave_if_empty();
  }
  if (complete && !must_wait(x) && !waiting.has(x.ack.socket)) {
    admit(x);
    return leave_if_empty();
  }
  auto is_first = waiting.empty();
  waiting.add(std::move(x), self->clock().now() + options.join_timeout);
  ask_where_cut();
  if (is_first)
    await_timeout();
}

/// Nothing would come. Who resumes waits: what it has missed is still there,
/// maybe, when the topic can be read or reached again. So does who joins
/// without an ack where it cannot be reached: nobody would tell it.
bool room_state::is_hopeless(const join_room& x) const {
  return !x.resumes
         && (!problem.empty()
             || (!unreachable.empty() && !x.ack.ack_id.empty()));
}

const std::string& room_state::why_hopeless() const {
  return problem.empty() ? unreachable : problem;
}

void room_state::on_problem(const room_problem& x) {
  problem = x.why;
  refuse_hopeless();
}

void room_state::on_unreachable(const room_unreachable& x) {
  unreachable = x.why;
  refuse_hopeless();
}

void room_state::refuse_hopeless() {
  for (auto& y : waiting.take([this](auto& x) { return is_hopeless(x); }))
    refuse(y.request, emit_errc::unavailable, why_hopeless());
  if (waiting.empty())
    join_timer.cancel();
  ask_where_cut();
  leave_if_empty();
}

void room_state::on_complete(const room_complete& x) {
  complete = true;
  partitions.complete(x);
  for (auto& [partition, offsets] : x.history)
    history.prepend(partition, offsets);
  admit_waiting();
}

bool room_state::must_wait(const join_room& x) const {
  return since.must_wait(x) || since.find_doubt(x);
}

/// For the first that waits for that: a replay from its position, by its own
/// epoch, has the partition's reader ask; the answer comes with where epochs
/// begin. One that never comes: it begins at the log's start.
void room_state::ask_where_cut() {
  auto find_doubt = [this](auto& x) { return since.find_doubt(x); };
  auto doubt = complete ? waiting.find_first(find_doubt) : std::nullopt;
  if (doubt == asked)
    return;
  if (std::exchange(asked, doubt))
    tell(self, router, stop_replay{self, question});
  if (!doubt)
    return;
  question = ++last_replay;
  tell(self, router,
       start_replay{self, topic(), doubt->partition,
                    *options.encoder.route->key_of(options.name), doubt->offset,
                    question, doubt->of});
}

/// Those that need not wait any longer.
void room_state::admit_waiting() {
  if (!complete || waiting.empty())
    return;
  auto ready = waiting.take_ready([this](auto& x) { return must_wait(x); });
  ask_where_cut();
  if (waiting.empty())
    join_timer.cancel();
  for (auto& x : ready) {
    admit(x.request, !x.has_left);
    x = {}; // what came behind it is over before the next one's answer
  }
  leave_if_empty(); // not before all are in
}

void room_state::on_join_timeout() {
  auto now = self->clock().now();
  while (auto x = waiting.take_due(now))
    end_waiting(*x);
  if (!waiting.empty())
    await_timeout();
  ask_where_cut();
  leave_if_empty();
}

void room_state::end_waiting(waiting_join& x) {
  auto& request = x.request;
  auto is_sure = complete && partitions.is_one_log();
  if (is_sure) {
    since.name_former_logs(request);
    since.drop_starts_of_none(request);
  }
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
void room_state::await_timeout() {
  auto left = waiting.first_due() - self->clock().now();
  join_timer.start(self, options.executor,
                   std::chrono::ceil<std::chrono::milliseconds>(left),
                   [this] { on_join_timeout(); });
}

/// `stays`: the socket has not left since.
void room_state::admit(join_room& x, bool stays) {
  auto start = since.settle(x);
  if (start.wrong != nullptr)
    return refuse(x, emit_errc::invalid_payload, start.wrong);
  auto is_member = members.find(x.ack.socket) != nullptr;
  join_answered answer{std::move(x.ack), options.name, options.id};
  answer.restarted = std::move(start.restarted);
  answer.membership = x.membership;
  answer.handle = self;
  answer.from = partitions.track_homes();
  for (auto& [partition, at] : x.since)
    answer.from[partition] = at;
  if (stays && !is_member)
    enter(x, answer);
  else if (stays)
    rewind(x.since, answer);
  answer.logs = partitions.logs();
  // Some partitions may be those of a former topic, which had more.
  answer.of_partitions = partitions.is_one_log() ? partitions.count() : 1;
  note_ahead(x, answer, stays);
  tell(self, x.member, std::move(answer));
}

/// A member that has been further in the log than this node has a later
/// leader's epoch, as far as is known here. It keeps its own, to ask by, where
/// nobody knows where the next one after that began. When the log turns out to
/// have been cut below, nothing that comes tells it so.
void room_state::note_ahead(const join_room& x, join_answered& answer,
                            bool stays) {
  for (auto& [partition, at] : x.since) {
    auto then = x.logs.find(partition);
    auto here = answer.logs.find(partition);
    if (then == x.logs.end() || here == answer.logs.end())
      continue;
    auto& epoch = here->second.leader_epoch;
    auto own = then->second.leader_epoch;
    epoch = partitions.is_open_after(partition, own) ? own
                                                     : std::max(epoch, own);
    if (stays && epoch >= 0 && at > partitions.next_of(partition))
      ahead.add({answer.ack.socket, x.member, partition, at, then->second});
  }
}

void room_state::look_after_ahead() {
  ahead.look_after(partitions, [this](auto& x, auto at) {
    auto events = new_events(x.partition, x.next, at);
    events->lost = true;
    events->leader_epoch = std::max(events->leader_epoch, x.log.leader_epoch);
    tell(self, x.member, deliver_events{std::move(events)});
  });
}

/// A member begins before what comes by itself.
void room_state::rewind(const positions& to, join_answered& answer) {
  for (auto& [partition, at] : to) {
    partitions.track(partition);
    if (at < partitions.delivered_to(partition))
      answer.behind[partition] = at;
  }
}

void room_state::enter(const join_room& x, join_answered& answer) {
  members.add({x.member, answer.ack.socket, x.membership});
  rewind(x.since.empty() && x.with_history ? history.begin() : x.since, answer);
}

void room_state::refuse(join_room& x, emit_errc error, std::string message) {
  tell(self, x.member, refusal_of(x, error, std::move(message)));
}

join_answered room_state::refusal_of(join_room& x, emit_errc error,
                                     std::string message) const {
  join_answered result{std::move(x.ack), options.name, options.id, error,
                       std::move(message)};
  result.membership = x.membership;
  return result;
}

/// The lease of a leave ends behind the answers to the joins before it.
void room_state::on_leave(const leave_room& x) {
  if (x.is_gone)
    waiting.remove(x.socket);
  waiting.leave(x.socket, x.lease);
  ask_where_cut();
  members.remove(x.socket);
  ahead.remove(x.socket);
  for (auto i = replays.begin(); i != replays.end();) {
    auto& [partition, replay] = *i++;
    replay.remove(x.socket, partitions.delivered_to(partition));
    close_idle(partition);
  }
  leave_if_empty();
}

void room_state::leave_if_empty() {
  if (members.empty() && waiting.empty())
    tell(self, directory,
         room_empty{options.nsp, options.name, options.id, joins});
}

void room_state::on_partition_added(const partition_added& x) {
  partitions.add_home(x.partition);
  admit_waiting();
}

} // namespace weir
