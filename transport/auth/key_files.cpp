#include "transport/auth/key_files.hpp"

#include "config/names.hpp"

#include <stdexcept>
#include <system_error>
#include <utility>

namespace weir::auth {

jwt_options key_files::settings() const {
  const std::scoped_lock guard{mutex_};
  return settings_;
}

std::vector<verification_key> key_files::read() {
  return read(settings());
}

std::vector<verification_key> key_files::read(const jwt_options& settings) {
  auto seen = look(settings); // first: what changes meanwhile is read next time
  {
    const std::scoped_lock guard{mutex_};
    if (settings == settings_) // also where they are of no use
      seen_ = std::move(seen);
  }
  auto loaded = load_keys(settings);
  for (auto& x : loaded.problems)
    throw std::runtime_error(x.path + ": " + x.text);
  return std::move(loaded.keys);
}

std::function<void()> key_files::prepare(jwt_options settings) {
  auto seen = look(settings);
  auto use = prepare_use_(settings, read(settings));
  return [this, seen = std::move(seen), use = std::move(use),
          settings = std::move(settings)] {
    {
      const std::scoped_lock guard{mutex_};
      settings_ = settings;
      seen_ = seen;
    }
    use();
  };
}

bool key_files::has_changed() const {
  auto now = look(settings());
  const std::scoped_lock guard{mutex_};
  return now != seen_;
}

key_files::stamps key_files::look(const jwt_options& settings) {
  stamps result;
  auto add = [&](const std::string& file) {
    std::error_code ignored; // one that is missing has the oldest stamp
    result.push_back(std::filesystem::last_write_time(file, ignored));
  };
  for (auto& file : settings.keys)
    add(file);
  add(config::is_url(settings.jwks) ? settings.jwks_ca : settings.jwks);
  add(settings.secret_file);
  return result;
}

} // namespace weir::auth
