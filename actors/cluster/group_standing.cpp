#include "actors/cluster/group_standing.hpp"

#include "actors/cluster/partition_names.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace weir {

namespace {

std::string in_quotes(const std::string& text) {
  return '"' + text + '"';
}

std::string name_of(const kafka::group_member& x) {
  auto& name = !x.instance.empty() ? x.instance
               : !x.client.empty() ? x.client
                                   : x.id;
  return in_quotes(name) + " (host " + x.host + ")";
}

} // namespace

group_order group_standing::on_report(const group_report& x,
                                      const known_nodes& nodes, instant now) {
  if (x.is_assigned && !last_.is_assigned)
    unread_.restart(now);
  last_ = x;
  if (x.group && x.group->error.empty()) {
    group_ = x.group;
    described_ = now;
  }
  count_members(nodes);
  auto result = x.is_member ? judge_inside(x, now)
                            : judge_outside(x, nodes.up.size() + 1, now);
  update(nodes, now);
  return result;
}

void group_standing::on_problem(const std::string& topic, bool has_one) {
  if (has_one)
    troubled_.insert(topic);
  else
    troubled_.erase(topic);
}

void group_standing::on_interim(const kafka::topic_partition& x, bool is_read,
                                instant now) {
  if (is_read)
    interim_[x].reset();
  else if (auto i = interim_.find(x); i != interim_.end() && !i->second)
    i->second = now;
}

/// One that was until just now has another reader before long.
bool group_standing::is_read_meanwhile(const kafka::topic_partition& x,
                                       instant now) const {
  auto i = interim_.find(x);
  return i != interim_.end()
         && (!i->second || now - *i->second < options_.timeout);
}

void group_standing::count_members(const known_nodes& nodes) {
  refusals_ = nodes.refusals;
  census_ = {group_.value_or(kafka::group_description{}),
             {options_.node, options_.client_id, last_.is_fenced},
             nodes};
}

group_order group_standing::judge_outside(const group_report& x,
                                          std::size_t ours, instant now) {
  using action = group_order::action;
  leaving_ = false;
  if (!x.group || x.group->is_transient)
    return {action::none, true};
  auto strangers = census_.strangers().size();
  // This Kafka does not tell: whoever is in the group shows later.
  auto is_free = !x.group->error.empty() || strangers == 0;
  if (!is_free && ours <= strangers) {
    refused_ = refused_.value_or(now);
    return {action::none, true};
  }
  refused_.reset();
  return {action::join, false};
}

group_order group_standing::judge_inside(const group_report& x, instant now) {
  using action = group_order::action;
  if (leaving_)
    return {};
  refused_.reset();
  if (x.group && x.group->error.empty()) {
    votes_ = !is_outnumbered(now) ? 0 : is_same_group() ? votes_ + 1 : 1;
    if (votes_ > rank()) {
      votes_ = 0;
      leaving_ = true;
      refused_ = now - options_.timeout; // nothing is there to wait for
      return {action::leave, false};
    }
    if (wants_rebalance(*x.group, now))
      return {action::rebalance, true};
  }
  auto is_complete = unread_.overdue(options_.timeout, now).empty();
  if (is_complete)
    gaps_ = {};
  return {action::none, !is_complete};
}

/// Nobody reads it because the group has given it to nobody.
bool group_standing::is_unassigned(const kafka::topic_partition& x) const {
  return !troubled_.contains(x.topic) && census_.holder_of(x) == nullptr;
}

bool group_standing::wants_rebalance(const kafka::group_description& x,
                                     instant now) {
  if (!last_.is_assigned || x.is_rebalancing)
    return false;
  auto overdue = unread_.overdue(options_.timeout, now);
  auto has_gaps = std::any_of(overdue.begin(), overdue.end(), [this](auto& y) {
    return is_unassigned(y.partition);
  });
  return gaps_.on_described(has_gaps, rank(), now);
}

/// Whether strangers have what lacks a reader, and this node is of the fewer.
bool group_standing::is_outnumbered(instant now) const {
  auto has_some = [&](auto& x) {
    auto* holder = census_.holder_of(x.partition);
    return holder && holder->kind == member_kind::stranger;
  };
  auto overdue = unread_.overdue(options_.timeout, now);
  auto& ours = census_.ours();
  auto& others = census_.strangers();
  if (!last_.is_assigned
      || std::none_of(overdue.begin(), overdue.end(), has_some))
    return false;
  return others.size() > ours.size()
         || (others.size() == ours.size() && *others.begin() < *ours.begin());
}

