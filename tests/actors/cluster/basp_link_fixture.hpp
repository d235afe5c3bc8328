#pragma once

#include "actors/cluster/basp_link.hpp"
#include "actors/cluster/link_certificates.hpp"
#include "actors/cluster/link_settings.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/patience.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>

#include <boost/test/unit_test.hpp>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace weir::test {

using namespace std::chrono_literals;

/// The two ends of a TCP connection over loopback.
inline std::pair<cluster::native_socket, cluster::native_socket> make_pair() {
  cluster::native_socket listening{::socket(AF_INET, SOCK_STREAM, 0)};
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(at);
  auto* address = reinterpret_cast<sockaddr*>(&at);
  BOOST_TEST_REQUIRE(::bind(listening.descriptor(), address, size) == 0);
  BOOST_TEST_REQUIRE(::listen(listening.descriptor(), 1) == 0);
  ::getsockname(listening.descriptor(), address, &size);
  cluster::native_socket dialed{::socket(AF_INET, SOCK_STREAM, 0)};
  BOOST_TEST_REQUIRE(::connect(dialed.descriptor(), address, size) == 0);
  cluster::native_socket accepted{
    ::accept(listening.descriptor(), nullptr, nullptr)};
  for (auto* x : {&dialed, &accepted})
    ::fcntl(x->descriptor(), F_SETFL, O_NONBLOCK);
  BOOST_TEST_REQUIRE(accepted.is_open());
  return {std::move(dialed), std::move(accepted)};
}

/// A value that another thread sets once.
template <class T>
class outcome {
public:
  void set(T x) {
    is_set_ = true;
    promise_.set_value(std::move(x));
  }

  bool is_set() const { return is_set_; }

  T get() {
    BOOST_TEST_REQUIRE(
      (future_.wait_for(patience) == std::future_status::ready));
    return future_.get();
  }

private:
  std::atomic<bool> is_set_ = false;
  std::promise<T> promise_;
  std::shared_future<T> future_ = promise_.get_future();
};

/// One end of a link, and what its owner hears.
struct link_end {
  basp_link link;
  std::shared_ptr<outcome<caf::expected<caf::strong_actor_ptr>>> peer
    = std::make_shared<outcome<caf::expected<caf::strong_actor_ptr>>>();
  std::shared_ptr<outcome<std::string>> ended
    = std::make_shared<outcome<std::string>>();
};

/// A node as far as links go: it publishes an actor that answers a text with
/// itself twice, and remembers who was the first to ask.
class linked_node {
public:
  explicit linked_node(const cluster_options& settings)
    : cfg_(settings),
      certificates_(open_link_certificates(settings)),
      system_(std::in_place, cfg_) {
    std::signal(SIGPIPE, SIG_IGN); // as the program does
    auto first = asker_;
    echo_ = system_->spawn([first](caf::event_based_actor* self) {
      return caf::behavior{[self, first](const std::string& x) {
        if (!first->is_set())
          first->set(caf::actor_cast<caf::actor>(self->current_sender()));
        return x + x;
      }};
    });
  }

  ~linked_node() { stop(); }

  /// Ends its actors, its links, and all of CAF's threads.
  void stop() {
    if (!system_)
      return;
    caf::scoped_actor {
      *system_
      } -> send_exit(echo_, caf::exit_reason::kill);
    echo_ = nullptr;
    asker_.reset();
    system_.reset();
  }

  caf::actor_system& system() { return *system_; }

  /// Requires: it has TLS.
  link_certificates& certificates() { return *certificates_; }

  /// Whoever was the first to ask.
  caf::actor asker() { return asker_->get(); }

  link_end start(cluster::native_socket socket, bool dialed) {
    link_end result;
    auto peer = result.peer;
    auto ended = result.ended;
    cluster::link link;
    link.socket = std::move(socket);
    link.dialed = dialed;
    result.link = start_link(*system_, certificates_.get(), std::move(link),
                             caf::actor_cast<caf::strong_actor_ptr>(echo_),
                             {[peer](auto x) { peer->set(std::move(x)); },
                              [ended](auto x) { ended->set(std::move(x)); }});
    return result;
  }

private:
  struct config : caf::actor_system_config {
    explicit config(const cluster_options& settings) {
      set("caf.scheduler.max-threads", 1);
      configure_links(*this, settings);
    }
  };

  config cfg_;
  std::shared_ptr<link_certificates> certificates_; ///< null: no TLS
  std::optional<caf::actor_system> system_;
  std::shared_ptr<outcome<caf::actor>> asker_
    = std::make_shared<outcome<caf::actor>>();
  caf::actor echo_;
};

} // namespace weir::test
