#pragma once

#include "actors/cluster/link_certificates.hpp"
#include "actors/cluster/link_traffic.hpp"
#include "transport/cluster/link.hpp"

#include <caf/actor_control_block.hpp>
#include <caf/actor_system.hpp>
#include <caf/expected.hpp>

#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace weir {

/// What becomes of a link, told on threads of CAF's: handlers send themselves a
/// message.
struct basp_link_events {
  /// On the dialing side, once: the actor that the other side has published, a
  /// proxy that can be monitored; or why there is none. The accepting side is
  /// told nothing: it hears of the peer by the first message from there.
  std::function<void(caf::expected<caf::strong_actor_ptr>)> on_peer;
  /// On both sides, once, whoever ended it, when CAF has forgotten it: with
  /// what TLS had against the other side, or an empty text. May come before
  /// `start_link` returns.
  std::function<void(std::string why)> on_ended;
};

/// Holds a link that carries messages. Ends it when it goes, at once: what has
/// not been written yet is lost, monitors of remote actors fire.
class basp_link {
public:
  basp_link() = default;
  basp_link(cluster::native_socket stream,
            std::shared_ptr<const link_traffic> traffic)
    : stream_(std::move(stream)), traffic_(std::move(traffic)) {}
  basp_link(basp_link&&) noexcept = default;

  basp_link& operator=(basp_link&& other) noexcept {
    close();
    stream_ = std::move(other.stream_);
    traffic_ = std::move(other.traffic_);
    return *this;
  }

  ~basp_link() { close(); }

  void close() { stream_.shut_down(); }

  /// Null: there never was a connection.
  const link_traffic* traffic() const { return traffic_.get(); }

private:
  /// A second owner of BASP's connection.
  cluster::native_socket stream_;
  std::shared_ptr<const link_traffic> traffic_;
};

/// Lets messages of this node's actors go over a link. The other side, if it
/// has dialed, gets `published`. With TLS, which then comes first, unless
/// `certificates` is null.
///
/// Requires: `configure_links` was called for a node that listens. An earlier
/// link to the same process of the peer has ended (`on_ended`), here and there:
/// BASP does not know what to do with two, and `on_peer` would report the
/// second one as if it were well.
[[nodiscard]] basp_link
start_link(caf::actor_system& system, const link_certificates* certificates,
           cluster::link x, const caf::strong_actor_ptr& published,
           basp_link_events events);

} // namespace weir