/// Whether nobody has come or gone since it was called last: who leaves changes
/// the vote of those who remain.
bool group_standing::is_same_group() {
  auto members = census_.ours();
  members.insert(census_.strangers().begin(), census_.strangers().end());
  return members == std::exchange(members_, members);
}

std::size_t group_standing::rank() const {
  auto after = [this](auto& names) {
    return std::distance(names.upper_bound(options_.node), names.end());
  };
  return static_cast<std::size_t>(after(census_.ours())
                                  + after(census_.strangers()));
}

// -- what follows -------------------------------------------------------------

void group_standing::update(const known_nodes& nodes, instant now) {
  count_members(nodes);
  unreachable_.clear();
  auto is_out = refused_ && now - *refused_ >= options_.timeout;
  excluded_ = is_out ? exclusion() : "";
  if (is_out)
    for (auto& x : unread_.all())
      unreachable_[x] = excluded_;
  else
    for (auto& x : unread_.overdue(options_.timeout, now))
      if (!is_read_meanwhile(x.partition, now)
          && (last_.is_assigned || is_taken(x.partition, instant::min())))
        if (auto why = why_unreachable(x, now); !why.empty())
          unreachable_[x.partition] = std::move(why);
}

/// By an application, which may keep nodes out of the group: Kafka has no
/// members that divide partitions in different ways.
bool group_standing::is_taken(const kafka::topic_partition& x,
                              instant since) const {
  auto* holder = described_ >= since ? census_.holder_of(x) : nullptr;
  return holder && holder->kind == member_kind::application;
}

std::string group_standing::exclusion() const {
  auto result = "this node stays out of the consumer group "
                + in_quotes(options_.group);
  auto& strangers = census_.all(member_kind::stranger);
  if (strangers.empty()) // they have gone: we are about to join
    return result;
  // Preferably the one that is to blame, or of which it is known why.
  auto find = [&](auto is_it) {
    return std::find_if(strangers.begin(), strangers.end(), is_it);
  };
  auto stranger = find([&](auto& x) { return x.instance == options_.node; });
  if (stranger == strangers.end())
    stranger = find([&](auto& x) { return refusals_.contains(x.instance); });
  if (stranger == strangers.end())
    stranger = strangers.begin();
  if (stranger->instance == options_.node)
    return result + ": another node has this one's name, " + name_of(*stranger)
           + "; give each a name of its own, node in [cluster]";
  return result + ": its member " + name_of(*stranger)
         + " is a node that this one has no link to" + refusal_of(*stranger);
}

std::string group_standing::refusal_of(const kafka::group_member& x) const {
  if (!options_.has_links)
    return "; in [cluster] set listen and seeds, or in [kafka] another group";
  auto i = refusals_.find(x.instance);
  if (i == refusals_.end())
    i = refusals_.find("");
  return i == refusals_.end() ? "" : ": " + i->second;
}

/// Empty: it may still be handed over.
std::string
group_standing::why_unreachable(const unread_partitions::unread_partition& x,
                                instant now) const {
  auto* holder = described_ >= x.since ? census_.holder_of(x.partition)
                                       : nullptr;
  auto kind = holder ? holder->kind : member_kind::ours;
  if (kind == member_kind::application)
    return "the consumer " + name_of(holder->member)
           + " has taken its place in the consumer group "
           + in_quotes(options_.group)
           + ", and is no node of this cluster; give it another group.id";
  if (kind == member_kind::stranger)
    return "it is read by the node " + name_of(holder->member)
           + ", to which this one has no link" + refusal_of(holder->member);
  if (now - x.since < options_.handover)
    return {};
  if (kind == member_kind::lost)
    return "it is read by the node " + name_of(holder->member)
           + ", to which the link is lost";
  return "no node that this one has a link to reads it";
}

std::vector<std::string> group_standing::reasons() const {
  std::vector<std::string> result;
  if (!excluded_.empty() && unreachable_.empty())
    result.push_back(excluded_); // the topics are not known
  std::map<std::string, std::vector<kafka::topic_partition>> by_reason;
  for (auto& [partition, why] : unreachable_)
    by_reason[why].push_back(partition);
  for (auto& [why, all] : by_reason)
    result.push_back("the reader of " + names_of(all)
                     + " cannot be reached: " + why);
  auto& others = census_.all(member_kind::application);
  if (!others.empty() && last_.is_member && !last_.is_assigned)
    result.push_back("the consumer group " + in_quotes(options_.group)
                     + " has the member " + name_of(others.front())
                     + ", which is no node of this cluster");
  return result;
}

} // namespace weir
