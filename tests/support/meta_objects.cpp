#include "actors/contract/type_ids.hpp"
#include "config/log.hpp"

#include <caf/init_global_meta_objects.hpp>
#include <caf/io/middleman.hpp>

#include <boost/test/unit_test.hpp>

namespace weir::test {

namespace {

/// What the program's main does before it starts an actor system.
struct meta_objects {
  meta_objects() {
    init_type_ids();
    caf::io::middleman::init_global_meta_objects();
    caf::core::init_global_meta_objects();
    log_options quiet; // the tests provoke what is worth a warning
    quiet.level = log_level::error;
    log::configure(quiet);
  }
};

BOOST_TEST_GLOBAL_FIXTURE(meta_objects);

} // namespace

} // namespace weir::test
