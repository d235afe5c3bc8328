#pragma once

#include "actors/contract/byte_budget.hpp"
#include "actors/contract/credit_lease.hpp"
#include "actors/contract/delivery.hpp"
#include "actors/contract/log_key.hpp"
#include "actors/contract/participants.hpp"
#include "actors/contract/rooms.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <unordered_map>

namespace weir {

/// Serves those members of a room that read one partition again, being behind
/// the live flow. Plain logic.
///
/// It has a window of the room's events, a contiguous range of the log, of which
/// it keeps the latest bytes. Who is within is served from there. Otherwise one
/// fetch brings what follows the window, as long as somebody wants that; where
/// nobody does but somebody wants what is before, it begins again at the lowest
/// offset that is wanted. Once the window has reached the live flow, that
/// extends it, and nothing is fetched. A reader that is slow holds up nobody: if
/// the window has gone on when it comes, it costs a fetch.
class room_replay {
public:
  using events_ptr = std::shared_ptr<const room_events>;
  using lease_ptr = std::shared_ptr<const credit_lease>;

  /// A member that has read or is to, and is not where the live flow is.
  struct reader {
    socket_ptr socket;
    member_actor member;
    std::uint32_t id = 0;    ///< of its request
    std::int64_t at = 0;     ///< the offset that it wants next
    std::int64_t budget = 0; ///< bytes; 0: it is answered, and asks again
    named_log of{};          ///< `at` is
  };

  /// What it has done.
  struct ports {
    std::function<void(const reader& to, const events_ptr&, const lease_ptr&)>
      send;
    /// The request is answered, behind its events.
    std::function<void(const reader& to)> finish;
    /// Returns the number of a fetch that begins here; not 0.
    std::function<std::uint64_t(std::int64_t from, const named_log& of)>
      start_fetch;
    std::function<void(std::uint64_t fetch, bool pauses)> pace_fetch;
    std::function<void(std::uint64_t fetch)> stop_fetch;
  };

  /// Of the log at most `limit` bytes are kept, and as many as `memory` has,
  /// which several share.
  room_replay(ports out, std::size_t limit,
              std::shared_ptr<byte_budget> memory);
  room_replay(const room_replay&) = delete;
  room_replay& operator=(const room_replay&) = delete;
  ~room_replay();

  /// A request of a member, which has no other. `live`, here and below: the live
  /// flow continues from this offset; who gets there is served no longer.
  /// Requires: `x.budget > 0`.
  void read(reader x, std::int64_t live);

  /// Likewise of one that asks for nothing yet.
  void note(const reader& x, std::int64_t live);

  /// What it has is of no use to who reads next: it is to ask by its own epoch.
  void begin_again() { close(); }

  /// The member has left.
  void remove(const socket_ptr& socket, std::int64_t live);

  /// What the fetch has brought next.
  void add(const events_ptr& events, const lease_ptr& lease, std::int64_t live);

  /// All members have been sent this; `live` is its end.
  void add_live(const events_ptr& events, std::int64_t live);

  /// Offsets mean something else now: all requests are answered.
  void reset();

  /// 0: there is none.
  std::uint64_t fetch() const { return fetch_; }

  /// Nobody reads, nor will continue to.
  bool is_idle() const { return readers_.empty(); }

  /// Calls `f` with each member that reads, or is to ask again.
  template <class F>
  void each_reader(F f) const {
    for (auto& x : readers_)
      f(x);
  }

  std::int64_t begin() const {
    return window_.empty() ? end_ : window_.front()->from;
  }
  std::int64_t end() const { return end_; }
  std::size_t bytes() const { return bytes_; }

private:
  using readers = std::list<reader>;

  readers::iterator enter(reader x);
  readers::iterator leave(readers::iterator i);
  template <class F>
  void remove_readers_if(F f);
  bool serve(reader& x, std::int64_t live);
  bool take(reader& x, const room_events& events, std::int64_t live);
  bool move(reader& x, std::int64_t to, std::int64_t live);
  void keep(const events_ptr& x);
  bool make_room(std::size_t bytes);
  void drop_oldest();
  void drop_window();
  void steer(std::int64_t live);
  void start(const reader& from);
  void stop();
  void pace(bool pauses);
  void close();

  ports out_;
  std::size_t limit_;
  std::shared_ptr<byte_budget> memory_;
  readers readers_; ///< in the order in which they came: the same in each run
  std::unordered_map<const socket_identity*, readers::iterator> index_;
  std::deque<events_ptr> window_;
  std::int64_t end_ = 0;  ///< of the window
  std::size_t bytes_ = 0; ///< of the window, out of `memory_`
  std::uint64_t fetch_ = 0;
  bool is_paused_ = false; ///< the fetch is
};

} // namespace weir
