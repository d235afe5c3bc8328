#include "schemas/recovery_codec.hpp"

#include "config/base/base64.hpp"
#include "schemas/varint.hpp"

#include <sodium/core.h>
#include <sodium/crypto_generichash.h>
#include <sodium/crypto_shorthash.h>
#include <sodium/utils.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace weir::schemas {

namespace {

constexpr char version_with_mappings = 7;
constexpr char version = 6;
constexpr char version_without_epochs = 5;
constexpr char version_without_count = 4;
constexpr char version_without_logs = 3;
constexpr std::size_t group = 3; // bytes that base64url encodes by themselves
constexpr std::size_t max_offset = std::size_t{64} * 1024;
constexpr std::size_t tag_size = crypto_shorthash_BYTES;
constexpr std::size_t pid_tag_size = 16;
constexpr auto max_int32 = std::numeric_limits<std::int32_t>::max();
constexpr auto max_int64 = std::numeric_limits<std::int64_t>::max();

const unsigned char* bytes_of(std::string_view x) {
  return reinterpret_cast<const unsigned char*>(x.data());
}

void append_number(std::string& to, std::uint64_t x) {
  std::array<char, max_varint> text;
  to.append(text.data(), put_varint(text.data(), x));
}

void append_text(std::string& to, std::string_view x) {
  append_number(to, x.size());
  to.append(x);
}

/// BLAKE2b of the parts, each with its length, so that no two lists of parts
/// are the same bytes. The first part says what the hash is for.
template <std::size_t N>
std::array<unsigned char, N>
keyed_hash(const std::array<unsigned char, 32>& key,
           std::initializer_list<std::string_view> parts) {
  std::string input;
  for (auto part : parts)
    append_text(input, part);
  std::array<unsigned char, N> result;
  crypto_generichash(result.data(), N, bytes_of(input), input.size(),
                     key.data(), key.size());
  return result;
}

using tag_key = std::array<unsigned char, 16>;
using tag_bytes = std::array<unsigned char, tag_size>;

tag_bytes tag_of(std::string_view bytes, const tag_key& key) {
  tag_bytes result;
  crypto_shorthash(result.data(), bytes_of(bytes), bytes.size(), key.data());
  return result;
}

/// Appends the tag of what stands behind `begin`.
void append_tag(std::string& to, std::size_t begin, const tag_key& key) {
  auto tag = tag_of(std::string_view{to}.substr(begin), key);
  to.append(tag.begin(), tag.end());
}

/// Appends zeros until a group is full once the tag is there.
void pad(std::string& to) {
  while ((to.size() + tag_size) % group != 0)
    to += '\0';
}

void append_base64url(std::string& to, std::string_view bytes) {
  auto before = to.size();
  to.resize(before + base64url_size(bytes.size()));
  put_base64url(to.data() + before, bytes);
}

/// Twice the number, and one more where an epoch follows: log ids are of five
/// bytes anyway. The first epoch, which most partitions have, costs nothing.
void append_log(std::string& to, const recovered_log& x) {
  auto has_epoch = x.id != 0 && x.leader_epoch != 0;
  append_number(to, 2 * std::uint64_t{x.id} + (has_epoch ? 1 : 0));
  if (has_epoch)
    append_number(to,
                  static_cast<std::uint64_t>(std::int64_t{x.leader_epoch} + 1));
}

std::string encode_rooms(std::string_view node,
                         const std::vector<room_partitions>& rooms) {
  // Earlier versions read the others.
  auto has_mappings = std::any_of(rooms.begin(), rooms.end(),
                                  [](auto& x) { return x.mapping != 0; });
  std::string result{has_mappings ? version_with_mappings : version};
  append_text(result, node);
  append_number(result, rooms.size());
  for (auto& x : rooms) {
    append_text(result, x.room);
    append_number(result, static_cast<std::uint64_t>(x.of_partitions));
    if (has_mappings)
      append_number(result, x.mapping);
    append_number(result, x.partitions.size());
    for (auto partition : x.partitions) {
      append_number(result, static_cast<std::uint64_t>(partition));
      auto log = x.logs.find(partition);
      append_log(result, log == x.logs.end() ? recovered_log{} : log->second);
    }
  }
  return result;
}

std::optional<std::string_view> take_text(std::string_view& from) {
  auto size = take_varint(from, from.size());
  if (!size || *size > from.size())
    return std::nullopt;
  auto result = from.substr(0, *size);
  from.remove_prefix(*size);
  return result;
}

bool take_log(std::string_view& from, std::int32_t partition,
              recovered_room& room, bool has_epochs) {
  constexpr std::uint64_t max_log = std::numeric_limits<std::uint32_t>::max();
  auto number = take_varint(from, has_epochs ? 2 * max_log + 1 : max_log);
  auto log = has_epochs ? number.value_or(0) / 2 : number.value_or(0);
  if (log == 0)
    return number == 0;
  auto& x = room.logs[partition];
  x.id = static_cast<std::uint32_t>(log);
  if (!has_epochs)
    return true;
  auto follows = *number % 2 == 1;
  auto epoch = !follows ? 1 : take_varint(from, std::uint64_t{max_int32} + 1);
  x.leader_epoch = static_cast<std::int32_t>(
    static_cast<std::int64_t>(epoch.value_or(0)) - 1);
  return epoch.has_value();
}

bool take_room(std::string_view& from, recovered_room& room, char version_of) {
  auto has_count = version_of > version_without_count;
  auto has_logs = version_of > version_without_logs;
  auto has_epochs = version_of > version_without_epochs;
  auto name = take_text(from);
  auto all = has_count && name ? take_varint(from, max_int32) : 0;
  auto has_mapping = version_of == version_with_mappings && name && all;
  auto mapping = has_mapping ? take_varint(from, max_int32) : 0;
  auto count = name && all && mapping ? take_varint(from, from.size())
                                      : std::nullopt;
  if (!count)
    return false;
  room.room = *name;
  room.of_partitions = static_cast<std::int32_t>(*all);
  room.mapping = static_cast<std::uint32_t>(*mapping);
  for (; *count > 0; --*count) {
    auto partition = take_varint(from, max_int32);
    if (!partition)
      return false;
    room.next.emplace_back(static_cast<std::int32_t>(*partition), 0);
    if (has_logs && !take_log(from, room.next.back().first, room, has_epochs))
      return false;
  }
  return true;
}

/// Takes node and rooms off the front of an offset.
bool take_rooms(std::string_view& from, recovered_position& to) {
  auto version_of = from.empty() ? '\0' : from.front();
  if (version_of < version_without_logs || version_of > version_with_mappings)
    return false;
  from.remove_prefix(1);
  auto node = take_text(from);
  auto count = node ? take_varint(from, from.size()) : std::nullopt;
  if (!count)
    return false;
  to.node = *node;
  for (; *count > 0; --*count)
    if (!take_room(from, to.rooms.emplace_back(), version_of))
      return false;
  return true;
}

bool take_number(std::string_view& from, std::int64_t& to) {
  auto x = take_varint(from, max_int64);
  to = static_cast<std::int64_t>(x.value_or(0));
  return x.has_value();
}

/// Whether `tag` belongs to the bytes.
bool is_signed(std::string_view bytes, std::string_view tag,
               const tag_key& key) {
  auto expected = tag_of(bytes, key);
  return tag.size() == tag_size
         && sodium_memcmp(expected.data(), tag.data(), tag_size) == 0;
}

/// Takes the time and the tag that end a socket's own part.
bool take_time(std::string_view& from, std::size_t rooms_size,
               std::int64_t& seconds, const tag_key& key) {
  auto rest = from;
  if (!take_number(rest, seconds))
    return false;
  auto used = from.size() - rest.size();
  auto size = (rooms_size + used + tag_size + group - 1) / group * group
              - rooms_size - tag_size;
  if (from.size() < size + tag_size
      || !is_signed(from.substr(0, size), from.substr(size, tag_size), key))
    return false;
  from.remove_prefix(size + tag_size);
  return true;
}

/// Reads the part that sockets share.
bool read_shared(std::string_view bytes, recovered_position& result,
                 const tag_key& key) {
  if (bytes.size() < tag_size)
    return false;
  auto numbers = bytes.substr(0, bytes.size() - tag_size);
  std::string text;
  append_number(text, static_cast<std::uint64_t>(result.seconds));
  text += numbers;
  if (!is_signed(text, bytes.substr(numbers.size()), key))
    return false;
  for (auto& room : result.rooms)
    for (auto& [partition, next] : room.next)
      if (!take_number(numbers, next))
        return false;
  return numbers.empty();
}

} // namespace

