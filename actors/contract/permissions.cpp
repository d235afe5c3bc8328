#include "actors/contract/permissions.hpp"

#include "config/permission.hpp"
#include "transport/socketio/json_slice.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace weir {

namespace {

bool is_integer(std::string_view value) {
  if (value.starts_with('-'))
    value.remove_prefix(1);
  return !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
    return c >= '0' && c <= '9';
  });
}

/// Of what is neither list nor object; nothing: null, or a fraction, which can
/// be written in many ways.
std::optional<std::string> text_of(std::string_view value) {
  if (value == "true" || value == "false" || is_integer(value))
    return std::string{value};
  return json::string_value(value);
}

std::vector<std::string> texts_at(std::string_view claims,
                                  std::string_view pointer) {
  std::vector<std::string> result;
  auto add = [&](std::string_view value) {
    if (auto text = text_of(value))
      result.push_back(std::move(*text));
  };
  auto value = claims.empty() ? std::nullopt : json::at(claims, pointer);
  if (!value)
    return result;
  if (!value->starts_with('['))
    add(*value);
  else
    for (auto element : json::elements(*value))
      add(element);
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

bool has_captures(std::string_view text) {
  return text.find('{') != std::string_view::npos;
}

constexpr std::size_t index(right x) {
  return static_cast<std::size_t>(x);
}

} // namespace

// -- claims -------------------------------------------------------------------

claim_values::claim_values(std::string_view claims, std::string_view pointer) {
  auto all = texts_at(claims, pointer);
  std::size_t size = 0;
  for (auto& x : all)
    size += x.size();
  text_.reserve(size);
  ends_.reserve(all.size());
  for (auto& x : all) {
    text_ += x;
    ends_.push_back(static_cast<std::uint32_t>(text_.size()));
  }
}

std::string_view claim_values::operator[](std::size_t i) const {
  auto begin = i == 0 ? 0 : ends_[i - 1];
  return std::string_view{text_}.substr(begin, ends_[i] - begin);
}

bool claim_values::contains(std::string_view value) const {
  std::size_t begin = 0;
  auto end = size();
  while (begin < end) {
    auto middle = begin + (end - begin) / 2;
    if ((*this)[middle] < value)
      begin = middle + 1;
    else
      end = middle;
  }
  return begin < size() && (*this)[begin] == value;
}

// -- rules --------------------------------------------------------------------

permission_policy::permission_policy(const namespace_options& settings) {
  for (auto& x : settings.mappings) {
    auto& to = mappings_.emplace_back(mapping{room_pattern{x.room}, {}});
    for (auto& [what, texts] : {std::pair{right::join, &x.allow.join},
                                std::pair{right::emit, &x.allow.emit},
                                std::pair{right::history, &x.allow.history}})
      for (auto& text : *texts)
        add(to, what, text);
    if (x.join == join_policy::claim)
      join_by_claim(to, x);
  }
}

void permission_policy::add(mapping& to, right x, const std::string& text) {
  auto& rules = to.allow[index(x)];
  auto rule = parse_permission(text);
  if (!rule) // which the configuration's check refuses
    return;
  if (rule->who == permission_rule::kind::anyone)
    rules.anyone = true;
  else if (rule->who == permission_rule::kind::authenticated)
    rules.authenticated = true;
  else
    add(rules, {index_of(rule->pointer), std::move(rule->value)});
}

void permission_policy::add(rules& to, claim_rule x) {
  auto is_by_room = has_captures(x.value);
  if (is_by_room)
    is_kept_[x.claim] = true;
  (is_by_room ? to.by_room : to.fixed).push_back(std::move(x));
}

/// Who may be in a room is who has its capture's value in the claim: a rule as
/// any other.
void permission_policy::join_by_claim(mapping& to, const mapping_options& x) {
  auto begin = x.room.find('{');
  auto capture = x.room.substr(begin, x.room.find('}') - begin + 1);
  to.is_joined_by_claim = true;
  to.claim = index_of(x.join_claim);
  add(to.allow[index(right::join)], {to.claim, std::move(capture)});
}

std::size_t permission_policy::index_of(const std::string& pointer) {
  auto i = std::find(pointers_.begin(), pointers_.end(), pointer);
  auto result = static_cast<std::size_t>(i - pointers_.begin());
  if (i == pointers_.end()) {
    pointers_.push_back(pointer);
    is_kept_.push_back(false);
  }
  return result;
}

// -- a socket -----------------------------------------------------------------

socket_rights::socket_rights(const permission_policy& policy,
                             std::string_view claims)
  : policy_(&policy) {
  for (auto& pointer : policy.pointers())
    values_.emplace_back(claims, pointer);
  verdicts_.reserve(policy.mappings().size());
  for (auto& x : policy.mappings()) {
    auto& verdicts = verdicts_.emplace_back();
    for (std::size_t i = 0; i < rights_count; ++i)
      verdicts[i] = decide(x.allow[i], claims, values_);
  }
  for (std::size_t i = 0; i < values_.size(); ++i)
    if (!policy.is_kept(i))
      values_[i] = {};
}

socket_rights::verdict
socket_rights::decide(const permission_policy::rules& x,
                      std::string_view claims,
                      const std::vector<claim_values>& all) {
  auto is_there = [&](auto& y) { return all[y.claim].contains(y.value); };
  auto may_be = [&](auto& y) { return !all[y.claim].empty(); };
  if (x.anyone || (x.authenticated && !claims.empty())
      || std::any_of(x.fixed.begin(), x.fixed.end(), is_there))
    return verdict::yes;
  return std::any_of(x.by_room.begin(), x.by_room.end(), may_be)
           ? verdict::by_room
           : verdict::no;
}

bool socket_rights::may(right x, std::size_t mapping,
                        std::string_view room) const {
  auto decided = verdicts_[mapping][index(x)];
  if (decided != verdict::by_room)
    return decided == verdict::yes;
  if (x != right::emit)
    return may_by_room(x, mapping, room);
  if (last_emit_ && last_emit_->mapping == mapping && last_emit_->room == room)
    return true;
  if (!may_by_room(x, mapping, room))
    return false;
  last_emit_
    = std::make_unique<allowed_room>(allowed_room{mapping, std::string{room}});
  return true;
}

bool socket_rights::may_by_room(right x, std::size_t mapping,
                                std::string_view room) const {
  auto& pattern = policy_->mappings()[mapping].room;
  auto found = pattern.match(room);
  auto& rules = policy_->mappings()[mapping].allow[index(x)].by_room;
  return found && std::any_of(rules.begin(), rules.end(), [&](auto& y) {
           return values_[y.claim].contains(pattern.expand(y.value, *found));
         });
}

std::vector<std::string>
socket_rights::claimed_rooms(std::size_t mapping) const {
  std::vector<std::string> result;
  auto& x = policy_->mappings()[mapping];
  if (!x.is_joined_by_claim)
    return result;
  auto& values = values_[x.claim];
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!values[i].empty())
      result.push_back(x.room.expand(x.room.text(), {values[i]}));
  return result;
}

} // namespace weir
