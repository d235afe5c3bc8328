#include "transport/http/address_buckets.hpp"

#include "transport/engineio/admission.hpp"

#include <algorithm>

namespace weir::http {

/// Looks at all of them only when there are twice as many as were left, and
/// once a second at most.
engineio::token_bucket&
address_buckets::of(const boost::asio::ip::address& from,
                    token_bucket::time_point now) {
  auto network = engineio::network_of(from);
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
