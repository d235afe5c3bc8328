#include "actors/client/socket_recovery.hpp"

#include "transport/engineio/frames.hpp"

#include <algorithm>

namespace weir {

void socket_recovery::prepare(const socket_rooms& rooms, std::int64_t now) {
  now = std::max(now, written_);
  auto is_new = !is_known_;
  if (is_new)
    take_in(rooms);
  next_.clear();
  for (auto* x : readers_)
    next_.push_back(x->next());
  if (is_new || now != time_)
    write_own_part(now);
}

void socket_recovery::write_own_part(std::int64_t now) {
  time_ = now;
  own_.clear();
  if (is_usable_)
    writer_->append_own(own_, now);
  else
    own_ = '-';
}

/// Looks at no more than fits an offset, however many rooms there are, as this
/// comes with each join and leave.
void socket_recovery::take_in(const socket_rooms& rooms) {
  is_known_ = true;
  is_usable_ = false;
  writer_.reset();
  readers_.clear();
  std::vector<schemas::room_partitions> listed;
  std::size_t size = 0; // at least
  for (auto& [name, x] : rooms.all()) {
    if (x->id == 0)
      continue; // its join is on its way: it is none of the socket's yet
    size += name.size() + x->readers.size();
    bytes_taken_in_ += name.size() + x->readers.size();
    if (size > max_size_)
      return readers_.clear();
    auto& y = listed.emplace_back();
    y.room = name;
    y.of_partitions = x->of_partitions;
    y.mapping = x->mapping;
    for (auto& reader : x->readers) {
      y.partitions.push_back(reader.partition());
      if (reader.log() != 0)
        y.logs[reader.partition()] = {reader.log(), reader.leader_epoch()};
      readers_.push_back(&reader);
    }
  }
  writer_ = signer_->writer(nsp_, pid_, listed);
  is_usable_ = writer_->max_size() <= max_size_;
}

void socket_recovery::move(const room_reader& at, std::int64_t next) {
  auto i = std::find(readers_.begin(), readers_.end(), &at);
  if (i != readers_.end())
    next_[static_cast<std::size_t>(i - readers_.begin())] = next;
}

void socket_recovery::append_shared_part(std::string& out) const {
  if (is_usable_)
    writer_->append_shared(out, time_, next_);
}

std::size_t append_with_offset(std::string& frames, std::string_view event,
                               const socket_recovery& socket) {
  static thread_local std::string shared; // keeps its memory
  shared.clear();
  socket.append_shared_part(shared);
  auto first = engineio::next_frame(event);
  // Without the packet's type digit and the array's closing bracket.
  auto text = first.bytes.substr(1, first.bytes.size() - 2);
  auto own = socket.own_part();
  constexpr std::string_view end = "\"]";
  engineio::append_text_message(frames, {text, ",\"", own, shared, end});
  auto begin = frames.size() - end.size() - shared.size() - own.size();
  frames += event.substr(first.size);
  return begin;
}

} // namespace weir
