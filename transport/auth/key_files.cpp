#include "transport/auth/key_files.hpp"

#include "config/names.hpp"

#include <stdexcept>
#include <system_error>
#include <utility>

namespace weir::auth {

std::vector<verification_key> key_files::read() {
  auto seen = look(); // first: what changes meanwhile is read next time
  {
    const std::scoped_lock guard{mutex_};
    seen_ = std::move(seen);
  }
  auto loaded = load_keys(settings_);
  for (auto& x : loaded.problems)
    throw std::runtime_error(x.path + ": " + x.text);
  return std::move(loaded.keys);
}

bool key_files::has_changed() const {
  auto now = look();
  const std::scoped_lock guard{mutex_};
  return now != seen_;
}

key_files::stamps key_files::look() const {
  stamps result;
  auto add = [&](const std::string& file) {
    std::error_code ignored; // one that is missing has the oldest stamp
    result.push_back(std::filesystem::last_write_time(file, ignored));
  };
  for (auto& file : settings_.keys)
    add(file);
  if (!config::is_url(settings_.jwks))
    add(settings_.jwks);
  add(settings_.secret_file);
  return result;
}

} // namespace weir::auth
