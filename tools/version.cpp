#include "tools/version.hpp"

#include "schemas/library.hpp"
#include "transport/auth/library.hpp"
#include "transport/kafka/library.hpp"

#include <caf/config.hpp>

#include <boost/version.hpp>

#include <weir_commit.hpp>

namespace weir {

namespace {

std::string caf_version() {
  return "CAF " + std::to_string(CAF_MAJOR_VERSION) + '.'
         + std::to_string(CAF_MINOR_VERSION) + '.'
         + std::to_string(CAF_PATCH_VERSION);
}

std::string boost_version() {
  return "Boost " + std::to_string(BOOST_VERSION / 100'000) + '.'
         + std::to_string(BOOST_VERSION / 100 % 1'000) + '.'
         + std::to_string(BOOST_VERSION % 100);
}

} // namespace

std::string version_text() {
  return "weir " WEIR_VERSION " (commit " WEIR_COMMIT ")\n" + caf_version()
         + '\n' + kafka::library_version() + '\n' + boost_version() + '\n'
         + auth::library_version() + '\n' + schemas::library_versions();
}

} // namespace weir
