#pragma once

// What weirctl's commands do: they ask, and print tables or the answers.

#include "tools/admin_question.hpp"
#include "tools/cluster_rates.hpp"
#include "transport/http/event_stream.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace weir {

/// Prints one answer.
exit_code show(const question_settings& how, const std::string& target,
               bool in_detail = false);

/// Prints a list, all of it or a page.
exit_code show_pages(const question_settings& how, const std::string& path,
                     parameters query, std::string after, bool all);

/// Whether the node is ready, its cluster, and how far reading is.
exit_code show_status(const question_settings& how);

struct top_settings {
  double interval = 2;     ///< seconds
  std::uint32_t times = 0; ///< 0: until it is stopped
  partition_order by = partition_order::rate;
};

/// The same, with what is done in a second, again and again.
exit_code show_top(const question_settings& how, const top_settings& x);

struct unwanted_clients {
  std::string sid, user, room, nsp;
};

exit_code disconnect(const question_settings& how, const unwanted_clients& x);

/// Has something done, and prints how often it was.
exit_code act(const question_settings& how, const std::string& target,
              const std::string& body = {});

/// Has an event stored, and prints where.
exit_code publish(const question_settings& how, const std::string& target,
                  const std::string& body);

/// Prints the events of a room, `count` of them (0: any number).
exit_code tail_room(http::event_stream_options x, const std::string& room,
                    const std::string& since, std::uint64_t count);

/// Prints the records of a topic as clients get them, likewise, from these
/// offsets on ("0:12,1:40"), or from now on.
exit_code tail_topic(const question_settings& how, const std::string& topic,
                     const std::string& since, std::uint64_t count);

/// The arguments of an event, each JSON as it is written or a text, as a JSON
/// array. Requires: they are UTF-8.
std::string arguments_of(const std::vector<std::string>& words);

} // namespace weir
