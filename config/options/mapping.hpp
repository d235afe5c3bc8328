#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace weir {

enum class join_policy {
  client,    ///< a client joins by the join event
  automatic, ///< "auto": every socket of the namespace is a member
  claim,     ///< "claim:/rooms": those that a claim of its token names are
};

/// allow: with [auth.jwt] or `certificate_user`, who may do what with a
/// mapping's rooms; who is not named by a rule may not. A rule is "anyone",
/// "authenticated" (who has shown a token or such a certificate), or "/rooms =
/// {id}": a JSON pointer into the token's claims, and what must be there, with
/// the room's captures; a list has it if any of its values is that.
struct allow_options {
  /// Become a member.
  std::vector<std::string> join;
  /// Emit into a room, local events included.
  std::vector<std::string> emit;
  /// Have what came before one has joined: `history`, and `since` of a join.
  std::vector<std::string> history;

  bool operator==(const allow_options&) const = default;
};

enum class value_format {
  json,     ///< the event's single argument
  args,     ///< the JSON array of all arguments
  raw,      ///< one binary argument as it is
  envelope, ///< the Protobuf message of schemas/weir/v1/event.proto
};

/// What a record without a value (null: a tombstone) is.
enum class tombstone_policy {
  event, ///< an event with the argument `null`
  skip,  ///< no event
};

/// [[namespace.mapping]]: rooms and the topic behind them.
struct mapping_options {
  /// Pattern; `{id}` captures one or more characters.
  std::string room;
  std::string topic;
  /// The record's key, with the pattern's captures; empty: the room's name.
  std::string key;
  /// What clients may emit into such a room.
  std::vector<std::string> events;
  /// Where an emitted event names its room: a JSON pointer into the array of
  /// arguments. Empty: `room` is a constant.
  std::string room_from;
  /// Where an emitted event carries an id of the client's, likewise. An event
  /// that comes again with its id is stored once. Empty: nowhere.
  std::string id_from;
  /// Where an emitted event carries its trace, likewise: a W3C `traceparent`,
  /// or an object with that and `tracestate`. They become headers of the
  /// record. Empty: nowhere.
  std::string trace_from;
  /// Name of the delivered event when the record carries none; empty: the
  /// first of `events`, or "message".
  std::string event;
  /// False: not delivered back to the socket that emitted it.
  bool echo = true;
  /// True: only members of the room may emit into it.
  bool members_only = false;
  join_policy join = join_policy::client;
  /// Of `claim`: a JSON pointer into the claims. A value there, or each of a
  /// list, stands for the room's one capture.
  std::string join_claim;
  /// Records replayed to a new member; 0 to 10,000.
  std::uint32_t history = 0;
  value_format format = value_format::json;
  tombstone_policy tombstones = tombstone_policy::event;
  allow_options allow;
  /// Line of the file where it stands; 0: none.
  std::uint32_t line = 0;

  bool operator==(const mapping_options&) const = default;
};

} // namespace weir
