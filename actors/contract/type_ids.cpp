#include "actors/contract/type_ids.hpp"

#include "actors/contract/admin_ui.hpp"
#include "actors/contract/catching_up.hpp"
#include "actors/contract/cluster.hpp"
#include "actors/contract/control.hpp"
#include "actors/contract/delivery.hpp"
#include "actors/contract/disconnect.hpp"
#include "actors/contract/emit.hpp"
#include "actors/contract/group_report.hpp"
#include "actors/contract/inspection.hpp"
#include "actors/contract/operation.hpp"
#include "actors/contract/ownership.hpp"
#include "actors/contract/polls.hpp"
#include "actors/contract/records.hpp"
#include "actors/contract/recovery.hpp"
#include "actors/contract/relay.hpp"
#include "actors/contract/rooms.hpp"
#include "actors/contract/type_ids_local.hpp"
#include "actors/contract/type_ids_wire.hpp"

#include <caf/init_global_meta_objects.hpp>

namespace weir {

void init_type_ids() {
  using namespace caf::id_block;
  // In ascending order: CAF's table only grows.
  caf::init_global_meta_objects<weir_wire_0>();
  caf::init_global_meta_objects<weir_wire_36>();
  caf::init_global_meta_objects<weir_wire_52>();
  caf::init_global_meta_objects<weir_wire_60>();
  caf::init_global_meta_objects<weir_wire_69>();
  caf::init_global_meta_objects<weir_wire_86>();
  caf::init_global_meta_objects<weir_wire_88>();
  caf::init_global_meta_objects<weir_local>();
}

} // namespace weir
