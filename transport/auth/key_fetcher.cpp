#include "transport/auth/key_fetcher.hpp"

#include "config/options/fixed_bounds.hpp"
#include "config/secret.hpp"
#include "transport/auth/cache_control.hpp"
#include "transport/auth/fetch_schedule.hpp"
#include "transport/auth/https_exchange.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <mutex>
#include <stdexcept>
#include <thread>

namespace weir::auth {

namespace ssl = boost::asio::ssl;

/// The thread runs `loop`; the schedule is everybody's, behind the lock.
struct key_fetcher::impl {
  impl(const jwt_options& x, std::vector<verification_key> others,
       std::shared_ptr<current_keys> keys, tell_result tell)
    : settings(x),
      others(std::move(others)),
      keys(std::move(keys)),
      tell(std::move(tell)),
      context(https_context(x.jwks_ca)),
      timer(loop),
      schedule(x.jwks_refresh) {}

  void wait() {
    timer.expires_at(next());
    timer.async_wait([this](boost::system::error_code e) {
      if (!e)
        begin();
      else if (!loop.stopped())
        wait(); // somebody has asked
    });
  }

  fetch_schedule::time next() {
    std::scoped_lock guard{mutex};
    return schedule.next();
  }

  void begin() {
    {
      std::scoped_lock guard{mutex};
      schedule.begin(fetch_schedule::clock::now());
    }
    send_https(loop, context,
               {*parse_https_url(settings.jwks), settings.jwks_timeout,
                max_key_file},
               [this](https_answer x) {
                 auto problem = take(x);
                 end(problem, max_age(x.cache_control));
                 tell(problem);
                 wait();
               });
  }

  /// Empty: there are other keys now.
  std::string take(const https_answer& x) {
    if (!x.problem.empty())
      return x.problem;
    auto read = keys_from_jwks(x.body);
    if (read.keys.empty())
      return "it holds " + read.problem;
    const std::scoped_lock guard{mutex};
    fetched = std::move(read.keys);
    put_together();
    return {};
  }

  /// Requires the lock: so the last to come is what stays.
  void put_together() {
    auto all = others;
    for (auto& key : fetched)
      if (all.size() < max_token_keys)
        all.push_back(key);
    keys->set(std::make_shared<const key_set>(std::move(all)));
  }

  void end(const std::string& problem,
           std::optional<std::chrono::seconds> max_age) {
    std::scoped_lock guard{mutex};
    auto now = fetch_schedule::clock::now();
    if (problem.empty())
      schedule.succeed(now, max_age);
    else
      schedule.fail(now);
    ++attempts;
  }

  jwt_options settings;
  std::vector<verification_key> others;  // guarded
  std::vector<verification_key> fetched; // guarded
  std::shared_ptr<current_keys> keys;
  tell_result tell;
  ssl::context context; // for as long as what the loop still holds
  boost::asio::io_context loop;
  boost::asio::steady_timer timer;
  std::mutex mutex;
  fetch_schedule schedule;  // guarded
  std::size_t attempts = 0; // guarded
  std::thread thread;
};

key_fetcher::key_fetcher(const jwt_options& settings,
                         std::vector<verification_key> others,
                         std::shared_ptr<current_keys> keys, tell_result tell)
  : impl_(std::make_shared<impl>(settings, std::move(others), std::move(keys),
                                 std::move(tell))) {
  impl_->wait();
  impl_->thread = std::thread{[x = impl_.get()] { x->loop.run(); }};
}

key_fetcher::~key_fetcher() {
  impl_->loop.stop();
  impl_->thread.join();
}

void key_fetcher::set_others(std::vector<verification_key> others) {
  std::scoped_lock guard{impl_->mutex};
  impl_->others = std::move(others);
  impl_->put_together();
}

bool key_fetcher::want() {
  std::scoped_lock guard{impl_->mutex};
  if (!impl_->schedule.want(fetch_schedule::clock::now()))
    return false;
  boost::asio::post(impl_->loop, [x = impl_.get()] { x->timer.cancel(); });
  return true;
}

std::size_t key_fetcher::attempts() const {
  std::scoped_lock guard{impl_->mutex};
  return impl_->attempts;
}

std::vector<key_problem> check_url(const jwt_options& x) {
  if (!parse_https_url(x.jwks))
    return {{"auth.jwt.jwks", "\"" + config::shown_url(x.jwks)
                                + "\" is no URL of a server; write it like "
                                  "\"https://id.example.org/jwks.json\""}};
  try {
    https_context(x.jwks_ca);
  } catch (const std::exception& e) {
    return {
      {"auth.jwt.jwks_ca",
       "\"" + x.jwks_ca + "\" is no certificate of an authority: " + e.what()}};
  }
  return {};
}

} // namespace weir::auth
