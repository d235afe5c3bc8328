#pragma once

// Answers of the admin endpoint (schemas/weir/v1/status.proto), for people.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// Columns of text, as wide as what is in them. What is not plain (names come
/// from clients) is printed as a JSON string.
class text_table {
public:
  explicit text_table(std::vector<std::string> heading)
    : rows_{std::move(heading)} {}

  /// Requires: as many as in the heading.
  void add(std::vector<std::string> row);

  std::string text() const;

private:
  std::vector<std::vector<std::string>> rows_;
};

/// As a table, by the array that is in it: nodes, partitions, rooms,
/// connections or actors. `in_detail`: with what lies below, of one room or
/// connection. `with_heading`: it is not what follows on another table.
std::string status_table(const boost::json::object& answer,
                         bool in_detail = false, bool with_heading = true);

/// Whether the node is ready, by its `/readyz`, and why it is not.
std::string readiness_lines(const boost::json::object& readiness,
                            bool is_ready);

/// Strings, with commas; "-": there is none.
std::string joined_names(const boost::json::array& all);

/// How many records are not read yet, and where most of them are.
std::string lag_line(const boost::json::object& partitions);

} // namespace weir
