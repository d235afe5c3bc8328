#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace weir::engineio {

class exchange;

/// Who owes an answer.
class exchange_owner {
public:
  /// The client has given the request up: no answer is wanted any more.
  virtual void on_aborted(const exchange& request) = 0;

  /// The client is to ask somewhere else: an answer to a GET is wanted now, be
  /// it empty.
  virtual void on_complete_now(const exchange&) {}

protected:
  ~exchange_owner() = default;
};

/// A polling request that waits for its answer.
class exchange {
public:
  virtual ~exchange() = default;

  /// Answers, once.
  virtual void
  respond(unsigned status, std::string_view content_type, std::string body)
    = 0;

  /// Tells `owner` if the client goes away before it is answered.
  virtual void watch(std::weak_ptr<exchange_owner> owner) = 0;
};

using exchange_ptr = std::shared_ptr<exchange>;

} // namespace weir::engineio
