// What must hold in the properties' world.

#include "tests/actors/delivery_world.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace weir::delivery {

void world::check(member& x) const {
  BOOST_TEST_REQUIRE(x.joins.size() == 1u);
  BOOST_TEST(!x.at.is_behind());
  for (auto [partition, from] : x.since.empty() ? x.joins[0] : x.since) {
    auto& got = x.offsets[partition];
    auto& gaps = x.gaps[partition];
    auto begin = got.empty() ? from : std::min(from, got.front());
    std::vector<std::int64_t> expected;
    for (auto& [offset, room] : stored[static_cast<std::size_t>(partition)])
      if (room == x.room && offset >= begin && !is_in(gaps, offset))
        expected.push_back(offset);
    BOOST_TEST(got == expected, boost::test_tools::per_element());
    for (auto& [lost, to] : gaps)
      BOOST_TEST(to <= logs[static_cast<std::size_t>(partition)].begin());
  }
}

void world::check_last_log(member& x) const {
  BOOST_TEST_REQUIRE(x.joins.size() == 1u);
  BOOST_TEST(!x.at.is_behind());
  for (auto& reader : x.at.readers) {
    auto partition = reader.partition();
    if (partition >= static_cast<std::int32_t>(count))
      continue; // of a former topic
    // Of a partition in which nothing was ever seen, nothing is told.
    BOOST_TEST((reader.log() == last_log || reader.next() == 0));
    // Else what it names is deleted one day, and it could not resume.
    if (reader.log() == last_log)
      BOOST_TEST(reader.next()
                 == logs[static_cast<std::size_t>(partition)].end());
    auto& got = x.offsets[partition];
    auto from = x.began_at(partition, last_log);
    auto begin = got.empty() ? from : std::min(from, got.front());
    std::vector<std::int64_t> expected;
    for (auto& [offset, room] : stored[static_cast<std::size_t>(partition)])
      if (room == x.room && offset >= begin)
        expected.push_back(offset);
    BOOST_TEST(got == expected, boost::test_tools::per_element());
  }
  for (std::int32_t i = 0; i < static_cast<std::int32_t>(count); ++i) {
    auto from = x.began_at(i, last_log);
    for (auto& [offset, room] : stored[static_cast<std::size_t>(i)])
      BOOST_TEST((x.at.find(i) || room != x.room || offset < from));
  }
}

void world::check_after_cuts(member& x) const {
  BOOST_TEST_REQUIRE(x.joins.size() == 1u);
  BOOST_TEST(!x.at.is_behind());
  for (auto [partition, from] : x.since.empty() ? x.joins[0] : x.since) {
    auto back = x.went_back.find(partition);
    auto begin = back == x.went_back.end() ? from : back->second;
    std::vector<std::int64_t> expected, got;
    for (auto& [offset, room] : stored[static_cast<std::size_t>(partition)])
      if (room == x.room && offset >= begin)
        expected.push_back(offset);
    for (auto& [offset, serial] : x.serials[partition])
      if (offset >= begin) {
        got.push_back(offset);
        BOOST_TEST(serial
                   == serials[static_cast<std::size_t>(partition)].at(offset));
      }
    BOOST_TEST(got == expected, boost::test_tools::per_element());
  }
}

void world::check_epochs() const {
  for (auto& x : members)
    for (auto& reader : x.at.readers)
      if (reader.log() != 0)
        BOOST_TEST_REQUIRE(reader.leader_epoch()
                           >= epoch_before(reader.partition(), reader.next()));
}

std::int32_t world::epoch_before(std::int32_t partition,
                                 std::int64_t offset) const {
  auto& log = logs[static_cast<std::size_t>(partition)];
  auto is_left = !log.records().empty()
                 && log.records().front().offset < offset;
  return is_left ? log.epoch_before(offset) : -1;
}

void world::check_taken_back(const member& x) const {
  for (auto& y : x.taken_back) {
    auto& log = logs[static_cast<std::size_t>(y.partition)];
    BOOST_TEST(log.has_lost(y.offset, y.epoch));
  }
}

void world::check_newcomers() const {
  for (auto* x : newcomers) {
    BOOST_TEST_REQUIRE(x->joins.size() == 1u);
    BOOST_TEST(!x->at.is_behind());
    std::size_t had = 0;
    for (auto& [partition, serials_had] : x->serials) {
      std::vector<long> got, expected;
      for (auto& [offset, serial] : serials_had)
        got.push_back(serial);
      for (auto& [offset, room] : stored[static_cast<std::size_t>(partition)])
        if (room == x->room)
          expected.push_back(
            serials[static_cast<std::size_t>(partition)].at(offset));
      had += got.size();
      BOOST_TEST_REQUIRE(got.size() <= expected.size());
      expected.erase(expected.begin(), expected.end() - std::ssize(got));
      BOOST_TEST(got == expected, boost::test_tools::per_element());
    }
    BOOST_TEST(had <= options.history);
    BOOST_TEST(had
               >= std::min<std::size_t>(options.history, fresh.at(x->room)));
  }
}

bool world::is_in(const std::map<std::int64_t, std::int64_t>& gaps,
                  std::int64_t offset) {
  auto next = gaps.upper_bound(offset);
  return next != gaps.begin() && offset < std::prev(next)->second;
}

routes_ptr world::rules_with(std::uint32_t history) {
  auto mapping = test::mapping("room:{i}", "topic", {"e"});
  mapping.history = history;
  auto nsp = test::nsp("/", {std::move(mapping)});
  nsp.recovery = std::chrono::minutes{2};
  return test::rules_of({std::move(nsp)});
}

std::string world::room_name(std::uint32_t i) {
  return "room:" + std::to_string(i);
}

} // namespace weir::delivery
