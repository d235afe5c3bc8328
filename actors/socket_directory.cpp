#include "actors/socket_directory.hpp"

#include "actors/caf_compat.hpp"
#include "actors/messages.hpp"
#include "actors/recent_sockets.hpp"
#include "config/log.hpp"

#include <unordered_map>
#include <vector>

namespace weir {

namespace {

/// Some 10 MB.
constexpr std::size_t remembered = 100'000;

struct socket_directory_state {
  static inline const char* name = "weir.socket-directory";

  explicit socket_directory_state(socket_directory_actor::pointer self)
    : self(self) {}

  socket_directory_actor::behavior_type make_behavior() {
    return {
      [this](socket_opened& x) { on_opened(std::move(x)); },
      [this](const socket_closed& x) { on_closed(x); },
      [this](resume_socket& x) { on_resume(std::move(x)); },
    };
  }

  /// A socket that is here, and those who want to be it next.
  struct entry {
    socket_opened holder;
    std::vector<resume_socket> waiting;
  };

  void on_opened(socket_opened x) {
    sockets[x.socket->id].holder = std::move(x);
  }

  void on_closed(const socket_closed& x) {
    recent.note(x.socket->id, x.known);
    auto i = sockets.find(x.socket->id);
    if (i == sockets.end() || i->second.holder.socket != x.socket)
      return;
    auto waiting = std::move(i->second.waiting);
    sockets.erase(i);
    for (auto& y : waiting)
      on_resume(std::move(y));
  }

  void on_resume(resume_socket x) {
    auto i = sockets.find(x.socket->id);
    if (i == sockets.end())
      return answer(std::move(x));
    auto& held = i->second;
    if (held.waiting.empty()) {
      log::debug("a client is back before its old connection is gone",
                 {{"socket", x.socket->id}});
      tell(self, held.holder.owner, take_over{held.holder.socket});
    }
    held.waiting.push_back(std::move(x));
  }

  void answer(resume_socket x) {
    auto granted = recent.allows(x.socket->id, x.seconds);
    tell(self, x.owner, resume_answered{x.socket, granted});
    if (granted)
      on_opened({x.owner, x.socket});
  }

  socket_directory_actor::pointer self;
  std::unordered_map<std::string, entry> sockets; ///< bounded by the node's
  recent_sockets recent{remembered};
};

} // namespace

socket_directory_actor spawn_socket_directory(actor_home home) {
  return home.spawn<socket_directory_actor, socket_directory_state>();
}

} // namespace weir
