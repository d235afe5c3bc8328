#include "actors/client/offset_template.hpp"

#include <algorithm>

namespace weir {

std::string_view offset_template::frames_for(const room_events& batch,
                                             socket_recovery& socket,
                                             const room_reader& at) {
  if (!fits(batch, socket)) {
    render(batch, socket, at);
    return frames_;
  }
  auto own = socket.own_part();
  for (auto point : patch_points_)
    std::copy(own.begin(), own.end(), frames_.data() + point);
  return frames_;
}

bool offset_template::fits(const room_events& batch,
                           const socket_recovery& socket) const {
  auto is_same = !batch_.owner_before(batch.frames)
                 && !batch.frames.owner_before(batch_);
  return is_same && socket.own_part().size() == patch_size_
         && socket.is_at(snapshot_);
}

void offset_template::render(const room_events& batch, socket_recovery& socket,
                             const room_reader& at) {
  batch_ = batch.frames;
  snapshot_ = socket.where();
  patch_size_ = socket.own_part().size();
  frames_.clear();
  patch_points_.clear();
  std::size_t begin = 0;
  for (auto& x : batch.events) {
    socket.move(at, x.offset + 1);
    auto event = std::string_view{*batch.frames}.substr(begin, x.end - begin);
    patch_points_.push_back(append_with_offset(frames_, event, socket));
    begin = x.end;
  }
}

} // namespace weir
