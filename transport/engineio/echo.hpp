#pragma once

#include "transport/engineio/loop.hpp"
#include "transport/engineio/session_control.hpp"

#include <map>
#include <memory>

namespace weir::engineio {

/// Owns sessions and sends each of their messages back: Engine.IO with nothing
/// above it. A client whose outbox is over its limit, because it does not read
/// what comes back, is closed. Lives and is used on one loop.
class echo {
public:
  explicit echo(std::shared_ptr<loop> on);
  ~echo();

  /// The session's packets are read from now on.
  void take(std::shared_ptr<session_control> session);

  std::size_t size() const { return owners_.size(); }

private:
  class owner;

  void forget(const owner* x);

  std::shared_ptr<loop> loop_;
  std::map<const owner*, std::unique_ptr<owner>> owners_; ///< a session each
};

} // namespace weir::engineio