// -- offset_writer ------------------------------------------------------------

std::size_t offset_writer::max_size() const {
  auto own = rooms_.size() + max_varint + group - 1 + tag_size;
  auto shared = partitions_ * max_varint + tag_size;
  return base64url_size(own) + base64url_size(shared);
}

void offset_writer::append_own(std::string& out, std::int64_t seconds) const {
  static thread_local std::string bytes; // keeps its memory
  bytes = rooms_;
  append_number(bytes, static_cast<std::uint64_t>(seconds));
  pad(bytes);
  append_tag(bytes, rooms_.size(), own_key_);
  append_base64url(out, bytes);
}

void offset_writer::append_shared(std::string& out, std::int64_t seconds,
                                  std::span<const std::int64_t> next) const {
  static thread_local std::string bytes; // keeps its memory
  bytes.clear();
  append_number(bytes, static_cast<std::uint64_t>(seconds));
  auto time_size = bytes.size();
  for (auto x : next)
    append_number(bytes, static_cast<std::uint64_t>(x));
  append_tag(bytes, 0, shared_key_);
  append_base64url(out, std::string_view{bytes}.substr(time_size));
}

// -- recovery_signer ----------------------------------------------------------

recovery_signer::recovery_signer(std::string_view secret, std::string_view node)
  : node_(node) {
  if (sodium_init() < 0)
    throw std::runtime_error("libsodium does not start");
  crypto_generichash(root_.data(), root_.size(), bytes_of(secret),
                     secret.size(), nullptr, 0);
}

