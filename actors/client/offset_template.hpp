#pragma once

#include "actors/client/socket_recovery.hpp"
#include "actors/contract/delivery.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// The frames of a batch with offsets, for one socket after another: those that
/// are in the same rooms at the same positions get the same bytes but for their
/// own part of each offset, which is patched in. Plain logic.
class offset_template {
public:
  /// The frames for a socket that gets all events of `batch`, in its position
  /// `at`; valid until the next call. Requires: `socket` is prepared and
  /// usable, the batch has frames and is for all.
  std::string_view frames_for(const room_events& batch, socket_recovery& socket,
                              const room_reader& at);

private:
  bool fits(const room_events& batch, const socket_recovery& socket) const;
  void render(const room_events& batch, socket_recovery& socket,
              const room_reader& at);

  /// Of what batch this is. Not kept alive: a batch that is gone gives its
  /// credit back.
  std::weak_ptr<const std::string> batch_;
  socket_recovery::snapshot snapshot_; ///< before the batch
  std::string frames_;
  std::size_t patch_size_ = 0;
  std::vector<std::size_t> patch_points_; ///< where sockets' own parts begin
};

} // namespace weir
