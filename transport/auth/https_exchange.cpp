#include "transport/auth/https_exchange.hpp"

#include "transport/auth/https_stream.hpp"

#include <memory>
#include <utility>

namespace weir::auth {

namespace ssl = boost::asio::ssl;

void send_https(boost::asio::io_context& loop, https_context_ptr context,
                https_request request, std::function<void(https_answer)> done) {
  std::make_shared<https_stream>(loop, std::move(context), request.url,
                                 std::chrono::milliseconds{0})
    ->ask(std::move(request),
          [done = std::move(done)](https_stream&, https_answer x) {
            done(std::move(x));
          });
}

https_context_ptr https_context(const std::string& ca) {
  auto result = std::make_shared<ssl::context>(ssl::context::tls_client);
  result->set_options(ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1);
  if (ca.empty())
    result->set_default_verify_paths();
  else
    result->load_verify_file(ca);
  return result;
}

} // namespace weir::auth
