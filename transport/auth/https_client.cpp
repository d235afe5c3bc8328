#include "transport/auth/https_client.hpp"

#include <utility>

namespace weir::auth {

void https_client::send(https_request request, bool may_be_old,
                        std::function<void(https_answer)> done) {
  auto stream = take(request.url, may_be_old);
  stream->ask(std::move(request), [this, done = std::move(done)](
                                    https_stream& x, https_answer answer) {
    if (x.is_idle())
      idle_.push_back(x.shared_from_this());
    done(std::move(answer));
  });
}

/// The one that was used last comes first, so that those that are not needed
/// any more grow old.
std::shared_ptr<https_stream> https_client::take(const https_url& to,
                                                 bool may_be_old) {
  while (may_be_old && !idle_.empty()) {
    auto result = std::move(idle_.back());
    idle_.pop_back();
    if (result->is_idle())
      return result;
  }
  return std::make_shared<https_stream>(loop_, context_, to, stream_lifetime);
}

} // namespace weir::auth
