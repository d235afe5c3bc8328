#include "actors/cluster/basp_link.hpp"

#include "actors/cluster/link_transport.hpp"
#include "actors/runtime/caf_compat.hpp"

#include <caf/actor.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/io/basp_broker.hpp>
#include <caf/io/middleman.hpp>
#include <caf/sec.hpp>

#include <set>
#include <utility>

namespace weir {

namespace {

/// BASP wants to know at which port somebody arrived; we have none of CAF's.
constexpr std::uint16_t no_port = 0;

using signatures = std::set<std::string>;

caf::actor basp_of(caf::actor_system& system) {
  return system.middleman().named_broker<caf::io::basp_broker>("BASP");
}

/// Asks BASP to greet over the connection, and ends with its answer.
void greet(caf::event_based_actor* self, const caf::actor& basp,
           caf::io::scribe_ptr stream, basp_link_events events) {
  auto tell
    = std::make_shared<decltype(events.on_peer)>(std::move(events.on_peer));
  self
    ->request(basp, caf::infinite, caf::connect_atom_v, std::move(stream),
              no_port)
    .then(
      [tell](const caf::node_id&, caf::strong_actor_ptr& peer,
             const signatures&) {
        if (peer)
          (*tell)(std::move(peer));
        else
          (*tell)(caf::make_error(caf::sec::no_actor_published_at_port));
      },
      [tell](caf::error& why) { (*tell)(std::move(why)); });
}

} // namespace

basp_link start_link(caf::actor_system& system,
                     const link_certificates* certificates, cluster::link x,
                     const caf::strong_actor_ptr& published,
                     basp_link_events events) {
  auto traffic = std::make_shared<link_traffic>(system);
  basp_link result{x.socket.duplicate(), traffic};
  auto stream = make_link_transport(system, certificates, std::move(x.socket),
                                    x.dialed, std::move(traffic),
                                    events.on_ended);
  auto basp = basp_of(system);
  if (x.dialed)
    system.spawn<caf::hidden>(greet, basp, std::move(stream),
                              std::move(events));
  else
    tell_anonymously(basp, caf::publish_atom_v, std::move(stream), no_port,
                     published, signatures{});
  return result;
}

} // namespace weir
