#pragma once

#include <string>
#include <vector>

namespace weir::kafka {

/// A topic, and what a node does with it besides reading.
struct topic_use {
  std::string name;
  bool is_written = false;
};

enum class verdict {
  granted,
  denied,
  unknown, ///< brokers do not tell
};

/// Whether a client of the node may do what it will have to.
struct access_row {
  std::string client;    ///< "consumer", "producer"
  std::string principal; ///< as kafka-acls has it: "User:weir"
  std::string kind;      ///< "topic", "group"
  std::string name;
  std::string operation; ///< as kafka-acls has it: "Read"
  verdict what = verdict::unknown;
  std::string why{}; ///< empty: nothing to add
};

/// What Kafka lets a node do.
struct access_report {
  std::string brokers;
  std::string problem; ///< why nothing could be asked, or not all of it
  std::vector<access_row> rows;
  /// Topics that are missing, each with who may create it.
  std::vector<std::string> missing_topics;
  bool has_authorizer = true;

  /// Whether the node could do its work.
  bool is_sufficient() const;
};

/// One line per thing that is asked for, and what to do.
std::string to_text(const access_report& x);

/// The smallest set of ACLs that lets the node do its work, as commands.
/// Operations that others imply (Describe) are left out.
std::vector<std::string> acl_commands(const access_report& x);

} // namespace weir::kafka
