#include "transport/auth/key_fetcher.hpp"

#include "config/names.hpp"
#include "config/options/fixed_bounds.hpp"
#include "config/secret.hpp"
#include "transport/asio/failure.hpp"
#include "transport/auth/cache_control.hpp"
#include "transport/auth/fetch_schedule.hpp"
#include "transport/auth/https_exchange.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

namespace weir::auth {

namespace {

/// Where keys are fetched from.
struct key_source {
  explicit key_source(const jwt_options& x)
    : url(config::is_url(x.jwks) ? x.jwks : std::string{}),
      ca(x.jwks_ca),
      timeout(x.jwks_timeout),
      refresh(x.jwks_refresh),
      context(url.empty() ? nullptr : https_context(ca)) {}

  /// Whatever is in the authority's file by now.
  bool is_that_of(const key_source& x) const {
    return url == x.url && ca == x.ca && timeout == x.timeout
           && refresh == x.refresh;
  }

  std::string url; ///< empty: from nowhere
  std::string ca;
  std::chrono::milliseconds timeout;
  std::chrono::milliseconds refresh;
  https_context_ptr context;
};

} // namespace

/// The thread runs `loop`, and has `asking` and the timer for itself; the rest
/// is everybody's, behind the lock.
struct key_fetcher::impl {
  impl(const jwt_options& x, std::vector<verification_key> others,
       std::shared_ptr<current_keys> keys, tell_result tell)
    : source(x),
      others(std::move(others)),
      keys(std::move(keys)),
      tell(std::move(tell)),
      timer(loop),
      schedule(source.refresh) {}

  // -- the loop's -------------------------------------------------------------

  /// Until the next attempt, unless one is under way, which is followed by
  /// this.
  void wait() {
    if (asking != 0)
      return;
    timer.expires_at(next());
    timer.async_wait([this](boost::system::error_code e) {
      // One that was over before it was called off finds another time here.
      if (!e && timer.expiry() <= fetch_schedule::clock::now())
        begin();
    });
  }

  fetch_schedule::time next() {
    const std::scoped_lock guard{mutex};
    return source.url.empty() ? fetch_schedule::time::max() : schedule.next();
  }

  void begin() {
    std::unique_lock guard{mutex};
    if (asking != 0 || source.url.empty())
      return;
    asking = number;
    schedule.begin(fetch_schedule::clock::now());
    auto from = source;
    guard.unlock();
    send_https(loop, from.context,
               {*parse_https_url(from.url), from.timeout, max_key_file},
               [this, asked = asking, url = from.url](const https_answer& x) {
                 end(asked, url, x);
               });
  }

  /// There is another source: it is asked now, whatever the former one is about
  /// to answer.
  void restart() {
    {
      const std::scoped_lock guard{mutex};
      if (asking == number)
        return;
    }
    asking = 0;
    wait();
  }

  void end(std::uint64_t asked, const std::string& url, const https_answer& x) {
    auto read = x.problem.empty() ? keys_from_jwks(x.body) : read_keys{};
    key_fetch result{url, x.problem};
    if (result.problem.empty() && read.keys.empty())
      result.problem = "it holds " + read.problem;
    if (!take(asked, std::move(read.keys), result, max_age(x.cache_control)))
      return;
    tell(result);
    asking = 0;
    wait();
  }

  // -- everybody's ------------------------------------------------------------

  /// False: it is the answer of a source that is not asked any more.
  bool take(std::uint64_t asked, std::vector<verification_key> found,
            key_fetch& result, std::optional<std::chrono::seconds> max_age) {
    const std::scoped_lock guard{mutex};
    if (asked != number)
      return false;
    result.is_new = !has_answered;
    ++attempts;
    auto now = fetch_schedule::clock::now();
    if (!result.problem.empty()) {
      schedule.fail(now);
      return true;
    }
    schedule.succeed(now, max_age);
    has_answered = true;
    fetched = std::move(found);
    put_together();
    return true;
  }

  void use(const key_source& x, std::vector<verification_key> next_to_them) {
    {
      const std::scoped_lock guard{mutex};
      others = std::move(next_to_them);
      if (!source.is_that_of(x)) {
        ++number;
        schedule = fetch_schedule{x.refresh};
        has_answered = has_answered && source.url == x.url;
      }
      source = x;
      if (source.url.empty())
        fetched.clear();
      put_together();
    }
    boost::asio::post(loop, [this] { restart(); });
  }

  /// Requires the lock: so the last to come is what stays.
  void put_together() {
    auto all = others;
    for (auto& key : fetched)
      if (all.size() < max_token_keys)
        all.push_back(key);
    keys->set(std::make_shared<const key_set>(std::move(all)));
  }

  key_source source;                     // guarded
  std::uint64_t number = 1;              // guarded: of the source
  bool has_answered = false;             // guarded: it, with keys
  std::vector<verification_key> others;  // guarded
  std::vector<verification_key> fetched; // guarded: by it, or the former one
  std::shared_ptr<current_keys> keys;
  tell_result tell;
  boost::asio::io_context loop;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
    loop.get_executor()};
  boost::asio::steady_timer timer;
  std::uint64_t asking = 0; ///< number of the source that is asked; 0: none
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

std::function<void()>
key_fetcher::prepare(const jwt_options& settings,
                     std::vector<verification_key> others) {
  return [x = impl_, source = key_source{settings},
          others = std::move(others)] { x->use(source, others); };
}

bool key_fetcher::want() {
  const std::scoped_lock guard{impl_->mutex};
  if (impl_->source.url.empty()
      || !impl_->schedule.want(fetch_schedule::clock::now()))
    return false;
  boost::asio::post(impl_->loop, [x = impl_.get()] { x->wait(); });
  return true;
}

std::size_t key_fetcher::attempts() const {
  const std::scoped_lock guard{impl_->mutex};
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
    return {{"auth.jwt.jwks_ca",
             "\"" + x.jwks_ca
               + "\" is no certificate of an authority: " + reason_of(e)}};
  }
  return {};
}

} // namespace weir::auth
