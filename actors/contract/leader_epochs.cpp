#include "actors/contract/leader_epochs.hpp"

#include <algorithm>
#include <charconv>
#include <ranges>

namespace weir {

namespace {

template <class T>
bool take_number(std::string_view& text, T& x) {
  auto* end = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), end, x);
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  return error == std::errc{};
}

} // namespace

bool leader_epochs::merge(std::int32_t epoch, const begin& found) {
  auto later = begins_.upper_bound(epoch);
  if (later != begins_.end() && later->second.offset <= found.offset)
    return false;
  auto cut
    = std::find_if(begins_.begin(), begins_.lower_bound(epoch),
                   [&](auto& x) { return x.second.offset >= found.offset; });
  begins_.erase(cut, begins_.lower_bound(epoch));
  auto [i, is_new] = begins_.emplace(epoch, found);
  auto& x = i->second;
  auto is_news = is_new || found.offset < x.offset
                 || (found.offset == x.offset && found.is_known && !x.is_known);
  if (is_news)
    x = found;
  if (begins_.size() > max_size)
    begins_.erase(begins_.begin());
  return is_news;
}

bool leader_epochs::merge(const leader_epochs& from, std::int32_t last) {
  auto is_news = false;
  for (auto& [epoch, found] : from.begins_)
    is_news = (epoch <= last && merge(epoch, found)) || is_news;
  return is_news;
}

bool leader_epochs::is_same_below(const leader_epochs& x,
                                  std::int64_t offset) const {
  auto below = [offset](auto& all) {
    return all | std::views::filter([offset](auto& y) {
             return y.second.offset < offset;
           });
  };
  return std::ranges::equal(below(begins_), below(x.begins_));
}

// Each as `epoch/offset`, with `-` behind it if it may lie before that.
std::string leader_epochs::write(std::size_t max_size) const {
  std::string result;
  for (auto i = begins_.rbegin(); i != begins_.rend(); ++i) {
    auto entry = std::to_string(i->first) + '/'
                 + std::to_string(i->second.offset)
                 + (i->second.is_known ? "," : "-,");
    if (result.size() + entry.size() > max_size)
      break;
    result += entry;
  }
  return result;
}

bool leader_epochs::merge(std::string_view written) {
  auto is_news = false;
  while (!written.empty()) {
    std::int32_t epoch = -1;
    begin found{0, true};
    if (!take_number(written, epoch) || !written.starts_with('/'))
      break;
    written.remove_prefix(1);
    if (!take_number(written, found.offset))
      break;
    found.is_known = !written.starts_with('-');
    written.remove_prefix(
      std::min<std::size_t>(found.is_known ? 1 : 2, written.size()));
    is_news = merge(epoch, found) || is_news;
  }
  return is_news;
}

} // namespace weir
