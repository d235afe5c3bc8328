#include "actors/cluster/socket_directory.hpp"

#include "actors/cluster/recent_sockets.hpp"
#include "actors/contract/cluster.hpp"
#include "actors/contract/participants.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "config/log.hpp"

#include <functional>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

namespace weir {

namespace {

/// Nodes that are asked one after the other for one socket.
constexpr int max_hops = 8;

struct socket_directory_state {
  static inline const char* name = "weir.socket-directory";

  socket_directory_state(socket_directory_actor::pointer self, std::string node,
                         std::size_t remembered)
    : self(self), node(std::move(node)), recent(remembered) {}

  socket_directory_actor::behavior_type make_behavior() {
    return {
      [this](release_socket& x) { on_release(std::move(x)); },
      [this](const socket_released& x) { on_released(x); },
      [this](const peer_joined& x) { on_joined(x); },
      [this](const peer_gone& x) { on_gone(x); },
      [this](const socket_opened& x) {
        hold({x.owner, x.socket});
      },
      [this](const socket_closed& x) { on_closed(x); },
      [this](resume_socket& x) { on_resume(std::move(x)); },
    };
  }

  // -- who wants a socket -----------------------------------------------------

  /// Somebody who is to have a socket once nobody here has it any more.
  struct claim {
    std::string socket_id;
    std::int64_t seconds = 0;
    socket_ptr socket; ///< null: of another node
    /// Nobody has it now: may the claimant, and where was it handed on to?
    std::function<void(bool granted, std::string moved_to)> settle;
  };

  /// A socket that is here, or is being asked for; and those who want it next.
  struct entry {
    socket_opened holder; ///< without an owner: it is being asked for
    std::vector<claim> waiting;
  };

  void on_claim(claim x) {
    auto i = sockets.find(x.socket_id);
    if (i == sockets.end())
      return settle(x);
    auto& held = i->second;
    held.waiting.push_back(std::move(x));
    if (held.waiting.size() == 1 && held.holder.owner)
      recall(held.holder);
  }

  void recall(const socket_opened& x) {
    log::debug("a client is back before its old connection is gone",
               {{"socket", x.socket->id}});
    tell(self, x.owner, take_over{x.socket});
  }

  void settle(const claim& x) {
    x.settle(recent.allows(x.socket_id, x.seconds),
             recent.moved_to(x.socket_id));
  }

  void hold(socket_opened x) {
    auto& held = sockets[x.socket->id];
    held.holder = std::move(x);
    if (!held.waiting.empty())
      recall(held.holder);
  }

  /// It may still have been waiting for its turn.
  void on_closed(const socket_closed& x) {
    recent.note(x.socket->id, x.known);
    auto i = sockets.find(x.socket->id);
    if (i == sockets.end())
      return;
    std::erase_if(i->second.waiting,
                  [&](auto& y) { return y.socket == x.socket; });
    auto was_asked_for = std::erase_if(questions, [&](auto& y) {
      return y.second.claimant.socket == x.socket;
    });
    if (i->second.holder.socket == x.socket || was_asked_for > 0)
      release(i);
  }

  /// The next one may have it.
  void release(std::unordered_map<std::string, entry>::iterator i) {
    auto waiting = std::move(i->second.waiting);
    sockets.erase(i);
    for (auto& x : waiting)
      on_claim(std::move(x));
  }

  // -- clients that come back here --------------------------------------------

  void on_resume(resume_socket x) {
    auto id = x.socket->id;
    auto seconds = x.seconds;
    auto socket = x.socket;
    on_claim({id, seconds, std::move(socket),
              [this, x = std::move(x)](bool granted, std::string moved_to) {
                if (!granted)
                  tell(self, x.owner, resume_answered{x.socket, false});
                else
                  ask(x, moved_to.empty() ? x.node : std::move(moved_to), 0);
              }});
  }

  /// A node that was asked to let a socket go.
  struct question {
    resume_socket claimant;
    std::string node;
    int hops = 0;
  };

  void ask(const resume_socket& x, const std::string& whom, int hops) {
    auto peer = peers.find(whom);
    if (peer == peers.end() || hops == max_hops)
      return grant(x);
    sockets[x.socket->id]; // whoever comes meanwhile waits
    questions[++last_question] = {x, whom, hops};
    tell(self, peer->second,
         release_socket{last_question, x.socket->id, x.seconds, node});
  }

  void on_released(const socket_released& x) {
    auto found = questions.extract(x.request);
    if (!found)
      return;
    auto& y = found.mapped();
    if (!x.granted)
      refuse(y.claimant);
    else if (x.moved_to.empty() || x.moved_to == node)
      grant(y.claimant);
    else
      ask(y.claimant, x.moved_to, y.hops + 1);
  }

  void grant(const resume_socket& x) {
    if (!recent.moved_to(x.socket->id).empty())
      recent.note_moved(x.socket->id, {});
    tell(self, x.owner, resume_answered{x.socket, true});
    hold({x.owner, x.socket});
  }

  void refuse(const resume_socket& x) {
    tell(self, x.owner, resume_answered{x.socket, false});
    if (auto i = sockets.find(x.socket->id); i != sockets.end())
      release(i);
  }

  // -- clients that come back elsewhere ---------------------------------------

  void on_release(release_socket x) {
    auto asking = caf::actor_cast<socket_peer_actor>(self->current_sender());
    auto id = x.socket_id;
    auto seconds = x.seconds;
    on_claim(
      {id,
       seconds,
       {},
       [this, asking, x = std::move(x)](bool granted, std::string moved_to) {
         if (moved_to == x.to)
           moved_to.clear();
         if (granted && moved_to.empty())
           recent.note_moved(x.socket_id, x.to);
         tell(self, asking,
              socket_released{x.request, granted, std::move(moved_to)});
       }});
  }

  // -- which nodes there are --------------------------------------------------

  void on_joined(const peer_joined& x) {
    auto i = x.services.find(std::string{socket_service});
    if (i != x.services.end() && i->second)
      peers[x.tag] = caf::actor_cast<socket_peer_actor>(i->second);
  }

  /// Clients of a node that is gone are gone from there.
  void on_gone(const peer_gone& x) {
    peers.erase(x.tag);
    std::vector<resume_socket> waiting;
    for (auto i = questions.begin(); i != questions.end();) {
      if (i->second.node != x.tag) {
        ++i;
        continue;
      }
      waiting.push_back(std::move(i->second.claimant));
      i = questions.erase(i);
    }
    for (auto& y : waiting)
      grant(y);
  }

  socket_directory_actor::pointer self;
  std::string node;
  std::unordered_map<std::string, entry> sockets; ///< bounded by the node's
  recent_sockets recent;
  std::map<std::string, socket_peer_actor> peers; ///< by tag
  std::map<std::uint64_t, question> questions;    ///< bounded likewise
  std::uint64_t last_question = 0;
};

} // namespace

socket_directory_actor spawn_socket_directory(actor_executor executor,
                                              std::string node,
                                              std::size_t remembered) {
  return executor.spawn<socket_directory_actor, socket_directory_state>(
    std::move(node), remembered);
}

} // namespace weir
