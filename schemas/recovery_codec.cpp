#include "schemas/recovery_codec.hpp"

#include "schemas/base64url.hpp"
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

constexpr char version = 1;
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

/// Appends the tag of [begin, end); returns the new end.
char* put_tag(const char* begin, char* end,
              const std::array<unsigned char, 16>& key) {
  crypto_shorthash(reinterpret_cast<unsigned char*>(end),
                   reinterpret_cast<const unsigned char*>(begin),
                   static_cast<std::size_t>(end - begin), key.data());
  return end + tag_size;
}

constexpr std::size_t padded(std::size_t n) {
  return (n + 2) / 3 * 3;
}

/// The first part of an offset.
std::string encode_rooms(const std::vector<room_partitions>& rooms) {
  std::string result{version};
  append_number(result, rooms.size());
  for (auto& x : rooms) {
    append_text(result, x.room);
    append_number(result, x.partitions.size());
    for (auto partition : x.partitions)
      append_number(result, static_cast<std::uint64_t>(partition));
  }
  result.resize(padded(result.size()));
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

bool take_room(std::string_view& from, recovered_room& room) {
  auto name = take_text(from);
  auto count = name ? take_varint(from, from.size()) : std::nullopt;
  if (!count)
    return false;
  room.room = *name;
  for (; *count > 0; --*count) {
    auto partition = take_varint(from, max_int32);
    if (!partition)
      return false;
    room.next.emplace_back(static_cast<std::int32_t>(*partition), 0);
  }
  return true;
}

/// Reads the first part; returns its size.
std::optional<std::size_t> decode_rooms(std::string_view bytes,
                                        std::vector<recovered_room>& rooms) {
  auto rest = bytes;
  if (!rest.starts_with(version))
    return std::nullopt;
  rest.remove_prefix(1);
  auto count = take_varint(rest, rest.size());
  if (!count)
    return std::nullopt;
  for (; *count > 0; --*count)
    if (!take_room(rest, rooms.emplace_back()))
      return std::nullopt;
  auto size = padded(bytes.size() - rest.size());
  return size <= bytes.size() ? std::optional{size} : std::nullopt;
}

/// The second part without its tag; nothing if that is not the right one.
std::optional<std::string_view>
checked(std::string_view bytes, const std::array<unsigned char, 16>& key) {
  if (bytes.size() < tag_size)
    return std::nullopt;
  auto body = bytes.substr(0, bytes.size() - tag_size);
  std::array<unsigned char, tag_size> tag;
  crypto_shorthash(tag.data(), bytes_of(body), body.size(), key.data());
  if (sodium_memcmp(tag.data(), bytes_of(bytes) + body.size(), tag_size) != 0)
    return std::nullopt;
  return body;
}

bool decode_numbers(std::string_view bytes, recovered_position& result) {
  auto take = [&bytes](std::int64_t& to) {
    auto x = take_varint(bytes, max_int64);
    to = static_cast<std::int64_t>(x.value_or(0));
    return x.has_value();
  };
  if (!take(result.seconds))
    return false;
  for (auto& room : result.rooms)
    for (auto& [partition, next] : room.next)
      if (!take(next))
        return false;
  return bytes.empty();
}

} // namespace

// -- offset_writer ------------------------------------------------------------

std::size_t offset_writer::max_bytes() const {
  return (1 + partitions_) * max_varint + tag_size;
}

std::size_t offset_writer::max_size() const {
  return rooms_.size() + base64url_size(max_bytes());
}

// The bytes are made at the end of the room that is made in `out`, and encoded
// from there to its beginning, which is ahead of what is still to be read.
void offset_writer::append(std::string& out, std::int64_t seconds,
                           std::span<const std::int64_t> next) const {
  auto before = out.size();
  out.resize(before + max_size());
  auto* begin = out.data() + out.size() - max_bytes();
  auto* end = put_varint(begin, static_cast<std::uint64_t>(seconds));
  for (auto x : next)
    end = put_varint(end, static_cast<std::uint64_t>(x));
  end = put_tag(begin, end, key_);
  auto* to = std::copy(rooms_.begin(), rooms_.end(), out.data() + before);
  to = put_base64url(to, {begin, static_cast<std::size_t>(end - begin)});
  out.resize(static_cast<std::size_t>(to - out.data()));
}

// -- recovery_signer ----------------------------------------------------------

recovery_signer::recovery_signer(std::string_view secret) {
  if (sodium_init() < 0)
    throw std::runtime_error("libsodium does not start");
  crypto_generichash(root_.data(), root_.size(), bytes_of(secret),
                     secret.size(), nullptr, 0);
}

std::string recovery_signer::make_pid(std::string_view nsp,
                                      std::string_view sid) const {
  auto tag = keyed_hash<pid_tag_size>(root_, {"pid", nsp, sid});
  return std::string{sid}
         + to_base64url(
           {reinterpret_cast<const char*>(tag.data()), tag.size()});
}

std::optional<std::string>
recovery_signer::socket_of(std::string_view nsp, std::string_view pid) const {
  constexpr auto tag = base64url_size(pid_tag_size);
  if (pid.size() <= tag || pid.size() > max_offset)
    return std::nullopt;
  auto sid = pid.substr(0, pid.size() - tag);
  auto expected = make_pid(nsp, sid);
  if (sodium_memcmp(expected.data(), pid.data(), pid.size()) != 0)
    return std::nullopt;
  return std::string{sid};
}

offset_writer::key recovery_signer::offset_key(std::string_view nsp,
                                               std::string_view pid,
                                               std::string_view rooms) const {
  return keyed_hash<16>(root_, {"offset", nsp, pid, rooms});
}

offset_writer
recovery_signer::writer(std::string_view nsp, std::string_view pid,
                        const std::vector<room_partitions>& rooms) const {
  auto bytes = encode_rooms(rooms);
  std::size_t partitions = 0;
  for (auto& x : rooms)
    partitions += x.partitions.size();
  return {to_base64url(bytes), partitions, offset_key(nsp, pid, bytes)};
}

std::optional<recovered_position>
recovery_signer::read(std::string_view nsp, std::string_view pid,
                      std::string_view offset) const {
  auto bytes = offset.size() <= max_offset ? from_base64url(offset)
                                           : std::nullopt;
  if (!bytes)
    return std::nullopt;
  recovered_position result;
  std::string_view all = *bytes;
  auto rooms = decode_rooms(all, result.rooms);
  if (!rooms)
    return std::nullopt;
  auto key = offset_key(nsp, pid, all.substr(0, *rooms));
  auto numbers = checked(all.substr(*rooms), key);
  if (!numbers || !decode_numbers(*numbers, result))
    return std::nullopt;
  return result;
}

} // namespace weir::schemas
