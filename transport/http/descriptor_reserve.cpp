#include "transport/http/descriptor_reserve.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

namespace weir::http {

descriptor_reserve::descriptor_reserve(std::size_t size) : size_(size) {
  descriptors_.reserve(size_);
  refill();
}

descriptor_reserve::~descriptor_reserve() {
  for (auto x : descriptors_)
    ::close(x);
}

bool descriptor_reserve::take() {
  std::scoped_lock lock{mutex_};
  if (descriptors_.empty())
    return false;
  ::close(descriptors_.back());
  descriptors_.pop_back();
  return true;
}

bool descriptor_reserve::refill() {
  std::scoped_lock lock{mutex_};
  while (descriptors_.size() < size_) {
    auto x = ::eventfd(0, EFD_CLOEXEC); // one that needs no file
    if (x < 0)
      return false;
    descriptors_.push_back(x);
  }
  return true;
}

} // namespace weir::http
