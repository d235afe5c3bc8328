#include "actors/client/batch_stencil.hpp"

#include <algorithm>

namespace weir {

std::string_view batch_stencil::frames_for(const room_events& batch,
                                           socket_recovery& socket,
                                           const socket_rooms::place& at) {
  if (!fits(batch, socket)) {
    render(batch, socket, at);
    return frames_;
  }
  auto own = socket.own_part();
  for (auto hole : holes_)
    std::copy(own.begin(), own.end(), frames_.data() + hole);
  return frames_;
}

bool batch_stencil::fits(const room_events& batch,
                         const socket_recovery& socket) const {
  auto is_same = !batch_.owner_before(batch.frames)
                 && !batch.frames.owner_before(batch_);
  return is_same && socket.own_part().size() == hole_size_
         && socket.is_at(places_);
}

void batch_stencil::render(const room_events& batch, socket_recovery& socket,
                           const socket_rooms::place& at) {
  batch_ = batch.frames;
  places_ = socket.where();
  hole_size_ = socket.own_part().size();
  frames_.clear();
  holes_.clear();
  std::size_t begin = 0;
  for (auto& [offset, end] : batch.events) {
    socket.move(at, offset + 1);
    auto event = std::string_view{*batch.frames}.substr(begin, end - begin);
    holes_.push_back(append_with_offset(frames_, event, socket));
    begin = end;
  }
}

} // namespace weir
