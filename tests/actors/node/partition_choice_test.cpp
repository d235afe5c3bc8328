#include "actors/node/partition_choice.hpp" // unit under test

#include "schemas/listing_codec.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <utility>
#include <vector>

namespace weir {

namespace {

using places = std::vector<std::pair<std::string, std::int32_t>>;

schemas::partition_status at(std::string topic, std::int32_t partition) {
  schemas::partition_status result;
  result.topic = std::move(topic);
  result.partition = partition;
  return result;
}

/// A page of what two nodes have, as its JSON.
std::string page(const std::vector<schemas::partition_status>& a,
                 const std::vector<schemas::partition_status>& b,
                 const partition_choice& x) {
  return schemas::join_parts(
           schemas::listing::partitions,
           {{"a", chosen_part(a, x)}, {"b", chosen_part(b, x)}}, {}, x.limit)
    .json;
}

std::string next_in(const std::string& json) {
  auto begin = json.rfind(R"("next":")") + 8;
  return json.substr(begin, json.find('"', begin) - begin);
}

places rows_in(const std::string& json) {
  places result;
  const std::string topic = R"({"topic":")", partition = R"("partition":)";
  for (auto i = json.find(topic); i != std::string::npos;
       i = json.find(topic, i + 1)) {
    auto from = i + topic.size();
    auto number = json.find(partition, from) + partition.size();
    result.emplace_back(json.substr(from, json.find('"', from) - from),
                        std::stoi(json.substr(number)));
  }
  return result;
}

BOOST_AUTO_TEST_SUITE(a_choice_of_partitions)

BOOST_AUTO_TEST_CASE(is_all_of_them) {
  auto text = page({at("y", 1), at("x", 10)}, {at("x", 9)}, {});
  BOOST_TEST((rows_in(text) == places{{"x", 9}, {"x", 10}, {"y", 1}}));
  BOOST_TEST(next_in(text) == "");
}

BOOST_AUTO_TEST_CASE(is_of_a_topic) {
  partition_choice x;
  x.topic = "x";
  auto text = page({at("y", 1), at("x", 10)}, {at("xx", 9)}, x);
  BOOST_TEST((rows_in(text) == places{{"x", 10}}));
}

BOOST_AUTO_TEST_CASE(goes_on_behind_the_page_before) {
  partition_choice x;
  x.limit = 1;
  auto text = page({at("x", 1)}, {at("x", 0)}, x);
  BOOST_TEST((rows_in(text) == places{{"x", 0}}));
  BOOST_TEST(next_in(text) == "x/0");
  x.after = schemas::partition_place_of("x/0");
  text = page({at("x", 1)}, {at("x", 0)}, x);
  BOOST_TEST((rows_in(text) == places{{"x", 1}}));
  BOOST_TEST(next_in(text) == "");
}

/// Whoever reads it on one node while another one has it as well.
BOOST_AUTO_TEST_CASE(has_both_rows_of_a_partition_on_one_page) {
  partition_choice x;
  x.limit = 1;
  auto text = page({at("x", 0), at("x", 1)}, {at("x", 0)}, x);
  BOOST_TEST((rows_in(text) == places{{"x", 0}, {"x", 0}}));
  BOOST_TEST(next_in(text) == "x/0");
}

/// However many a page has, and whoever has which partition.
BOOST_AUTO_TEST_CASE(has_each_row_on_one_page) {
  std::mt19937 random{3};
  for (int i = 0; i < 200; ++i) {
    std::vector<schemas::partition_status> of[2];
    for (auto* topic : {"x", "x.y", "x-"})
      for (int p = 0; p < 12; ++p)
        for (auto& node : of)
          if (random() % 2 == 0)
            node.push_back(at(topic, p));
    partition_choice x;
    auto all = rows_in(page(of[0], of[1], x));
    places found;
    x.limit = 1 + random() % 5;
    for (std::string next = "?"; !next.empty();) {
      auto text = page(of[0], of[1], x);
      for (auto& row : rows_in(text))
        found.push_back(row);
      next = next_in(text);
      x.after = schemas::partition_place_of(next);
    }
    BOOST_TEST((found == all));
    BOOST_TEST(all.size() == of[0].size() + of[1].size());
  }
}

BOOST_AUTO_TEST_CASE(knows_its_cursors) {
  for (auto* text :
       {"", "x", "x/", "/1", "x/-1", "x/1 ", "x/1/2", "x/1234567890", "x/1e1"})
    BOOST_TEST(!schemas::partition_place_of(text), text);
  auto place = schemas::partition_place_of("a.b/12").value();
  BOOST_TEST(place.topic == "a.b");
  BOOST_TEST(place.partition == 12);
  BOOST_TEST(schemas::partition_cursor(place) == "a.b/12");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
