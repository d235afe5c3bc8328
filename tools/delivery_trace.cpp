#include "tools/delivery_trace.hpp"

#include "tools/answer_fields.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <iostream>
#include <map>
#include <utility>
#include <vector>

namespace weir {

namespace {

using boost::json::object;

/// A question of the trace, and what is known.
struct trace_step {
  std::string what;
  bool is_good;
  std::string found;
};

/// A socket of whoever is meant, with its connection.
struct traced_socket {
  object connection;
  object socket;
};

class trace {
public:
  trace(const question_settings& how, const trace_options& x)
    : how_(how), x_(x) {}

  /// Each step is of use only where the ones before it are good.
  void run() {
    if (find_sockets() && find_memberships() && find_room() && find_readers())
      for (auto& y : members_)
        follow(y);
  }

  const std::vector<trace_step>& steps() const { return steps_; }

  exit_code code() const {
    if (!is_told_ || worst_ == incomplete)
      return worst_;
    for (auto& step : steps_)
      if (!step.is_good)
        return not_done;
    return worst_;
  }

private:
  /// False: nobody is there, or it cannot be told.
  bool find_sockets() {
    auto found = ask_for(
      target_of("/v1/connections", {{"user", x_.who}, {"namespace", x_.nsp}}));
    for (auto& y : rows(found.object, "connections"))
      add_sockets("/v1/connections/" + encoded(text(row(y), "id")), x_.who);
    if (sockets_.empty())
      add_sockets("/v1/connections/" + encoded(x_.who), "");
    return say("connected", !sockets_.empty(),
               sockets_.empty()
                 ? "no socket of " + x_.nsp
                     + " is that of a user or has an id \"" + x_.who + '"'
                 : std::to_string(sockets_.size()) + " sockets");
  }

  /// `user`: whose; empty: of anybody.
  void add_sockets(const std::string& target, const std::string& user) {
    auto answer = ask_for(target);
    for (auto& y : rows(answer.object, "connections"))
      for (auto& z : rows(row(y), "sockets"))
        if (auto& socket = row(z);
            text(socket, "namespace") == x_.nsp
            && (user.empty() || text(socket, "user") == user))
          sockets_.push_back({row(y), socket});
  }

  bool find_memberships() {
    for (auto& x : sockets_)
      for (auto& y : rows(x.socket, "rooms"))
        if (text(row(y), "room") == x_.room)
          members_.push_back(x);
    return say("member", !members_.empty(),
               members_.empty()
                 ? "none of the sockets has joined the room, or it has left"
                 : std::to_string(members_.size()) + " sockets have joined");
  }

  bool find_room() {
    auto found = ask_for(
      target_of("/v1/rooms/" + encoded(x_.room), {{"namespace", x_.nsp}}));
    auto& all = rows(found.object, "rooms");
    if (all.empty())
      return say("room", false, "no node has it any more: ask again");
    room_ = row(all.front());
    for (auto& x : rows(room_, "nodes"))
      if (auto why = text(row(x), "problem"); why != "-")
        return say("room", false,
                   "node " + text(row(x), "node") + " gets nothing: " + why);
    return say("room", true,
               "its records have the key " + text(room_, "key") + " in "
                 + text(room_, "topic"));
  }

  bool find_readers() {
    auto found = ask_for("/v1/partitions");
    for (auto& x : rows(found.object, "partitions"))
      if (text(row(x), "topic") == text(room_, "topic"))
        readers_[number(row(x), "partition")] = row(x);
    for (auto partition : partitions()) {
      auto name = text(room_, "topic") + '/' + std::to_string(partition);
      auto reader = readers_.find(partition);
      if (reader == readers_.end())
        return say("read", false, "no node reads " + name);
      auto& y = reader->second;
      say("read", number(y, "lag") == 0,
          name + " by node " + text(y, "node") + " up to offset "
            + text(y, "position") + "; the log ends at " + text(y, "log_end"));
    }
    return true;
  }

