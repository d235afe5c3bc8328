#include "actors/cluster/membership.hpp"

#include <algorithm>

namespace weir {

std::string_view to_string(node_state x) {
  switch (x) {
    case node_state::joining:
      return "joining";
    case node_state::up:
      return "up";
    case node_state::suspect:
      return "suspect";
    case node_state::down:
      return "down";
    case node_state::left:
      return "left";
  }
  return "unknown";
}

membership::membership(cluster::hello self,
                       const std::vector<std::string>& seeds, duration timeout)
  : self_(std::move(self)), timeout_(timeout) {
  for (auto& x : seeds)
    if (x != self_.address)
      targets_[x].is_seed = true;
}

void membership::set(member& x, node_state state, instant now) {
  if (x.is_there() && state != node_state::up && state != node_state::suspect)
    x.lost = now;
  else if (state == node_state::up)
    x.lost.reset();
  x.state = state;
  x.since = now;
}

// -- links --------------------------------------------------------------------

std::string membership::admit(const cluster::hello& peer, bool dialed,
                              instant now) {
  auto& x = members_[peer.node];
  if (x.name.empty())
    x.name = peer.node;
  if (x.incarnation > peer.incarnation && x.is_linked())
    return "a later start of node \"" + peer.node
           + "\" is linked; two nodes must not have one name";
  if (x.incarnation == peer.incarnation && x.is_linked()) {
    // Each dials the other: the dial of the one that sorts first stands.
    auto crossing = x.state == node_state::joining && x.dialed && !dialed;
    if (!crossing || self_.node < peer.node)
      return std::string{already_linked};
  }
  x.incarnation = peer.incarnation;
  x.address = peer.address;
  x.dialed = dialed;
  x.heard = now;
  set(x, node_state::joining, now);
  return {};
}

membership::member* membership::in_force(std::string_view name,
                                         std::uint64_t incarnation) {
  auto i = members_.find(name);
  return i != members_.end() && i->second.incarnation == incarnation
             && i->second.is_linked()
           ? &i->second
           : nullptr;
}

bool membership::join(std::string_view name, std::uint64_t incarnation,
                      instant now) {
  auto* x = in_force(name, incarnation);
  if (x == nullptr)
    return false;
  x->heard = now;
  if (x->state == node_state::joining)
    set(*x, node_state::up, now);
  learn(x->address, now);
  if (auto i = targets_.find(x->address); i != targets_.end())
    i->second.name = x->name;
  return true;
}

bool membership::lose(std::string_view name, std::uint64_t incarnation,
                      instant now) {
  auto* x = in_force(name, incarnation);
  if (x == nullptr)
    return false;
  set(*x, node_state::down, now);
  return true;
}

void membership::leave(std::string_view name, std::uint64_t incarnation,
                       instant now) {
  if (auto* x = in_force(name, incarnation))
    set(*x, node_state::left, now);
}

void membership::hear(std::string_view name, std::uint32_t connections,
                      std::uint32_t partitions, instant now) {
  auto i = members_.find(name);
  if (i == members_.end())
    return;
  auto& x = i->second;
  x.heard = now;
  x.connections = connections;
  x.partitions = partitions;
  if (x.state == node_state::suspect)
    set(x, node_state::up, now);
}

// -- dialing ------------------------------------------------------------------

void membership::learn(const std::string& address, instant now) {
  if (!address.empty() && address != self_.address)
    targets_[address].told = now;
}

bool membership::is_reached(const std::string& address, const target& x) const {
  auto is_it = [&](auto& y) {
    return y.second.is_linked()
           && (y.first == x.name || y.second.address == address);
  };
  return std::any_of(members_.begin(), members_.end(), is_it);
}

std::vector<std::string> membership::take_due(instant now) {
  std::vector<std::string> result;
  for (auto& [address, x] : targets_) {
    if (x.is_dialing || x.next > now || is_reached(address, x))
      continue;
    x.is_dialing = true;
    result.push_back(address);
  }
  return result;
}

void membership::dial_ended(const std::string& address, const std::string& peer,
                            bool linked, instant now) {
  auto i = targets_.find(address);
  if (i == targets_.end())
    return;
  auto& x = i->second;
  x.is_dialing = false;
  if (!peer.empty())
    x.name = peer;
  x.pause = linked ? first_pause : std::min(x.pause * 2, longest_pause);
  x.next = now + x.pause;
  auto y = members_.find(x.name);
  if (!linked && y != members_.end() && y->second.dialed
      && y->second.state == node_state::joining)
    set(y->second, node_state::down, now);
}

// -- the rest -----------------------------------------------------------------

std::vector<membership::member> membership::tick(instant now) {
  std::vector<member> late;
  for (auto& [name, x] : members_)
    if (x.state == node_state::joining && now - x.since >= timeout_) {
      late.push_back(x);
      set(x, node_state::down, now);
    } else if (x.state == node_state::up && now - x.heard >= timeout_ / 2) {
      set(x, node_state::suspect, now);
    }
  forget(now);
  return late;
}

/// A node that was started again elsewhere is not at its former address any
/// more, and one that has left is at none.
bool membership::is_worth_dialing(const std::string& address, const target& x,
                                  instant now) const {
  if (x.is_seed || x.is_dialing)
    return true;
  auto is_at = [&](auto& y) { return y.second.address == address; };
  auto is_awaited = [&](auto& y) {
    return is_at(y) && y.second.state != node_state::left;
  };
  if (std::any_of(members_.begin(), members_.end(), is_awaited))
    return true;
  auto is_elsewhere = find(x.name) != nullptr
                      || std::any_of(members_.begin(), members_.end(), is_at);
  return !is_elsewhere && now - x.told < unconfirmed;
}

void membership::forget(instant now) {
  std::erase_if(members_, [now](auto& x) {
    return !x.second.is_linked() && now - x.second.since >= remembered;
  });
  std::erase_if(targets_, [this, now](auto& x) {
    return !is_worth_dialing(x.first, x.second, now);
  });
}

const membership::member* membership::find(std::string_view name) const {
  auto i = members_.find(name);
  return i == members_.end() ? nullptr : &i->second;
}

std::vector<std::string> membership::missing() const {
  std::vector<std::string> result;
  for (auto& [name, x] : members_)
    if (!x.is_there() && x.state != node_state::left)
      result.push_back(name);
  return result;
}

std::vector<std::string> membership::addresses() const {
  std::vector<std::string> result;
  for (auto& [name, x] : members_)
    if (x.is_there())
      result.push_back(x.address);
  return result;
}

} // namespace weir
