#include "actors/client/open_requests.hpp"

#include <algorithm>
#include <utility>

namespace weir {

std::uint64_t open_requests::add(request&& x) {
  auto& added = open_.try_emplace(++last_, std::move(x)).first->second;
  bytes_ += added.content.cost;
  awaited_ += added.is_awaited ? 1 : 0;
  return last_;
}

open_requests::request* open_requests::find(std::uint64_t number) {
  auto i = open_.find(number);
  return i == open_.end() ? nullptr : &i->second.content;
}

std::string open_requests::take_ack(std::uint64_t number) {
  auto* found = find(number);
  return found ? std::exchange(found->ack_id, {}) : std::string{};
}

std::optional<open_requests::request> open_requests::end(std::uint64_t number) {
  auto found = open_.extract(number);
  if (!found)
    return std::nullopt;
  auto& x = found.mapped();
  bytes_ -= x.content.cost;
  awaited_ -= x.is_awaited ? 1 : 0;
  return std::move(x.content);
}

std::vector<std::uint64_t>
open_requests::unanswered_of(const socket_ptr& socket) const {
  std::vector<std::uint64_t> result;
  for (auto& [number, x] : open_)
    if (x.content.socket == socket && !x.content.ack_id.empty())
      result.push_back(number);
  std::sort(result.begin(), result.end());
  return result;
}

void open_requests::note_begin(const join_answered& x) {
  for (auto& [number, y] : open_)
    if (auto& leave = y.content;
        leave.what == kind::leave && leave.socket == x.ack.socket
        && leave.membership == x.membership && leave.here.next.empty())
      leave.here = {x.from, x.logs};
}

} // namespace weir