  /// Where the room's records are, as far as that is known; or the one that is
  /// wanted.
  std::vector<std::int64_t> partitions() const {
    if (x_.partition)
      return {*x_.partition};
    std::map<std::int64_t, bool> all;
    for (auto& x : rows(room_, "nodes"))
      for (auto& y : rows(row(x), "partitions"))
        all[number(row(y), "partition")] = true;
    std::vector<std::int64_t> result;
    for (auto& [partition, _] : all)
      result.push_back(partition);
    return result;
  }

  void follow(const traced_socket& x) {
    auto id = "socket " + text(x.socket, "id") + ' ';
    for (auto& y : rows(x.socket, "rooms"))
      if (auto& m = row(y); text(m, "room") == x_.room)
        follow(id, m);
    auto waiting = number(x.connection, "outbox_bytes");
    say("taken", waiting == 0,
        id
          + (waiting == 0
               ? "has taken all that it was sent"
               : "has yet to take " + std::to_string(waiting) + " bytes of "
                   + text(x.connection, "outbox_limit")));
  }

  void follow(const std::string& id, const object& membership) {
    if (is_set(membership, "joining"))
      say("routed", false, id + "waits for its join");
    for (auto& y : rows(membership, "positions")) {
      auto& at = row(y);
      auto partition = number(at, "partition");
      if (x_.partition && *x_.partition != partition)
        continue;
      auto where = "partition " + std::to_string(partition) + ": ";
      auto next = number(at, "next");
      say("delivered", !is_set(at, "behind"),
          id + where + "up to offset " + std::to_string(next)
            + (is_set(at, "behind") ? ", and catches up from there" : ""));
      if (x_.offset)
        judge(id + where, partition, next);
    }
  }

  /// What has become of the record that is looked for.
  void judge(const std::string& id, std::int64_t partition, std::int64_t next) {
    auto offset = *x_.offset;
    auto name = "offset " + std::to_string(offset) + ' ';
    auto reader = readers_.find(partition);
    if (offset < next)
      say("record", true,
          id + name
            + "is behind it: it was sent, or told as weir:gap if it was gone "
              "from the log, or was before the join, or is no event of this "
              "room");
    else if (reader != readers_.end()
             && offset >= number(reader->second, "log_end"))
      say("record", false, id + name + "is not in the log yet");
    else
      say("record", false, id + name + "is yet to be sent");
  }

  reply ask_for(const std::string& target) {
    if (!is_told_)
      return {worst_};
    auto result = ask(how_, "GET", target);
    tell_silent(result);
    is_told_ = result.is_there();
    if (result.code != not_done || !is_told_) // not found is an answer
      worst_ = std::max(worst_, result.code);
    return result;
  }

  /// Nothing, where nobody has told it.
  bool say(std::string what, bool is_good, std::string found) {
    if (!is_good && worst_ == incomplete)
      found += ", as far as nodes have answered";
    if (is_told_)
      steps_.push_back({std::move(what), is_good, std::move(found)});
    return is_good;
  }

  const question_settings& how_;
  const trace_options& x_;
  std::vector<traced_socket> sockets_, members_;
  object room_;
  std::map<std::int64_t, object> readers_; ///< by partition of the topic
  std::vector<trace_step> steps_;
  exit_code worst_ = done;
  bool is_told_ = true; ///< each question has got an answer that is one
};

} // namespace

exit_code trace_delivery(const question_settings& how, const trace_options& x) {
  trace y{how, x};
  y.run();
  boost::json::array all;
  for (auto& step : y.steps())
    if (how.json)
      all.push_back(object{
        {"step", step.what}, {"good", step.is_good}, {"found", step.found}});
    else
      std::cout << (step.is_good ? "yes  " : "no   ") << step.what << ": "
                << printable(step.found) << '\n';
  if (how.json)
    std::cout << boost::json::serialize(object{{"steps", all}}) << '\n';
  return y.code();
}

} // namespace weir
