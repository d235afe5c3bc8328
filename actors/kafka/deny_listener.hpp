#pragma once

#include "actors/contract/disconnect.hpp"
#include "transport/auth/deny_list.hpp"
#include "transport/kafka/topic_reader.hpp"

#include <caf/fwd.hpp>
#include <caf/telemetry/gauge.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// Keeps the deny list as the deny topic has it, and has those who are denied
/// sent away. Called on the reader's thread.
class deny_listener : public kafka::topic_listener {
public:
  /// `system` outlives this.
  deny_listener(caf::actor_system& system,
                std::shared_ptr<auth::deny_list> list,
                disconnector_actor disconnector);

  void on_restart() override;
  void on_record(std::string_view key,
                 std::optional<std::string_view> value) override;
  void on_state(const std::string& problem) override;

private:
  std::shared_ptr<auth::deny_list> list_;
  disconnector_actor disconnector_;
  caf::telemetry::int_gauge* names_;
  bool was_known_ = false; ///< before, nobody has been let in
};

} // namespace weir
