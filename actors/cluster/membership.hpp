#pragma once

#include "transport/cluster/hello.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// How a node is, as another one sees it.
enum class node_state {
  joining, ///< there is a link; its first message has yet to come
  up,
  suspect, ///< not heard of for half of `cluster.timeout`
  down,    ///< the link is lost
  left,    ///< it said so
};

std::string_view to_string(node_state x);

/// Who is in the cluster, and whom this node has to dial. Plain logic: links
/// come and go by calls, time is handed in.
///
/// Every pair of nodes has one link. Both dial, so that either can be the one
/// that knows the other's address; `admit` sees to it that one link remains: it
/// takes no second link to the same start of a node, and of two that dial each
/// other at once, it prefers the dial of the one whose name sorts first.
class membership {
public:
  using instant = std::chrono::steady_clock::time_point;
  using duration = std::chrono::milliseconds;

  struct member {
    std::string name;
    std::uint64_t incarnation = 0;
    std::string address;
    node_state state = node_state::joining;
    bool dialed = false; ///< by us
    instant since;       ///< of `state`
    instant heard;
    std::uint32_t connections = 0;
    std::uint32_t partitions = 0;

    /// It was up, and is not any more; none: it never was, or is again.
    std::optional<instant> lost;

    bool is_linked() const {
      return state == node_state::joining || is_there();
    }
    bool is_there() const {
      return state == node_state::up || state == node_state::suspect;
    }
  };

  /// What `admit` says of a second link: no reason to worry.
  static constexpr std::string_view already_linked = "already linked";

  /// After so long a node that is not there is forgotten, and not dialed any
  /// more unless it is a seed.
  static constexpr std::chrono::minutes remembered{60};

  /// For so long an address where nobody was found is dialed after somebody has
  /// told of it. Nodes tell of those that are there again and again.
  static constexpr std::chrono::minutes unconfirmed{1};

  /// From one attempt to the next; doubled each time, up to the second.
  static constexpr duration first_pause{100};
  static constexpr duration longest_pause{2000};

  membership(cluster::hello self, const std::vector<std::string>& seeds,
             duration timeout);

  const cluster::hello& self() const { return self_; }

  // -- links ------------------------------------------------------------------

  /// Whether a link to `peer` may be; empty: it may, and counts as joining from
  /// now on.
  std::string admit(const cluster::hello& peer, bool dialed, instant now);

  /// Its first message has come. False: this is not the link in force.
  bool join(std::string_view name, std::uint64_t incarnation, instant now);

  /// The link is lost, or did not come about. False: it was not the link in
  /// force.
  bool lose(std::string_view name, std::uint64_t incarnation, instant now);

  /// It leaves on purpose.
  void leave(std::string_view name, std::uint64_t incarnation, instant now);

  /// It lives, and carries so much.
  void hear(std::string_view name, std::uint32_t connections,
            std::uint32_t partitions, instant now);

  // -- dialing ----------------------------------------------------------------

  /// Somebody has told of a node there.
  void learn(const std::string& address, instant now);

  /// The addresses to dial now; each must be followed by `dial_ended`.
  std::vector<std::string> take_due(instant now);

  /// What came of it; `peer` is who was found there, empty: nobody. Without a
  /// link, one that was admitted for this dial is no more.
  void dial_ended(const std::string& address, const std::string& peer,
                  bool linked, instant now);

  // -- the rest ---------------------------------------------------------------

  /// Time has passed. Returns who was joining for too long: their links are
  /// lost.
  std::vector<member> tick(instant now);

  /// Null: not known.
  const member* find(std::string_view name) const;

  const std::map<std::string, member, std::less<>>& members() const {
    return members_;
  }

  /// Those who are not there, and have not said that they leave.
  std::vector<std::string> missing() const;

  /// Where those who are there are reached.
  std::vector<std::string> addresses() const;

private:
  struct target {
    bool is_seed = false;
    bool is_dialing = false;
    std::string name; ///< who was found there; empty: nobody yet
    instant told;     ///< when somebody has told of it
    instant next;
    duration pause = first_pause;
  };

  void set(member& x, node_state state, instant now);
  bool is_reached(const std::string& address, const target& x) const;
  member* in_force(std::string_view name, std::uint64_t incarnation);
  bool is_worth_dialing(const std::string& address, const target& x,
                        instant now) const;
  void forget(instant now);

  cluster::hello self_;
  duration timeout_;
  std::map<std::string, member, std::less<>> members_; ///< by name; not us
  std::map<std::string, target> targets_;              ///< by address
};

} // namespace weir
