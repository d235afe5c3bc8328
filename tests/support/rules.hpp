#pragma once

#include "actors/contract/routes.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace weir::test {

/// A mapping whose events name their room at /0/room.
inline mapping_options mapping(std::string room, std::string topic,
                               std::vector<std::string> events = {}) {
  mapping_options result;
  result.room = std::move(room);
  result.topic = std::move(topic);
  result.events = std::move(events);
  result.room_from = "/0/room";
  return result;
}

inline namespace_options nsp(std::string name,
                             std::vector<mapping_options> mappings = {}) {
  namespace_options result;
  result.name = std::move(name);
  result.mappings = std::move(mappings);
  return result;
}

inline routes_ptr rules_of(const std::vector<namespace_options>& nsps) {
  return std::make_shared<const routes>(nsps);
}

} // namespace weir::test
