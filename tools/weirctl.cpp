// weirctl: asks the admin endpoint of a node, for people and for scripts.

#include "tools/command_line.hpp"
#include "tools/standard_output.hpp"

#include <csignal>

int main(int argc, char** argv) {
  weir::hold_standard_descriptors();
  std::signal(SIGPIPE, SIG_IGN); // a node may go in the middle of a question
  return weir::print_all([&] { return weir::command_line{}.run(argc, argv); });
}
