#pragma once

#include "config/options/limits.hpp"
#include "transport/engineio/token_bucket.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace weir {

/// How often one connection asks for something: limits.events, bytes, joins and
/// [[limits.event]]. Plain logic.
class request_rates {
public:
  using bucket = engineio::token_bucket;

  /// `limits` outlives it.
  explicit request_rates(const limits_options& limits);

  /// Without one nobody needs such an object.
  static bool are_limited(const limits_options& limits);

  struct request {
    std::string_view event;
    std::size_t bytes = 0;
    bool is_join = false;
  };

  struct verdict {
    std::string_view limit; ///< the one that it is over; empty: none
    bucket::duration wait{};
  };

  /// What is refused takes nothing.
  verdict admit(const request& x, bucket::time_point now);

  /// Of what cannot be refused: the client is read when it has been paid for.
  verdict charge(std::size_t bytes, bucket::time_point now);

  /// Another one is refused. True: these are too many (max_rate_limited).
  bool refuse(bucket::time_point now);

private:
  struct event_buckets {
    bucket events;
    bucket bytes;
  };

  /// Calls `f` with each limit's name, its bucket, and what `x` takes of that.
  template <class F>
  void for_each_demand(const request& x, F f);

  const limits_options& limits_;
  bucket events_;
  bucket bytes_;
  bucket joins_;
  bucket refusals_;
  std::vector<event_buckets> by_event_; ///< as in [[limits.event]]
};

} // namespace weir
