// weirctl: asks the admin endpoint of a node, for people and for scripts.

#include "tools/command_line.hpp"

#include <csignal>

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  return weir::command_line{}.run(argc, argv);
}
