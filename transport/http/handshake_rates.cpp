#include "transport/http/handshake_rates.hpp"

#include <algorithm>

namespace weir::http {

handshake_rates::verdict
handshake_rates::admit(const boost::asio::ip::address& from,
                       token_bucket::time_point now) {
  if (!all_.is_on() && !each_.is_on())
    return {};
  std::scoped_lock lock{mutex_};
  auto* bucket = each_.is_on() ? &bucket_of(engineio::network_of(from), now)
                               : nullptr;
  if (bucket != nullptr)
    if (auto wait = bucket->wait(each_, now); wait.count() > 0)
      return {limit::address, wait};
  if (all_.is_on()) {
    if (auto wait = node_.wait(all_, now); wait.count() > 0)
      return {limit::node, wait};
    node_.take(all_, now);
  }
  if (bucket != nullptr)
    bucket->take(each_, now);
  return {};
}

std::size_t handshake_rates::addresses() const {
  std::scoped_lock lock{mutex_};
  return by_address_.size();
}

/// Looks at all of them only when there are twice as many as were left, and
/// once a second at most.
engineio::token_bucket&
handshake_rates::bucket_of(std::uint64_t network,
                           token_bucket::time_point now) {
  if (auto i = by_address_.find(network); i != by_address_.end())
    return i->second;
  if (by_address_.size() >= sweep_at_ && now >= next_sweep_) {
    next_sweep_ = now + std::chrono::seconds{1};
    std::erase_if(by_address_,
                  [now](auto& x) { return x.second.is_full(now); });
    sweep_at_ = std::clamp(2 * by_address_.size(), std::size_t{1024},
                           max_addresses);
  }
  return by_address_.size() < max_addresses ? by_address_[network] : others_;
}

} // namespace weir::http
