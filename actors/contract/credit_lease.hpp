#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>

namespace weir {

/// Bytes of somebody's credit, given back when the last reference to what they
/// pay for is gone: a batch in the mailboxes of a room and all its members
/// counts until each of them has handled it.
class credit_lease {
public:
  /// `give_back` is called once, on whichever thread ends the lease.
  explicit credit_lease(std::function<void()> give_back)
    : give_back_(std::move(give_back)) {}

  credit_lease(const credit_lease&) = delete;
  credit_lease& operator=(const credit_lease&) = delete;

  ~credit_lease() { give_back_(); }

private:
  std::function<void()> give_back_;
};

} // namespace weir
