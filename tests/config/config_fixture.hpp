#pragma once

#include "config/load.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace weir::test {

using lines = std::vector<std::string>;

/// Enough for a file without errors.
inline const std::string minimal = R"([kafka]
embedded = true
[[namespace]]
name = "/"
)";

/// A folder of its own with one file, `weir.toml`.
class config_fixture {
public:
  config_fixture() {
    auto name
      = (std::filesystem::temp_directory_path() / "weir-XXXXXX").string();
    BOOST_REQUIRE(mkdtemp(name.data()) != nullptr);
    folder = name;
  }

  ~config_fixture() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }

  std::string file() const { return (folder / "weir.toml").string(); }

  void write(const std::string& text) { std::ofstream{file()} << text; }

  loaded_config load(const std::string& text) {
    write(text);
    return load_config({.file = file(), .environment = {}, .overrides = {}});
  }

  /// The mistakes as the user sees them, with the folder left out.
  lines messages(const loaded_config& loaded) const {
    lines result;
    for (auto& x : loaded.errors) {
      auto line = to_string(x);
      auto prefix = folder.string() + "/";
      for (auto i = line.find(prefix); i != std::string::npos;
           i = line.find(prefix))
        line.erase(i, prefix.size());
      result.push_back(std::move(line));
    }
    return result;
  }

  /// `file` is the whole file, `expected` what is wrong with it.
  void expect(const std::string& text, const lines& expected) {
    BOOST_TEST_CONTEXT(text) {
      BOOST_TEST(messages(load(text)) == expected,
                 boost::test_tools::per_element());
    }
  }

  std::filesystem::path folder;
};

} // namespace weir::test
