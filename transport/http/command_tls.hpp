#pragma once

#include <boost/asio/ssl/context.hpp>

#include <string>

namespace weir::http {

/// What commands connect with. `ca`: a file with the authority that the
/// server's certificate is signed by (PEM); empty: those that the system
/// trusts. Throws `step_failed`.
boost::asio::ssl::context verifying_context(const std::string& ca);

} // namespace weir::http
