#include "config/base/watched_files.hpp" // unit under test

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace weir {

namespace {

using namespace std::chrono_literals;
using texts = std::vector<std::string>;

texts as_they_are(const texts& x) {
  return x;
}

struct fixture {
  fixture() {
    write("a");
    write("b");
    load();
  }

  ~fixture() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }

  static std::string make_folder() {
    auto name
      = (std::filesystem::temp_directory_path() / "weir-XXXXXX").string();
    BOOST_REQUIRE(mkdtemp(name.data()) != nullptr);
    return name;
  }

  std::string path(const std::string& name) const { return folder / name; }

  /// As another one has it by then, whatever the clock says.
  void write(const std::string& name) {
    std::ofstream{path(name)} << name;
    std::filesystem::last_write_time(
      path(name), std::filesystem::file_time_type::clock::now() + ++age);
  }

  std::function<void()> prepare(const texts& settings) {
    return files.prepare(settings, [this](const texts& x) {
      if (is_bad)
        throw std::runtime_error("of no use");
      if (writes_meanwhile)
        write("a");
      return [this, x] { used = x; };
    });
  }

  void load() { prepare(files.settings())(); }

  std::filesystem::path folder = make_folder();
  std::chrono::seconds age = 0s;
  bool is_bad = false;
  bool writes_meanwhile = false;
  texts used;
  watched_files<texts> files{{path("a"), path("b")}, as_they_are};
};

BOOST_FIXTURE_TEST_SUITE(watched_files_suite, fixture)

BOOST_AUTO_TEST_CASE(have_changed_when_one_was_written_or_is_gone) {
  BOOST_TEST(!files.has_changed());
  write("b");
  BOOST_TEST(files.has_changed());
  load();
  BOOST_TEST(!files.has_changed());
  std::filesystem::remove(path("a"));
  BOOST_TEST(files.has_changed());
  load();
  BOOST_TEST(!files.has_changed());
  write("a");
  BOOST_TEST(files.has_changed());
}

BOOST_AUTO_TEST_CASE(are_not_read_again_and_again_where_they_are_of_no_use) {
  write("a");
  is_bad = true;
  BOOST_CHECK_THROW(load(), std::runtime_error);
  BOOST_TEST(!files.has_changed());
  write("a");
  BOOST_TEST(files.has_changed());
}

BOOST_AUTO_TEST_CASE(have_changed_when_one_is_written_while_they_are_read) {
  writes_meanwhile = true;
  load();
  BOOST_TEST(files.has_changed());
}

BOOST_AUTO_TEST_CASE(may_be_other_ones_once_those_are_used) {
  write("c");
  const texts others{path("c")};
  auto use = prepare(others);
  BOOST_TEST(files.settings().size() == 2u);
  BOOST_TEST(used.size() == 2u);
  BOOST_TEST(!files.has_changed());
  use();
  BOOST_TEST(files.settings() == others, boost::test_tools::per_element());
  BOOST_TEST(used == others, boost::test_tools::per_element());
  BOOST_TEST(!files.has_changed());
  write("a"); // nobody's any more
  BOOST_TEST(!files.has_changed());
  write("c");
  BOOST_TEST(files.has_changed());
}

BOOST_AUTO_TEST_CASE(are_the_former_where_others_are_of_no_use) {
  is_bad = true;
  BOOST_CHECK_THROW(prepare({path("c")}), std::runtime_error);
  BOOST_TEST(files.settings().size() == 2u);
  BOOST_TEST(!files.has_changed());
  write("a");
  BOOST_TEST(files.has_changed());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
