#include "transport/http/command_tls.hpp"

#include "transport/http/timed_loop.hpp"

namespace weir::http {

boost::asio::ssl::context verifying_context(const std::string& ca) {
  using boost::asio::ssl::context;
  context result{context::tls_client};
  result.set_options(context::no_tlsv1 | context::no_tlsv1_1);
  result.set_verify_mode(boost::asio::ssl::verify_peer);
  boost::system::error_code e;
  if (ca.empty())
    result.set_default_verify_paths(e);
  else
    result.load_verify_file(ca, e);
  if (e)
    throw step_failed{"\"" + ca
                      + "\" is no certificate of an authority: " + e.message()};
  return result;
}

} // namespace weir::http
