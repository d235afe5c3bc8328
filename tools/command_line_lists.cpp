// The commands that show something.

#include "tools/cluster_check.hpp"
#include "tools/command_line.hpp"

#include <map>
#include <string>
#include <utility>

namespace weir {

void command_line::add_lists() {
  add("status", "is the node ready, who is there, how much is not read yet",
      [this] { return show_status(how_); });
  auto& top = add("top",
                  "what is done in a second, by node, partition and room",
                  [this] { return show_top(how_, top_); });
  top.add_option("--interval", top_.interval, "seconds between")
    ->check(CLI::Range(0.1, 3600.0))
    ->capture_default_str();
  top.add_option("--times", top_.times, "how often; 0: until it is stopped");
  top.add_option("--sort", top_.by, "partitions by their rate, or their lag")
    ->transform(CLI::CheckedTransformer(std::map<std::string, partition_order>{
      {"rate", partition_order::rate}, {"lag", partition_order::lag}}));
  for (auto& [name, what] :
       {std::pair{"nodes", "the nodes, as one of them sees them"},
        std::pair{"partitions", "who reads which partition, and how far"}})
    add_node(add(name, what, [this, path = std::string{"/v1/"} + name] {
      return show(how_, target_of(path, {{"node", node_}}));
    }));
  add_load();
  add_rooms();
  add_connections();
  add_check();
  add_why();
  add_tail();
}

void command_line::add_load() {
  auto& actors
    = add("actors", "actors by type, and what waits for them", [this] {
        return show(how_, target_of("/v1/actors",
                                    {{"node", node_},
                                     {"busiest", busiest_ ? "true" : ""}}));
      });
  actors.add_flag("--busiest", busiest_, "and the ten busiest");
  add_node(actors);
  auto& hot
    = add("hot", "rooms, keys and partitions of which there is most", [this] {
        return show(how_,
                    target_of("/v1/hot", {{"node", node_}, {"limit", limit_}}));
      });
  hot.add_option("--limit", limit_, "rows of each kind (10)");
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
  what.add_option("ROOM", tail_room_, "its name");
  what.add_option("--topic", topic_, "all that is in it, for whatever room");
  what.require_option(1);
  x.add_option("--client-url", tail_.url, "the port of clients of any node")
    ->envname("WEIRCTL_CLIENT_URL")
    ->capture_default_str();
  x.add_option("--path", tail_.path, "server.path")->capture_default_str();
  x.add_option("--namespace", tail_.nsp, "of Socket.IO")->capture_default_str();
  x.add_option("--auth", tail_.auth, "JSON that it connects with, a token");
  x.add_option("--since", since_,
               "an offset, as joins and events have it; of a topic, 0:12,1:40");
  x.add_option("--count", events_, "end after so many; 0: go on");
}

void command_line::add_paging(CLI::App& x) {
  add_node(x);
  x.add_option("--limit", limit_, "rows of a page (100)");
  x.add_option("--after", after_, "go on behind this one");
  x.add_flag("--all", all_, "all pages");
  x.add_option("--namespace", nsp_, "of Socket.IO");
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
  x.add_option("ROOM", one_, "its name");
  x.add_option("--prefix", prefix_, "what names begin with");
  x.add_option("--topic", topic_, "where their records are");
  add_paging(x);
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
  x.add_option("SID", one_, "its id, or that of a socket of its");
  x.add_option("--user", user_, "of this user");
  x.add_option("--room", room_, "in this room");
  x.add_option("--transport", transport_, "by this transport")
    ->check(CLI::IsMember({"polling", "websocket"}));
  x.add_option("--address", address_, "from this address");
  x.add_flag("--behind", behind_, "that are behind in a room");
  x.add_flag("--paused", paused_, "that are not read");
  add_paging(x);
}

void command_line::add_check() {
  auto& x = add("check", "say what is wrong in the cluster; fail if anything",
                [this] { return check_cluster(how_, max_lag_); });
  x.add_option("--max-lag", max_lag_, "records that a reader may be behind")
    ->capture_default_str();
}

void command_line::add_why() {
  auto& x = add("why", "why a client has or has not got a room's records",
                [this] { return trace_delivery(how_, trace_); });
  x.add_option("WHO", trace_.who, "a user, a connection or a socket")
    ->required();
  x.add_option("ROOM", trace_.room, "where the records belong")->required();
  x.add_option("--namespace", trace_.nsp, "of Socket.IO")
    ->capture_default_str();
  x.add_option("--partition", trace_.partition, "where a record is");
  x.add_option("--offset", trace_.offset, "of it");
}

} // namespace weir
