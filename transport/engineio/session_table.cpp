#include "transport/engineio/session_table.hpp"

#include "transport/engineio/session_io.hpp"

#include <utility>

namespace weir::engineio {

std::string_view session_table::by_sid::sid(const session_ptr& x) {
  return x->handshake().sid;
}

void session_table::insert(session_ptr x) {
  sessions_.insert(std::move(x));
  size_ = sessions_.size();
}

void session_table::erase(std::string_view sid) {
  if (auto i = sessions_.find(sid); i != sessions_.end())
    sessions_.erase(i);
  size_ = sessions_.size();
}

session_table::session_ptr session_table::find(std::string_view sid) const {
  auto i = sessions_.find(sid);
  return i == sessions_.end() ? nullptr : *i;
}

std::vector<session_table::session_ptr> session_table::release() {
  std::vector<session_ptr> xs{sessions_.begin(), sessions_.end()};
  sessions_.clear();
  size_ = 0;
  return xs;
}

} // namespace weir::engineio