std::string recovery_signer::make_pid(std::string_view nsp,
                                      std::string_view sid,
                                      std::string_view user) const {
  auto tag = user.empty() // as earlier versions do it
               ? keyed_hash<pid_tag_size>(root_, {"pid", nsp, sid})
               : keyed_hash<pid_tag_size>(root_, {"pid", nsp, sid, user});
  return std::string{sid}
         + to_base64url(
           {reinterpret_cast<const char*>(tag.data()), tag.size()});
}

std::optional<std::string>
recovery_signer::socket_of(std::string_view nsp, std::string_view pid,
                           std::string_view user) const {
  constexpr auto tag = base64url_size(pid_tag_size);
  if (pid.size() <= tag || pid.size() > max_offset)
    return std::nullopt;
  auto sid = pid.substr(0, pid.size() - tag);
  auto expected = make_pid(nsp, sid, user);
  if (sodium_memcmp(expected.data(), pid.data(), pid.size()) != 0)
    return std::nullopt;
  return std::string{sid};
}

offset_writer::key recovery_signer::own_key(std::string_view nsp,
                                            std::string_view pid,
                                            std::string_view rooms) const {
  return keyed_hash<16>(root_, {"offset", nsp, pid, rooms});
}

offset_writer::key recovery_signer::shared_key(std::string_view nsp,
                                               std::string_view rooms) const {
  return keyed_hash<16>(root_, {"positions", nsp, rooms});
}

offset_writer
recovery_signer::writer(std::string_view nsp, std::string_view pid,
                        const std::vector<room_partitions>& rooms) const {
  auto bytes = encode_rooms(node_, rooms);
  std::size_t partitions = 0;
  for (auto& x : rooms)
    partitions += x.partitions.size();
  auto own = own_key(nsp, pid, bytes);
  auto shared = shared_key(nsp, bytes);
  return {std::move(bytes), partitions, own, shared};
}

std::optional<recovered_position>
recovery_signer::read(std::string_view nsp, std::string_view pid,
                      std::string_view offset) const {
  auto bytes = offset.size() <= max_offset ? from_base64url(offset)
                                           : std::nullopt;
  if (!bytes)
    return std::nullopt;
  recovered_position result;
  std::string_view rest = *bytes;
  if (!take_rooms(rest, result))
    return std::nullopt;
  auto rooms = std::string_view{*bytes}.substr(0, bytes->size() - rest.size());
  if (!take_time(rest, rooms.size(), result.seconds, own_key(nsp, pid, rooms))
      || !read_shared(rest, result, shared_key(nsp, rooms)))
    return std::nullopt;
  return result;
}

} // namespace weir::schemas
