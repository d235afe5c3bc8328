#include "transport/engineio/outbox.hpp"

#include <cassert>
#include <iterator>
#include <utility>

namespace weir::engineio {

namespace {

/// A chunk takes no more frames when it has reached this size, so that memory
/// is given back piece by piece while a long outbox drains.
constexpr std::size_t chunk_size = 16 * 1024;

} // namespace

void outbox::append(shared_frames frames) {
  if (frames->size() < copied_below) {
    append(std::string_view{*frames});
    return;
  }
  size_ += frames->size();
  pieces_.push_back({std::move(frames), {}});
}

void outbox::append(std::string_view frames) {
  if (frames.empty())
    return;
  size_ += frames.size();
  if (pieces_.empty() || pieces_.back().shared
      || pieces_.back().own.size() >= chunk_size)
    pieces_.emplace_back();
  pieces_.back().own += frames;
}

void outbox::append(outbox&& other) {
  if (other.empty())
    return;
  append(other.front());
  for (auto i = other.first_ + 1; i < other.pieces_.size(); ++i) {
    auto& x = other.pieces_[i];
    size_ += x.bytes().size();
    pieces_.push_back(std::move(x));
  }
  other.clear();
}

std::string_view outbox::front() const {
  assert(!empty());
  return pieces_[first_].bytes().substr(offset_);
}

std::span<const boost::asio::const_buffer>
outbox::gather(buffers& pieces) const {
  std::size_t n = 0;
  auto offset = offset_;
  for (auto i = first_; i < pieces_.size() && n < max_pieces; ++i, ++n) {
    auto bytes = pieces_[i].bytes().substr(offset);
    pieces[n] = boost::asio::buffer(bytes.data(), bytes.size());
    offset = 0;
  }
  return {pieces.data(), n};
}

void outbox::consume(std::size_t n) {
  assert(n <= size());
  size_ -= n;
  if (size_ == 0) {
    clear();
    return;
  }
  while (n > 0) {
    auto left = front().size();
    if (n < left) {
      offset_ += n;
      return;
    }
    n -= left;
    drop_front();
  }
}

void outbox::drop_front() {
  pieces_[first_] = {};
  offset_ = 0;
  ++first_;
  // Keeps the cost per piece constant and the vector short.
  if (first_ >= max_pieces && first_ >= pieces_.size() / 2) {
    pieces_.erase(pieces_.begin(),
                  std::next(pieces_.begin(),
                            static_cast<std::ptrdiff_t>(first_)));
    first_ = 0;
  }
}

// The place of one piece is kept: most writes need no more.
void outbox::clear() {
  if (pieces_.capacity() > 1)
    pieces_ = {};
  else
    pieces_.clear();
  first_ = 0;
  offset_ = 0;
  size_ = 0;
}

} // namespace weir::engineio
