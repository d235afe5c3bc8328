#pragma once

#include "transport/kafka/consumer_impl.hpp"

#include <thread>

namespace weir::kafka {

/// The client of the moment. librdkafka's is of no use after a fatal error, and
/// a group fences a member for little: it was silent for longer than its
/// session, and then its first word was a commit. So a fresh client takes the
/// place of one that has failed, and joins the group again.
struct consumer::clients {
  clients(const kafka_options& settings, const cluster_options& cluster,
          consumer_events& events, std::function<void()> wake);

  void watch(const std::vector<std::string>& topics,
             const std::vector<std::string>& further);
  void subscribe(const std::vector<std::string>& topics);
  void unsubscribe();
  void poll();
  void close();

  std::unique_ptr<impl> current;

private:
  void watch_all();
  void replace();

  kafka_options settings_;
  cluster_options cluster_;
  consumer_events& events_;
  std::function<void()> wake_;
  std::vector<std::string> watched_;
  std::vector<std::string> further_; ///< that are only described
  std::vector<std::string> topics_;  ///< to be a member for; empty: none
  bool closing_ = false;
  std::optional<std::chrono::steady_clock::time_point> replace_at_;
  std::jthread undertaker_; ///< ends the former client, which blocks
};

} // namespace weir::kafka
