#include "actors/contract/misplaced_keys.hpp"

#include "config/base/base64.hpp"
#include "schemas/varint.hpp"

#include <array>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace weir {

namespace {

constexpr std::int64_t version = 1;
constexpr std::size_t max_bytes = 3000; // 4000 characters of base64url
constexpr std::size_t max_header = 3 * schemas::max_varint + 1;
constexpr auto max_number = std::numeric_limits<std::int64_t>::max();

void append_number(std::string& to, std::uint64_t x) {
  std::array<char, schemas::max_varint> text;
  to.append(text.data(), schemas::put_varint(text.data(), x));
}

std::optional<std::int64_t> take_number(std::string_view& from) {
  auto x = schemas::take_varint(from, max_number);
  return x ? std::optional{static_cast<std::int64_t>(*x)} : std::nullopt;
}

} // namespace

/// FNV-1a, 32 bits: the same in every version, as it is kept with Kafka.
std::uint32_t misplaced_keys::hash_of(std::string_view key) {
  std::uint32_t result = 2'166'136'261;
  for (auto c : key)
    result = (result ^ static_cast<unsigned char>(c)) * 16'777'619;
  return result;
}

void misplaced_keys::add(std::string_view key, std::int64_t offset,
                         std::int64_t now) {
  last_added_ = std::max(last_added_, now);
  auto hash = hash_of(key);
  if (auto i = first_.find(hash); i != first_.end())
    i->second = std::min(i->second, offset);
  else if (others_ == cursor::unknown && first_.size() < capacity)
    first_.emplace(hash, offset);
  else
    note_others(offset);
}

std::int64_t misplaced_keys::first(std::string_view key) const {
  auto i = first_.find(hash_of(key));
  if (i == first_.end())
    return others_;
  return others_ == cursor::unknown ? i->second : std::min(i->second, others_);
}

void misplaced_keys::cut(std::int64_t at) {
  std::erase_if(first_, [at](auto& x) { return x.second >= at; });
  if (others_ >= at)
    others_ = cursor::unknown;
}

bool misplaced_keys::forget_old(std::int64_t now) {
  if (empty() || now - last_added_ <= kept)
    return false;
  *this = {};
  return true;
}

/// In the order of their offsets: what does not fit becomes one of the others.
std::string misplaced_keys::write() const {
  if (empty())
    return {};
  std::vector<std::pair<std::int64_t, std::uint32_t>> listed;
  for (auto& [hash, offset] : first_)
    listed.emplace_back(offset, hash);
  std::sort(listed.begin(), listed.end());
  auto left = *this;
  std::string entries, entry;
  for (std::int64_t before = 0; auto& [offset, hash] : listed) {
    entry.clear();
    append_number(entry, hash);
    append_number(entry, static_cast<std::uint64_t>(offset - before));
    if (entries.size() + entry.size() > max_bytes - max_header) {
      left.note_others(offset);
      break;
    }
    entries += entry;
    before = offset;
  }
  std::string result;
  append_number(result, static_cast<std::uint64_t>(version));
  append_number(result, static_cast<std::uint64_t>(last_added_));
  append_number(result, static_cast<std::uint64_t>(left.others_ + 1));
  return to_base64url(result + entries);
}

misplaced_keys misplaced_keys::read(std::string_view text) {
  misplaced_keys result;
  auto bytes = from_base64url(text);
  std::string_view rest = bytes ? std::string_view{*bytes} : "";
  auto format = take_number(rest);
  auto last_added = take_number(rest);
  auto others = take_number(rest);
  if (format != version || !last_added || !others)
    return {};
  result.last_added_ = *last_added;
  result.others_ = *others - 1;
  for (std::int64_t before = 0; !rest.empty();) {
    auto hash = schemas::take_varint(rest,
                                     std::numeric_limits<std::uint32_t>::max());
    auto step = hash ? take_number(rest) : std::nullopt;
    if (!step || *step > max_number - before
        || result.first_.size() >= capacity)
      return {};
    before += *step;
    result.first_.emplace(static_cast<std::uint32_t>(*hash), before);
  }
  return result;
}

} // namespace weir
