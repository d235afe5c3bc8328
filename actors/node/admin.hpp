#pragma once

#include "actors/contract/cluster.hpp"
#include "actors/contract/control.hpp"
#include "actors/contract/disconnect.hpp"
#include "actors/contract/emit.hpp"
#include "actors/contract/inspection.hpp"
#include "actors/contract/operation.hpp"
#include "actors/contract/ownership.hpp"
#include "actors/runtime/client_figures.hpp"
#include "actors/runtime/io_loop.hpp"
#include "transport/auth/deny_list.hpp"

#include <functional>
#include <memory>

namespace weir {

/// Spawns the ADMIN actor. Its executor should not be a loop: an operator's
/// question must be answered also when the loops are busy. `clients` may be
/// called on any thread. `denied`: null: nobody can be.
admin_actor
spawn_admin(actor_executor executor, producer_actor producer,
            consumer_group_actor group, cluster_actor cluster,
            disconnector_actor disconnector, inspector_actor inspector,
            controller_actor controller,
            std::function<client_figures()> clients,
            std::shared_ptr<const auth::deny_list> denied = nullptr);

} // namespace weir
