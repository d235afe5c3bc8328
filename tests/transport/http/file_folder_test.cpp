#include "transport/http/file_folder.hpp"

#include "tests/transport/http/test_server.hpp"

#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace weir::http {
namespace {

namespace fs = std::filesystem;

struct fixture : test::test_server {
  fixture() {
    fs::create_directories(root / "site" / "sub");
    fs::create_directories(root / "client");
    write("site/index.html", "<p>index</p>");
    write("site/sub/page.css", "p {}");
    write("client/socket.io.js", "io = 1");
    write("secret.txt", "secret");
    fs::create_symlink(root / "secret.txt", root / "site" / "link.txt");
    settings.server.files = (root / "site").string();
    settings.server.client_files = (root / "client").string();
  }

  ~fixture() {
    stop();
    fs::remove_all(root);
  }

  void write(const std::string& name, std::string_view text) {
    std::ofstream{root / name} << text;
  }

  fs::path root = fs::temp_directory_path()
                  / ("weir-files-" + std::to_string(getpid()));
};

BOOST_FIXTURE_TEST_SUITE(a_file_folder, fixture)

BOOST_AUTO_TEST_CASE(is_served_with_its_index_and_types) {
  start();
  auto index = get("/");
  BOOST_TEST(index.status == 200u);
  BOOST_TEST(index.body == "<p>index</p>");
  BOOST_TEST(index.fields["content-type"] == "text/html; charset=utf-8");
  auto page = get("/sub/page.css?v=1");
  BOOST_TEST(page.body == "p {}");
  BOOST_TEST(page.fields["content-type"] == "text/css; charset=utf-8");
  BOOST_TEST(get("/sub/p%61ge.css").body == "p {}");
}

BOOST_AUTO_TEST_CASE(holds_the_client_below_the_path) {
  start();
  auto x = get("/socket.io/socket.io.js");
  BOOST_TEST(x.body == "io = 1");
  BOOST_TEST(x.fields["content-type"]
             == "application/javascript; charset=utf-8");
  BOOST_TEST(get("/socket.io/other.js").status == 400u); // an Engine.IO request
}

BOOST_AUTO_TEST_CASE(is_not_sent_again_to_who_has_it) {
  start();
  auto etag = get("/").fields["etag"];
  BOOST_TEST(!etag.empty());
  auto x = get("/", "If-None-Match: " + etag + "\r\n");
  BOOST_TEST(x.status == 304u);
  BOOST_TEST(x.body == "");
  stop();
  write("site/index.html", "<p>changed</p>");
  start(); // which is when they are read
  BOOST_TEST(get("/", "If-None-Match: " + etag + "\r\n").status == 200u);
}

BOOST_AUTO_TEST_CASE(shows_nothing_outside_of_itself) {
  start();
  for (auto path :
       {"/../secret.txt", "/%2e%2e/secret.txt", "/sub/../../secret.txt",
        "/..%2fsecret.txt", "/link.txt", "//secret.txt", "/%00", "/sub",
        "/socket.io/..%2fsecret.txt", "/nothing"}) {
    auto x = get(path);
    BOOST_TEST((x.status == 404 || x.status == 400), path << x.status);
    BOOST_TEST(x.body.find("secret") == x.body.npos);
  }
  BOOST_TEST(get("/%zz").status == 400u);
}

BOOST_AUTO_TEST_CASE(can_only_be_read) {
  start();
  BOOST_TEST(post("/index.html", "").status == 405u);
}

BOOST_AUTO_TEST_CASE(tells_about_large_files_without_a_look_at_them) {
  constexpr std::size_t size = 30'000'000;
  write("site/big.bin", std::string(size, 'x'));
  start();
  auto client = connect();
  std::string requests;
  for (int i = 0; i < 200; ++i)
    requests += "HEAD /big.bin HTTP/1.1\r\nHost: a\r\n\r\n";
  client.send(requests);
  for (int i = 0; i < 200; ++i) {
    auto head = client.read_head();
    BOOST_TEST(head.status == 200u);
    BOOST_TEST(head.fields["content-length"] == std::to_string(size));
  }
  BOOST_TEST(get("/big.bin").body.size() == size);
}

BOOST_AUTO_TEST_CASE(has_a_limit) {
  settings.server.max_file_bytes = 10;
  BOOST_CHECK_EXCEPTION(start(), std::runtime_error, [](auto& e) {
    return std::string{e.what()}.find("max_file_bytes") != std::string::npos;
  });
}

BOOST_AUTO_TEST_CASE(may_be_absent) {
  settings.server.files = "";
  settings.server.client_files = "";
  start();
  BOOST_TEST(get("/").status == 404u);
  BOOST_TEST(get("/socket.io/socket.io.js").status == 400u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir::http
