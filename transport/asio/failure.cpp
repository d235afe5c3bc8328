#include "transport/asio/failure.hpp"

#include <boost/system/system_error.hpp>

namespace weir {

std::string reason_of(const std::exception& x) {
  auto* of_system = dynamic_cast<const boost::system::system_error*>(&x);
  return of_system ? of_system->code().message() : x.what();
}

} // namespace weir
