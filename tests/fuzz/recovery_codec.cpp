// Input: an offset as a client sends it; or after a "!" names of rooms with a
// partition each, from which one is written.

#include "schemas/recovery_codec.hpp"

#include "tests/fuzz/corpus.hpp"
#include "tests/fuzz/require.hpp"

#include <algorithm>

using namespace weir;
using namespace weir::schemas;
using weir::fuzz::require;

namespace {

const recovery_signer& signer() {
  static const recovery_signer result{"the secret of this test"};
  return result;
}

const std::string& pid() {
  static const auto result = signer().make_pid("/", "AAAABBBBCCCCDDDDEEEE");
  return result;
}

std::string offset(const std::vector<room_partitions>& rooms,
                   const std::vector<std::int64_t>& next) {
  std::string result;
  signer().writer("/", pid(), rooms).append(result, 1'700'000'000, next);
  return result;
}

const std::vector<std::string>& offsets() {
  static const std::vector<std::string> result{
    offset({}, {}),
    offset({{"chat:1", {0}}}, {1}),
    offset({{"chat:12", {1}}}, {200}),
    offset({{"chat:123", {2}}, {"news", {0, 1, 2, 300}}},
           {1'000'000, 2, 3, 4, 1'000'000'000'000}),
  };
  return result;
}

/// Nobody without the secret can make one.
void check_forgery(std::string_view text) {
  if (signer().read("/", pid(), text))
    require(std::find(offsets().begin(), offsets().end(), text)
              != offsets().end(),
            "an offset that is accepted was written");
  if (signer().socket_of("/", text))
    require(text == pid(), "a pid that is accepted was made");
}

void check_round_trip(std::string_view names) {
  std::vector<room_partitions> rooms;
  std::vector<std::int64_t> next;
  recovered_position expected{1'700'000'000, {}};
  while (!names.empty()) {
    auto name = names.substr(0, names.find('/'));
    names.remove_prefix(std::min(names.size(), name.size() + 1));
    auto partition = static_cast<std::int32_t>(names.size());
    rooms.push_back({std::string{name}, {partition}});
    next.push_back(static_cast<std::int64_t>(name.size()) << name.size() % 40);
    expected.rooms.push_back({std::string{name}, {{partition, next.back()}}});
  }
  require(signer().read("/", pid(), offset(rooms, next)) == expected,
          "an offset that was written reads the same");
}

} // namespace

std::vector<std::string> fuzz::corpus() {
  auto result = offsets();
  result.push_back(pid());
  result.emplace_back("!chat:1/chat:2//news");
  return result;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  std::string_view input{reinterpret_cast<const char*>(data), size};
  if (input.starts_with('!'))
    check_round_trip(input.substr(1));
  else
    check_forgery(input);
  return 0;
}
