#include "actors/node/service_manager.hpp"

#include "config/log.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace weir {

namespace {

/// 0, or the error.
int send_datagram(std::string_view path, std::string_view text) {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  if (path.size() >= sizeof to.sun_path)
    return ENAMETOOLONG;
  path.copy(to.sun_path, path.size());
  if (path[0] == '@') // an abstract name
    to.sun_path[0] = '\0';
  auto socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket == -1)
    return errno;
  auto size = offsetof(sockaddr_un, sun_path) + path.size();
  auto sent = sendto(socket, text.data(), text.size(), MSG_NOSIGNAL,
                     reinterpret_cast<const sockaddr*>(&to),
                     static_cast<socklen_t>(size));
  auto error = sent == -1 ? errno : 0;
  close(socket);
  return error;
}

} // namespace

void tell_service_manager(std::string_view state) {
  const char* path = std::getenv("NOTIFY_SOCKET");
  if (path == nullptr || *path == '\0')
    return;
  if (auto error = send_datagram(path, state); error != 0)
    log::warning("the service manager cannot be told",
                 {{"state", state}, {"why", std::strerror(error)}});
}

} // namespace weir
