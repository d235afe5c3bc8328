#pragma once

#include "transport/engineio/frames.hpp"

#include <boost/asio/buffer.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::engineio {

/// Bytes on their way out, in order. Small ones are copied into one chunk, as
/// the system takes few pieces per write and a piece costs more than its bytes;
/// large ones are referred to. Costs nothing but itself while it is empty.
/// Its bound is its owner's: `session_control::outbox_size` is compared with
/// [limits] outbox.
class outbox {
public:
  /// Frames shorter than this are copied.
  static constexpr std::size_t copied_below = 2048;

  /// What one system call takes (Asio's own limit).
  static constexpr std::size_t max_pieces = 64;

  using buffers = std::array<boost::asio::const_buffer, max_pieces>;

  void append(shared_frames frames);
  void append(std::string_view frames);

  /// All that `other` holds, which is empty afterwards.
  void append(outbox&& other);

  std::size_t size() const { return size_; }

  bool empty() const { return size_ == 0; }

  bool is_one_piece() const { return pieces_.size() == first_ + 1; }

  /// The first bytes, as many as lie in one piece. Requires: `!empty()`.
  std::string_view front() const;

  /// The first bytes, in at most `max_pieces` pieces.
  std::span<const boost::asio::const_buffer> gather(buffers& pieces) const;

  /// The first `n` bytes have left. Requires: `n <= size()`.
  void consume(std::size_t n);

  void clear();

private:
  /// Either bytes of its own or shared ones.
  struct piece {
    shared_frames shared;
    std::string own;

    std::string_view bytes() const { return shared ? *shared : own; }
  };

  void drop_front();

  std::vector<piece> pieces_;
  std::size_t first_ = 0;  ///< index of the first piece that is not out yet
  std::size_t offset_ = 0; ///< bytes of it that are
  std::size_t size_ = 0;
};

} // namespace weir::engineio
