#pragma once

#include "actors/contract/cluster.hpp"

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace weir::test {

/// Hands on what it gets, as a link does, until the link is cut.
struct link_end_state {
  static inline const char* name = "weir.test.link-end";

  link_end_state(peer_actor::pointer self, peer_actor to)
    : self(self), to(std::move(to)) {}

  peer_actor::behavior_type make_behavior() {
    return {
      // As with a real link, who greets is known by the link's own handle.
      [this](peer_greeting& x) {
        x.from = back;
        if (is_from_before)
          for (auto& y : {interim_service, mappings_service, readiness_service})
            x.services.erase(std::string{y});
        pass(std::move(x));
      },
      [this](const claims_changed& x) {
        ++claims;
        pass(x);
      },
      [this](const addresses_known& x) { pass(x); },
      [this](const node_load& x) { pass(x); },
      [this](const node_leaving& x) -> caf::result<void> {
        if (is_stuck)
          return stuck = self->make_response_promise<void>();
        pass(x);
        if (lost_answers == nullptr)
          return {};
        return lost_answers->emplace_back(self->make_response_promise<void>());
      },
      [this](const interim_state& x) {
        BOOST_TEST(!is_to_before);
        if (!is_from_before)
          pass(x);
      },
      [this](const mappings_used& x) {
        BOOST_TEST(!is_to_before);
        if (!is_from_before)
          pass(x);
      },
      [this](const node_readiness& x) {
        BOOST_TEST(!is_to_before);
        if (!is_from_before)
          pass(x);
      },
    };
  }

  template <class Message>
  void pass(Message x) {
    caf::send_as(back, to, std::move(x));
  }

  peer_actor::pointer self;
  peer_actor to;
  peer_actor back;        ///< the end at which the receiver answers
  std::size_t claims = 0; ///< messages of them
  bool is_stuck = false;  ///< farewells do not get through
  caf::typed_response_promise<void> stuck;
  /// Farewells get through, and their answers do not: they come when the link
  /// has ended. Null: they do.
  std::vector<caf::typed_response_promise<void>>* lost_answers = nullptr;
  /// The sender, the receiver is of a version without interim readers.
  bool is_from_before = false, is_to_before = false;
};

} // namespace weir::test
