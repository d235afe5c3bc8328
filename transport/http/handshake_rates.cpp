#include "transport/http/handshake_rates.hpp"

namespace weir::http {

void handshake_rates::change(const limits_options& limits) {
  std::scoped_lock lock{mutex_};
  all_ = limits.handshakes;
  each_ = limits.connection_rate;
  other_ = limits.requests;
}

handshake_rates::verdict
handshake_rates::admit(const boost::asio::ip::address& from,
                       token_bucket::time_point now) {
  std::scoped_lock lock{mutex_};
  if (!all_.is_on() && !each_.is_on())
    return {};
  auto* bucket = each_.is_on() ? &by_address_.of(from, now) : nullptr;
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

handshake_rates::verdict
handshake_rates::admit_other(const boost::asio::ip::address& from,
                             token_bucket::time_point now) {
  std::scoped_lock lock{mutex_};
  if (!other_.is_on())
    return {};
  auto& bucket = others_by_address_.of(from, now);
  if (auto wait = bucket.wait(other_, now); wait.count() > 0)
    return {limit::requests, wait};
  bucket.take(other_, now);
  return {};
}

handshake_rates::verdict
handshake_rates::look(const boost::asio::ip::address& from,
                      token_bucket::time_point now) {
  std::scoped_lock lock{mutex_};
  if (!other_.is_on())
    return {};
  auto wait = others_by_address_.of(from, now).wait(other_, now);
  return {wait.count() > 0 ? limit::requests : limit::none, wait};
}

std::size_t handshake_rates::addresses() const {
  std::scoped_lock lock{mutex_};
  return by_address_.size() + others_by_address_.size();
}

} // namespace weir::http
