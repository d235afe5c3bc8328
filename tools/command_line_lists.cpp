// The commands that show something.

#include "tools/cluster_check.hpp"
#include "tools/command_line.hpp"

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>

namespace weir {

namespace {

/// Of a partition, as Kafka counts them.
constexpr std::uint64_t most_records = std::numeric_limits<std::int64_t>::max();

} // namespace

void command_line::add_lists() {
  add("status", "is the node ready, who is there, how much is not read yet",
      [this] { return show_status(how_); });
  auto& top = add("top",
                  "what is done in a second, by node, partition and room",
                  [this] { return show_top(how_, top_); });
  top.add_option("--interval", top_.interval, "seconds between")
    ->check(is_interval)
    ->capture_default_str();
  add_number(top, "--times", top_.times, 0,
             std::numeric_limits<std::uint32_t>::max(),
             "how often; 0: until it is stopped");
  top.add_option("--sort", top_.by, "partitions by their rate, or their lag")
    ->transform(CLI::CheckedTransformer(std::map<std::string, partition_order>{
      {"rate", partition_order::rate}, {"lag", partition_order::lag}}));
  add_node(add("nodes", "the nodes, as one of them sees them", [this] {
    return show(how_, target_of("/v1/nodes", {{"node", node_}}));
  }));
  add_partitions();
  add_load();
  add_rooms();
  add_connections();
  add_check();
  add_why();
  add_tail();
}

void command_line::add_partitions() {
  auto& x = add("partitions", "who reads which partition, and how far", [this] {
    return show_pages(how_, "/v1/partitions",
                      {{"node", node_}, {"topic", topic_}, {"limit", limit_}},
                      after_, all_ || limit_.empty());
  });
  add_text(x, "--topic", topic_, "of this topic");
  add_paging(x, "rows of a page (all)");
}

void command_line::add_load() {
  auto& actors
    = add("actors", "actors by type, and what waits for them", [this] {
        return show(how_, target_of("/v1/actors",
                                    {{"node", node_},
                                     {"type", type_},
                                     {"busiest", busiest_ ? "true" : ""}}));
      });
  add_text(actors, "--type", type_, "of this type");
  actors.add_flag("--busiest", busiest_, "and the ten busiest");
  add_node(actors);
  auto& hot
    = add("hot", "rooms, keys and partitions of which there is most", [this] {
        return show(how_,
                    target_of("/v1/hot", {{"node", node_}, {"limit", limit_}}));
      });
  add_number(hot, "--limit", limit_, 1, 100, "rows of each kind (10)");
  add_node(hot);
}

void command_line::add_tail() {
  auto& x = add("tail", "what comes into a room or a topic, as clients get it",
                [this] {
                  return topic_.empty()
                           ? tail_room(tail_, tail_room_, since_, events_)
                           : tail_topic(how_, topic_, since_, events_);
                });
  auto& what = *x.add_option_group("what", "one of");
  add_text(what, "ROOM", tail_room_, "its name");
  add_text(what, "--topic", topic_, "all that is in it, for whatever room");
  what.require_option(1);
  x.add_option("--client-url", tail_.url, "the port of clients of any node")
    ->check(is_port_url)
    ->envname("WEIRCTL_CLIENT_URL")
    ->capture_default_str();
  x.add_option("--path", tail_.path, "server.path")->capture_default_str();
  x.add_option("--namespace", tail_.nsp, "of Socket.IO")->capture_default_str();
  x.add_option("--auth", tail_.auth, "JSON that it connects with, a token")
    ->check(is_json_object);
  add_text(x, "--since", since_,
           "an offset, as joins and events have it; of a topic, 0:12,1:40");
  add_number(x, "--count", events_, 0, most_records,
             "end after so many; 0: go on");
}

void command_line::add_paging(CLI::App& x, std::string of_page) {
  add_node(x);
  add_number(x, "--limit", limit_, 1, 1000, std::move(of_page));
  add_text(x, "--after", after_, "go on behind this one");
  x.add_flag("--all", all_, "all pages");
}

void command_line::add_rooms() {
  auto& x
    = add("rooms", "rooms with members; or one of them, in detail", [this] {
        return one_.empty()
                 ? show_pages(how_, "/v1/rooms",
                              {{"node", node_},
                               {"namespace", nsp_},
                               {"prefix", prefix_},
                               {"topic", topic_},
                               {"limit", limit_}},
                              after_, all_)
                 : show(how_,
                        target_of("/v1/rooms/" + encoded(one_),
                                  {{"node", node_}, {"namespace", nsp_}}),
                        true);
      });
  add_text(x, "ROOM", one_, "its name");
  add_text(x, "--prefix", prefix_, "what names begin with");
  add_text(x, "--topic", topic_, "where their records are");
  add_text(x, "--namespace", nsp_, "of Socket.IO");
  add_paging(x, "rows of a page (100)");
}

void command_line::add_connections() {
  auto& x = add("connections", "clients; or one of them, in detail", [this] {
    if (!one_.empty())
      return show(
        how_, target_of("/v1/connections/" + encoded(one_), {{"node", node_}}),
        true);
    return show_pages(how_, "/v1/connections",
                      {{"node", node_},
                       {"namespace", nsp_},
                       {"user", user_},
                       {"room", room_},
                       {"transport", transport_},
                       {"address", address_},
                       {"behind", behind_ ? "true" : ""},
                       {"paused", paused_ ? "true" : ""},
                       {"limit", limit_}},
                      after_, all_);
  });
  add_text(x, "SID", one_, "its id, or that of a socket of its");
  add_text(x, "--user", user_, "of this user");
  add_text(x, "--room", room_, "in this room");
  x.add_option("--transport", transport_, "by this transport")
    ->check(CLI::IsMember({"polling", "websocket"}));
  add_text(x, "--address", address_, "from this address");
  x.add_flag("--behind", behind_, "that are behind in a room");
  x.add_flag("--paused", paused_, "that are not read");
  add_text(x, "--namespace", nsp_, "of Socket.IO");
  add_paging(x, "rows of a page (100)");
}

void command_line::add_check() {
  auto& x = add("check", "say what is wrong in the cluster; fail if anything",
                [this] { return check_cluster(how_, max_lag_); });
  add_number(x, "--max-lag", max_lag_, 0, most_records,
             "records that a reader may be behind")
    .capture_default_str();
}

void command_line::add_why() {
  auto& x = add("why", "why a client has or has not got a room's records",
                [this] { return trace_delivery(how_, trace_); });
  add_text(x, "WHO", trace_.who, "a user, a connection or a socket").required();
  add_text(x, "ROOM", trace_.room, "where the records belong").required();
  add_text(x, "--namespace", trace_.nsp, "of Socket.IO").capture_default_str();
  add_number(x, "--partition", trace_.partition, 0,
             std::numeric_limits<std::int32_t>::max(), "where a record is");
  add_number(x, "--offset", trace_.offset, 0, most_records, "of it");
}

} // namespace weir
