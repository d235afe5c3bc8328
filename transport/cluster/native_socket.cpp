#include "transport/cluster/native_socket.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace weir::cluster {

native_socket::~native_socket() {
  if (is_open())
    ::close(descriptor_);
}

native_socket native_socket::duplicate() const {
  return native_socket{is_open() ? ::fcntl(descriptor_, F_DUPFD_CLOEXEC, 0)
                                 : -1};
}

void native_socket::shut_down() const {
  if (is_open())
    ::shutdown(descriptor_, SHUT_RDWR);
}

} // namespace weir::cluster
