// The keys of [admin] for the Admin UI.

#include "config/names.hpp"
#include "config/validate.hpp"

#include <algorithm>
#include <filesystem>

namespace weir::config {

namespace {

constexpr std::size_t max_user = 64;

/// `$2b$10$`, and behind it salt and hash.
constexpr std::size_t bcrypt_prefix = 7;
constexpr std::size_t bcrypt_size = 60;

/// Each login takes twice as long with each: 15 are some seconds.
constexpr int min_rounds = 4;
constexpr int max_rounds = 15;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_bcrypt_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c)
         || c == '.' || c == '/';
}

/// 0: it is no hash of bcrypt's.
int rounds_of(std::string_view x) {
  if (x.size() != bcrypt_size || !x.starts_with("$2") || x[3] != '$'
      || !is_digit(x[4]) || !is_digit(x[5]) || x[6] != '$'
      || std::string_view{"aby"}.find(x[2]) == std::string_view::npos
      || !std::all_of(x.begin() + bcrypt_prefix, x.end(), is_bcrypt_digit))
    return 0;
  return (x[4] - '0') * 10 + (x[5] - '0');
}

} // namespace

complaint check_bcrypt(std::string_view text) {
  auto rounds = rounds_of(text);
  if (text.empty() || (rounds >= min_rounds && rounds <= max_rounds))
    return std::nullopt;
  return "this is no hash of bcrypt's with 4 to 15 rounds; \"htpasswd -nBC 10 "
         "admin\" writes one behind the colon";
}

complaint check_ui_user(std::string_view text) {
  if (!text.empty() && text.size() <= max_user)
    return std::nullopt;
  return in_quotes(text) + " is no user's name of 1 to "
         + std::to_string(max_user) + " characters";
}

complaint check_exact_origin(std::string_view text) {
  if (text == "*")
    return "\"*\" would let in every page that an operator looks at; list "
           "origins, such as \"https://admin.socket.io\"";
  return check_origin(text);
}

void validate_ui(const options& x, report& log) {
  auto& ui = x.admin;
  if (ui.ui.empty())
    return;
  validate_folder(ui.ui, "admin.ui", x.server.max_file_bytes, log);
  std::error_code ignored;
  if (std::filesystem::is_directory(ui.ui, ignored)
      && !std::filesystem::is_regular_file(ui.ui + "/index.html", ignored))
    log.error_at("admin.ui", in_quotes(ui.ui)
                               + " has no index.html; ui is the folder ui/dist "
                                 "of npm's @socket.io/admin-ui");
  auto has_password = !ui.ui_password.empty() || !ui.ui_password_file.empty()
                      || log.is_unreadable("admin.ui_password");
  if (!ui.token.empty() && !has_password)
    log.error_at("admin.ui",
                 "without ui_password whoever reaches the port needs no token "
                 "to disconnect clients; set ui_password in [admin]");
}

} // namespace weir::config
