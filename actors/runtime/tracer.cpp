#include "actors/runtime/tracer.hpp"

#include "config/base/wall_clock.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <random>
#include <span>
#include <utility>

namespace weir {

namespace {

/// Of each thread: nodes that start at the same time must not choose the same.
std::mt19937_64 seeded() {
  std::random_device device;
  std::array<std::uint32_t, 8> seed{};
  std::ranges::generate(seed, std::ref(device));
  std::seed_seq all(seed.begin(), seed.end());
  return std::mt19937_64{all};
}

std::uint64_t random_number() {
  thread_local auto engine = seeded();
  return engine();
}

void write_random(std::span<std::uint8_t, 8> to) {
  auto x = random_number();
  for (auto& byte : to) {
    byte = static_cast<std::uint8_t>(x);
    x >>= 8;
  }
}

/// W3C: an id of zeros is none.
template <std::size_t Size>
void choose(std::array<std::uint8_t, Size>& id) {
  constexpr std::size_t step = 8;
  do {
    for (std::size_t i = 0; i < Size; i += step)
      write_random(std::span{id}.subspan(i).template first<step>());
  } while (std::ranges::all_of(id, [](auto x) { return x == 0; }));
}

double ratio_of(std::uint32_t one_in) {
  return one_in == 0 ? 0 : 1.0 / one_in;
}

} // namespace

tracer::tracer(span_queue_options waiting, std::uint32_t one_in,
               std::function<void()> on_drop)
  : begins_(one_in != 0),
    sampler_(ratio_of(one_in)),
    waiting_(std::make_shared<span_queue>(waiting, std::move(on_drop))) {
}

span_ptr tracer::begin(const std::optional<trace_context>& parent,
                       std::string_view state, std::string_view name,
                       schemas::span_kind kind) const {
  auto context = context_below(parent);
  if (!context)
    return nullptr;
  schemas::span x;
  x.context = *context;
  x.state = state;
  if (parent)
    x.parent = parent->span_id;
  x.name = name;
  x.kind = kind;
  x.start_ns = unix_nanoseconds();
  return std::make_shared<open_span>(waiting_, std::move(x));
}

std::optional<trace_context>
tracer::context_below(const std::optional<trace_context>& parent) const {
  trace_context result;
  if (parent) {
    if (!trace_sampler::samples_child_of(*parent))
      return std::nullopt;
    result = *parent;
  } else {
    if (!begins_)
      return std::nullopt;
    choose(result.trace_id);
    if (!sampler_.samples_root(result))
      return std::nullopt;
    result.flags = trace_context::sampled | trace_context::random_id;
  }
  choose(result.span_id);
  return result;
}

} // namespace weir
