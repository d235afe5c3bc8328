#include "actors/node/query_reader.hpp" // unit under test

#include "transport/http/query.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <vector>

namespace weir {

namespace {

bool tells(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

BOOST_AUTO_TEST_SUITE(a_query)

BOOST_AUTO_TEST_CASE(has_each_parameter_once) {
  std::string a;
  parameter_readers all{{"a", to(a)}};
  BOOST_TEST(read_query("a=1", all) == "");
  BOOST_TEST(read_query("&a=1&", all) == "");
  for (auto* twice : {"a=1&a=2", "a=1&a=1", "a=&a=1", "a&a", "a=1&%61=2"})
    BOOST_TEST(read_query(twice, all) == "a is there more than once");
}

BOOST_AUTO_TEST_CASE(has_only_parameters_that_there_are) {
  BOOST_TEST(read_query("b=1", {}) == R"(there is no parameter "b" here)");
  std::string a;
  BOOST_TEST(read_query("b=1", {{"a", to(a)}, {"c", to(a)}})
             == R"(there is no parameter "b" here, only a, c)");
}

BOOST_AUTO_TEST_CASE(has_values_that_are_utf8) {
  std::string a;
  std::optional<std::string> b;
  parameter_readers all{{"a", to(a)}, {"b", to(b)}, {"n", to_namespace(a)}};
  for (auto* query : {"a=%ff", "b=%C3", "n=/%ed%a0%80", "a=%c0%80"})
    BOOST_TEST(tells(read_query(query, all), "is no value of"));
  BOOST_TEST(read_query("a=%c3%a9&b=%F0%9F%98%80", all) == "");
}

BOOST_AUTO_TEST_CASE(is_no_half_of_an_encoding) {
  std::string a;
  for (auto* query : {"a=%", "a=%4", "a=%zz", "%=1", "a=1%2"})
    BOOST_TEST(tells(read_query(query, {{"a", to(a)}}), "hexadecimal"));
}

BOOST_AUTO_TEST_CASE(names_namespaces_as_socket_io_does) {
  std::string a;
  parameter_readers all{{"namespace", to_namespace(a)}};
  for (auto* good : {"namespace=", "namespace=/", "namespace=%2Fchat"})
    BOOST_TEST(read_query(good, all) == "");
  BOOST_TEST(tells(read_query("namespace=chat", all), R"(begins with "/")"));
}

BOOST_AUTO_TEST_CASE(that_is_refused_does_nothing_to_who_reads_why) {
  std::string a;
  auto why = read_query("a%0a%1b[2J=1", {{"a", to(a)}});
  BOOST_TEST(tells(why, R"(\u001b[2J)"));
  BOOST_TEST(why.find('\x1b') == std::string::npos);
}

/// Whatever a text is, a form's encoding gives it back, or it is refused.
BOOST_AUTO_TEST_CASE(gives_back_what_was_encoded) {
  std::mt19937 random{7};
  for (int i = 0; i < 2000; ++i) {
    std::string text(random() % 12, ' ');
    for (auto& c : text)
      c = static_cast<char>(random() % (i % 2 == 0 ? 128 : 256));
    std::string a;
    auto why = read_query("a=" + http::form_encoded(text), {{"a", to(a)}});
    BOOST_TEST((why.empty() ? a == text : tells(why, "which is UTF-8")));
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
