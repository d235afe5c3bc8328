#include "transport/kafka/consumer_clients.hpp"

#include <exception>
#include <utility>

namespace weir::kafka {

namespace {

using clock = std::chrono::steady_clock;

// Two nodes of one name fence each other again and again: not faster than this.
constexpr std::chrono::milliseconds replace_delay{1000};

} // namespace

consumer::clients::clients(const kafka_options& settings,
                           const cluster_options& cluster,
                           consumer_events& events, std::function<void()> wake)
  : current(impl::make(settings, cluster, events, wake)),
    settings_(settings),
    cluster_(cluster),
    events_(events),
    wake_(std::move(wake)) {
}

void consumer::clients::watch(const std::vector<std::string>& topics,
                              const std::vector<std::string>& further) {
  watched_ = topics;
  further_ = further;
  watch_all();
}

void consumer::clients::subscribe(const std::vector<std::string>& topics) {
  topics_ = topics;
  watch_all();
  if (!current->member.is_failed())
    current->subscribe(topics);
}

void consumer::clients::watch_all() {
  std::set<std::string> all{watched_.begin(), watched_.end()};
  all.insert(topics_.begin(), topics_.end());
  current->count_partitions({all.begin(), all.end()});
  all.insert(further_.begin(), further_.end());
  current->watch_topics({all.begin(), all.end()});
}

void consumer::clients::unsubscribe() {
  topics_.clear();
  if (!current->member.is_failed())
    current->unsubscribe();
}

void consumer::clients::poll() {
  current->poll();
  if (!current->is_spent() || closing_)
    return;
  auto now = clock::now();
  if (!replace_at_)
    replace_at_ = now + replace_delay;
  if (now < *replace_at_)
    return;
  replace_at_.reset();
  replace();
}

void consumer::clients::close() {
  closing_ = true;
  current->close();
}

void consumer::clients::replace() {
  try {
    auto other = impl::make(settings_, cluster_, events_, wake_);
    std::swap(current, other);
    watch_all();
    if (!topics_.empty())
      current->subscribe(topics_);
    undertaker_
      = std::jthread{[failed = std::move(other)]() mutable { failed.reset(); }};
  } catch (const std::exception& e) { // threads are short: later again
    events_.on_error({"client", e.what()}, false);
  }
}

} // namespace weir::kafka
