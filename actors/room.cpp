#include "actors/room.hpp"

#include "actors/caf_compat.hpp"
#include "actors/messages.hpp"
#include "actors/record_block.hpp"
#include "actors/room_history.hpp"
#include "config/log.hpp"

#include <caf/message.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace weir {

namespace {

struct room_state {
  static inline const char* name = "weir.room";

  room_state(room_actor::pointer self, room_options options,
             room_directory_actor directory)
    : self(self),
      options(std::move(options)),
      directory(std::move(directory)),
      encoder(this->options.encoder) {}

  /// Whoever is still a member must not go on believing that it is up to date.
  /// Sent without a sender: the last reference to this actor may be gone.
  ~room_state() {
    for (auto& x : members)
      tell_anonymously(x.handle, room_closed{options.id});
    for (auto& x : waiting)
      tell_anonymously(x.member, answer_to(x, emit_errc::unavailable,
                                           "the room has failed; join again"));
  }

  room_actor::behavior_type make_behavior() {
    return {
      [this](join_room& x) { on_join(std::move(x)); },
      [this](const leave_room& x) { on_leave(x); },
      [this](const room_records& x) { on_records(x); },
      [this](const room_complete& x) { on_complete(x); },
      [this](const broadcast_local& x) { on_broadcast(x); },
    };
  }

  // -- members ----------------------------------------------------------------

  struct member {
    member_actor handle;
    socket_ptr socket;
  };

  void on_join(join_room x) {
    ++joins;
    if (complete)
      return admit(x);
    if (waiting.empty())
      patience.start(self, options.home, options.join_timeout,
                     [this] { on_join_timeout(); });
    waiting.push_back(std::move(x));
  }

  void on_complete(const room_complete& x) {
    complete = true;
    patience.cancel();
    // Records after `from` may have come while other partitions had not
    // answered yet: no member has seen them, so their offset counts.
    for (auto& [partition, offset] : x.from)
      next[partition] = std::max(next[partition], offset);
    take_history(x);
    for (auto& join : std::exchange(waiting, {}))
      admit(join);
  }

  void on_join_timeout() {
    for (auto& x : std::exchange(waiting, {}))
      answer(x, emit_errc::unavailable, "Kafka does not answer at present");
    leave_if_empty();
  }

  void admit(join_room& x) {
    auto is_new = find(x.ack.socket) == members.end();
    auto member = x.member;
    if (is_new)
      members.push_back({x.member, x.ack.socket});
    answer(x, emit_errc::none, {});
    if (is_new && !history.empty())
      tell(self, member, deliver_events{history_events()});
  }

  /// Exactly the events before those that the new member gets live.
  std::shared_ptr<const room_events> history_events() const {
    auto events = std::make_shared<room_events>();
    events->room = options.id;
    events->nsp = options.nsp;
    events->count = history.size();
    events->frames = std::make_shared<const std::string>(history.frames());
    return events;
  }

  /// What came before the room was there goes before what came since. A room's
  /// records usually lie in one partition; of several each keeps its order.
  void take_history(const room_complete& x) {
    auto since = std::exchange(history, make_history());
    room_events ignored;
    for (auto& [partition, block] : x.history) {
      std::string_view rest = block;
      while (read_record(rest, record)) {
        std::string frames;
        if (encoder.append(record, ignored, frames).empty())
          history.add(frames);
      }
    }
    history.add(since);
  }

  room_history make_history() const {
    return {options.encoder.route->settings.history, options.encoder.max_event};
  }

  void answer(join_room& x, emit_errc error, std::string message) {
    tell(self, x.member, answer_to(x, error, std::move(message)));
  }

  join_answered answer_to(join_room& x, emit_errc error,
                          std::string message) const {
    return {std::move(x.ack),   options.name, options.id,  error,
            std::move(message), next,         x.membership};
  }

  void on_leave(const leave_room& x) {
    std::erase_if(waiting, [&](auto& y) { return y.ack.socket == x.socket; });
    if (auto i = find(x.socket); i != members.end()) {
      *i = std::move(members.back()); // the order of members means nothing
      members.pop_back();
    }
    leave_if_empty();
  }

  void leave_if_empty() {
    if (members.empty() && waiting.empty())
      tell(self, directory,
           room_empty{options.nsp, options.name, options.id, joins});
  }

  std::vector<member>::iterator find(const socket_ptr& socket) {
    return std::find_if(members.begin(), members.end(),
                        [&](auto& x) { return x.socket == socket; });
  }

  // -- events -----------------------------------------------------------------

  void on_records(const room_records& x) {
    auto events = std::make_shared<room_events>();
    events->room = options.id;
    events->nsp = options.nsp;
    events->lease = x.lease;
    auto frames = std::make_shared<std::string>();
    for (auto place : x.places)
      append(std::string_view{x.batch->records}.substr(place), x.partition,
             *events, *frames);
    if (events->count == 0)
      return;
    events->frames = std::move(frames);
    to_members(caf::make_message(deliver_events{std::move(events)}));
  }

  void append(std::string_view block, std::int32_t partition,
              room_events& events, std::string& frames) {
    if (!read_record(block, record))
      return poison(partition, "the record block is damaged");
    next[partition] = record.offset + 1;
    auto begin = frames.size();
    if (auto wrong = encoder.append(record, events, frames); !wrong.empty())
      poison(partition, wrong);
    else if (history.is_kept())
      history.add(std::string_view{frames}.substr(begin));
  }

  /// A record that no client could read: the others go on without it.
  void poison(std::int32_t partition, std::string_view wrong) {
    ++poisoned;
    log::warning("record skipped",
                 {{"topic", options.encoder.route->settings.topic},
                  {"partition", partition},
                  {"offset", record.offset},
                  {"room", options.name},
                  {"why", wrong},
                  {"skipped_in_room", poisoned}});
  }

  void on_broadcast(const broadcast_local& x) {
    to_members(caf::make_message(
      deliver_local{options.id, options.nsp, x.sender, x.frames}));
  }

  void to_members(const caf::message& content) {
    for (auto& x : members)
      tell_shared(self, x.handle, content);
  }

  room_actor::pointer self;
  room_options options;
  room_directory_actor directory;
  room_encoder encoder;
  room_history history = make_history();
  loop_timer patience;
  std::vector<member> members;    ///< bounded by the node's sockets
  std::vector<join_room> waiting; ///< likewise
  bool complete = false;
  positions next;
  std::uint64_t joins = 0;
  std::uint64_t poisoned = 0;
  kafka::record_view record; // reused
};

} // namespace

room_actor spawn_room(const room_options& options,
                      const room_directory_actor& directory) {
  return options.home.spawn<room_actor, room_state>(options, directory);
}

} // namespace weir
