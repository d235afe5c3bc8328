#include "actors/cluster/cluster_links.hpp"

#include "actors/cluster/basp_link.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "config/log.hpp"
#include "transport/cluster/link_port.hpp"

#include <caf/actor_cast.hpp>

#include <map>
#include <string>
#include <utility>

namespace weir {

namespace {

class tcp_links : public node_links, cluster::link_handler {
public:
  tcp_links(actor_executor executor, const cluster_options& settings,
            std::shared_ptr<const link_certificates> certificates,
            const cluster::hello& local, node_links_owner& owner,
            const peer_actor& me)
    : executor_(executor),
      certificates_(std::move(certificates)),
      owner_(owner),
      me_(me),
      port_(executor.loop()->context(),
            {settings.listen, local, settings.secret, certificates_ != nullptr,
             settings.timeout},
            *this) {}

  const cluster::hello& local() const override { return port_.local(); }

  void set_config(const std::string& x) override { port_.set_config(x); }

  void dial(const std::string& address) override { port_.dial(address); }

  void close(const std::string& node) override { open_.erase(node); }

  schemas::link_status status(const std::string& node) const override {
    schemas::link_status result;
    result.encrypted = certificates_ != nullptr;
    auto i = open_.find(node);
    auto* traffic = i == open_.end() ? nullptr : i->second.traffic();
    if (traffic != nullptr) {
      result.sent_bytes = traffic->sent();
      result.received_bytes = traffic->received();
    }
    return result;
  }

private:
  std::string admit(const cluster::hello& peer, bool dialed) override {
    return owner_.admit(peer, dialed);
  }

  void on_failed(cluster::failed_link x) override { owner_.on_failed(x); }

  /// CAF answers on threads of its own.
  void on_link(cluster::link x) override {
    auto node = x.peer.node;
    basp_link_events events;
    events.on_peer = [this, alive = std::weak_ptr{alive_}, address = x.address,
                      peer = x.peer](auto answer) {
      executor_.loop()->post([=, this] {
        if (!alive.expired())
          on_peer(address, peer, answer);
      });
    };
    events.on_ended = [node](const std::string& why) {
      if (!why.empty())
        log::warning("a link ended", {{"node", node}, {"why", why}});
    };
    open_[node] = start_link(executor_.system(), certificates_.get(),
                             std::move(x),
                             caf::actor_cast<caf::strong_actor_ptr>(me_),
                             std::move(events));
  }

  void on_peer(const std::string& address, const cluster::hello& peer,
               const caf::expected<caf::strong_actor_ptr>& answer) {
    if (answer)
      owner_.on_dialed(address, peer, caf::actor_cast<peer_actor>(*answer));
    else
      owner_.on_failed(
        {true,
         address,
         peer,
         {cluster::refusal_code::none, to_string(answer.error())}});
  }

  actor_executor executor_;
  std::shared_ptr<const link_certificates> certificates_; ///< null: no TLS
  node_links_owner& owner_;
  peer_actor me_;
  std::map<std::string, basp_link> open_; ///< by node
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  cluster::link_port port_; ///< ends first: it calls us
};

} // namespace

std::unique_ptr<node_links>
open_cluster_links(actor_executor executor, const cluster_options& settings,
                   std::shared_ptr<const link_certificates> certificates,
                   const cluster::hello& local, node_links_owner& owner,
                   const peer_actor& me) {
  return std::make_unique<tcp_links>(executor, settings,
                                     std::move(certificates), local, owner, me);
}

} // namespace weir
