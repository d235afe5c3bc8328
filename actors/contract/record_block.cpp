#include "actors/contract/record_block.hpp"

#include "config/base/trace_context.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>
#include <cstring>

namespace weir {

namespace {

constexpr std::uint32_t none = 0xffffffff;

struct layout {
  std::uint32_t size;
  std::uint32_t key;
  std::int64_t offset;
  std::int64_t timestamp;
  std::uint32_t value;
  std::uint32_t headers;
};

static_assert(sizeof(layout) == 32, "no padding: it is copied as bytes");

template <class T>
void put(std::string& out, T x) {
  out.append(reinterpret_cast<const char*>(&x), sizeof(x));
}

std::uint32_t length(std::string_view x) {
  return static_cast<std::uint32_t>(x.size());
}

/// Takes `n` bytes off `rest`; false when there are fewer.
bool take(std::string_view& rest, std::uint32_t n, std::string_view& out) {
  if (n == none)
    n = 0;
  if (rest.size() < n)
    return false;
  out = rest.substr(0, n);
  rest.remove_prefix(n);
  return true;
}

bool take(std::string_view& rest, std::uint32_t& out) {
  std::string_view bytes;
  if (!take(rest, sizeof(out), bytes))
    return false;
  std::memcpy(&out, bytes.data(), sizeof(out));
  return true;
}

layout read_layout(std::string_view rest) {
  layout x{};
  std::memcpy(&x, rest.data(), sizeof(x));
  return x;
}

bool read_headers(std::string_view rest, std::uint32_t n,
                  kafka::record_view& record) {
  record.headers.clear();
  for (std::uint32_t i = 0; i < n; ++i) {
    std::uint32_t name_length = 0, value_length = 0;
    std::string_view name, value;
    if (!take(rest, name_length) || !take(rest, value_length)
        || !take(rest, name_length, name) || !take(rest, value_length, value))
      return false;
    record.headers.emplace_back(name, value);
  }
  return true;
}

} // namespace

bool is_kept(std::string_view header, std::string_view value) {
  constexpr std::array names{"ce_id", "ce_type", "ce_weirsid", "content-type"};
  if (std::find(names.begin(), names.end(), header) != names.end())
    return true;
  if (header != "traceparent")
    return false;
  auto trace = parse_traceparent(value);
  return trace && trace->is_sampled();
}

void append_record(std::string& block, const kafka::record_view& record) {
  auto begin = block.size();
  layout x{0,
           record.has_key ? length(record.key) : none,
           record.offset,
           record.timestamp_ms,
           record.has_value ? length(record.value) : none,
           0};
  block.append(sizeof(x), '\0');
  block.append(record.key).append(record.value);
  for (auto& [name, value] : record.headers) {
    if (!is_kept(name, value))
      continue;
    put(block, length(name));
    put(block, length(value));
    block.append(name).append(value);
    ++x.headers;
  }
  x.size = static_cast<std::uint32_t>(block.size() - begin);
  std::memcpy(block.data() + begin, &x, sizeof(x));
}

bool read_record(std::string_view& rest, kafka::record_view& record) {
  auto size = record_size(rest);
  if (size == 0)
    return false;
  auto x = read_layout(rest);
  auto body = rest.substr(sizeof(x), size - sizeof(x));
  record.offset = x.offset;
  record.timestamp_ms = x.timestamp;
  record.has_key = x.key != none;
  record.has_value = x.value != none;
  if (!take(body, x.key, record.key) || !take(body, x.value, record.value)
      || !read_headers(body, x.headers, record))
    return false;
  rest.remove_prefix(size);
  return true;
}

std::size_t record_size(std::string_view rest) {
  if (rest.size() < sizeof(layout))
    return 0;
  auto size = read_layout(rest).size;
  return size >= sizeof(layout) && size <= rest.size() ? size : 0;
}

std::int64_t record_offset(std::string_view rest) {
  assert(record_size(rest) > 0);
  return read_layout(rest).offset;
}

std::string_view record_key(std::string_view rest) {
  assert(record_size(rest) > 0);
  auto x = read_layout(rest);
  return rest.substr(sizeof(x), x.key == none ? 0 : x.key);
}

} // namespace weir
