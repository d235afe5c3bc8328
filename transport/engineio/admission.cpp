#include "transport/engineio/admission.hpp"

namespace weir::engineio {

namespace {

/// Tells IPv4 addresses from networks: none begins like that (RFC 4291, 2.5.5).
constexpr std::uint64_t v4_prefix = 0xFFFFULL << 32;

} // namespace

admission_slot::~admission_slot() {
  if (of_)
    of_->release(from_);
}

admission_slot admission::admit(const boost::asio::ip::address& from,
                                bool is_shared) {
  auto network = network_of(from);
  std::scoped_lock lock{mutex_};
  auto found = by_address_.find(network);
  auto here = found == by_address_.end() ? 0 : found->second;
  if (all_ >= limit_)
    return {};
  if (here >= limit_per_address_ && !is_shared)
    return {nullptr, network};
  ++by_address_[network];
  ++all_;
  return {shared_from_this(), network};
}

std::size_t admission::size() const {
  std::scoped_lock lock{mutex_};
  return all_;
}

void admission::release(std::uint64_t from) {
  std::scoped_lock lock{mutex_};
  --all_;
  auto found = by_address_.find(from);
  if (--found->second == 0)
    by_address_.erase(found);
}

std::uint64_t network_of(const boost::asio::ip::address& x) {
  if (x.is_v4())
    return v4_prefix | x.to_v4().to_uint();
  auto v6 = x.to_v6();
  if (v6.is_v4_mapped())
    return v4_prefix
           | boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, v6)
               .to_uint();
  std::uint64_t network = 0;
  auto bytes = v6.to_bytes();
  for (std::size_t i = 0; i < sizeof(network); ++i)
    network = network << 8 | bytes[i];
  return network;
}

} // namespace weir::engineio
