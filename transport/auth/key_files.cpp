#include "transport/auth/key_files.hpp"

#include "config/names.hpp"

#include <stdexcept>
#include <string>
#include <utility>

namespace weir::auth {

namespace {

std::vector<std::string> files_of(const jwt_options& x) {
  auto result = x.keys;
  result.push_back(config::is_url(x.jwks) ? x.jwks_ca : x.jwks);
  result.push_back(x.secret_file);
  return result;
}

std::vector<verification_key> keys_in(const jwt_options& settings) {
  auto loaded = load_keys(settings);
  for (auto& x : loaded.problems)
    throw std::runtime_error(x.path + ": " + x.text);
  return std::move(loaded.keys);
}

} // namespace

key_files::key_files(jwt_options settings)
  : files_(std::move(settings), files_of) {
}

std::vector<verification_key> key_files::read() {
  std::vector<verification_key> result;
  files_.prepare(files_.settings(), [&](auto& x) {
    result = keys_in(x);
    return [] {};
  })();
  return result;
}

std::function<void()> key_files::prepare(jwt_options settings) {
  return files_.prepare(std::move(settings), [this](auto& x) {
    return prepare_use_(x, keys_in(x));
  });
}

} // namespace weir::auth
